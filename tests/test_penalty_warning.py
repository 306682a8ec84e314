# SPDX-License-Identifier: BSD-3-Clause
"""The warning that the penalty, and not the data, made the model."""

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from skpulsar import SLPClassifier

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
WORDS = "The penalty, and not the data, made this model"


def warns(X, y, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        SLPClassifier(solver="psgd", random_state=0, **options).fit(X, y)
    assert all(WORDS in str(one.message) for one in caught)
    return len(caught) > 0


def foretold(X, y, alpha, balanced):
    """Falls of the objective by the Newton step from the null model, and by the same
    step's direction without the penalty: by NumPy."""
    weight = 1 / np.bincount(y)[y] if balanced else np.ones(len(y))
    weight /= weight.sum()
    p = weight @ y
    A = X - weight @ X
    g, H = A.T @ (weight * (p - y)), p * (1 - p) * (A.T * weight) @ A
    step = np.linalg.solve(H + alpha * np.eye(len(H)), g)
    return g @ step / 2, (g @ step) ** 2 / (step @ H @ step) / 2


@pytest.mark.parametrize("n_columns", [1, 4, 12])
@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("layout", [np.array, sparse.csr_array, np.float32])
def test_fires_below_a_tenth_of_what_is_foretold(layout, balanced, n_columns):
    """Over many units, where the falls are clear of the limits."""
    rng = np.random.default_rng(n_columns)
    X = rng.standard_normal((2000, n_columns)) * rng.uniform(0.5, 2, n_columns)
    X[rng.random(X.shape) < 0.3] = 0
    logits = X @ rng.choice([-1.0, 1.0], n_columns) * 2 / n_columns**0.5 - 2
    y = (logits > rng.logistic(size=2000)).astype(int)
    options = {"class_weight": "balanced" if balanced else None}
    seen = set()
    for unit in 10.0 ** -np.array([0, 1, 1.5, 2, 3, 5, 9]):
        falls, alone = foretold(X * unit, y, 1e-4, balanced)
        expected = falls < alone / 10
        by_chance = (n_columns + 1) / 2000
        if 0.05 < falls / alone < 0.2 or 0.5 < alone / by_chance < 2:
            continue
        expected = expected and alone > by_chance
        assert warns(layout(X * unit), y, **options) == expected
        seen.add(bool(expected))
    assert seen == {False, True}


def test_far_smaller_units_still(pulsars):
    X, y = pulsars
    assert warns(X * 1e-100, y)
    assert not warns(X * 1e-100, y, standardize=True)
    assert not warns(X * 1e-100, y, alpha=1e-220)


@pytest.mark.parametrize("unit", [1e-12, 1e-5, 1e-3, 1.0])
@pytest.mark.parametrize("n_columns", [3, 40])
def test_is_silent_where_there_is_nothing_to_find(unit, n_columns):
    """Columns that tell nothing of the classes; chance may exceed D / n, rarely."""
    fired = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((400, n_columns)), rng.integers(0, 2, 400)
        fired.append(warns(unit * X, y))
    assert np.mean(fired) <= 0.1


def test_is_silent_where_any_column_would_tell_all():
    assert not warns(np.array([[0.0], [1.0]]), np.array([0, 1]), alpha=1.0)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_is_silent_where_no_column_may_have_a_weight(fit_intercept):
    X, y = np.zeros((50, 2)), np.arange(50) % 2
    assert not warns(X, y, fit_intercept=fit_intercept)
    X[:, 0] = np.arange(50) // 2 % 2  # of exactly no slope
    assert not warns(1e-9 * X, y, fit_intercept=fit_intercept)


def test_names_the_remedies(pulsars):
    X, y = pulsars
    with pytest.warns(UserWarning, match=WORDS) as caught:
        SLPClassifier().fit(X / 1e5, y)
    (one,) = caught
    assert one.category is UserWarning
    assert one.filename == __file__
    assert "standardize=True, or a smaller alpha than 0.0001" in str(one.message)
    assert len(str(one.message)) <= 300
    with pytest.warns(UserWarning, match=r"it\. Set a smaller alpha than 1e\+03"):
        SLPClassifier(standardize=True, alpha=1e3).fit(X, y)


def test_other_fits_do_not_warn(pulsars):
    X, y = pulsars
    X = X / 1e5
    for solver in ("sgd", "adam"):
        SLPClassifier(solver=solver, max_iter=2, tol=None).fit(X, y)
    SLPClassifier().partial_fit(X, y, [0, 1])


def test_a_warm_start_is_compared_with_the_null_model(pulsars):
    X, y = pulsars
    model = SLPClassifier(warm_start=True, random_state=0).fit(X, y)
    model.fit(X, y)  # of which nothing is left to fall
    with pytest.warns(UserWarning, match=WORDS):
        model.fit(X / 1e5, y)


def test_htru2(htru2):
    X, y = htru2
    assert warns(X / 1e5, y)
    assert not warns(X / 1e5, y, standardize=True)


@pytest.mark.parametrize(
    "name",
    [
        "HTRU2", "thoracic", "a9a", "w8a", "ijcnn1", "shuttle", "campaign", "cover",
        "http", "shirt",
    ],
)  # fmt: skip
def test_no_real_set_of_the_benchmarks_warns(name, real_file, monkeypatch):
    """Raw, at the defaults."""
    folder = real_file("HTRU_2.csv").parent
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    from _data import load

    sets = list(load([name], folder))
    if not sets:
        pytest.skip(f"{name} is not there")
    _, X, y = sets[0]
    assert not warns(X, (y == y.max()).astype(int))
