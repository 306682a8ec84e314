# SPDX-License-Identifier: BSD-3-Clause
"""The candidates that the study is about, and the folds they are tested in."""

from skpulsar.datasets import fetch_htru2, load_htru2, make_pulsars

N_FOLDS = 5
N_LEAST = 8  # of each class: SMOTE needs six to train on

HOW_TO_FETCH = """\
For the real candidates give their CSV file, or fetch them once:
  python -c "from skpulsar.datasets import fetch_htru2; fetch_htru2()\""""


def read_candidates(path, seed):
    """Read the file given, else HTRU2 in the data home, else draw the synthetic twin.

    Parameters
    ----------
    path : str or None
        A file in HTRU2's format.

    seed : int
        Of the twin.

    Returns
    -------
    X : ndarray of shape (n_samples, 8)
    y : ndarray of shape (n_samples,)
    origin : str
        Where the data are from, in words.

    Raises
    ------
    OSError, ValueError
        When the file given cannot be read or parsed.
    """
    if path is not None:
        X, y = load_htru2(path, return_X_y=True)
        return X, y, f"the file {path!r}."
    try:
        X, y = fetch_htru2(download_if_missing=False, return_X_y=True)
    except OSError as error:
        X, y = make_pulsars(random_state=seed)
        missing = isinstance(error.__cause__, FileNotFoundError)
        reason = "HTRU2 is not in scikit-learn's data home." if missing else error
        return X, y, f"a SYNTHETIC TWIN of HTRU2. {reason}\n{HOW_TO_FETCH}"
    return X, y, "HTRU2, from scikit-learn's data home."
