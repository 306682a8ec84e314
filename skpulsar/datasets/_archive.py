# SPDX-License-Identifier: BSD-3-Clause
"""One file of a zip archive on the web."""

import zipfile
from tempfile import TemporaryDirectory
from urllib.error import HTTPError

from sklearn.datasets import fetch_file

# Of all else zipfile unpacks more than it is asked for, whatever size that has.
BOUNDED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def fetch_member(url, name, *, max_bytes, n_retries, delay):
    """Download a zip archive and return the first bytes of one file in it.

    The archive is gone afterwards, and no path in it becomes a path on disk.

    Parameters
    ----------
    url : str
        The address of the archive.

    name : str
        The full name of the file in it.

    max_bytes : int
        So many bytes are unpacked at most.

    n_retries : int
        Number of further attempts when the transfer fails.

    delay : float
        Seconds between attempts.

    Returns
    -------
    content : bytes

    Raises
    ------
    OSError, HTTPException
        When the last attempt fails.

    OSError
        When what was downloaded is no intact zip archive with a file of that name,
        stored or deflated.
    """
    with TemporaryDirectory() as folder:
        try:
            path = fetch_file(url, folder=folder, n_retries=n_retries, delay=delay)
        except HTTPError as error:
            error.close()  # it is the answer as well, and holds the connection open
            raise
        try:
            with zipfile.ZipFile(path) as archive, archive.open(name) as file:
                if archive.getinfo(name).compress_type not in BOUNDED:
                    raise zipfile.BadZipFile(f"{name} is compressed in another way")
                return file.read(max_bytes)
        except Exception as error:
            # zipfile answers damage with whatever it trips over, a ValueError for one.
            raise OSError(f"not an intact zip archive of {name}: {error}") from error
