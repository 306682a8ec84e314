# SPDX-License-Identifier: BSD-3-Clause
"""A new content for a file, all of it or none."""

import os
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path


def replace(path, content):
    """Write a file so that no reader and no crash ever meets a part of it; see
    `replacing`."""
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing(path):
    """A binary file to write to, which takes the place of another when all is written.

    No reader and no crash ever meets a part of it, and after an exception all is as it
    was. Links are followed, and a file that is there keeps its mode; one that may not
    be written is not replaced either. What is no regular file, a pipe for one, cannot
    be replaced, and is written to.
    """
    path = Path(path)  # as it is given: /dev/stdout has no other name
    if path.exists() and not path.is_file():
        with open(path, "wb") as file:
            yield file
        return
    path = Path(os.path.realpath(path))
    # Not tempfile: its files are private, and the folder may be shared. A name has 255
    # bytes at most, and a character of it up to four.
    part = path.with_name(f"{path.name[:50]}.part_{secrets.token_hex(8)}")
    try:
        with open(part, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            open(path, "r+b").close()
            shutil.copymode(path, part)
        os.replace(part, path)
    except OSError as error:
        if error.errno is not None:
            error.filename = str(path)  # No caller knows the name of the part.
        raise
    finally:
        part.unlink(missing_ok=True)
