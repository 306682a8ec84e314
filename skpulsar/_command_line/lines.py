# SPDX-License-Identifier: BSD-3-Clause
"""Whole lines of a file or a pipe, as they arrive."""

import gzip
import io
import select
import zlib

from skpulsar._command_line import CommandError
from skpulsar._command_line.source import shown, unreadable

BLOCK = 2**22  # bytes that are parsed at once, where so many are there
LONGEST = 2**26  # A line of more bytes is none of a table.
GZIP = b"\x1f"  # No text begins so, and more may not have come through a pipe.


class Lines:
    """The lines of a stream: some of them one by one, then the others in blocks.

    Parameters
    ----------
    stream : buffered binary stream
        Text, or text that gzip has compressed.

    path : str
        Where it comes from, for messages.
    """

    def __init__(self, stream, path):
        self._path, self._rest = path, b""
        packed = self._read(stream.peek, 1).startswith(GZIP)
        self._stream = gzip.open(stream) if packed else stream

    def line(self):
        """The next line without its end; None after the last one."""
        while b"\n" not in self._rest:
            chunk = self._arrived()
            if not chunk:
                line, self._rest = self._rest, b""
                return line or None
            self._rest = self._short(self._rest + chunk)
        line, _, self._rest = self._rest.partition(b"\n")
        return line.removesuffix(b"\r")

    def blocks(self):
        """Yield the other lines, many at once, with their ends.

        What has come through a pipe is yielded before more is waited for.
        """
        rest, chunk = b"", self._rest or self._arrived()
        while chunk:
            lines, end, tail = chunk.rpartition(b"\n")
            if end:
                yield rest + lines + end
                rest = tail
            else:
                rest = self._short(rest + tail)
            chunk = self._arrived()
        if rest:
            yield rest

    def _arrived(self):
        """The bytes that have come, a block of them at most; it waits for the first."""
        parts, size = [], BLOCK
        while part := self._read(self._stream.read1, size):
            parts.append(part)
            size -= len(part)
            if size == 0 or not _is_ready(self._stream):
                break
        return b"".join(parts)

    def _read(self, method, size):
        try:
            return method(size)
        except (OSError, EOFError, zlib.error) as error:
            raise unreadable(self._path, error) from error

    def _short(self, line):
        if len(line) > LONGEST and b"\n" not in line:
            raise CommandError(
                f"{shown(self._path)} has a line of more than {LONGEST:,} bytes: it is "
                "no table of text, or its lines do not end as those of Unix or Windows"
            )
        return line


def _is_ready(stream):
    """Whether a stream has more at once, as far as the system tells."""
    try:
        return bool(select.select([stream], [], [], 0)[0])
    except io.UnsupportedOperation:
        return True  # It is in memory.
    except (OSError, ValueError):
        return False  # Windows knows it of sockets only.
