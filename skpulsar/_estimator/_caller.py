# SPDX-License-Identifier: BSD-3-Clause
"""The line of the user's that a warning points at."""

import sys

INSIDE = ("skpulsar.", "sklearn.callback")  # The latter wraps `fit`.


def caller_level():
    """The `stacklevel` of a warning for the line that called into the package, if the
    function that calls this one warns."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(INSIDE):
        level, frame = level + 1, frame.f_back
    return level
