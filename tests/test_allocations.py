# SPDX-License-Identifier: BSD-3-Clause
"""Memory that runs out at any one allocation: MemoryError, and nothing has changed.

Run as a program, which pytest does in a process of its own for every layout, this file
makes the n-th allocation of Python and NumPy fail, for n = 1, 2, ... until a call
succeeds.
"""

import copy
import gc
import json
import pickle
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from operator import attrgetter
from types import CodeType, FunctionType

import numpy as np
import pytest
from scipy.sparse import csr_array

from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier
from skpulsar._estimator import _base
from skpulsar._kernels import _core

# Those that read rows, and so of every layout; the others stand on them
READING = (
    ("layer", "fit", "sgd"),
    ("layer", "decision_function", "sgd"),
    ("layer", "fit", "psgd"),
    ("network", "fit", "adam"),
)
CALLS = {
    "csr": READING,
    "dense": (
        *READING,
        *(("layer", method, "sgd") for method in ("partial_fit", "predict")),
        *((kind, "predict_proba", "adam") for kind in ("layer", "network")),
        ("regressor", "fit", "adam"),
        ("regressor", "partial_fit", "sgd"),
    ),
}
ROWS = {"sgd": 40, "adam": 40, "psgd": 6000}  # so many that a minibatch is drawn
IN_A_ROW = 20  # successes: memory kept for reuse hides some failures

# NumPy's iterators fail without saying why, and CPython's locks have words of their own
OTHER_WORDS = (
    "error return without exception set",
    "returned NULL without setting an exception",
    "can't allocate lock",
)

pytestmark = pytest.mark.skipif(
    find_spec("_testcapi") is None, reason="CPython came without its test modules"
)


class Failing:
    """While active, the n-th allocation from `start` on fails."""

    def __init__(self):
        from _testcapi import remove_mem_hooks, set_nomemory

        self.n = None
        self._set, self._remove = set_nomemory, remove_mem_hooks

    def start(self):
        if self.n is not None:
            self._set(self.n, self.n + 1)

    def until_success(self, action, check):
        """Repeat action() while allocations fail; check(error) after every failure."""
        action()  # what fails with memory enough would fail for ever
        self.spare = spare_references()
        successes = self.n = 0
        while successes < IN_A_ROW:
            self.n += 1
            try:
                try:
                    action()
                finally:
                    self._remove()
                successes += 1
            except Exception as error:
                successes = 0
                check(error)
        self.n = None


def spare_references():
    """More references to every code object than failures can lose.

    CPython 3.12 and 3.13 may release a function's code twice where there is no memory
    for the function (python/cpython#122752); soon they crash. Without skpulsar:

        def outer(x):
            return lambda: x

        set_nomemory(1, 2)  # of _testcapi
        outer(0)  # MemoryError; sys.getrefcount(outer.__code__.co_consts[-1]) fell
    """
    codes = [f.__code__ for f in gc.get_objects() if isinstance(f, FunctionType)]
    for code in codes:  # which grows
        codes += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
    return codes * 50


def data(n=40):
    rng = np.random.default_rng(0)
    return rng.standard_normal((n, 3)), np.arange(n) % 3 // 2, np.arange(n) % 4


def arguments(layout):
    """Calls of every function of the binding that allocates, by name."""
    X, y, weight = data()
    matrix = X
    if layout == "csr":
        rows = csr_array(X)
        matrix = (rows.data, rows.indices, rows.indptr, X.shape[1])
    d, order, ones = 3, np.arange(40), np.ones(3)
    key = np.arange(_core.KEY_WORDS, dtype=np.uint64)
    data_of = (matrix, y.astype(float), weight.astype(float))
    batches = (order, np.arange(0, 41, 8), np.full(5, 0.1), 0)
    coordinates = (np.ones(d + 1), np.ones(d + 1), None)
    adam = ("adam", False, 0.9, 0.9, 1e-8)

    def minibatches():
        weights, m, v, average = np.zeros((4, 1, d + 1))
        sums = _core.padded(np.empty((1, 0)), d)
        params = (weights, m, v, np.ones(2), average, np.zeros(1), sums)
        FAILING.start()
        dataset = _core.Dataset(*data_of, centre=np.zeros(d))
        dataset.minibatches(coordinates, adam, params, *batches)

    def network():
        layers = [np.ones((d + 1, 2)), np.ones((3, 1))]
        apart = [np.ones((d, 2)), np.ones((2, 1))], [np.ones(2), np.ones(1)]
        FAILING.start()
        _core.Network(apart[0], biases=apart[1])
        net = _core.Network(layers, layers, dropout=np.full(1, 0.5))
        dataset = _core.Dataset(*data_of, centre=np.zeros(d))
        net.train(dataset, adam, *batches[:3], 0)
        net.logits(dataset, 0, 40)
        net.layers("m")
        net.take(net.raw(dataset)[0], dataset)

    calls = {
        "logits": (matrix, 0, 40, np.ones(d + 1), order),
        "norms": (matrix, 0, 40, ones, ones, order),
        "cross_entropy": (ones, ones),
        "padded": (ones, d),
        "total": (ones,),
        "shuffled": (40, 6, key, 0, 64),
        "inverse_power": (ones, 0.5),
    }
    yield "minibatches", minibatches
    yield "network", network
    yield from passes(matrix, y.astype(float), weight.astype(float), order)
    for name, given in calls.items():
        yield name, lambda name=name, given=given: called(getattr(_core, name), given)


def passes(matrix, target, weight, order):
    """Calls of the full passes of psgd, and of what it makes of them."""
    d, n = 3, len(order)
    scale, residual, G = np.ones(d + 1), np.full(n, 0.5), np.eye(d + 1)
    given = (matrix, target, weight, order)
    dataset = _core.Dataset(*given, centre=np.zeros(d), leaf=16)
    goal = {"total": 40.0, "share": 0.0, "tolerance": 0.0, "most": 3, "anchor": scale}
    calls = {
        "Dataset": (given, {"centre": np.zeros(d)}),
        "Dataset.moments": ((dataset,), {}),
        "Dataset.objective": ((dataset, scale, residual), {}),
        "Dataset.grid": ((dataset, G[:, :2].copy(), scale, np.array([0, n])), {}),
        "Dataset.grid_logits": ((dataset, G[:, :2].copy(), scale), {}),
        "Dataset.curvature": ((dataset, residual, scale), {}),
        "factorise": ((G, scale), {}),
        "precondition": (((scale, G), scale), {}),
        "precondition_each": (((G[:1], G[np.newaxis]), order[:1], G[:1]), {}),
        "Dataset.newton": ((dataset, (scale, scale, None), scale), goal),
        "dot": ((scale, scale), {}),
        "expected": ((residual, 0.1, residual, 1.0), {}),
        "draw": ((residual, 0.1, residual, 1.0, 7, 30), {}),
    }
    for name, call in calls.items():
        yield name, lambda name=name, call=call: called(attrgetter(name)(_core), *call)


def called(function, given, options=None):
    options = options or {}
    FAILING.start()
    function(*given, **options)


def try_binding(layout):
    """{function: [failures, those that were no MemoryError]}"""
    answers = {}
    for name, action in arguments(layout):
        errors = []
        FAILING.until_success(action, errors.append)
        others = [repr(e) for e in errors if not isinstance(e, MemoryError)]
        answers[name] = [len(errors), others]
    return answers


class Probe:
    """A mixin of estimators: failing begins when scikit-learn's validation is over."""

    def _validate(self, *given, **options):
        validated = super()._validate(*given, **options)
        FAILING.start()
        return validated

    def decision_function(self, X):
        FAILING.start()
        return super().decision_function(X)


def probing(kind):
    """Such an estimator, of the same parameters."""
    return type(kind.__name__, (Probe, kind), {"__init__": kind.__init__})


class Seeds:
    """A RandomState; making a real one takes thousands of allocations."""

    def randint(self, high):
        return 7


def estimator_of(kind, solver):
    """An estimator all of whose parts have something to do."""
    # What one epoch leaves to the next is seen in a single layer
    epochs = 2 if kind == "layer" else 1
    common = {"max_iter": epochs, "tol": None, "solver": solver}
    if kind == "network":
        # The regressor draws first weights, by a RandomState
        common |= {"batch_size": 8, "hidden_layer_sizes": (4, 3), "warm_start": True}
        return probing(MLPClassifier)(
            dropout=0.25, sampling=0.4, prior_correction=0.2, **common
        )
    if kind == "regressor":
        common |= {"batch_size": 8, "hidden_layer_sizes": (4,)}
        return probing(MLPRegressor)(return_train_score=True, **common)
    own = {"batch_size": 8, "average": 3} if solver == "sgd" else {}
    return probing(SLPClassifier)(sampling=0.4, prior_correction=0.2, **own, **common)


def try_estimator(kind, layout, method, solver):
    """[failures, those that were no MemoryError, those that changed the estimator]"""
    X, y, weight = data(ROWS[solver])
    X = csr_array(X) if layout == "csr" else X
    given = (X, y) if "fit" in method else (X,)
    options = {"sample_weight": weight} if "fit" in method else {}
    _base.check_random_state = lambda seed: Seeds()
    fitted = estimator_of(kind, solver).fit(X, y)
    n_failures, others, changed = 0, [], []

    def action():
        nonlocal model, before, content
        if model is None:  # What failed has changed nothing: the next call may have it
            model = copy.deepcopy(fitted)
            before = dict(vars(model))
            content = pickle.dumps(before)
        getattr(model, method)(*given, **options)
        model = None

    def check(error):
        nonlocal n_failures, model
        n_failures += 1
        foreseen = str(error).endswith(OTHER_WORDS)
        if not isinstance(error, MemoryError) and not foreseen:
            others.append(repr(error))
        now = vars(model)
        same = now.keys() == before.keys() and all(now[k] is before[k] for k in now)
        if not same or pickle.dumps(dict(now)) != content:
            changed.append(f"allocation {FAILING.n}: {error!r}")
            model = None

    model = before = content = None
    FAILING.until_success(action, check)
    return [n_failures, others, changed]


@pytest.fixture(scope="module")
def answers():
    """What failed allocations led to by layout: of the binding, and of an estimator by
    call."""

    @cache
    def of(layout):
        process = subprocess.run(
            [sys.executable, "-X", "faulthandler", __file__, layout],
            capture_output=True,
            text=True,
        )
        assert process.returncode == 0, process.stderr[-2000:]
        return json.loads(process.stdout)

    return of


@pytest.mark.parametrize("layout", CALLS)
def test_every_allocation_of_the_binding(answers, layout):
    binding, _ = answers(layout)
    for name, (n_failures, others) in binding.items():
        assert others == [], name
        assert n_failures > 0, name
    assert binding["minibatches"][0] > 20
    assert binding["network"][0] > 20


@pytest.mark.parametrize(
    "layout, call",
    [(layout, call) for layout, calls in CALLS.items() for call in calls],
    ids=str,
)
def test_every_allocation_of_the_estimator(answers, layout, call):
    n_failures, others, changed = answers(layout)[1]["-".join(call)]
    assert others == []
    assert changed == []
    assert n_failures > (200 if "fit" in call[1] else 20)


if __name__ == "__main__":
    FAILING = Failing()
    (layout,) = sys.argv[1:]
    calls = {
        "-".join(call): try_estimator(call[0], layout, *call[1:])
        for call in CALLS[layout]
    }
    print(json.dumps([try_binding(layout), calls]))
