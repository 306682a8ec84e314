# SPDX-License-Identifier: BSD-3-Clause
"""Where the bytes of a table come from: a file, a pipe, standard input."""

import sys
from contextlib import contextmanager

from skpulsar._command_line import CommandError

STANDARD_INPUT = "-"


@contextmanager
def opened(path):
    """The buffered binary stream of a file or, for "-", of standard input.

    Raises
    ------
    CommandError
        If it cannot be opened.
    """
    if path == STANDARD_INPUT:
        if sys.stdin is None:
            raise CommandError("cannot read standard input: it is closed")
        yield sys.stdin.buffer
        return
    try:
        file = open(path, "rb")
    except (OSError, ValueError) as error:  # a name with a null character
        raise unreadable(path, error) from error
    with file:
        yield file


def shown(path):
    """What messages call it."""
    return "standard input" if path == STANDARD_INPUT else repr(str(path))


def unreadable(path, error):
    """The error of a table that cannot be read."""
    why = getattr(error, "strerror", None) or error
    return CommandError(f"cannot read {shown(path)}: {why}")
