# SPDX-License-Identifier: BSD-3-Clause
"""Errors of readers, told of the place where they were reading."""

from contextlib import contextmanager

import pyarrow as pa

ERRORS = (pa.ArrowException, OSError)
LONGEST = 120  # Characters of a reason


@contextmanager
def explained(where, errors=ERRORS):
    """Turn these errors into a ValueError that says where, which is a function that is
    called then. A lack of memory stays what it is."""
    try:
        yield
    except MemoryError:
        raise
    except errors as error:
        if "KeyboardInterrupt" in str(error):  # It came while Arrow called Python.
            raise KeyboardInterrupt from error
        reason = (str(error) or type(error).__name__).splitlines()[0]
        if len(reason) > LONGEST:
            reason = f"{reason[:LONGEST]}…"
        place = where()
        place = f"{place[0].upper()}{place[1:]}"
        raise ValueError(f"{place} cannot be read: {reason}") from error
