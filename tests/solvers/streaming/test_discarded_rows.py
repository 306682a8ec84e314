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
from skpulsar._solvers.streaming._curvatures import joint, times
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows, DiscardedTerms

D = 4


def semidefinite(random, size):
    root = random.standard_normal((size, size))
    return root @ root.T


def curvature(random, n_outputs, kind):
    """One of the arrays of `_curvatures`."""
    blocks = [semidefinite(random, D + 1) for _ in range(n_outputs)]
    if kind == "diagonal":
        return np.array([np.diag(G) for G in blocks])
    if kind == "blocks":
        return np.array(blocks)
    shape = n_outputs - 1, D + 1
    return semidefinite(random, shape[0] * shape[1]).reshape(*shape, *shape)


def discarded(seed=0, n_classes=2, kind="blocks"):
    """Rows of all parts, about an anchor."""
    random, n_outputs = np.random.default_rng(seed), outputs(n_classes)
    last = kind is not None
    by = np.append(np.ones(n_classes), float(last))
    anchor = random.standard_normal((n_outputs, D + 1))
    slope = random.standard_normal((n_classes + 1, n_outputs, D + 1))
    return DiscardedRows(
        origin=random.standard_normal(D),
        anchor=gauged(anchor),
        value=random.standard_normal(n_classes + 1) * by,
        slope=gauged(slope * by[:, np.newaxis, np.newaxis]),
        bend=random.exponential(size=(n_classes, n_outputs, D)),
        curvature=curvature(random, n_outputs, kind) if last else None,
        totals=random.exponential(size=n_classes) * last,
    )


def outputs(n_classes):
    return 1 if n_classes == 2 else n_classes


def gauged(weights):
    """Those of several outputs have a sum of 0."""
    if weights.shape[-2] == 1:
        return weights
    return weights - weights.mean(axis=-2, keepdims=True)


def some_weights(random, n_classes):
    return gauged(random.standard_normal((outputs(n_classes), D + 1)))


def at_origin(weights, old, new):
    """Weights of (x - new, 1) with the logits of those of (x - old, 1)."""
    moved = weights.copy()
    moved[:, -1] += weights[:, :-1] @ (new - old)
    return moved


KINDS = [(2, "blocks"), (2, "diagonal"), (2, None)]
KINDS += [(3, "all"), (3, "blocks"), (3, "diagonal"), (4, None)]
every_kind = pytest.mark.parametrize(("n_classes", "kind"), KINDS)


@every_kind
def test_values_have_the_slopes_that_are_told(n_classes, kind):
    rows, random = discarded(1, n_classes, kind), np.random.default_rng(2)
    origin, weights = random.standard_normal(D), some_weights(random, n_classes)
    _, slope = rows.read(weights, origin)
    for part in range(n_classes + 1):
        numeric = approx_fprime(
            weights.ravel(),
            lambda w, k=part: rows.read(w.reshape(weights.shape), origin)[0][k],
        )
        numeric = gauged(numeric.reshape(weights.shape))
        assert_allclose(gauged(slope[part]), numeric, rtol=1e-5, atol=1e-5)


@every_kind
def test_values_depend_on_the_logits_and_not_on_the_origin(n_classes, kind):
    rows, random = discarded(1, n_classes, kind), np.random.default_rng(2)
    old, new = random.standard_normal((2, D))
    weights = some_weights(random, n_classes)
    value, slope = rows.read(weights, old)
    moved, other = rows.read(at_origin(weights, old, new), new)
    assert_allclose(moved, value)
    assert_allclose(other[..., -1], slope[..., -1])  # the mean slope of the logits
    change = slope[..., -1:] * (new - old)
    assert_allclose(slope[..., :-1] - other[..., :-1], change, atol=1e-12)


@pytest.mark.parametrize("n_outputs, n_classes", [(1, 2), (5, 5)])
def test_no_rows_add_nothing(n_outputs, n_classes):
    rows = DiscardedRows.none(np.ones(D), n_classes, n_outputs)
    value, slope = rows.read(np.ones((n_outputs, D + 1)), np.zeros(D))
    assert value.shape == (n_classes + 1,) and slope.shape[1:] == (n_outputs, D + 1)
    assert not value.any() and not slope.any()


@pytest.mark.parametrize("bent", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_what_a_draw_took_is_added_where_it_was_taken(n_classes, bent):
    """Value and slope are exact there; a curvature is one about these weights."""
    random, rows = np.random.default_rng(3), discarded(0, n_classes)
    origin, weights = random.standard_normal(D), some_weights(random, n_classes)
    shape = n_classes, *weights.shape
    before, after = (
        (random.random(n_classes), random.random(shape), random.random(shape))
        for _ in range(2)
    )
    value, slope = rows.read(weights, origin)
    more = rows.lost(before, after, weights, origin, bent)
    found, slopes = more.read(weights, origin)
    lost = before[0] - after[0]
    assert_allclose(found - value, [*lost, 0])
    assert_allclose(slopes[:-1], slope[:-1] + before[1] - after[1])
    assert_allclose(slopes[-1], slope[-1])
    away = np.zeros_like(weights)
    away[0, :-1] = 1  # a step of one output, which moves no intercept at the origin
    away[0, -1] = (rows.origin - origin).sum()
    change = [m.read(weights + away, origin)[0][:-1] for m in (rows, more)]
    squares = np.maximum(before[2] - after[2], 0)[:, 0, :-1].sum(axis=1) * bent
    linear = lost + np.sum((before[1] - after[1]) * away, axis=(1, 2))
    assert_allclose(change[1] - change[0], linear + squares / 2)


def test_another_unit_of_the_weights():
    """Sums over rows follow it, and the mean loss of a fit does not."""
    rows, weights, origin = discarded(), np.ones((1, D + 1)), np.zeros(D)
    scaled = rows.scaled(0.25)
    value, slope = rows.read(weights, origin)
    found, slopes = scaled.read(weights, origin)
    by = np.array([0.25, 0.25, 1])
    assert_allclose(found, by * value)
    assert_allclose(slopes, by[:, np.newaxis, np.newaxis] * slope)
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
    value, slopes = rows.read(weights[np.newaxis], zero)
    assert_allclose(value, [0, 0, loss])
    last = slopes[2, 0]
    assert_allclose(last[:-1] - scaling.centre * last[-1], slope[:-1])
    step = np.random.default_rng(0).standard_normal(D + 1) * (scaling.scale > 0)
    found = rows.read(scaling.to_original(point + step)[np.newaxis], zero)[0][2]
    H = made.evaluate(point)[2] - np.diag(scaling.penalty)
    linear = -scaling.penalty * point @ step  # the gradient of F is 0
    assert_allclose(found, loss + linear + step @ H @ step / 2, rtol=1e-5)


# -- in an objective -------------------------------------------------------------------


def scaling(seed=5, fit_intercept=True):
    random = np.random.default_rng(seed)
    scale = np.append(random.exponential(size=D), float(fit_intercept))
    centre = random.standard_normal(D) * fit_intercept
    return Scaling(centre, scale, np.ones(D + 1), np.zeros(D), fit_intercept)


FACTORS = {n: np.array([2.0, 0.5, 1.0, 3.0][:n]) for n in (2, 3, 4)}


def terms_of(rows):
    return DiscardedTerms(rows, scaling(), FACTORS[len(rows.totals)], 7.0)


@every_kind
def test_terms_are_the_parts_weighed_by_class(n_classes, kind):
    """A fit's mean loss counts by the weight of its rows."""
    rows, factor, coordinates = (
        discarded(0, n_classes, kind),
        FACTORS[n_classes],
        scaling(),
    )
    terms = terms_of(rows)
    by = np.append(factor, factor @ rows.totals) / 7.0
    assert_allclose(terms.share, by[-1])
    points = some_weights(np.random.default_rng(6), n_classes)
    value, slope = rows.read(points * coordinates.scale, coordinates.centre)
    found, gradient = terms.read(points.ravel())
    if kind != "diagonal":  # there an intercept at another place makes no square
        slopes = gauged(np.tensordot(by, slope, 1)) * coordinates.scale
        assert_allclose(found, by @ value)
        assert_allclose(gradient, slopes.ravel())
    raw = rows.anchor.copy()
    raw[:, -1] -= raw[:, :-1] @ rows.origin
    at = np.array([coordinates.to_scaled(row) for row in raw])
    assert_allclose(terms.read(at.ravel())[0], by @ rows.value)


@every_kind
def test_terms_are_one_quadratic(n_classes, kind):
    terms, random = terms_of(discarded(0, n_classes, kind)), np.random.default_rng(7)
    point, step = (some_weights(random, n_classes).ravel() for _ in range(2))
    value, gradient = terms.read(point)
    after, slope = terms.read(point + step)
    bent = terms.bent(step)
    assert_allclose(after, value + gradient @ step + bent @ step / 2)
    assert_allclose(slope, gradient + bent)
    assert bent @ step > 0
    n_outputs = outputs(n_classes)
    blocks = [terms.block(k) for k in range(n_outputs)]
    assert_allclose([np.diag(G) for G in blocks], terms.diagonal())
    if n_outputs == 1:
        assert_allclose(blocks[0] @ step, bent)
    else:
        steps = step.reshape(n_outputs, -1)
        expected = times(terms.joint(), steps)
        assert_allclose(expected.ravel(), bent, atol=1e-12)
        assert terms.joint().shape == joint(terms.diagonal()).shape


@pytest.mark.parametrize("n_classes", [2, 3])
def test_no_curvature_is_no_matrix(n_classes):
    n_outputs = outputs(n_classes)
    none = DiscardedRows.none(np.zeros(D), n_classes, n_outputs)
    terms = DiscardedTerms(none, scaling(), np.ones(n_classes), 1.0)
    for found in (terms.block(0), terms.joint()):
        assert np.ndim(found) == 0 and found == 0
    assert not terms.bent(np.ones(n_outputs * (D + 1))).any()
