# SPDX-License-Identifier: BSD-3-Clause
"""Solvers ask their rows for what the protocols say, and for nothing else: of all rows,
for nothing as long as they are."""

import inspect
from functools import partial

import numpy as np
import pytest
from _chunks import chunked
from scipy.sparse import csr_array, random_array

from skpulsar import SLPClassifier
from skpulsar._problem._full_pass import FullPass
from skpulsar._problem._losses import LOGISTIC, SQUARED, Softmax
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._problem._orders import Sampled
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._row_norms import RowNorms
from skpulsar._problem._saturated_classes import SaturatedClasses
from skpulsar._problem._softmax_pass import SoftmaxPass
from skpulsar._problem._source import (
    CoupledPasses,
    Passes,
    RowSource,
    Sample,
)
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers._table import SOLVERS, make
from skpulsar._solvers.minibatch import _solver as minibatch
from skpulsar._solvers.preconditioned import _cost_model
from skpulsar._training._loop import epochs

N = 20_011  # A sample of fewer rows has no such length by chance.


def names(protocol):
    return {name for name in dir(protocol) if not name.startswith("_")}


def attributes(protocol):
    """Those that the docstring lists."""
    listed = protocol.__doc__.split("Attributes\n")[1]
    lines = [line.split(" : ")[0] for line in listed.splitlines() if " : " in line]
    return {name.strip() for line in lines for name in line.split(",")}


SAMPLES = {"at", "part", "take", "in_memory"}
STREAM = {"class_factor": np.ones(2), "class_count": np.zeros(2)}


class Guarded:
    """What refuses all that a protocol does not name.

    Parameters
    ----------
    inner : Rows, FullPass, Dataset, RowNorms or Sampled
        What is guarded.

    allowed : set of str
        What may be asked of it.

    n_rows : int or None
        So long is no array, however deep, that goes in or out; None: of a sample.
    """

    def __init__(self, inner, allowed, n_rows=None):
        vars(self).update(_inner=inner, _allowed=allowed, _n_rows=n_rows)

    def __getattr__(self, name):
        assert name in self._allowed, name
        found = getattr(self._inner, name)
        if not callable(found):
            return self.checked(found)

        def method(*arguments, **named):
            assert not any(isinstance(a, Guarded) for a in named.values())
            if name == "in_memory" and self._n_rows is not None:
                assert self._inner.n_rows < self._n_rows
            for given in (*arguments, *named.values()):
                refuse_length(given, self._n_rows)
            plain = [a._inner if isinstance(a, Guarded) else a for a in arguments]
            found = found_by(*plain, **named)
            if name in SAMPLES:
                return Guarded(found, SAMPLE)
            return self.checked(found)

        found_by = found
        return method

    def checked(self, found):
        """What the solver gets to see of it."""
        if isinstance(found, tuple | list):
            made = [self.checked(each) for each in found]
            return type(found)(made) if type(found) in (tuple, list) else found
        if isinstance(found, Rows):
            return Guarded(found, self._allowed, self._n_rows)
        if self._n_rows is None:
            return found
        if isinstance(found, FullPass):
            coupled = isinstance(found, SoftmaxPass)
            protocol = CoupledPasses if coupled else Passes
            return Guarded(found, names(protocol), self._n_rows)
        if isinstance(found, SaturatedClasses):
            return Guarded(found, {"choose", "sums", "residuals"}, self._n_rows)
        if isinstance(found, RowNorms):
            return Guarded(found, set(), self._n_rows)
        if type(found).__name__ == "Dataset":
            return Guarded(found, {"minibatches"}, self._n_rows)
        if isinstance(found, Sampled):
            return Guarded(found, {"counts", "frequency", "chunks"}, self._n_rows)
        if inspect.isgenerator(found):
            return (self.checked(each) for each in found)
        refuse_length(found, self._n_rows)
        return found

    def __setattr__(self, name, value):
        raise AttributeError(name)


SOURCE = names(RowSource) | attributes(RowSource)
SAMPLE = SOURCE | names(Sample)


def refuse_length(found, n_rows, seen=None):
    """Look for arrays as long as the data in whatever was found, and in its attributes;
    what is guarded may keep them."""
    seen = set() if seen is None else seen
    if n_rows is None or id(found) in seen or isinstance(found, Guarded):
        return
    seen.add(id(found))
    if isinstance(found, np.ndarray):
        assert n_rows not in found.shape
        if found.base is not None:
            refuse_length(found.base, n_rows, seen)
    elif isinstance(found, dict):
        for each in found.values():
            refuse_length(each, n_rows, seen)
    elif isinstance(found, tuple | list):
        assert len(found) != n_rows
        for each in found:
            refuse_length(each, n_rows, seen)
    elif isinstance(found, Rows) and found.is_part:
        assert found.n_rows != n_rows  # It refers to the rows of its source.
    elif type(found).__module__.startswith("skpulsar") and hasattr(found, "__dict__"):
        refuse_length(vars(found), n_rows, seen)


def made(n, d, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)) * (rng.random((n, d)) < 0.7)
    y = (X[:, 0] + rng.standard_normal(n) > 1).astype(float)
    weight = rng.exponential(size=n)
    return X, y, weight / weight.mean()


def solver_of(name, loss, alpha, **kind):
    parameters = SLPClassifier(max_iter=20, tol=1e-6).get_params()
    return make(name, loss, Penalty(alpha), parameters, **kind)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize("stream", [False, True])
def test_solvers_ask_for_no_more_than_the_protocol(solver, csr, stream):
    for alpha, (n, d) in [(1e-3, (300, 5)), (0.0, (30_000, 5)), (1e-3, (60, 300))]:
        X, y, weight = made(n, d, d)
        rows = Rows(kernel_matrix(csr_array(X)) if csr else X, y, weight)
        made_solver = solver_of(
            solver, LOGISTIC, alpha, stream=STREAM if stream else None
        )
        start, state = np.zeros((1, d + 1)), SolverState(seed=0)
        guarded = Guarded(rows, SOURCE)
        *_, last = epochs(made_solver, guarded, start, state, max_iter=20)
        *_, plain = epochs(made_solver, rows, start, state, max_iter=20)
        np.testing.assert_array_equal(last.weights, plain.weights)


def long(kind):
    """A loss, its number of outputs, and what N rows are made of."""
    X, y, weight = made(N, 6, 0)
    noise = np.random.default_rng(1).standard_normal((2, N))
    loss, n_outputs, order, matrix = LOGISTIC, 1, None, X
    if kind == "sampled":
        order = Sampled.by_share(y, np.array([0.7, 0.3]))
    elif "labels" in kind:
        y, n_outputs = np.array([y, (X[:, 1] > noise[0]).astype(float)]), 2
        if kind == "weighted labels":
            weight = np.array([weight, np.ones(N)])
    elif kind == "separable":
        y = (X[:, 0] > 0).astype(float)
    elif kind == "squared":
        y, loss = 3 * X[:, 1] + noise[0] + 5, SQUARED
    elif kind == "targets":
        y, loss, n_outputs = X[:, :2].T + noise, SQUARED, 2
    elif kind == "softmax":
        y, loss, n_outputs = np.digitize(X[:, 0] + noise[0], [-0.5, 1]), Softmax(3), 3
    elif kind == "saturated softmax":
        y, loss, n_outputs = np.digitize(X[:, 0] + noise[0], [-0.5, 1]), Softmax(3), 3
        X[: N // 3, 1], y[: N // 3] = 1e6, np.arange(N // 3) % 2  # stands for none
    elif kind == "far out":
        X[0], X[N // 2, 0] = 1e6, 1e9
    elif kind == "csr":
        matrix = kernel_matrix(csr_array(X))
    elif "wide" in kind:
        d = 1500 if kind == "wide" else 500
        X = random_array((N, d), density=0.01, rng=0, format="csr")
        matrix, drive = kernel_matrix(X), X[:, :50].sum(axis=1) + noise[0] / 2
        y = (drive > 1).astype(float)
        if kind == "wide softmax":
            y, loss, n_outputs = np.digitize(drive, [0, 1]), Softmax(3), 3
    return loss, n_outputs, (matrix, y.astype(float), weight, None, order)


def trained(solver, rows, n_outputs, max_iter, seen=lambda found: None):
    """The weights that training ends at; `seen` is shown all that is left between two
    passes, and at the end."""
    start = np.zeros((n_outputs, rows.n_columns + 1))
    for last in epochs(solver, rows, start, SolverState(seed=0), max_iter=max_iter):
        seen(last)
    seen((solver.explain(last, max_iter), last.state.without_workspace()))
    return last.weights


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    "kind",
    [
        "plain", "csr", "sampled", "labels", "weighted labels", "separable", "squared",
        "targets", "softmax", "saturated softmax", "far out", "wide", "wide softmax",
    ],
)  # fmt: skip
def test_nothing_as_long_as_the_data_leaves_its_source(solver, kind, monkeypatch):
    """Neither a call returns it, nor does the state keep it between two passes."""
    monkeypatch.setattr(minibatch, "CALL", 2e5)  # a chunk is a part of the rows,
    monkeypatch.setattr(_cost_model, "MIN_ROWS", 1024)  # a sample a small one
    monkeypatch.setattr(_cost_model, "MAX_ROWS", 2048)
    loss, n_outputs, given = long(kind)
    rows = Rows(*given)
    settings = [(1e-3, 8, False)]
    if solver == "psgd":
        settings += [(1e-3, 2, True), (0.0, 8, False)]
    if kind == "far out":  # With a penalty, a sample would grow to all rows.
        settings = settings[-1:]
    for alpha, max_iter, warm in settings:
        made_solver = solver_of(solver, loss, alpha, warm=warm)
        guarded, given = Guarded(rows, SOURCE, N), (n_outputs, max_iter)
        found = trained(made_solver, guarded, *given, partial(refuse_length, n_rows=N))
        plain = trained(made_solver, rows, *given)
        np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("alpha", [1e-3, 0.0])
@pytest.mark.parametrize("kind", ["plain", "separable", "far out", "constant"])
def test_another_source_gives_the_same_bits(kind, alpha):
    loss, n_outputs, (X, y, weight, *_) = long(kind)
    if kind == "constant":
        X[:, 2] = np.where(np.arange(N) == 1, 3.0, 7.0)  # to those who look at few
    solver, sources = solver_of("psgd", loss, alpha), (chunked, Rows)
    found = [trained(solver, each(X, y, weight), n_outputs, 8) for each in sources]
    np.testing.assert_array_equal(*found)


def test_the_guard_sees_what_is_as_long_as_the_data():
    X, y, _ = made(N, 3, 0)
    rows = Guarded(Rows(X, y), SOURCE, N)
    passes = rows.full_pass(np.zeros(3), True, LOGISTIC)
    passes.objective(np.zeros(4))
    kept = rows.leverages(np.zeros(3), np.ones(3))
    for ask in (
        lambda: passes.residual,
        passes.residuals,
        lambda: rows.entries(np.arange(N)),
        lambda: rows.targets(),
        lambda: rows.in_memory(),
        lambda: kept.values,
        lambda: refuse_length([{"deep": SolverState(seed=np.zeros((2, N)))}], N),
        lambda: refuse_length(np.zeros(N)[:5], N),
    ):
        with pytest.raises(AssertionError):
            ask()
    places, _ = passes.draw(kept, 100, 1)
    assert 50 < len(places) < 200
    assert rows.take(places, None).targets().shape == places.shape


@pytest.mark.parametrize(
    ("made_class", "protocol"),
    [
        (Rows, RowSource),
        (Rows, Sample),
        (FullPass, Passes),
        (SoftmaxPass, CoupledPasses),
    ],
)
def test_rows_in_memory_have_all_of_it(made_class, protocol):
    for name in names(protocol):
        own, asked = (getattr(c, name) for c in (made_class, protocol))
        own, asked = inspect.signature(own), inspect.signature(asked)
        assert own.parameters == asked.parameters, name
    rows = Rows(np.ones((3, 2)), np.array([0.0, 1, 1]))
    assert all(hasattr(rows, name) for name in attributes(RowSource))
