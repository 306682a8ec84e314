# SPDX-License-Identifier: BSD-3-Clause
"""One call at a time trains an estimator, and the others change nothing."""

import copy
import gc
import os
import pickle
import threading
from contextlib import contextmanager
from time import sleep

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skpulsar import SLPClassifier
from skpulsar._estimator._transaction import _locks

SOLVERS = ("psgd", "sgd")
CLASSES = [0, 1]
CALLS = {
    "fit": lambda model, X, y: model.fit(X[:, :4], y),
    "partial_fit": lambda model, X, y: model.partial_fit(X, y, CLASSES),
}
SECOND = CALLS | {"remove_data": lambda model, X, y: model.remove_data()}
each_call = pytest.mark.parametrize("call", SECOND.values(), ids=SECOND)


class Meddling(SLPClassifier):
    """Calls `meddle` after every epoch."""

    __init__ = SLPClassifier.__init__

    def _publish(self, result):
        if result.history.n_epochs:
            MEDDLE(self)
        super()._publish(result)


@contextmanager
def meddling(meddle):
    global MEDDLE
    MEDDLE = meddle
    yield
    MEDDLE = None


@pytest.fixture
def data(pulsars):
    return pulsars[0][:500], pulsars[1][:500]


def estimator(solver="sgd", kind=SLPClassifier):
    return kind(solver=solver, max_iter=3, tol=None, random_state=0)


@contextmanager
def in_training(model, call, X, y):
    """Another thread is in the middle of a call."""
    begun, go_on = threading.Event(), threading.Event()

    def meddle(model):
        begun.set()
        go_on.wait()

    with meddling(meddle):
        thread = threading.Thread(target=call, args=(model, X, y))
        thread.start()
        assert begun.wait(60)
        try:
            yield
        finally:
            go_on.set()
            thread.join()


@each_call
@pytest.mark.parametrize("first", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("solver", SOLVERS)
def test_a_second_call_raises_and_changes_nothing(data, solver, first, call):
    X, y = data
    model = estimator(solver, Meddling)
    expected = first(estimator(solver), X, y)
    with in_training(model, first, X, y):
        before = pickle.dumps(vars(model))
        for _ in range(2):
            with pytest.raises(RuntimeError, match="being trained by another call"):
                call(model, X, y)
        assert pickle.dumps(vars(model)) == before
    assert_array_equal(model.coef_, expected.coef_)
    assert model.n_features_in_ == expected.n_features_in_
    with meddling(lambda model: None):
        assert_array_equal(
            call(model, X[:, : model.n_features_in_], y).classes_, [0, 1]
        )


@each_call
def test_a_call_from_within_raises(data, call):
    X, y = data
    model, raised = estimator(kind=Meddling), []

    def meddle(model):
        with pytest.raises(RuntimeError, match="being trained by another call") as e:
            call(model, X, y)
        raised.append(e)

    with meddling(meddle):
        model.fit(X, y)
    assert len(raised) == 3
    assert_array_equal(model.coef_, estimator().fit(X, y).coef_)


@each_call
def test_a_call_from_within_that_is_not_caught_undoes_the_outer_one(data, call):
    X, y = data
    with meddling(lambda model: None):
        model = estimator(kind=Meddling).fit(X, y)
    before = pickle.dumps(vars(model))
    with meddling(lambda model: call(model, X, y)):
        with pytest.raises(RuntimeError, match="being trained by another call"):
            model.partial_fit(X, y)
    assert pickle.dumps(vars(model)) == before


@pytest.mark.parametrize(
    "copied",
    [clone, copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))],
)
def test_a_copy_made_in_the_middle_trains_at_once(data, copied):
    X, y = data
    model, found = estimator(kind=Meddling), []

    def meddle(outer):
        if outer is model:
            found.append(copied(outer).fit(X, y).coef_)

    with meddling(meddle):
        model.fit(X, y)
    for coef in found:
        assert_array_equal(coef, model.coef_)


def test_predictions_go_on_meanwhile(data):
    X, y = data
    model = estimator(kind=Meddling)
    with meddling(lambda model: None):
        expected = model.fit(X, y).predict(X)
    with in_training(model, CALLS["partial_fit"], X, y):
        assert_array_equal(model.predict(X), expected)


def test_no_row_is_lost(data):
    """Threads that try until they may: every chunk counts once."""
    X, y = data
    model = estimator("sgd")
    parts = np.array_split(np.arange(len(y)), 40)

    def feed(parts):
        for part in parts:
            while True:
                try:
                    model.partial_fit(X[part], y[part], CLASSES)
                    break
                except RuntimeError:
                    sleep(1e-4)

    threads = [threading.Thread(target=feed, args=(parts[k::4],)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert model.n_iter_ == 40
    assert_array_equal(model.class_count_, np.bincount(y))
    assert sum(model.history_["n_rows"]) == len(y)


def test_locks_go_with_their_estimators(data):
    X, y = data
    gc.collect()
    before = set(_locks)
    models = [estimator().fit(X, y) for _ in range(20)]
    assert len(set(_locks) - before) == 20
    del models
    gc.collect()
    assert set(_locks) <= before


def test_equal_estimators_are_two(data):
    """Whatever a subclass calls equal, and though it has no hash."""

    class Equal(Meddling):
        __init__ = SLPClassifier.__init__

        def __eq__(self, other):
            return isinstance(other, Equal)

    X, y = data
    one, two = estimator(kind=Equal), estimator(kind=Equal)

    def meddle(model):
        if model is one:
            two.fit(X, y)

    with meddling(meddle):
        one.fit(X, y)
    assert_array_equal(one.coef_, two.coef_)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_process_trains_what_its_parent_was_training(data):
    X, y = data
    model = estimator(kind=Meddling)
    with in_training(model, CALLS["fit"], X, y):
        child = os.fork()
        if child == 0:
            try:
                with meddling(lambda model: None):
                    model.fit(X, y)
                os._exit(0)
            finally:
                os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
