# SPDX-License-Identifier: BSD-3-Clause
"""HTRU2, the pulsar candidates of the High Time Resolution Universe Survey (South)."""

import hashlib
import warnings
from http.client import HTTPException
from numbers import Integral
from pathlib import Path

import numpy as np
from sklearn.datasets import get_data_home
from sklearn.utils import Bunch

from skpulsar._replace import replace
from skpulsar.datasets._archive import fetch_member
from skpulsar.datasets._htru2_facts import DESCR, FEATURE_NAMES, TARGET_NAMES
from skpulsar.datasets._table import COLUMNS, read_table, short_name

URL = "https://archive.ics.uci.edu/static/public/372/htru2.zip"
FILE_NAME = "HTRU_2.csv"  # in the archive and in the data home

# About twice the file, as it is today. More is not unpacked, whatever the archive says.
MAX_FILE_BYTES = 4 * 2**20

# Of a file at hand: some two million candidates. A device or a pipe may have no end.
MAX_BYTES_AT_HAND = 256 * 2**20

# SHA-256 of the parsed table: 17,898 x 9 little-endian float64 in C order, label last.
# Of the values and not of the file, so that header and line endings make no difference.
TABLE_SHA256 = "bff7e0d962f5762938f833075d6bbfd3ce229cdcfb30091b4ecaa7dca4a81a74"


def fetch_htru2(
    *,
    data_home=None,
    download_if_missing=True,
    as_frame=False,
    return_X_y=False,
    n_retries=3,
    delay=1.0,
):
    """Load the HTRU2 pulsar candidates (binary classification).

    Download them from the UCI Machine Learning Repository if necessary.

    =================   ==============
    Classes                          2
    Samples total                17898
    Pulsars (class 1)             1639
    Dimensionality                   8
    Features                      real
    =================   ==============

    The file ``HTRU_2.csv`` is kept in the data home, as plain text. A copy obtained in
    another way can be put there by hand, with a header line or without. Whenever it is
    read, its values are compared with the published ones by a SHA-256 digest; a file
    that differs is fetched anew.

    Parameters
    ----------
    data_home : str or path-like, default=None
        The folder that holds the file; by default scikit-learn's data home, see
        :func:`sklearn.datasets.get_data_home`.

    download_if_missing : bool, default=True
        If False, raise an OSError if the data is not locally available
        instead of trying to download it.

    as_frame : bool, default=False
        If True, `data` is a pandas DataFrame and `target` a pandas Series.

    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch object.

    n_retries : int, default=3
        Number of further attempts when a download fails.

    delay : float, default=1.0
        Seconds between attempts.

    Returns
    -------
    dataset : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        data : ndarray of shape (17898, 8), float64
            Mean, standard deviation, excess kurtosis and skewness of the integrated
            pulse profile, then of the DM-SNR curve; not scaled. A DataFrame if
            `as_frame` is True.
        target : ndarray of shape (17898,), int64
            1 for a pulsar, 0 for interference or noise. A Series if `as_frame` is True.
        frame : DataFrame of shape (17898, 9) or None
            `data` and `target` together, if `as_frame` is True.
        feature_names : list of 8 str
            The names of the columns of `data`.
        target_names : list of 2 str
            The names of the classes 0 and 1.
        DESCR : str
            Description, licence and citation.

    (data, target) : tuple if `return_X_y` is True

    Raises
    ------
    OSError
        When the data is neither at hand nor to be had, or what was downloaded is not
        HTRU2.

    ValueError
        When `n_retries` is not a non-negative int.

    See Also
    --------
    load_htru2 : The same from a file at hand, whatever its rows.
    make_pulsars : A synthetic twin that needs no file.

    References
    ----------
    R. J. Lyon, B. W. Stappers, S. Cooper, J. M. Brooke, J. D. Knowles, "Fifty Years of
    Pulsar Candidate Selection: From simple filters to a new principled real-time
    classification approach", MNRAS 459 (1), 1104-1123, 2016,
    doi 10.1093/mnras/stw656.

    Examples
    --------
    >>> from skpulsar.datasets import fetch_htru2
    >>> htru2 = fetch_htru2()  # doctest: +SKIP
    >>> htru2.data.shape, htru2.target.sum()  # doctest: +SKIP
    ((17898, 8), 1639)
    """
    if not isinstance(n_retries, Integral) or n_retries < 0:
        raise ValueError(
            "The 'n_retries' parameter of fetch_htru2 must be an int in the range "
            f"[0, inf). Got {n_retries!r} instead."
        )
    path = Path(get_data_home(data_home), FILE_NAME)
    table = _read_cached(path, download_if_missing)
    if table is None:
        try:
            content = fetch_member(
                URL, FILE_NAME, max_bytes=MAX_FILE_BYTES + 1, n_retries=n_retries,
                delay=delay,
            )  # fmt: skip
            table = _parse(content)
        except (OSError, HTTPException, ValueError) as error:
            raise OSError(
                f"Could not fetch HTRU2 from {URL}: {error}. A copy put by hand at "
                f"{path} is used without a download."
            ) from error
        replace(path, content)
    return _dataset(table, "fetch_htru2", as_frame, return_X_y)


def load_htru2(path, *, drop_incomplete=False, as_frame=False, return_X_y=False):
    """Load pulsar candidates in HTRU2's format from a file at hand.

    Both public layouts are read: UCI's without a header line and Kaggle's with one.
    Each row is nine comma-separated numbers, the label 0 or 1 last. Quoted fields, any
    line ending, a byte order mark and blank lines are accepted.

    Parameters
    ----------
    path : str or path-like
        The file; at most 256 MiB are read.

    drop_incomplete : bool, default=False
        If True, leave out rows that lack a value: a cell is empty or holds ``?`` or,
        in letters of any case, ``na``, ``n/a``, ``nan``, ``none`` or ``null``. Kaggle's
        ``pulsar_data_train.csv`` has such rows. If False, they raise a ValueError.

    as_frame : bool, default=False
        If True, `data` is a pandas DataFrame and `target` a pandas Series.

    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch object.

    Returns
    -------
    dataset : :class:`~sklearn.utils.Bunch`
        As from :func:`fetch_htru2`, with as many samples as the file has rows. The
        columns are taken to be in HTRU2's order, whatever a header calls them. There
        are two more attributes.

        header : list of 9 str or None
            The names that the file has for its columns, if it has a header line.
        dropped_target : ndarray of shape (n_dropped,), float64
            The labels of the rows left out, nan where the label is what is missing.

    (data, target) : tuple if `return_X_y` is True

    Raises
    ------
    FileNotFoundError
        When there is no such file.

    ValueError
        When a row has another number of fields, a value that is not a finite number or
        a label other than 0 and 1, naming its line and column; when there is no row; or
        when the file is of another kind, which the message then names.

    See Also
    --------
    fetch_htru2 : HTRU2 itself, verified.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skpulsar.datasets import load_htru2
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "candidates.csv")
    ...     _ = path.write_text("140.6,55.7,-0.23,-0.70,3.2,19.1,7.98,74.2,0\\n")
    ...     X, y = load_htru2(path, return_X_y=True)
    >>> X
    array([[140.6 ,  55.7 ,  -0.23,  -0.7 ,   3.2 ,  19.1 ,   7.98,  74.2 ]])
    >>> y
    array([0])
    """
    path = Path(path)
    with open(path, "rb") as file:
        content = file.read(MAX_BYTES_AT_HAND + 1)
    if len(content) > MAX_BYTES_AT_HAND:
        raise ValueError(
            f"{short_name(str(path))} has more than {MAX_BYTES_AT_HAND} bytes, too "
            "many for a table of candidates"
        )
    table = read_table(content, str(path), drop_incomplete=drop_incomplete)
    dataset = _dataset(table.values, "load_htru2", as_frame, return_X_y)
    if not return_X_y:
        dataset.header, dataset.dropped_target = table.header, table.dropped_target
    return dataset


def _read_cached(path, download_if_missing):
    """Return the table in the data home, None if it is to be downloaded."""
    try:
        with open(path, "rb") as file:
            # One byte more than a file may have, enough to see that it is too long.
            return _parse(file.read(MAX_FILE_BYTES + 1))
    except FileNotFoundError as error:
        if not download_if_missing:
            message = "Data not found and `download_if_missing` is False"
            raise OSError(message) from error
    except ValueError as error:
        if not download_if_missing:
            raise OSError(
                f"{path} is damaged and `download_if_missing` is False: {error}"
            ) from error
        warnings.warn(f"{path} is damaged, downloading it anew: {error}", stacklevel=3)
    return None


def _parse(content):
    """Return the table in a file's bytes; raise ValueError unless it is HTRU2."""
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"{FILE_NAME} has more than {MAX_FILE_BYTES} bytes")
    table = read_table(content, FILE_NAME).values
    digest = hashlib.sha256(table.astype("<f8").tobytes()).hexdigest()
    if digest != TABLE_SHA256:
        raise ValueError(f"{FILE_NAME} has other values than HTRU2, SHA-256 {digest}")
    return table


def _dataset(table, caller, as_frame, return_X_y):
    """Return a table of candidates in the shape the caller's flags ask for."""
    data = np.ascontiguousarray(table[:, :-1])
    target = table[:, -1].astype(np.int64)
    frame = None
    if as_frame:
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError(
                f"{caller} with as_frame=True requires pandas: pip install pandas"
            ) from error
        data = pd.DataFrame(data, columns=list(FEATURE_NAMES))
        target = pd.Series(target, name=COLUMNS[-1])
        frame = data.assign(target=target)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        frame=frame,
        feature_names=list(FEATURE_NAMES),
        target_names=list(TARGET_NAMES),
        DESCR=DESCR,
    )
