# SPDX-License-Identifier: BSD-3-Clause
"""The quadratic that stands for discarded rows, by its values and derivatives."""

import numpy as np
import pytest
from _quadratic import problem
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import approx_fprime

from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._fit_summary import FitSummary
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.streaming._discarded_rows import (
    DiscardedRows,
    DiscardedTerms,
    times,
)

D = 4


def curvature(random, diagonal=False):
    root = random.standard_normal((D + 1, D + 1))
    H = root @ root.T
    return H.diagonal().copy() if diagonal else H


def discarded(seed=0, diagonal=False, third=True):
    """Rows of all three parts, about an anchor."""
    random = np.random.default_rng(seed)
    return DiscardedRows(
        origin=random.standard_normal(D),
        anchor=random.standard_normal(D + 1),
        value=random.standard_normal(3) * [1, 1, third],
        slope=random.standard_normal((3, D + 1)) * np.array([[1], [1], [third]]),
        bend=random.exponential(size=(2, D)),
        curvature=curvature(random, diagonal) if third else None,
        totals=random.exponential(size=2) * third,
    )


def at_origin(weights, old, new):
    """Weights of (x - new, 1) with the logits of those of (x - old, 1)."""
    moved = weights.copy()
    moved[-1] += (new - old) @ weights[:-1]
    return moved


every_kind = pytest.mark.parametrize(
    ("diagonal", "third"), [(False, True), (True, True), (False, False)]
)


@every_kind
def test_values_have_the_slopes_that_are_told(diagonal, third):
    rows, random = discarded(1, diagonal, third), np.random.default_rng(2)
    origin, weights = random.standard_normal(D), random.standard_normal(D + 1)
    _, slope = rows.read(weights, origin)
    for part in range(3):
        numeric = approx_fprime(weights, lambda w, k=part: rows.read(w, origin)[0][k])
        assert_allclose(slope[part], numeric, rtol=1e-5, atol=1e-5)


@every_kind
def test_values_depend_on_the_logits_and_not_on_the_origin(diagonal, third):
    rows, random = discarded(1, diagonal, third), np.random.default_rng(2)
    old, new = random.standard_normal((2, D))
    weights = random.standard_normal(D + 1)
    value, slope = rows.read(weights, old)
    moved, other = rows.read(at_origin(weights, old, new), new)
    assert_allclose(moved, value)
    assert_allclose(other[:, -1], slope[:, -1])  # the mean slope of the logits
    assert_allclose(slope[:, :-1] - other[:, :-1], np.outer(slope[:, -1], new - old))


def test_no_rows_add_nothing():
    rows = DiscardedRows.none(np.ones(D))
    value, slope = rows.read(np.arange(1.0, D + 2), np.zeros(D))
    assert not value.any() and not slope.any()


@pytest.mark.parametrize("bent", [False, True])
@pytest.mark.parametrize("part", [0, 1])
def test_what_a_draw_took_is_added_where_it_was_taken(part, bent):
    """Value and slope are exact there; a curvature is one about these weights."""
    random, rows = np.random.default_rng(3), discarded()
    origin, weights = random.standard_normal(D), random.standard_normal(D + 1)
    before, after = (
        (random.random(), random.random(D + 1), random.random(D + 1)) for _ in range(2)
    )
    value, slope = rows.read(weights, origin)
    more = rows.lost(part, before, after, weights, origin, bent)
    found, slopes = more.read(weights, origin)
    lost = np.zeros(3)
    lost[part] = before[0] - after[0]
    assert_allclose(found, value + lost)
    expected = slope.copy()
    expected[part] += before[1] - after[1]
    assert_allclose(slopes, expected)
    away = np.append(np.ones(D), -(origin - rows.origin) @ np.ones(D))
    away = at_origin(away, rows.origin, origin)  # moves no intercept at the origin
    change = [m.read(weights + away, origin)[0][part] for m in (rows, more)]
    squares = np.maximum(before[2] - after[2], 0)[:-1].sum() * bent
    linear = lost[part] + (before[1] - after[1]) @ away
    assert_allclose(change[1] - change[0], linear + squares / 2)


def test_another_unit_of_the_weights():
    """Sums over rows follow it, and the mean loss of a fit does not."""
    rows, weights, origin = discarded(), np.ones(D + 1), np.zeros(D)
    scaled = rows.scaled(0.25)
    value, slope = rows.read(weights, origin)
    found, slopes = scaled.read(weights, origin)
    by = np.array([0.25, 0.25, 1])
    assert_allclose(found, by * value)
    assert_allclose(slopes, by[:, np.newaxis] * slope)
    assert_allclose(scaled.totals, rows.totals / 4)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_a_fit_is_its_mean_loss_to_second_order(fit_intercept):
    made = problem(0.01, fit_intercept)
    F, point = made.objective, made.minimum()[1]
    F.read(point)
    scaling = F.scaling
    loss = made.evaluate(point)[0] - scaling.penalty @ point**2 / 2
    slope = -scaling.penalty * point * scaling.deviations()
    weights = scaling.to_original(point)
    summary = FitSummary(
        F.rows.moments(), scaling.centre, fit_intercept, weights, loss, slope,
        Penalty(0.01), *F.preconditioner().packed,
    )  # fmt: skip
    totals = np.array([3.0, 2.0])
    rows = DiscardedRows.fitted(summary, totals)
    assert_array_equal(rows.totals, totals)
    zero = np.zeros(D)
    value, slopes = rows.read(weights, zero)
    assert_allclose(value, [0, 0, loss])
    assert_allclose(slopes[2, :-1] - scaling.centre * slopes[2, -1], slope[:-1])
    step = np.random.default_rng(0).standard_normal(D + 1) * (scaling.scale > 0)
    found = rows.read(scaling.to_original(point + step), zero)[0][2]
    H = made.evaluate(point)[2] - np.diag(scaling.penalty)
    linear = -scaling.penalty * point @ step  # the gradient of F is 0
    assert_allclose(found, loss + linear + step @ H @ step / 2, rtol=1e-5)


# -- in an objective -------------------------------------------------------------------


def scaling(seed=5, fit_intercept=True):
    random = np.random.default_rng(seed)
    scale = np.append(random.exponential(size=D), float(fit_intercept))
    centre = random.standard_normal(D) * fit_intercept
    return Scaling(centre, scale, np.ones(D + 1), np.zeros(D), fit_intercept)


@every_kind
def test_terms_are_the_parts_weighed_by_class(diagonal, third):
    """A fit's mean loss counts by the weight of its rows."""
    rows, factor, total = discarded(0, diagonal, third), np.array([2.0, 0.5]), 7.0
    coordinates = scaling()
    terms = DiscardedTerms(rows, coordinates, factor, total)
    by = np.append(factor, factor @ rows.totals) / total
    assert_allclose(terms.share, by[2])
    point = np.random.default_rng(6).standard_normal(D + 1)
    value, slope = rows.read(point * coordinates.scale, coordinates.centre)
    found, gradient = terms.read(point)
    if not diagonal:  # of a diagonal, an intercept at another place makes no square
        assert_allclose(found, by @ value)
        assert_allclose(gradient, by @ slope * coordinates.scale)
    at = coordinates.to_scaled(
        np.append(rows.anchor[:-1], rows.anchor[-1] - rows.origin @ rows.anchor[:-1])
    )
    assert_allclose(terms.read(at)[0], by @ rows.value)


@every_kind
def test_terms_are_one_quadratic(diagonal, third):
    terms = DiscardedTerms(
        discarded(0, diagonal, third), scaling(), np.array([2.0, 0.5]), 7.0
    )
    random = np.random.default_rng(7)
    point, step = random.standard_normal((2, D + 1))
    value, gradient = terms.read(point)
    after, slope = terms.read(point + step)
    bent = terms.bent(step)
    assert_allclose(after, value + gradient @ step + bent @ step / 2)
    assert_allclose(slope, gradient + bent)
    assert_allclose(terms.square() @ step, bent)
    assert_allclose(np.diag(terms.square()), terms.diagonal())
    assert bent @ step > 0


def test_no_curvature_is_no_matrix():
    terms = DiscardedTerms(DiscardedRows.none(np.zeros(D)), scaling(), np.ones(2), 1.0)
    assert np.ndim(terms.square()) == 0 and terms.square() == 0
    assert not terms.bent(np.ones(D + 1)).any()


def test_a_curvature_or_its_diagonal_times_a_vector():
    H = curvature(np.random.default_rng(0))
    vector = np.arange(1.0, D + 2)
    assert_allclose(times(H, vector), H @ vector)
    assert_allclose(times(H.diagonal().copy(), vector), H.diagonal() * vector)
