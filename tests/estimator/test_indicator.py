# SPDX-License-Identifier: BSD-3-Clause
"""Targets and weights of an indicator matrix, against those of two classes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array

from skpulsar._estimator._class_weights import ClassStatistics, weigh
from skpulsar._estimator._indicator import (
    given_column_weights,
    has_columns,
    indicator_targets,
    prior_shifts,
    weigh_columns,
)
from skpulsar._estimator._prior import prior_shift

pd = pytest.importorskip("pandas")
Y = np.array([[0, 1, 1], [1, 0, 1], [0, 0, 1], [0, 1, 0], [1, 1, 1]])
WEIGHTS = [None, np.array([1.0, 0.0, 2.0, 3.0, 0.5]), np.full(5, 1e308)]


@pytest.mark.parametrize(
    "y", [Y, Y.tolist(), list(Y), tuple(Y), csr_array(Y), pd.DataFrame(Y)]
)
def test_several_columns(y):
    assert has_columns(y)


@pytest.mark.parametrize(
    "y",
    [
        Y[:, 0], Y[:, :1], Y[:, :1].tolist(), Y[:, 0].tolist(), ["ab", "cd"], "ab", 1,
        [], None, pd.Series(Y[:, 0]), Y[:, :, None], Y[:, :, None].tolist(),
    ],
)  # fmt: skip
def test_no_several_columns(y):
    assert not has_columns(y)


@pytest.mark.parametrize("y", [Y, Y.astype(bool), Y.astype("f4"), csr_array(Y)])
def test_targets_are_the_columns(y):
    targets = indicator_targets(y)
    assert_array_equal(targets, Y.T)
    assert targets.dtype == np.float64 and targets.flags.c_contiguous


@pytest.mark.parametrize("sample_weight", WEIGHTS)
@pytest.mark.parametrize("class_weight", [None, "balanced", [{1: 3.0}, {0: 0.5}, {}]])
def test_weights_are_those_of_two_classes(sample_weight, class_weight):
    """Of every column, call after call."""
    targets, given = indicator_targets(Y), given_column_weights(class_weight, 3)
    seen, own = ClassStatistics.empty((3, 2)), [ClassStatistics.empty()] * 3
    for part in (slice(0, 3), slice(1, 5)):
        call = None if sample_weight is None else sample_weight[part]
        found = weigh_columns(targets[:, part], call, given, seen)
        seen, used = found.seen, slice(None) if found.index is None else found.index
        for k, target in enumerate(targets[:, part]):
            one = weigh(target, call, None if given is None else given[k], own[k])
            own[k] = one.seen
            ones = np.ones(len(target))
            weight = np.broadcast_to(
                ones if found.weight is None else found.weight, (3, len(target))
            )
            expected = ones if one.weight is None else one.weight
            assert_allclose(weight[k][used], expected[used], rtol=1e-12)
            assert_array_equal(found.seen.n_rows[k], one.seen.n_rows)
            assert_allclose(found.seen.weight[k], one.seen.weight, rtol=1e-12)
            assert found.count[k] == one.count[1]
            shift = prior_shift(True, one.factor, one.seen.weight, np.array([0, 1]))
            shifts = prior_shifts(True, found.factor, seen.weight)
            assert shifts[k] == pytest.approx(shift, rel=1e-9, abs=1e-12)


def test_rows_share_their_weights_where_labels_have_none():
    shared = weigh_columns(
        indicator_targets(Y), WEIGHTS[1], np.ones((3, 2)), ClassStatistics.empty((3, 2))
    )
    assert shared.weight.ndim == 1
    assert_array_equal(shared.index, [0, 2, 3, 4])
