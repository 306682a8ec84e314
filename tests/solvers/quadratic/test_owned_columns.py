# SPDX-License-Identifier: BSD-3-Clause
"""Whether a few rows have all the curvature of a column."""

import numpy as np
import pytest
from _softmax import made, rows_of

from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._owned_columns import has_owned_column
from skpulsar._solvers.quadratic._scaling import Scaling


@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize(("far", "owned"), [(10.0, False), (1e6, True)])
def test_rows_far_out_own_a_column(far, owned, csr):
    X, y, _ = made(600, 3)
    X /= X.std(axis=0)
    X[::60, 1] = far
    rows = rows_of(X, y, csr=csr)
    moments = rows.moments()
    scaling = Scaling.of(moments, Penalty(1e-3), True, moments.centre(csr))
    assert has_owned_column(rows, scaling) == owned


def test_few_entries_tell_nothing_of_rows_that_are_nearly_empty():
    X, y, _ = made(600, 60)
    X[:, 1:] = 0
    X[::60, 0] = 1e6
    rows = rows_of(X, y, csr=True)
    moments = rows.moments()
    scaling = Scaling.of(moments, Penalty(1e-3), True, moments.centre(True))
    assert not has_owned_column(rows, scaling)


def test_a_flag_or_a_constant_is_owned_by_nobody():
    X, y, _ = made(600, 3)
    X[:, 0], X[:, 1] = 7.0, np.arange(600) < 300
    rows = rows_of(X, y)
    moments = rows.moments()
    scaling = Scaling.of(moments, Penalty(1e-3), True, moments.mean)
    assert not has_owned_column(rows, scaling)
