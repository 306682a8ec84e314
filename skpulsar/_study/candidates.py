# SPDX-License-Identifier: BSD-3-Clause
"""The candidates that the study is about, and the folds they are tested in."""

from typing import NamedTuple

import numpy as np

from skpulsar.datasets import fetch_htru2, load_htru2, make_pulsars
from skpulsar.datasets._htru2_facts import FEATURE_NAMES

N_FOLDS = 5
MIN_CLASS_COUNT = 8  # SMOTE needs six rows of each class to train on.

HOW_TO_FETCH = """\
For the real candidates give their CSV file, or fetch them once:
  python -c "from skpulsar.datasets import fetch_htru2; fetch_htru2()\""""


class Candidates(NamedTuple):
    """The rows that the study is about, and where they come from."""

    X: np.ndarray
    y: np.ndarray
    columns: list  # names of the columns of X, where they come from
    origin: str  # where the data are from, in words


def read_candidates(path, seed, *, drop_incomplete=False):
    """Read the file given, else HTRU2 in the data home, else draw the synthetic twin.

    Parameters
    ----------
    path : str or None
        A file in HTRU2's format.

    seed : int
        Of the twin.

    drop_incomplete : bool, default=False
        Whether rows of the file that lack a value are left out.

    Returns
    -------
    candidates : Candidates

    Raises
    ------
    OSError, ValueError
        When the file given cannot be read or parsed.
    """
    if path is not None:
        data = load_htru2(path, drop_incomplete=drop_incomplete)
        origin = f"the file {path!r}."
        if drop_incomplete:
            origin += f"\n{_loss(data.dropped_target)}"
        columns = data.header or data.feature_names
        return Candidates(data.data, data.target, columns, origin)
    try:
        data = fetch_htru2(download_if_missing=False)
    except OSError as error:
        X, y = make_pulsars(random_state=seed)
        missing = isinstance(error.__cause__, FileNotFoundError)
        reason = "HTRU2 is not in scikit-learn's data home." if missing else error
        origin = f"a SYNTHETIC TWIN of HTRU2. {reason}\n{HOW_TO_FETCH}"
        return Candidates(X, y, list(FEATURE_NAMES), origin)
    origin = "HTRU2, from scikit-learn's data home."
    return Candidates(data.data, data.target, data.feature_names, origin)


def _loss(labels):
    """Say how many rows were left out, and of which class."""
    pulsars, others = np.sum(labels == 1), np.sum(labels == 0)
    return (
        f"Incomplete rows dropped: {len(labels)} ({pulsars} pulsars, {others} others, "
        f"{len(labels) - pulsars - others} without a label)."
    )


def by_rarity(y):
    """Return what the classes are called, the rarer one first."""
    return ("pulsars", "stars") if np.mean(y) <= 0.5 else ("stars", "pulsars")
