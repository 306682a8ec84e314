# SPDX-License-Identifier: BSD-3-Clause
"""Whether columns are so correlated that a diagonal preconditioner tells little."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._spaced_rows import spaced
from skpulsar._solvers.quadratic._gram import gram

PAIRED_ROWS = 256  # So many evenly spaced rows, in pairs, tell of the columns.
FREEDOM = 0.2  # Columns that act like fewer than this share of them are correlated.


def are_correlated(rows, scaling):
    """Whether dense columns have the freedom of fewer than a fifth as many.

    Of rows a with ``E |a|^2 = d``, the mean of ``(a . b)^2`` over pairs is the sum of
    the squared eigenvalues of the correlations, and d^2 over it would be the number of
    eigenvalues, were all of one size.
    """
    if rows.sparse:
        return False
    places = spaced(rows, PAIRED_ROWS)
    centred, few = rows.entries(places) - scaling.centre, len(places)
    columns = np.ascontiguousarray(centred.T, np.float64)
    K = gram(columns, scaling.scale[:-1] ** 2)
    norms, pairs = K.diagonal(), K[np.tril_indices(few, -1)]
    square = _core.dot(pairs, pairs) / max(len(pairs), 1)
    mean = _core.total(np.ascontiguousarray(norms)) / few
    return mean * mean < FREEDOM * rows.n_columns * square
