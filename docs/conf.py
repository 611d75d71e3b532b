"""Sphinx: the look of the web site, formulas as MathML, what is taken from notebooks. Built by tools/site.py."""

import os
import re
import sys

from latex2mathml.converter import convert

sys.path.append(os.path.dirname(__file__))  # by which its own functions are found

project = "Gates and Gradients"
author = "the Gates and Gradients authors"
copyright = "the Gates and Gradients authors"
address = os.environ["COURSE_ADDRESS"]

extensions = ["myst_nb", "sphinx.ext.autodoc"]
nb_execution_mode = "off"
nb_render_markdown_format = "myst"  # tables too
nb_mime_priority_overrides = [("html", "text/html", 0), ("html", "image/png", 1)]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
myst_heading_slug_func = "conf.anchor"
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type", "mystnb.mime_priority"]
html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["_static"]
html_copy_source = True
html_show_sphinx = False
html_theme_options = {
    "repository_url": address,
    "repository_branch": "main",
    "use_download_button": True,
    "use_repository_button": True,
    "launch_buttons": {"binderhub_url": "https://mybinder.org", "colab_url": "https://colab.research.google.com"},
    "show_toc_level": 2,
    "navbar_persistent": [],
}
html_context = {"default_mode": "auto"}  # light or dark, as the reader's machine has it
html_favicon = "_static/favicon.svg"
html_css_files = ["course.css"]
html_js_files = [("course.js", {"type": "module"})]
html_math_renderer = "mathml"
autodoc_typehints = "description"
autodoc_inherit_docstrings = False
autodoc_preserve_defaults = True  # as they are written: what they come to may be a path of this machine


def anchor(heading: str) -> str:
    """A heading's name in an address, as JupyterLab has it."""
    return re.sub(r"\s", "-", heading)


# ln and log, with a base or without, before anything but a bracket: there a thin space belongs
LOGARITHM = re.compile(r"(<msub><mi>log</mi><mn>\d+</mn></msub>|(?<!<msub>)<mi>(?:ln|log)</mi>)(?=<(?!mo\b|/))")


def write_math(self, node, block: bool) -> None:
    mathml = convert(node.astext(), display="block" if block else "inline")
    mathml = LOGARITHM.sub(r'\1<mspace width="0.17em"/>', mathml)
    self.body.append(f'<div class="math">{mathml}</div>' if block else mathml)


def inline(self, node):
    write_math(self, node, False)
    from docutils.nodes import SkipNode

    raise SkipNode


def display(self, node):
    write_math(self, node, True)
    from docutils.nodes import SkipNode

    raise SkipNode


def as_words(app, what, name, obj, options, lines):
    """Docstrings are plain words with `code` and examples, which reStructuredText would take for its own signs."""
    example = False
    for n, line in enumerate(lines):
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        if not example:
            parts = line.strip().split("`")
            parts[::2] = [re.sub(r"([*|\\]|_\b)", r"\\\1", part) for part in parts[::2]]
            lines[n] = "``".join(parts)


def setup(app):
    app.connect("autodoc-process-docstring", as_words)
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
