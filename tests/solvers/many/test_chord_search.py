# SPDX-License-Identifier: BSD-3-Clause
"""Minima for several penalties, with curvatures that are kept."""

import numpy as np
import pytest
from _many import FEW, table
from _minimum import minimum
from numpy.testing import assert_allclose

from skpulsar._problem._losses import Logistic
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.many._chord_search import ChordSearch
from skpulsar._solvers.many._objectives import Objectives
from skpulsar._solvers.quadratic._column_statistics import ColumnStatistics
from skpulsar._solvers.quadratic._sample_objective import SampleObjective

ALPHAS = np.array([1.0, 1e-2, 1e-5, 0.0])


def search_of(X, y):
    rows = Rows(X, y)
    scaling = ColumnStatistics(rows, Penalty(0.0), True, False).scaling
    penalty = ALPHAS * scaling.scale[:, np.newaxis] ** 2
    penalty[-1] = 0
    live, ones = np.ones(penalty.shape, bool), np.ones((1, 4))
    objectives = Objectives(ones, len(y) * ones[0], penalty, live)
    batch = SampleObjective(rows, scaling, len(y), Logistic(), ())
    return ChordSearch(batch, objectives), batch, penalty


def test_minima():
    X, y, _ = table(FEW)
    search, batch, penalty = search_of(X, y)
    point = np.zeros(5)
    for model, alpha in enumerate(ALPHAS):
        point = search.minimum(model, point, 1e-12)
        slope = penalty[:, model] * point
        value = batch.sums(point)[0] / len(y) + slope @ point / 2
        assert_allclose(value, minimum(X, y, alpha), rtol=1e-11)


@pytest.mark.parametrize("start", [0.0, 30.0])
def test_the_gradient_at_the_minimum_is_0(start):
    """From a bad start too, where the first steps are much too long."""
    X, y, _ = table(FEW)
    search, batch, penalty = search_of(X, y)
    point = search.minimum(1, np.full(5, start), 1e-14)
    gradient = batch.sums(point)[1] * batch.scaling.scale / len(y)
    assert_allclose(gradient + penalty[:, 1] * point, 0, atol=1e-6)
    unit, factor = search.factored
    assert unit.shape == (5,)
    assert factor.shape == (5, 5)


def test_weights_that_are_not_free_stay_0():
    X, y, _ = table(FEW)
    search, *_ = search_of(X, y)
    search.objectives.live[2] = False
    point = search.minimum(1, np.ones(5), 1e-12)
    assert point[2] == 0
    free = np.array([0, 1, 3])
    others, _, _ = search_of(np.ascontiguousarray(X[:, free]), y)
    expected = others.minimum(1, np.zeros(4), 1e-12)
    assert_allclose(point[[0, 1, 3, 4]], expected, rtol=1e-4)


def test_no_point_is_read_twice_in_a_row(monkeypatch):
    X, y, _ = table(FEW)
    search, batch, _ = search_of(X, y)
    read, sums = [np.full(5, np.nan)], batch.sums
    monkeypatch.setattr(
        batch, "sums", lambda point: (read.append(point), sums(point))[1]
    )
    point = np.zeros(5)
    for model in range(len(ALPHAS)):
        point = search.minimum(model, point, 1e-12)
    steps = np.diff(read, axis=0)
    assert len(steps) > len(ALPHAS)
    assert (steps != 0).any(axis=1).all()
