# SPDX-License-Identifier: BSD-3-Clause
"""Targets of a regression: what is given as y, and the array that it becomes."""

import numpy as np
from scipy import sparse
from sklearn.utils import assert_all_finite

LARGEST = 1e150  # Sums of squares of larger targets overflow.


def check_targets(y):
    """Refuse what would be read as numbers and is none."""
    if sparse.issparse(y):
        raise TypeError("y is a sparse matrix: give an array, y.toarray().")
    kind = getattr(getattr(y, "dtype", None), "kind", "-")
    if kind in "mM":
        raise TypeError(
            "y holds dates or times. Turn them into numbers of a unit that you choose."
        )


def as_targets(y):
    """Targets by output.

    Parameters
    ----------
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
        As scikit-learn's validation leaves it: finite, if it is of floats.

    Returns
    -------
    targets : ndarray of shape (n_targets, n_samples), float64, C-contiguous

    Raises
    ------
    ValueError
        If a target is no number, or its square overflows.
    """
    try:
        numbers = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"y must hold numbers, and cannot be read as such: {error!s:.150}."
        ) from error
    if y.dtype.kind != "f":  # Validation has seen others as they were.
        assert_all_finite(numbers, input_name="y")
    targets = np.ascontiguousarray(np.atleast_2d(numbers.T))
    if targets.shape[0] == 0:
        raise ValueError("y has no columns: give at least one target.")
    if (largest := max(targets.max().item(), -targets.min().item())) > LARGEST:
        raise ValueError(
            f"y is too large to be squared: it holds a value of size {largest:.3g}. "
            "Divide it by its size, for instance with a TransformedTargetRegressor."
        )
    return targets
