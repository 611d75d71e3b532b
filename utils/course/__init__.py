"""The scaffolding of the lessons: explorers, guesses, exercises, quizzes, claims. Each loads when it is first named."""

from importlib import import_module

_HOMES = {
    "claim": "lesson",
    "environment": "",
    "exercise": "exercises",
    "explorers": "",
    "guess": "guesses",
    "lesson": "",
    "progress": "overview",
    "quiz": "quizzes",
    "show": "lesson",
    "watch": "curves",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"There is no {name!r} in utils.course; there are {', '.join(_HOMES)}.")
    home = _HOMES[name]
    return getattr(import_module(f"utils.course.{home}"), name) if home else import_module(f"utils.course.{name}")
