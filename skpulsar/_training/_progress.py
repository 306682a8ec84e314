# SPDX-License-Identifier: BSD-3-Clause
"""The line that is printed for an epoch."""

from math import isnan

from skpulsar._training._history import KINDS


def epoch_line(history):
    """The last epoch of a history, in columns."""
    parts = [f"Epoch {history.n_epochs:4d}", f"loss {history.last('loss'):<13.8g}"]
    if not isnan(gap := history.last("objective_gap")):
        parts.append(f"gap {gap:<8.3g}")
    parts.append(f"rate {history.last('learning_rate'):<8.3g}")
    parts.append(f"{history.last('seconds'):<8.3g} s")
    parts += [
        f"{name} {history.last(name):<10.5g}" for name in history.names[len(KINDS) :]
    ]
    return "  ".join(parts).rstrip()
