# SPDX-License-Identifier: BSD-3-Clause
"""Sums of slopes and curvatures, by loops over single rows and differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skpulsar._inference._design import Design
from skpulsar._inference._scores import Scores, slopes
from skpulsar._problem._losses import LOGISTIC, SQUARED, Softmax
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty

N_COLUMNS, ALPHA = 3, 0.3
CASES = {"logistic": (LOGISTIC, 1), "squared": (SQUARED, 1), "softmax": (Softmax(3), 3)}
by_loss = pytest.mark.parametrize("loss, n_outputs", CASES.values(), ids=CASES)


def made(loss, n_outputs, n_rows=40):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_rows, N_COLUMNS)) * [1, 10, 0.1] + [0, 30, 2]
    target, factor = rng.integers(0, max(n_outputs, 2), n_rows).astype(float), None
    if loss is SQUARED:
        target = rng.standard_normal(n_rows)
    else:
        factor = rng.uniform(0.5, 2, max(n_outputs, 2))
    weight = rng.uniform(0.5, 2, n_rows)
    weights = rng.standard_normal((n_outputs, N_COLUMNS + 1)) / [1, 10, 0.1, 1]
    rows = Rows(X, target, weight)
    design = Design(rows, rows.moments(), Penalty(ALPHA), True, loss)
    scores = Scores(design, weights, target, weight, factor)
    each = weight if factor is None else weight * factor[target.astype(int)]
    return scores, X, target, weight, each, weights


def total(weights, X, target, each, loss):
    """S times the objective."""
    logits = X @ weights[:, :-1].T + weights[:, -1]
    losses = loss.evaluate(np.ascontiguousarray(logits.T), target)
    return each @ losses + each.sum() * ALPHA / 2 * (weights[:, :-1] ** 2).sum()


@by_loss
def test_slope_and_information_are_derivatives(loss, n_outputs):
    scores, X, target, _, each, weights = made(loss, n_outputs)
    to_weights = np.kron(np.eye(n_outputs), scores.design.to_weights())
    size, step = to_weights.shape[1], 1e-4

    def at(*moves):
        moved = weights.ravel() + step * to_weights @ sum(moves, np.zeros(size))
        return total(moved.reshape(weights.shape), X, target, each, loss)

    unit = np.eye(size)
    slope = [(at(e) - at(-e)) / (2 * step) for e in unit]
    assert_allclose(scores.slope(), slope, rtol=1e-5, atol=1e-5)
    hessian = [
        [
            (at(e, f) - at(e, -f) - at(-e, f) + at(-e, -f)) / (2 * step) ** 2
            for f in unit
        ]
        for e in unit
    ]
    found = scores.information() + np.diag(scores.penalty)
    assert_allclose(found, hessian, rtol=1e-3, atol=2e-3)


@by_loss
def test_variation_row_by_row(loss, n_outputs):
    scores, X, target, weight, each, weights = made(loss, n_outputs)
    design = scores.design
    a = np.column_stack([X - design.centre, np.ones(len(X))]) * design.scale
    factor = each / weight
    by_row = np.array(
        [
            c * np.kron(r, row)
            for c, r, row in zip(factor, scores.slopes.T, a, strict=True)
        ]
    )
    scaled = np.concatenate([design.scaled(w) for w in weights])
    shared = np.tile(design.penalty, n_outputs) * scaled
    whole = by_row + factor[:, np.newaxis] * shared
    classes = np.zeros(len(target), int) if loss is SQUARED else target.astype(int)
    for groups in (np.zeros(3, int), np.array([1, 0, 0]), np.arange(3)):
        distances = whole.copy()
        for group in np.unique(groups):
            own = groups[classes] == group
            if own.any():
                mean = np.average(whole[own], axis=0, weights=weight[own])
                distances[own] -= mean
        found = scores.variation(groups[: len(scores.count)])
        assert_allclose(found, (weight * distances.T) @ distances, atol=1e-8)


def test_slopes_keep_their_digits_where_a_row_is_certain():
    found, _ = slopes("logistic", np.array([[50.0, -50.0]]), np.array([1.0, 0.0]))
    assert_allclose(found, [[-np.exp(-50), np.exp(-50)]], rtol=1e-12)
