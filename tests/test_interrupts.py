# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C: wherever the signal arrives, the estimator stands at a finished epoch."""

import os
import pickle
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array
from sklearn.model_selection import ShuffleSplit

import skpulsar
from skpulsar import MLPClassifier, SLPClassifier, SLPClassifierCV
from skpulsar._kernels import _core

HOME = str(Path(skpulsar.__file__).parent)
N_EPOCHS = 2  # A third has no line of its own, and all before it would run once more.
OPTIONS = {"random_state": 0, "tol": None, "batch_size": 64}
NOT_COMPARED = {"max_iter", "verbose", "_history"}  # the seconds in history_ differ


@pytest.fixture(autouse=True)
def ctrl_c():
    """Python's own answer to SIGINT, whatever runs the tests has put in its place."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def state(model):
    """All that training left, arrays as bytes and dataclasses as dicts."""
    attributes = {k: v for k, v in vars(model).items() if k not in NOT_COMPARED}
    if hasattr(model, "history_"):
        history = model.history_
        attributes["history_"] = {k: history[k] for k in set(history) - {"seconds"}}
    if "_state" in attributes:
        attributes["_state"] = vars(attributes["_state"]).copy()
        moments = attributes["_state"].pop("moments", None)
        attributes["_moments"] = moments and vars(moments)
    return {k: _bytes(v) for k, v in attributes.items()}


def _bytes(value):
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        return {k: _bytes(v) for k, v in value.items()}
    return repr(value)


class Interrupter:
    """A real SIGINT at the n-th line of skpulsar's that runs."""

    def __init__(self, n):
        self.n, self.count = n, 0

    def trace(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(HOME):
            return None
        if event == "line":
            self.count += 1
            if self.count == self.n:
                signal.raise_signal(signal.SIGINT)
        return self.trace

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.trace)
        return self

    def __exit__(self, *error):
        sys.settrace(self.before)


def interrupted_at_every_line(make, train, step=1):
    """(line, model) for every line of training at which a signal may arrive, or for
    some of them."""
    train(make())  # some lines run once in the life of a process
    model = make()
    with Interrupter(0) as counter:
        train(model)
    for n in range(1, counter.count + 1, step):
        model = make()
        with pytest.raises(KeyboardInterrupt), Interrupter(n):
            train(model)
        yield n, model


def test_a_first_fit_stands_at_its_last_finished_epoch(pulsars):
    X, y = (a[:300] for a in pulsars)
    expected = {0: state(SLPClassifier(**OPTIONS))}
    for k in range(1, N_EPOCHS + 1):
        expected[k] = state(SLPClassifier(max_iter=k, **OPTIONS).fit(X, y))
    finished = 0
    for n, model in interrupted_at_every_line(
        lambda: SLPClassifier(max_iter=N_EPOCHS, **OPTIONS), lambda m: m.fit(X, y)
    ):
        k = getattr(model, "n_iter_", 0)
        assert state(model) == expected[k], f"line {n}"
        assert finished <= k <= finished + 1, f"line {n}: {finished} epochs, then {k}"
        finished = k
    assert finished == N_EPOCHS


def test_a_network_stands_at_its_last_finished_epoch(pulsars):
    X, y = (a[:150] for a in pulsars)
    options = {"hidden_layer_sizes": (3,), "random_state": 0, "tol": None}
    expected = {0: state(MLPClassifier(**options))}
    for k in range(1, N_EPOCHS + 1):
        expected[k] = state(MLPClassifier(max_iter=k, **options).fit(X, y))
    finished = 0
    for n, model in interrupted_at_every_line(
        lambda: MLPClassifier(max_iter=N_EPOCHS, **options), lambda m: m.fit(X, y)
    ):
        k = getattr(model, "n_iter_", 0)
        assert state(model) == expected[k], f"line {n}"
        assert finished <= k <= finished + 1, f"line {n}: {finished} epochs, then {k}"
        finished = k
    assert finished == N_EPOCHS


@pytest.mark.parametrize("cv", [2, ShuffleSplit(1, random_state=0)])
def test_a_search_is_as_before_or_done(pulsars, cv):
    X, y = (a[:150] for a in pulsars)
    options = {"cv": cv, "random_state": 0, "scoring": ["f1_best", "neg_log_loss"]}

    def make():
        return SLPClassifierCV([1e-2], **options)

    before, after = pickle.dumps(make()), pickle.dumps(make().fit(X, y))
    seen = {
        pickle.dumps(model)
        for _, model in interrupted_at_every_line(make, lambda m: m.fit(X, y), step=29)
    }
    assert before in seen and seen <= {before, after}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no timer")
def test_the_kernel_of_networks_asks_for_signals():
    """In the middle of a call that would take a minute."""
    X, beta, size = np.ones((2000, 100)), 0.999, 32
    adam = ("adam", False, beta, beta, 1e-8)
    layers = [np.zeros((101, 500)), np.zeros((501, 500)), np.zeros((501, 1))]
    network = _core.Network(layers)
    dataset = _core.Dataset(X, np.ones(2000), None, centre=np.zeros(100))
    order = np.tile(np.arange(2000), 100)
    bounds = np.arange(0, len(order) + 1, size)
    rates = np.full(len(bounds) - 1, 1e-3)
    ends = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    with pytest.raises(KeyboardInterrupt):
        network.train(dataset, adam, order, bounds, rates, 0)
    signal.signal(signal.SIGALRM, ends)
    updates = np.log(network.powers[0]) / np.log(beta)
    assert updates < len(rates) / 2


@pytest.mark.parametrize(
    "method, layout", [("fit", np.array), ("partial_fit", csr_array)]
)
def test_a_fitted_estimator_is_as_before_or_at_a_finished_epoch(
    pulsars, method, layout
):
    X, y = layout(pulsars[0][:300]), pulsars[1][:300]
    dumped = pickle.dumps(
        SLPClassifier(average=True, **OPTIONS).partial_fit(X, y, [0, 1])
    )
    before = state(pickle.loads(dumped))

    def make():
        return pickle.loads(dumped).set_params(max_iter=1)

    def train(model):
        getattr(model, method)(X[:200], 1 - y[:200])

    trained = make()
    train(trained)
    after, done = state(trained), False
    for n, model in interrupted_at_every_line(make, train):
        found = state(model)
        assert found == after or (found == before and not done), f"line {n}"
        done = found == after
        train(model)  # which no lock bars


def test_the_best_of_the_finished_epochs_is_kept(pulsars):
    """With early stopping, and with a callback that watches."""
    X, y = (a[:300] for a in pulsars)
    best_of = {1: 1, 2: 2, 3: 2}

    def make():
        numbers = iter(range(9))

        def scorer(model, X, y):
            return -abs(next(numbers) - 1)  # The second epoch is best.

        options = OPTIONS | {"max_iter": 3}
        return SLPClassifier(early_stopping=True, scoring=scorer, **options)

    def train(model):
        model.fit(X[:128], y[:128], X_val=X[128:], y_val=y[128:])

    coefs = {}
    for k in (1, 2):
        shorter = SLPClassifier(solver="sgd", max_iter=k, **OPTIONS)
        coefs[k] = shorter.fit(X[:128], y[:128]).coef_.tobytes()
    finished = 0
    for n, model in interrupted_at_every_line(make, train):
        k = getattr(model, "n_iter_", 0)
        if k:
            assert model.best_iter_ == best_of[k], f"line {n}"
            assert model.coef_.tobytes() == coefs[best_of[k]], f"line {n}"
            assert len(model.history_["validation_score"]) == k, f"line {n}"
        assert finished <= k <= finished + 1, f"line {n}: {finished} epochs, then {k}"
        finished = k
    assert finished == 3


def test_rows_are_removed_or_still_there(pulsars):
    X, y = (a[:300] for a in pulsars)
    dumped = pickle.dumps(SLPClassifier().partial_fit(X, y, [0, 1]))

    def dumps(model):
        return pickle.dumps(vars(model))

    before = dumps(pickle.loads(dumped))
    after = dumps(pickle.loads(pickle.dumps(pickle.loads(dumped).remove_data())))
    done = False
    for n, model in interrupted_at_every_line(
        lambda: pickle.loads(dumped), SLPClassifier.remove_data
    ):
        found = dumps(pickle.loads(pickle.dumps(model)))
        assert found == after or (found == before and not done), f"line {n}"
        done = found == after
        model.remove_data()


def test_training_goes_on_after_an_interrupt(pulsars, monkeypatch):
    X, y = pulsars
    bound = skpulsar._problem._memory.Rows.in_any_order
    calls = iter(range(100))

    def interrupt(*arguments, **options):
        if next(calls) == 2:
            signal.raise_signal(signal.SIGINT)
        return bound(*arguments, **options)

    model = SLPClassifier(max_iter=3, **OPTIONS)
    with monkeypatch.context() as patch:
        patch.setattr("skpulsar._problem._memory.Rows.in_any_order", interrupt)
        with pytest.raises(KeyboardInterrupt):
            model.fit(X, y)
    assert model.n_iter_ == 2
    model.partial_fit(X, y)
    expected = SLPClassifier(max_iter=3, **OPTIONS).fit(X, y)
    assert_array_equal(model.coef_, expected.coef_)
    assert_array_equal(model.intercept_, expected.intercept_)
    assert model.loss_curve_ == expected.loss_curve_


def test_no_pass_over_the_rows_after_an_interrupt(pulsars, monkeypatch):
    """What is still to do when the signal has come is nothing that grows with X."""
    X, y = pulsars

    def interrupt(text):
        signal.raise_signal(signal.SIGINT)

    def read(*arguments):
        raise AssertionError("the rows are read again")

    monkeypatch.setattr("builtins.print", interrupt)
    monkeypatch.setattr("skpulsar._problem._memory.Rows.objective", read)
    model = SLPClassifier(max_iter=N_EPOCHS, verbose=1, **OPTIONS)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert model.n_iter_ == 1


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends a process there")
def test_a_signal_from_outside(pulsars, monkeypatch):
    """Sent while the kernel runs, by a thread that waits for the second epoch."""
    X, y = pulsars
    reached = threading.Event()

    def kill():
        reached.wait()
        os.kill(os.getpid(), signal.SIGINT)

    def watch(text):
        if text.startswith("Epoch    2 "):
            reached.set()

    monkeypatch.setattr("builtins.print", watch)
    thread = threading.Thread(target=kill)
    thread.start()
    model = SLPClassifier(max_iter=10**9, verbose=1, **OPTIONS)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    thread.join()
    assert model.n_iter_ >= 2
    expected = SLPClassifier(max_iter=model.n_iter_, **OPTIONS).fit(X, y)
    assert state(model) == state(expected)
