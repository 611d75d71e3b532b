"""Results as benchmarks.which_one writes them, with planted numbers."""

from benchmarks.which_one import HIDDEN, TASKS, WRITTEN, parameters


def planted(share, seeds=5, seconds=lambda cell, T: T / 1000) -> dict:
    """share(task, cell, initial, T, seed): how much of the way from chance (0) to solved (1) a run has come at the end.

    It comes there in equal steps. `seconds(cell, T)` is the time of a training step.
    """
    runs = []
    for name, task in TASKS.items():
        for cell, initial in task.models:
            for T in task.T:
                for seed in range(seeds):
                    way, points = share(name, cell, initial, T, seed), task.steps // task.every + 1
                    gain = (task.threshold - task.chance) * way
                    curve = [round(task.chance + gain * k / (points - 1), 6) for k in range(points)]
                    done = (points - 1) * task.every if way >= 1 else None
                    runs.append({"task": name, "cell": cell, "initial": initial, "T": T, "seed": seed, "rate": 0.01,
                                 "curve": curve, "solved_at": done, "final": curve[-1], "seconds": 1.0})  # fmt: skip
    return {
        "settings": {"hidden": HIDDEN, "seeds": seeds},
        "tasks": {name: {key: getattr(task, key) for key in WRITTEN} for name, task in TASKS.items()},
        "parameters": parameters(),
        "seconds_per_step": {
            name: {str(T): {cell: seconds(cell, T) for cell in ("RNN", "LSTM", "GRU")} for T in task.T}
            for name, task in TASKS.items()
        },
        "runs": runs,
    }
