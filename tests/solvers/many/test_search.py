# SPDX-License-Identifier: BSD-3-Clause
"""Models that are trained side by side are those that are trained alone."""

import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from _many import (
    ALPHAS,
    FEW,
    MANY,
    grid_of,
    last,
    objectives,
    table,
    trained,
    training_sets,
)
from _rows import LAYOUTS, matrix_of
from hypothesis import given, settings
from hypothesis import strategies as st

from skpulsar import SLPClassifier
from skpulsar._kernels import _core
from skpulsar._problem._memory import Rows
from skpulsar._solvers.many._grid import Grid
from skpulsar._solvers.many._search import train

sizes = pytest.mark.parametrize("n", [FEW, MANY])


def scores(models, X):
    """Logits of all models, of shape (n_rows, n_models)."""
    weights = models.weights.reshape(-1, X.shape[1] + 1)
    return X @ weights[:, :-1].T + weights[:, -1]


def assert_true(models, X, y, fold, grid, weight=None, tol=1e-4):
    """Objectives are those of the weights, and no gap is above the claim by half of
    tol, nor above tol."""
    found, least = objectives(models, X, y, fold, grid, weight)
    rounded = len(y) > FEW and tol >= 1e-5  # to float32
    np.testing.assert_allclose(models.loss, found, rtol=1e-6 if rounded else 1e-12)
    assert (models.gap <= tol * models.loss).all()
    assert (found - least <= models.gap + tol / 2 * found).all()


@sizes
@pytest.mark.parametrize("layout", LAYOUTS)
def test_models_are_within_their_claims(n, layout):
    X, y, fold = table(n)
    X = X.astype(np.float32).astype(float)
    grid = grid_of(fold)
    assert_true(last(X, y, fold, layout=layout), X, y, fold, grid)


@sizes
def test_every_model_is_that_of_a_fit_alone(n):
    X, y, fold = table(n)
    models, grid = last(X, y, fold), grid_of(fold)
    for v, k, used, _ in training_sets(y, fold, grid):
        for a, alpha in enumerate(ALPHAS):
            alone = SLPClassifier(alpha=alpha).fit(X[used], y[used])
            away = abs(models.loss[v, k, a] - alone.best_loss_)
            claims = models.gap[v, k, a] + alone.objective_gap_
            assert away <= 2 * claims + 1e-12


def test_few_rows_are_taken_to_rounding():
    X, y, fold = table(FEW)
    models, grid = last(X, y, fold), grid_of(fold)
    found, least = objectives(models, X, y, fold, grid)
    np.testing.assert_allclose(found, least, rtol=1e-12)
    assert (models.gap <= 1e-13 * found).all()


@pytest.mark.parametrize("tol", [1e-10, None])
def test_many_rows_are_as_near_as_was_asked(tol):
    X, y, fold = table(MANY)
    models, grid = last(X, y, fold, tol=tol), grid_of(fold)
    found, least = objectives(models, X, y, fold, grid)
    np.testing.assert_allclose(found, least, rtol=1e-10)
    assert (models.gap <= 1e-10 * found).all()


@sizes
def test_weight_is_copies_and_no_weight_is_absence(n):
    X, y, fold = table(n)
    weight = (np.arange(n) % 4).astype(float)
    copies = np.repeat(np.arange(n), np.arange(n) % 4)
    there = weight > 0
    weighed = last(X[there], y[there], fold[there], weight=weight[there])
    copied = last(X[copies], y[copies], fold[copies])
    claims = weighed.gap + copied.gap
    assert (np.abs(weighed.loss - copied.loss) <= 2 * claims + 1e-12).all()
    assert_true(weighed, X, y, fold, grid_of(fold), weight)


@sizes
def test_orders_move_results_within_the_claims_only(n):
    X, y, fold = table(n)
    models = last(X, y, fold)
    rows, folds, alphas = np.random.default_rng(1).permutation(n), [2, 0, 1], [1, 2, 0]
    others = last(
        X[rows], y[rows], np.array(folds)[fold[rows]], grid_of(fold, ALPHAS[alphas])
    )
    moved = np.ix_([0], [*folds, 3], np.argsort(alphas))
    away = np.abs(models.loss - others.loss[moved])
    assert (away <= 2 * (models.gap + others.gap[moved]) + 1e-12).all()


@sizes
def test_a_model_tells_nothing_of_its_fold(n):
    """Rows held out move the draws, but not the minimum that is aimed at."""
    X, y, fold = table(n)
    models, own = last(X, y, fold), fold == 1
    y[own] = 1 - y[own]
    others = last(X, y, fold)
    away = np.abs(models.loss - others.loss)[:, 1]
    assert (away <= 1e-4 * models.loss[:, 1]).all()


def test_models_of_folds_leave_the_point_of_all_rows():
    """There, rows held out would be rows trained on; and tol alone would stop."""
    X, y, fold = table(MANY)
    exact = scores(last(X, y, fold, tol=1e-12), X).reshape(MANY, 4, 3)
    found = scores(last(X, y, fold, tol=1e-2), X).reshape(MANY, 4, 3)
    shift = exact[:, :-1] - exact[:, -1:]
    away = found[:, :-1] - exact[:, -1:] - shift
    assert (away.std(axis=0) < 0.5 * shift.std(axis=0)).all()


def held_out(models, X, y, fold):
    """Mean losses of the rows held out, of shape (n_folds, n_alphas)."""
    logits = scores(models, X).reshape(len(y), *models.loss.shape[1:])
    losses = np.logaddexp(0, logits) - y[:, np.newaxis, np.newaxis] * logits
    return np.array([losses[fold == k, k].mean(axis=0) for k in range(fold.max() + 1)])


def dealt(y, random=None):
    """Five folds to which each class is dealt out in turn, so that means differ
    little."""
    fold = np.empty(len(y), np.int64)
    for own in (np.flatnonzero(y == 0), np.flatnonzero(y == 1)):
        if random is not None:
            own = random.permutation(own)
        fold[own] = np.arange(len(own)) % 5
    return fold


@pytest.mark.parametrize("n, d", [(6000, 200), (30_000, 20)])
def test_scores_are_those_of_the_minima(n, d):
    """Objectives within tol of their minima would have means of losses held out that
    are wrong by whole standard errors: where columns are many, and where the penalty
    is large."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, d))
    logits = 2 * X @ rng.standard_normal(d) / np.sqrt(d) - 3
    y = (rng.random(n) < 1 / (1 + np.exp(-logits))).astype(float)
    fold = dealt(y)
    grid = grid_of(fold, np.logspace(-5, 0, 6))
    exact = held_out(last(X, y, fold, grid, tol=1e-10), X, y, fold)
    error = exact.std(axis=0, ddof=1) / np.sqrt(5)
    for seed in range(3):
        models = last(X, y, fold, grid, tol=1e-3, seed=seed)
        away = (held_out(models, X, y, fold) - exact).mean(axis=0)
        assert (np.abs(away) < 0.15 * error).all()


def assert_scores_of_the_minima(X, y, fold, grid, tol=1e-3, seeds=1):
    """Mean losses held out are those of models to rounding, in standard errors."""
    exact = held_out(last(X, y, fold, grid, tol=None), X, y, fold)
    error = exact.std(axis=0, ddof=1) / np.sqrt(len(exact))
    for seed in range(seeds):
        models = last(X, y, fold, grid, tol=tol, seed=seed)
        away = (held_out(models, X, y, fold) - exact).mean(axis=0)
        assert (np.abs(away) < 0.15 * error).all()


@pytest.mark.parametrize("seed", range(8))
def test_scores_where_a_fold_has_all_rows_of_a_class_where_a_column_is_not_0(seed):
    """Without them the weight of the column grows until the penalty holds it: steps in
    a metric of all rows are far too short, and would seem to be done."""
    rng = np.random.default_rng(seed)
    X = (rng.random((8000, 3)) < 0.005) * 1.0
    y = (rng.random(8000) < np.where(X.any(axis=1), 0.97, 0.5)) * 1.0
    fold = rng.permutation(8000) % 5
    grid = grid_of(fold, np.array([1e-7, 1e-4, 1e-1]))
    assert_scores_of_the_minima(X, y, fold, grid)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**32 - 1),
    d=st.integers(1, 20),
    size=st.sampled_from([0.5, 1, 3]),
    n_folds=st.integers(3, 5),
    rarity=st.floats(0.002, 0.02),
)
def test_scores_where_columns_are_rare(seed, d, size, n_folds, rarity):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6000, 12_000))
    X = (rng.random((n, d)) < rarity) * 1.0
    logits = size * X @ rng.standard_normal(d) + rng.choice([0, -2])
    y = (rng.random(n) < 1 / (1 + np.exp(-logits))) * 1.0
    fold = rng.permutation(n) % n_folds
    grid = grid_of(fold, np.array([1e-7, 1e-5, 1e-2]))
    assert_scores_of_the_minima(X, y, fold, grid)


def test_scores_where_many_columns_are_rare():
    rng = np.random.default_rng(8)
    X = (rng.random((8000, 80)) < 0.01) * 1.0
    y = (rng.random(8000) < 1 / (1 + np.exp(2 - X @ rng.standard_normal(80)))) * 1.0
    fold = rng.permutation(8000) % 3
    grid = grid_of(fold, np.array([1e-7, 1e-3]))
    assert_scores_of_the_minima(X, y, fold, grid)


@pytest.mark.parametrize("seed", [111, 201, 206, 264])
def test_scores_of_rare_columns_among_others(seed):
    """Where the penalty is small, the rows that a rare column is not 0 in may all lie
    far on their sides but for some that one fold holds out."""
    rng = np.random.default_rng(seed)
    X = rng.random((10_000, 20)) < 10 ** rng.uniform(-2.7, -1.7, 20)
    X = np.hstack([X, rng.standard_normal((10_000, 5))])
    logits = X @ (3 * rng.standard_normal(25))
    noisy = logits + rng.logistic(size=10_000)
    y = (noisy > np.quantile(logits, 0.8)) * 1.0
    fold = dealt(y)
    grid = grid_of(fold, np.logspace(-7, 0, 20))
    assert_scores_of_the_minima(X, y, fold, grid)


def test_gaps_where_columns_are_categories(monkeypatch):
    """Gradients of rare ones are not small, but seem to be in a metric of a few drawn
    rows at a point where the weights were smaller."""
    monkeypatch.syspath_prepend(Path(__file__).parents[3] / "benchmarks")
    from _random_sets import categories

    X, y = categories(39)
    fold = dealt(y, np.random.default_rng(0))
    grid = grid_of(fold, np.logspace(-7, 0, 20))
    least = last(X, y, fold, grid, tol=1e-10).loss
    models = last(X, y, fold, grid, tol=1e-3)
    assert (models.loss - least <= 1e-3 * least).all()


def test_no_gap_is_claimed_in_metrics_that_are_outgrown():
    rng = np.random.default_rng(0)
    X = (rng.random((8000, 3)) < 0.005) * 1.0
    y = (rng.random(8000) < np.where(X.any(axis=1), 0.97, 0.5)) * 1.0
    fold = rng.permutation(8000) % 5
    grid = grid_of(fold, np.array([1e-7, 1e-4, 1e-1]))
    first, *_, models = trained(X, y, fold, grid, tol=1e-3)
    in_doubt = first.gap == first.loss
    assert in_doubt[0, :-1].any()
    assert not in_doubt[0, -1].any()
    assert_true(models, X, y, fold, grid, tol=1e-3)


@sizes
def test_dense_is_sparse(n):
    X, y, fold = table(n)
    X[:, ::2] *= np.random.default_rng(2).random((n, 2)) < 0.3
    dense, sparse = (
        last(X, y, fold, layout=f"{kind} float64") for kind in ("dense", "csr")
    )
    claims = dense.gap + sparse.gap
    assert (np.abs(dense.loss - sparse.loss) <= 2 * claims + 1e-12).all()


@sizes
def test_no_intercept(n):
    X, y, fold = table(n)
    models, grid = last(X, y, fold, fit_intercept=False), grid_of(fold)
    assert (models.weights[..., -1] == 0).all()
    for v, k, used, _ in training_sets(y, fold, grid):
        for a, alpha in enumerate(ALPHAS):
            alone = SLPClassifier(alpha=alpha, fit_intercept=False)
            alone.fit(X[used], y[used])
            away = abs(models.loss[v, k, a] - alone.best_loss_)
            claims = models.gap[v, k, a] + alone.objective_gap_
            assert away <= 2 * claims + 1e-12


def test_no_intercept_and_columns_that_hardly_vary():
    X, y, fold = table(FEW)
    X[:, 0] = 1e6 + X[:, 0]
    models = last(X, y, fold, fit_intercept=False)
    alone = SLPClassifier(alpha=ALPHAS[1], fit_intercept=False, tol=1e-10).fit(X, y)
    assert (models.weights[..., -1] == 0).all()
    np.testing.assert_allclose(models.loss[0, -1, 1], alone.best_loss_, rtol=1e-8)


@sizes
def test_deviations_by_fold(n):
    X, y, fold = table(n)
    deviation = np.array([*(X[fold != k].std(axis=0) for k in range(3)), X.std(axis=0)])
    deviation[:, 2] = 0
    grid = grid_of(fold, deviation=deviation)
    models = last(X, y, fold, grid)
    assert (models.weights[..., 2] == 0).all()
    assert_true(models, X, y, fold, grid)


@sizes
def test_class_factors(n):
    X, y, fold = table(n)
    balanced = [
        [len(kept) / 2 / (len(kept) - kept.sum()), len(kept) / 2 / kept.sum()]
        for kept in (y[fold != k] for k in range(4))
    ]
    grid = Grid(ALPHAS, np.array([np.ones((4, 2)), balanced]))
    models = last(X, y, fold, grid)
    assert models.loss.shape == (2, 4, 3)
    assert_true(models, X, y, fold, grid)


@sizes
@pytest.mark.parametrize("alpha", [1e-9, 0.0])
def test_separable_rows(n, alpha):
    X, y, fold = table(n)
    y = (X[:, 0] > np.median(X[:, 0])).astype(float)
    models = last(X, y, fold, grid_of(fold, np.array([alpha, 1e-2])))
    null = np.log(2)
    goal = 1e-4 * np.maximum(models.loss, 1e-9 * null)
    assert np.isfinite(models.weights).all()
    assert (models.gap <= goal).all()


@sizes
@pytest.mark.parametrize("fold_of_it", [0, 2])
def test_a_row_far_out_has_all_the_curvature_of_its_column(n, fold_of_it):
    """Models without its fold see another column, whose gradients look small."""
    X, y, fold = table(n)
    X[np.flatnonzero(fold == fold_of_it)[3], 0] = 1e8
    grid = grid_of(fold)
    models = last(X, y, fold, tol=1e-3)
    found, least = objectives(models, X, y, fold, grid)
    assert (found - least <= 1e-3 * found).all()


@sizes
def test_one_column_one_alpha_and_two_folds(n):
    X, y, fold = table(n, d=1)
    fold %= 2
    grid = grid_of(fold, np.array([1e-3]))
    assert_true(last(X, y, fold, grid), X, y, fold, grid)


@sizes
@pytest.mark.parametrize("layout", ["dense float64", "csr float64"])
@pytest.mark.parametrize("alpha", [0.0, 1e-6])
def test_columns_that_vary_in_one_fold_alone(n, layout, alpha):
    """Models without that fold know nothing of them, and give them no weight."""
    X, y, fold = table(n)
    X[:, 1] = np.where(fold == 1, X[:, 1], 3.0)
    X[:, 2] = np.where(fold == 2, X[:, 2], 0.0)
    grid = grid_of(fold, np.array([alpha, 1e-2]))
    models = last(X, y, fold, grid, layout=layout)
    assert (models.weights[0, 1, :, 1] == 0).all()
    assert (models.weights[0, 2, :, 2] == 0).all()
    assert (models.weights[0, [0, 2, 3], :, 1] != 0).all()
    assert_true(models, X, y, fold, grid)


@sizes
def test_a_constant_column_has_no_weight(n):
    X, y, fold = table(n)
    X[:, 1] = 1e5
    assert (last(X, y, fold).weights[..., 1] == 0).all()


def test_folds_of_one_class_alone():
    """A fold without positives is held out like others; one that has all of them leaves
    nothing to train on."""
    X, y, fold = table(FEW)
    others = np.where((fold == 1) & (y == 1), 0, fold)
    assert_true(last(X, y, others), X, y, others, grid_of(others))
    others = np.where(y == 1, 1, fold)
    with pytest.raises(ValueError, match="Fold 1 leaves no rows of class 1"):
        last(X, y, others)


def test_some_rows_of_more():
    X, y, fold = table(MANY)
    index = np.random.default_rng(0).permutation(MANY)[:7000]
    rows = Rows(X, y, None, index)
    grid = grid_of(fold)
    *_, models = train(
        rows, fold[index], grid, fit_intercept=True, tol=1e-4, max_iter=100, seed=0
    )
    assert_true(models, X[index], y[index], fold[index], grid)


@pytest.mark.parametrize(
    "n, d, layout", [(40_000, 5, "dense float64"), (20_000, 60, "csr float64"),
                     (6000, 200, "dense float64")]
)  # fmt: skip
def test_memory(n, d, layout):
    """Less than 10 numbers a row beside X, 60 a weight, and factors of curvatures."""
    X, y, fold = table(n, d)
    X = np.where(np.random.default_rng(1).random(X.shape) < 0.2, X, 0)
    rows, grid = Rows(matrix_of(X, layout), y), grid_of(fold, np.logspace(-6, 0, 10))
    options = {"fit_intercept": True, "tol": 1e-3, "max_iter": 100, "seed": 0}
    tracemalloc.start()
    for _ in train(rows, fold, grid, **options):
        pass
    peak = tracemalloc.get_traced_memory()[1] / 8
    tracemalloc.stop()
    n_models, n_alphas = np.prod(grid.shape), len(grid.alphas)
    assert peak < 10 * n + 60 * n_models * (d + 1) + n_alphas * (d + 1) ** 2


def test_readings():
    """Every reading is yielded once all models have weights, and none makes them
    worse."""
    X, y, fold = table(MANY)
    found = trained(X, y, fold, tol=1e-12)
    assert [len(models.n_models) for models in found] == [*range(2, len(found) + 2)]
    assert [models.is_last for models in found] == [False] * (len(found) - 1) + [True]
    assert found[0].n_models == [3, 12]
    assert len(found) > 1
    for before, after in pairwise(found):
        assert (after.loss <= before.loss * (1 + 1e-12)).all()
    assert trained(X, y, fold, tol=1e-12, max_iter=3)[-1].n_models == found[1].n_models


@sizes
def test_same_bits_on_every_level(n):
    X, y, fold = table(n, d=11)
    found = []
    for level in _core.LEVELS:
        _core.use_level(level)
        models = last(X, y, fold)
        found.append(models.weights.tobytes() + models.gap.tobytes())
    _core.use_level(_core.LEVELS[0])
    assert len(set(found)) == 1
