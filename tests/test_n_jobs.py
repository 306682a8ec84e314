# SPDX-License-Identifier: BSD-3-Clause
"""`n_jobs`: threads share the work, and change no bit."""

import os
import pickle
import warnings

import joblib
import numpy as np
import pytest
from _assertions import refuses
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from skpulsar import SLPClassifier, SLPRegressor
from skpulsar._problem import _threads
from skpulsar._problem._full_pass import FullPass

N = 9_000
ESTIMATORS = {
    "two classes": SLPClassifier(),
    "exact": SLPClassifier(tol=1e-9),
    "three classes": SLPClassifier(),
    "labels": SLPClassifier(),
    "sgd": SLPClassifier(solver="sgd", max_iter=3, tol=None),
    "balanced": SLPClassifier(class_weight="balanced", standardize=True),
    "regression": SLPRegressor(),
    "targets": SLPRegressor(),
}
LAYOUTS = {
    "dense": np.asarray,
    "float32": lambda X: X.astype(np.float32),
    "csr": csr_array,
}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Threads for little data, too."""
    monkeypatch.setattr(_threads, "FEW_ENTRIES", 0)
    monkeypatch.setattr(_threads, "MIN_ENTRIES", 1)


@pytest.fixture(scope="module")
def data():
    """Rows, targets by name of the estimator, and weights."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N, 30)) * (rng.random((N, 30)) < 0.4)
    logits = X @ rng.standard_normal((30, 3)) + rng.gumbel(size=(N, 3))
    y = dict.fromkeys(ESTIMATORS, logits[:, 0] > 1)
    y |= {"three classes": logits.argmax(axis=1), "labels": (logits > 0).astype(int)}
    y |= {"regression": logits[:, 0], "targets": logits}
    return X, y, rng.random(N) * (rng.random(N) < 0.9)


def trained(model, n_jobs, *rows):
    """All that training and prediction give, but for times."""
    model = clone(model).set_params(random_state=0, n_jobs=n_jobs).fit(*rows)
    proba = getattr(model, "predict_proba", model.predict)(rows[0])
    history = {k: v for k, v in model.history_.items() if k != "seconds"}
    return [
        a.tobytes() if isinstance(a, np.ndarray) else repr(a)
        for a in (model.coef_, model.intercept_, proba, history, model.n_iter_)
    ]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("weighted", [False, True])
def test_any_number_gives_the_same_bits(data, layout, name, weighted):
    X, y, weight = data
    rows = layout(X), y[name], weight if weighted else None
    expected = trained(ESTIMATORS[name], 1, *rows)
    for n_jobs in (2, 5):
        assert trained(ESTIMATORS[name], n_jobs, *rows) == expected


def test_many_columns(data):
    """The columns of the curvature of a subsample are divided between threads."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((12_000, 150))
    y = X @ rng.standard_normal(150) + rng.logistic(size=12_000) > 8
    expected = trained(SLPClassifier(), 1, X, y)
    assert trained(SLPClassifier(), 3, X, y) == expected


def test_none_follows_joblib(data, monkeypatch):
    X, y, _ = data
    seen = set()

    class Seen(_threads.Threads):
        def map(self, work, parts):
            seen.add(len(parts) > 1)
            return super().map(work, parts)

    monkeypatch.setattr("skpulsar._estimator._base.Threads", Seen)
    model = SLPClassifier(random_state=0)
    expected = pickle.dumps(model.fit(X, y["sgd"]).coef_)
    assert seen <= {False}
    with joblib.parallel_config(n_jobs=2):
        assert pickle.dumps(model.fit(X, y["sgd"]).coef_) == expected
    assert True in seen


def test_inside_a_parallel_search(data):
    X, y, _ = data
    grid, scores = {"alpha": [1e-4, 1e-2]}, []
    for inner, outer in ((1, 1), (2, 2)):
        model = SLPClassifier(n_jobs=inner, random_state=0)
        with joblib.parallel_config("threading"):  # which have the thresholds of here
            search = GridSearchCV(model, grid, cv=2, n_jobs=outer).fit(X, y["sgd"])
        scores.append(search.cv_results_["mean_test_score"])
    assert np.array_equal(*scores)


@pytest.mark.parametrize("name", ["exact", "three classes", "sgd"])
def test_ctrl_c_in_any_pass_leaves_a_finished_epoch(data, name, monkeypatch):
    X, y, _ = data
    map_parts, model = _threads.Threads.map, clone(ESTIMATORS[name])
    model.set_params(random_state=0, n_jobs=2)
    epochs, n_interrupts = {0: None}, 0

    def interrupted(self, work, parts):
        nonlocal left
        left -= 1

        def part(start, stop):
            if left == 0 and start == 0:
                raise KeyboardInterrupt
            return work(start, stop)

        return map_parts(self, part, parts)

    while True:
        left, tried = n_interrupts + 1, clone(model)
        monkeypatch.setattr(_threads.Threads, "map", interrupted)
        try:
            tried.fit(X, y[name])
            break
        except KeyboardInterrupt:
            n_interrupts += 1
        monkeypatch.setattr(_threads.Threads, "map", map_parts)
        k = getattr(tried, "n_iter_", 0)
        if k not in epochs:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                finished = clone(model).set_params(max_iter=k).fit(X, y[name])
            epochs[k] = finished.coef_.tobytes()
        assert getattr(tried, "coef_", None) is None or (
            tried.coef_.tobytes() == epochs[k]
        )
    assert n_interrupts > 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_fork_after_a_fit_trains_as_well(data):
    X, y, _ = data
    model = SLPClassifier(n_jobs=2, random_state=0).fit(X, y["sgd"])
    child = os.fork()
    if child == 0:
        same = clone(model).fit(X, y["sgd"]).coef_.tobytes() == model.coef_.tobytes()
        os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_failed_part_leaves_the_estimator_as_it_was(data, monkeypatch):
    X, y, _ = data
    model = SLPClassifier(n_jobs=2, random_state=0).fit(X, y["sgd"])
    before = pickle.dumps(model)

    def objective(self, weights, diagonal=False):
        def read(first=0, stop=-1):
            if first:
                raise MemoryError("no room for a part")
            return (0.0,)

        return self.rows.add_up(read, 1)

    monkeypatch.setattr(FullPass, "objective", objective)
    refuses(MemoryError, "no room for a part", model, "fit", X, y["sgd"])
    assert pickle.dumps(model) == before


@pytest.mark.parametrize("n_jobs", [0, 1.5, "all", True])
def test_what_is_no_number_of_jobs_is_refused(n_jobs, pulsars):
    refuses(ValueError, "n_jobs", SLPClassifier(n_jobs=n_jobs), "fit", *pulsars)


@pytest.mark.parametrize("n_jobs", [0, 1.5, "all"])
def test_predictions_refuse_it_too(n_jobs, data):
    X, y, _ = data
    model = SLPClassifier(random_state=0).fit(X, y["sgd"]).set_params(n_jobs=n_jobs)
    refuses(ValueError, "n_jobs must be None or an int", model, "predict_proba", X)
