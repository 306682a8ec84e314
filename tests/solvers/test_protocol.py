# SPDX-License-Identifier: BSD-3-Clause
"""What every solver has, and the state of all."""

from inspect import isfunction, signature

import numpy as np
import pytest

from skpulsar import SLPClassifier
from skpulsar._problem._losses import LOGISTIC, SQUARED, Softmax
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import Solver, SolverState
from skpulsar._solvers._table import FITS, STREAMS, make, stream_of
from skpulsar._training._history import Epoch
from skpulsar._training._loop import epochs

CLASSES = sorted({*FITS.values(), *STREAMS.values()}, key=lambda c: c.__name__)
METHODS = {k: v for k, v in vars(Solver).items() if isfunction(v) and k[0] != "_"}
STREAM = {"class_factor": np.ones(2), "class_count": np.zeros(2)}
COUNTED = {"mean_weight": 1.0, "weight_before": 0.0}
MADE = [
    pytest.param(name, loss, stream, id=f"{name} {loss.tag} {'stream' * bool(stream)}")
    for loss, given in ((LOGISTIC, STREAM), (SQUARED, COUNTED))
    for name in FITS
    for stream in (None, given)
]


def made(name, stream, loss=LOGISTIC, **parameters):
    parameters = {**SLPClassifier().get_params(), **parameters}
    return make(name, loss, Penalty(1e-4), parameters, stream=stream)


@pytest.fixture
def rows(pulsars):
    return Rows(pulsars[0], pulsars[1].astype(float))


@pytest.mark.parametrize("solver", CLASSES)
def test_every_solver_has_all_methods(solver):
    assert set(METHODS) == {"init", "step", "stopping", "explain"}
    for name, method in METHODS.items():
        own = signature(getattr(solver, name))
        assert list(own.parameters) == list(signature(method).parameters), name


@pytest.mark.parametrize("name, loss, stream", MADE)
def test_every_solver_declares_what_it_needs(name, loss, stream):
    solver = made(name, stream, loss)
    kind = stream_of(name, loss, 1, 1, False)[1] if stream else FITS[name]
    assert type(solver) is kind
    for declared in Solver.__annotations__:
        assert isinstance(getattr(solver, declared), bool), declared


def test_sgd_takes_the_streams_that_the_default_cannot_take():
    for loss, n_outputs in ((SQUARED, 1), (Softmax(4), 4), (Softmax(1000), 1000)):
        most = STREAMS[loss.tag].max_columns(loss)
        kept = stream_of("psgd", loss, n_outputs, most, True)
        assert kept == ("psgd", STREAMS[loss.tag])
        shape = n_outputs, most + 1
        assert stream_of("psgd", loss, *shape, True) == ("sgd", FITS["sgd"])
        with pytest.raises(ValueError, match=f"knows no more than {most} columns"):
            stream_of("psgd", loss, *shape, False)
    assert stream_of("psgd", LOGISTIC, 2, 1, True) == ("sgd", FITS["sgd"])
    with pytest.raises(ValueError, match="knows no several labels"):
        stream_of("psgd", LOGISTIC, 2, 1, False)


@pytest.mark.parametrize("name, loss, stream", MADE)
def test_no_solver_changes_what_it_is_given(name, loss, stream, rows):
    solver = made(name, stream, loss)
    weights, state = np.zeros((1, rows.n_columns + 1)), SolverState(seed=0)
    for step in epochs(solver, rows, weights, state, max_iter=2):
        assert step.weights.shape == weights.shape and step.weights.any()
        assert isinstance(step.epoch, Epoch)
        assert step.state.n_epochs > 0
    assert not weights.any()
    assert state == SolverState(seed=0)


@pytest.mark.parametrize("name, loss, stream", MADE)
def test_only_an_end_before_the_minimum_needs_words(name, loss, stream, rows):
    """Of a fit that its first epoch ended too early; a stream's epoch is all of it."""
    solver, start = (
        made(name, stream, loss, tol=1e-12),
        np.zeros((1, rows.n_columns + 1)),
    )
    (last,) = epochs(solver, rows, start, SolverState(seed=0), max_iter=1)
    explanations = solver.explain(last, 1)
    assert bool(explanations) == (stream is None and not last.converged)
    for sentence, of_convergence in explanations:
        assert "max_iter=1 epochs" in sentence
        assert of_convergence


@pytest.mark.parametrize("rate, compared", [("auto", True), (0.01, False)])
def test_who_gives_a_rate_sees_where_it_leads(rate, compared):
    assert made("sgd", None, learning_rate_init=rate).compares_with_start == compared


def test_a_plateau_outlasts_the_momentum(rows):
    """Of 2000 rows an epoch of minibatches of 200 is ten updates."""
    for momentum, n_epochs in ((0.5, 2), (0.875, 4), (0.96875, 16)):
        solver = made("sgd", None, momentum=momentum, n_iter_no_change=2)
        assert solver.stopping(rows, None).n_iter_no_change == n_epochs
    assert (
        made("adam", None, n_iter_no_change=2).stopping(rows, None).n_iter_no_change
        == 2
    )


def test_a_state_counts_its_epochs():
    state = SolverState(seed=3).after_epoch(10, 100, (60, 40))
    state = state.after_epoch(5, 50, (20, 30))
    assert state == SolverState(
        3, n_epochs=2, n_updates=15, n_rows=150, n_visits=(80, 70)
    )
    assert SolverState(**state.counters()) == state
    for same in (
        state.without_workspace(), state.without_steps(), state.without_rows(None)
    ):  # fmt: skip
        assert same is state
