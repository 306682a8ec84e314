# SPDX-License-Identifier: BSD-3-Clause
"""Shares of the classes, given by label."""

from math import isclose
from numbers import Real

from skpulsar._estimator._labels import by_label
from skpulsar._estimator._parameters import Number

PROPORTION = Number(Real, 0, 1, "()")
SUM_TOLERANCE = 1e-6  # The sum of the shares may differ from 1 by this much.


def shares_by_label(given, classes, name):
    """Shares of all classes.

    Parameters
    ----------
    given : dict
        The shares of all classes, or of all but one, by label.

    classes : ndarray of shape (n_classes,)
        The labels.

    name : str
        Name of the parameter, for the error.

    Returns
    -------
    shares : list of float

    Raises
    ------
    ValueError
        If a share is no number in (0, 1), all are not 1 together, or a key is no class.
    """
    n_classes, shares = len(classes), list(given.values())
    sound = n_classes - len(shares) in (0, 1) and all(map(PROPORTION.admits, shares))
    if sound:
        whole = len(shares) == n_classes
        total = sum(map(float, shares))
        sound = isclose(total, 1, rel_tol=SUM_TOLERANCE) if whole else total < 1
    if not sound:
        which = (
            "one class, or of both" if n_classes == 2 else "all classes (or but one)"
        )
        raise ValueError(
            f"{name} by label must be the share of {which}, each greater than 0 and "
            f"together 1. Got {given!r:.100} instead."
        )
    found = by_label(given, classes, name)
    rest = 1 - sum(float(share) for share in found if share is not None)
    return [rest if share is None else float(share) for share in found]
