# SPDX-License-Identifier: BSD-3-Clause
"""Training that goes on from a file ends where it would have ended unbroken."""

import os
import signal
import time

import numpy as np
import pytest
from _fitted import LABELS, SOLVERS, TARGETS, THREE, X, Y, assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

import skpulsar
from skpulsar import SLPClassifier, SLPRegressor

KINDS = {
    "two classes": (SLPClassifier, Y, {"classes": [0, 1]}),
    "three classes": (SLPClassifier, THREE, {"classes": [0, 1, 2]}),
    "labels": (SLPClassifier, LABELS, {"classes": [0, 1]}),
    "regression": (SLPRegressor, TARGETS, {}),
}
OPTIONS = st.fixed_dictionaries(
    {
        "solver": st.sampled_from(SOLVERS[1:]),
        "random_state": st.integers(0, 2**32 - 1),
        "learning_rate": st.sampled_from(["constant", "invscaling", "adaptive"]),
        "average": st.sampled_from([False, True, 700]),
        "shuffle": st.booleans(),
        "batch_size": st.sampled_from(["auto", 7, 1000]),
        "standardize": st.booleans(),
        "fit_intercept": st.booleans(),
    }
)
OF_CLASSES = st.fixed_dictionaries(
    {
        "sampling": st.sampled_from([None, "balanced", 0.4]),
        "class_weight": st.sampled_from([None, {1: 3.0}]),
        "prior_correction": st.booleans(),
    }
)


def trained(model):
    """What training has made. The counts of rows given are those of every call."""
    history = {k: v for k, v in model.history_.items() if k != "seconds"}
    return model.coef_, model.intercept_, model.n_iter_, model.t_, history


@pytest.mark.parametrize("kind", KINDS)
@given(
    options=OPTIONS, of_classes=OF_CLASSES, n=st.integers(1, 4), sparse=st.booleans()
)
@settings(deadline=None, max_examples=15)
def test_the_bits_are_those_of_an_unbroken_fit(
    tmp_path_factory, kind, options, of_classes, n, sparse
):
    path = tmp_path_factory.getbasetemp() / "model"
    (estimator, y, first), rows = KINDS[kind], csr_array(X) if sparse else X
    if kind in ("two classes", "three classes"):
        options = {**options, **of_classes}
    whole = estimator(max_iter=n + 2, tol=None, **options).fit(rows, y)
    model = estimator(tol=None, **options).partial_fit(rows, y, **first)
    for _ in range(n + 1):
        skpulsar.save(model, path)
        model = skpulsar.load(path).partial_fit(rows, y)
    assert_same(trained(model), trained(whole))
    begun = estimator(max_iter=n, tol=None, **options).fit(rows, y)
    skpulsar.save(begun, path)
    model = skpulsar.load(path).partial_fit(rows, y).partial_fit(rows, y)
    assert_same(trained(model), trained(whole))


@pytest.mark.parametrize("kind", ["two classes", "three classes", "regression"])
def test_the_default_solver_starts_warm(kind, tmp_path):
    """It restarts from the weights in the file."""
    estimator, y, _ = KINDS[kind]
    model = estimator(random_state=0, tol=0.01).fit(X, y)
    skpulsar.save(model, tmp_path / "model")
    again = skpulsar.load(tmp_path / "model")
    for each in (model, again):
        each.set_params(tol=1e-7, warm_start=True).fit(X, y)
    assert again.objective_gap_ <= 1e-7 * again.loss_
    assert_same(trained(again), trained(model))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_training_that_is_killed_while_it_saves_can_be_resumed(tmp_path):
    """`benchmarks/kill.py` does so a thousand times."""
    path, n_epochs, random = tmp_path / "model", 30, np.random.default_rng(0)
    wide = np.tile(X, 60)
    options = {"solver": "adam", "tol": None, "random_state": 0, "average": True}
    whole = SLPClassifier(max_iter=n_epochs, **options).fit(wide, Y)
    skpulsar.save(SLPClassifier(**options).partial_fit(wide, Y, [0, 1]), path)
    for _ in range(12):
        child = os.fork()
        if child == 0:
            try:
                model = skpulsar.load(path)
                while model.n_iter_ < n_epochs:
                    skpulsar.save(model.partial_fit(wide, Y), path)
            finally:
                os._exit(0)
        time.sleep(random.uniform(0, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        model = skpulsar.load(path)
        for part in tmp_path.glob("*.part_*"):
            part.unlink()
        assert list(tmp_path.iterdir()) == [path]
    while model.n_iter_ < n_epochs:
        model.partial_fit(wide, Y)
    assert_same(trained(model), trained(whole))
