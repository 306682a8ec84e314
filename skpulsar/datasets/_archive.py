# SPDX-License-Identifier: BSD-3-Clause
"""Download of one file in a zip archive, which is not trusted.

The archive stays in memory and only the one member asked for is read: no path inside
it is ever turned into a path on disk.
"""

import io
import stat
import time
import urllib.request
import warnings
import zipfile
from http.client import HTTPException
from urllib.error import HTTPError

TIMEOUT = 30  # seconds without a byte


def download(url, *, max_bytes, n_retries=3, delay=1.0):
    """Return what an https address serves.

    Parameters
    ----------
    url : str
        An https address; any other scheme is refused, after a redirect too.

    max_bytes : int
        The longest answer that is accepted.

    n_retries : int, default=3
        Number of further attempts when the transfer fails.

    delay : float, default=1.0
        Seconds between attempts.

    Returns
    -------
    content : bytes

    Raises
    ------
    OSError
        When the last attempt fails or the answer is longer than `max_bytes`.
    """
    for retries_left in range(n_retries, -1, -1):
        try:
            content = _get(url, max_bytes + 1)
            break
        except (OSError, HTTPException) as error:
            if not retries_left:
                raise OSError(f"download failed, {error}") from error
            warnings.warn(f"Retry downloading from url: {url}", stacklevel=3)
            time.sleep(delay)
    if len(content) > max_bytes:
        raise OSError(f"the answer has more than {max_bytes} bytes")
    return content


def _get(url, n_bytes):
    """Return the first `n_bytes` of one answer, all of it if it is shorter."""
    try:
        answer = _https_opener().open(url, timeout=TIMEOUT)
    except HTTPError as error:
        error.close()  # it is the answer as well, and holds the connection open
        raise
    with answer:
        content = answer.read(n_bytes)
        announced = answer.headers.get("Content-Length", "")
    # A read with a size does not mind that the connection was cut short.
    if announced.isdecimal() and len(content) < min(int(announced), n_bytes):
        raise OSError(f"the transfer ended after {len(content)} of {announced} bytes")
    return content


def _https_opener():
    """Return an opener that has no handler but for https.

    `urllib.request.build_opener` would add http, ftp and file, which a redirect could
    then lead to; here they are unknown schemes, at the first address and at the last.
    """
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def read_member(archive, name, *, max_bytes):
    """Return the content of one regular file of a zip archive.

    Parameters
    ----------
    archive : bytes
        The zip archive.

    name : str
        The member's full name.

    max_bytes : int
        The largest unpacked size that is accepted; never more is unpacked.

    Returns
    -------
    content : bytes

    Raises
    ------
    OSError
        When `archive` is not an intact zip archive with exactly one member of that
        name, a regular file of at most `max_bytes`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zip_file:
            members = [m for m in zip_file.infolist() if m.filename == name]
            if len(members) != 1:
                raise OSError(f"the archive has {len(members)} members {name!r}, not 1")
            _check_member(members[0], max_bytes)
            with zip_file.open(members[0]) as file:
                # The declared size may be a lie, and a read without a size unpacks
                # everything there is. This one does not, and checks the CRC too.
                return file.read(max_bytes + 1)
    except OSError:
        raise
    except Exception as error:
        # zipfile answers damage with whatever it trips over, a ValueError for one.
        raise OSError(f"not an intact zip archive: {error}") from error


def _check_member(member, max_bytes):
    """Raise OSError unless the member declares a small, plain, regular file."""
    # Zero where the archive was not made on a Unix.
    file_type = stat.S_IFMT(member.external_attr >> 16)
    if file_type not in (0, stat.S_IFREG):
        raise OSError(f"{member.filename!r} in the archive is not a regular file")
    if member.flag_bits & 0x1:
        raise OSError(f"{member.filename!r} in the archive is encrypted")
    # The other methods unpack a block at a time, however large it turns out to be.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise OSError(f"{member.filename!r} in the archive is not stored or deflated")
    if member.file_size > max_bytes:
        raise OSError(
            f"{member.filename!r} in the archive unpacks to {member.file_size} bytes, "
            f"more than the {max_bytes} that are accepted"
        )
