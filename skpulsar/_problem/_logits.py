# SPDX-License-Identifier: BSD-3-Clause
"""Logits of many rows, computed in blocks so that Ctrl-C can interrupt."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._matrix import row_blocks, saturated_logits

ENTRIES_AT_ONCE = 4_000_000  # Ctrl-C waits while the kernel reads this many.


def logits(matrix, weights):
    """``x . w`` plus the intercept, for every row and output.

    Parameters
    ----------
    matrix : ndarray of shape (n_rows, n_columns), or tuple
        Rows as the kernel reads them (`kernel_matrix`).

    weights : ndarray of shape (n_outputs, n_columns + 1), float64
        The intercepts are last.

    Returns
    -------
    logits : ndarray of shape (n_rows, n_outputs), float64
        A row that is not finite has no finite logit.
    """
    n_rows = len(matrix[2]) - 1 if isinstance(matrix, tuple) else len(matrix)
    logits = np.empty((n_rows, len(weights)))
    for start, stop in row_blocks(matrix, max(1, ENTRIES_AT_ONCE // len(weights))):
        _core.logits(matrix, start, stop - start, weights, out=logits[start:stop])
    return logits


def saturate(logits, matrix, weights):
    """Replace, in place, the logits of finite rows whose sums overflowed by their true
    values, clipped to the range of a double."""
    for w, out in zip(weights, logits.T, strict=True):
        overflowed = np.flatnonzero(~np.isfinite(out))
        if len(overflowed):
            out[overflowed] = saturated_logits(matrix, w, overflowed)


def move_intercept(weights, by):
    """The same model for columns minus `by`: intercepts increase by ``w . by``, summed
    and rounded as a logit is, not as `Scaling` does it."""
    moved = weights.copy()
    moved[:, -1] = _core.logits(by[np.newaxis], 0, 1, weights)[0]
    return moved
