# SPDX-License-Identifier: BSD-3-Clause
"""One file of named members, a format version and a checksum: a zip archive.

The comment of the archive, the last bytes of the file, is ::

    skpulsar estimator, format 1, written by skpulsar 0.2.0, sha256 <64 digits>

where the digits are the SHA-256 of all bytes of the file before them. This much stays
whatever the format: a version that cannot read the rest can still say why.
"""

import re
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

FORMAT = 1
COMMENT = re.compile(
    rb"skpulsar estimator, format (\d{1,9}), written by skpulsar ([!-~]{1,60}), "
    rb"sha256 ([0-9a-f]{64})\Z"
)
LONGEST = 200  # A comment has at most so many bytes.


class Archive(ZipFile):
    """A zip archive that is dropped if anything ends the writing of it.

    zipfile would finish it, and hide what came, for instance Ctrl-C, behind a
    ValueError of its own where a member is half written.
    """

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.close()
        else:
            self.fp = None  # There is nothing to close then.

    def __del__(self):
        """Leave a dropped one as it is: errors are lost here, Ctrl-C among them."""


def archive(members, version):
    """The bytes of a file.

    Parameters
    ----------
    members : dict of bytes
        The contents, by name. Equal ones give an equal file.

    version : str
        The version of skpulsar that writes it.
    """
    comment = f"skpulsar estimator, format {FORMAT}, written by skpulsar {version}, "
    with Archive(stream := BytesIO(), "w", ZIP_STORED) as file:
        for name, content in members.items():
            file.writestr(ZipInfo(name), content)  # An entry of 1980, not of now.
        file.comment = f"{comment}sha256 {'0' * 64}".encode()
    content = stream.getbuffer()
    content[-64:] = sha256(content[:-64]).hexdigest().encode()
    return content


def members_of(content, first, version):
    """The members of a file by name, and the version that wrote it.

    Parameters
    ----------
    content : bytes
        The file.

    first : str
        Name of the first member, by which the beginning of a file is known.

    version : str
        The version of skpulsar that reads it.

    Raises
    ------
    ValueError
        If it is of something else, damaged, or of a newer format.
    """
    found = COMMENT.search(content, max(0, len(content) - LONGEST))
    if found is None:
        if content[30 : 30 + len(first)] == first.encode():
            raise ValueError("it is cut short or damaged, as its end is missing")
        raise ValueError("it was not written by skpulsar.save, or is damaged")
    if sha256(memoryview(content)[:-64]).hexdigest().encode() != found[3]:
        raise ValueError("it is damaged, as its checksum is that of other bytes")
    number, written = int(found[1]), found[2].decode()
    if number > FORMAT:
        raise ValueError(
            f"it was written by skpulsar {written} in format {number}, and this is "
            f"skpulsar {version}, which reads format {FORMAT}: upgrade skpulsar"
        )
    if number < 1:
        raise ValueError(f"it has format {number}, which does not exist")
    return _read(content), written


def _read(content):
    """The members of a zip archive, none of them larger than the file."""
    with ZipFile(BytesIO(content)) as file:
        entries = file.infolist()
        names = {entry.filename for entry in entries}
        plain = all(entry.compress_type == ZIP_STORED for entry in entries)
        size = sum(entry.file_size for entry in entries)
        if not plain or len(names) < len(entries) or size > len(content):
            raise ValueError("it has members that skpulsar.save does not write")
        return {entry.filename: file.read(entry) for entry in entries}
