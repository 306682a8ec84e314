# SPDX-License-Identifier: BSD-3-Clause
"""Whether columns are correlated, by the eigenvalues of their correlations."""

import numpy as np
import pytest
from _quadratic import csr

from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.preconditioned._correlation import (
    FREEDOM,
    PAIRED_ROWS,
    are_correlated,
)
from skpulsar._solvers.quadratic._scaling import Scaling

D = 60


def told(X, index=None):
    rows = Rows(X, np.zeros(len(X)), None, index)
    moments = rows.moments()
    scaling = Scaling.of(moments, Penalty(1e-4), True, moments.mean)
    return are_correlated(rows, scaling)


def factors(rank, noise, n=2000, seed=0):
    """Columns that are sums of a few others, and noise."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, rank)) @ random.standard_normal((rank, D))
    X += noise * random.standard_normal((n, D))
    return X * 10.0 ** random.uniform(-2, 2, D) + 3


@pytest.mark.parametrize("noise", [0.1, 1, 1.7, 2, 2.3, 3, 10])
@pytest.mark.parametrize("rank", [1, 3, 10, 12, 14, 16, 60])
def test_columns_act_like_as_many_as_their_eigenvalues_tell(rank, noise):
    X = factors(rank, noise)
    eigenvalues = np.linalg.eigvalsh(np.corrcoef(X.T))
    freedom = eigenvalues.sum() ** 2 / (eigenvalues**2).sum() / D
    if not 0.8 * FREEDOM < freedom < 1.25 * FREEDOM:
        assert told(X) == (freedom < FREEDOM)


def test_copies_of_a_column_are_correlated_whatever_their_scale():
    X = np.random.default_rng(0).standard_normal((PAIRED_ROWS // 2, 1))
    assert told(X * np.arange(1.0, D))
    assert not told(np.random.default_rng(0).standard_normal((400, D)))


def test_the_rows_that_are_used_tell():
    X = factors(60, 1)
    index = np.arange(0, len(X), 2)
    X[index] = factors(1, 0.1)[index]
    assert told(X, index) and not told(X, index + 1)


def test_sparse_columns_are_not_asked():
    X = factors(1, 0.1, 200)
    rows = Rows(csr(X), np.zeros(200))
    scaling = Scaling.of(rows.moments(), Penalty(1e-4), True, np.zeros(D))
    assert told(X) and not are_correlated(rows, scaling)
