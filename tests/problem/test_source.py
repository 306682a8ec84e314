# SPDX-License-Identifier: BSD-3-Clause
"""Solvers ask their rows for what the protocol says, and for nothing else."""

import inspect

import numpy as np
import pytest
from scipy.sparse import csr_array

from skpulsar import SLPClassifier
from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._source import RowSource
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers._table import SOLVERS, make
from skpulsar._training._loop import epochs

ATTRIBUTES = {
    "n_rows", "n_columns", "sparse", "entries_per_row", "is_part", "order",
}  # fmt: skip
METHODS = {name for name in vars(RowSource) if not name.startswith("_")}


class Guarded:
    """Rows that refuse what the protocol does not name."""

    def __init__(self, rows):
        vars(self)["rows"] = rows

    def __getattr__(self, name):
        assert name in ATTRIBUTES | METHODS, name
        value = getattr(self.rows, name)
        if name not in METHODS:
            return value

        def method(*arguments, **named):
            assert not any(isinstance(a, Guarded) for a in named.values())
            plain = [a.rows if isinstance(a, Guarded) else a for a in arguments]
            found = value(*plain, **named)
            if isinstance(found, Rows):
                return Guarded(found)
            if name == "append":
                return Guarded(found[0]), found[1]
            return found

        return method


def made(n, d, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)) * (rng.random((n, d)) < 0.7)
    y = (X[:, 0] + rng.standard_normal(n) > 1).astype(float)
    weight = rng.exponential(size=n)
    return X, y, weight / weight.mean()


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize("stream", [False, True])
def test_solvers_ask_for_no_more_than_the_protocol(solver, csr, stream):
    stream = (
        {"class_factor": np.ones(2), "class_count": np.zeros(2)} if stream else None
    )
    for alpha, (n, d) in [(1e-3, (300, 5)), (0.0, (30_000, 5)), (1e-3, (60, 300))]:
        X, y, weight = made(n, d, d)
        rows = Rows(kernel_matrix(csr_array(X)) if csr else X, y, weight)
        parameters = SLPClassifier(max_iter=20, tol=1e-6).get_params()
        made_solver = make(solver, LOGISTIC, Penalty(alpha), parameters, stream=stream)
        start, state = np.zeros((1, d + 1)), SolverState(seed=0)
        guarded = epochs(made_solver, Guarded(rows), start, state, max_iter=20)
        *_, last = guarded
        *_, plain = epochs(made_solver, rows, start, state, max_iter=20)
        np.testing.assert_array_equal(last.weights, plain.weights)


def test_rows_in_memory_have_all_of_it():
    for name in METHODS:
        own, asked = (inspect.signature(getattr(c, name)) for c in (Rows, RowSource))
        assert own.parameters == asked.parameters, name
    rows = Rows(np.ones((3, 2)), np.array([0.0, 1, 1]))
    assert all(hasattr(rows, name) for name in ATTRIBUTES)
    attributes = RowSource.__doc__.split("Attributes\n")[1]
    lines = [line.split(" : ")[0] for line in attributes.splitlines() if " : " in line]
    assert {name.strip() for line in lines for name in line.split(",")} == ATTRIBUTES
