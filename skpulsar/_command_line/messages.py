# SPDX-License-Identifier: BSD-3-Clause
"""Lines for the user on standard error."""

import sys
import warnings
from contextlib import contextmanager


def tell(text):
    """Print a line as errors are printed."""
    print(f"skpulsar: {text}", file=sys.stderr)


@contextmanager
def warnings_told():
    """Let warnings be lines like errors, without the place in the code."""

    def show(message, *where, **file):
        tell(f"warning: {' '.join(str(message).split())}")

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield
