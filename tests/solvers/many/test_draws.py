# SPDX-License-Identifier: BSD-3-Clause
"""Rows that are drawn for all models."""

import numpy as np
import pytest
from _many import problem_of, statistics_of, table
from numpy.testing import assert_array_equal

from skpulsar._problem._importance_sampling import MIN_ROWS
from skpulsar._solvers.many import _draws
from skpulsar._solvers.many._draws import Draws, first_draw, takes_all

N = 20_000


def drawn(seed=0, n_draws=1, layout="dense float64"):
    X, y, fold = table(N)
    problem = problem_of(X, y, fold, layout=layout)
    problem.groups.passes.predict_mean(y.mean())
    draws = Draws(problem, statistics_of(problem.rows).norms(), seed)
    for _ in range(n_draws):
        groups = draws.draw()
    return problem, draws, groups


@pytest.mark.parametrize("layout", ["dense float64", "csr float64"])
def test_drawn_rows_stand_for_all_in_every_group(layout):
    problem, draws, groups = drawn(layout=layout)
    assert draws.m == MIN_ROWS
    assert abs(groups.rows.n_rows - MIN_ROWS) < 300
    np.testing.assert_allclose(groups.total, problem.groups.total, rtol=0.15)
    for g, part in enumerate(groups.parts()):
        assert (groups.rows.targets()[part] == g % 2).all()


def test_draws_differ_by_seed_and_number():
    weights = [drawn(*given)[2].rows.sample_weight() for given in
               ((0, 1), (0, 1), (1, 1), (0, 2))]  # fmt: skip
    assert_array_equal(weights[0], weights[1])
    assert len(weights[2]) != len(weights[0]) or (weights[2] != weights[0]).any()
    assert len(weights[3]) != len(weights[0]) or (weights[3] != weights[0]).any()


def test_rows_that_are_not_copied_are_the_same(monkeypatch):
    _, _, copied = drawn()
    monkeypatch.setattr(_draws, "MOST_COPIED", 0)
    _, _, in_place = drawn()
    assert len(copied.rows.stored()["matrix"]) == copied.rows.n_rows
    assert len(in_place.rows.stored()["matrix"]) == N
    point = np.random.default_rng(0).standard_normal((5, 3))
    for some, others in zip(copied.read(point), in_place.read(point), strict=True):
        assert_array_equal(some, others)
    point = np.ascontiguousarray(point[:, 0])
    both = copied.diagonals(point), in_place.diagonals(point)
    assert_array_equal(*both)
    assert_array_equal(copied.total, in_place.total)


def test_draws_grow_until_they_take_all():
    problem, draws, _ = drawn()
    assert first_draw(problem.rows) == MIN_ROWS
    assert not takes_all(MIN_ROWS, problem.rows)
    sizes = []
    while not draws.takes_all:
        sizes.append(draws.m)
        draws.grow()
    assert sizes == [MIN_ROWS, 2 * MIN_ROWS]
