# SPDX-License-Identifier: BSD-3-Clause
"""Digests of what training and prediction give, to the last bit.

    python tests/golden/make.py

writes `digests.json` anew. That is allowed together with a change of the arithmetic
that CHANGELOG.md tells the users about, since their coefficients change with it; never
to make a failing test pass. A digest that differs on another machine, instruction set
or version of a dependency is a fault to be found, not a file to be remade.

The data come from integer arithmetic alone, so that no version of NumPy's random
numbers or functions can move them, and every value is exact in float32: one digest
stands for both floating dtypes and both dtypes of CSR indices. Networks train float32
rows in float32: each of their cases has two.
"""

import json
import warnings
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning

from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier, SLPClassifierCV
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._solvers.many._grid import Grid
from skpulsar._solvers.many._search import train

PATH = Path(__file__).with_name("digests.json")

SOLVERS = {
    "sgd": {"solver": "sgd"},
    "adam": {"solver": "adam"},
    "rmsprop": {"solver": "rmsprop"},
    "sampled": {"solver": "sgd", "sampling": 0.3},
    "averaged": {"solver": "sgd", "average": 3000, "batch_size": 32},
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
}
RATES = {"automatic": "auto", "given": 2.0**-10}
SHAPES = {  # rows and columns that each way of a solver takes
    "sgd": (5000, 13),  # two leaves of a sum, a block that is not full lanes
    "psgd, all rows": (5000, 13),
    "psgd, drawn rows": (20_000, 13),
    "psgd, fewer columns than lanes": (20_000, 5),
    "psgd, diagonal": (6000, 200),
    "psgd, span of the rows": (60, 900),  # where they are dense
}
NETWORKS = {  # every rule and number of layers, and a batch of several blocks
    "network, adam": {"hidden_layer_sizes": (19, 6), "dropout": 0.25},
    "network, sgd": {"solver": "sgd", "activation": "tanh", "batch_size": 600},
    "network, rmsprop": {"solver": "rmsprop", "activation": "logistic"},
    "network, one layer": {"hidden_layer_sizes": (), "learning_rate_init": 0.5},
}
HEADS = {  # other targets than two classes, and rows without weights
    "network, softmax": {"hidden_layer_sizes": (7,), "activation": "identity"},
    "network, labels": {"hidden_layer_sizes": (9,), "batch_size": 64, "alpha": 0.01},
    "network, targets": {"hidden_layer_sizes": (5, 9), "activation": "logistic"},
    "network, plain": {"hidden_layer_sizes": (21,), "sampling": 0.3, "solver": "sgd"},
}
GRIDS = {  # the rows, and the tolerance, of models that are trained side by side
    "many models, all rows": (2000, 1e-4),
    "many models, float32": (20_000, 1e-4),
    "many models, float64": (20_000, 1e-9),
}
SEARCHES = {  # alphas of their own, and class weights crossed with some that are given
    "search": {"alphas": 5, "standardize": True},
    "search, class weights": {
        "alphas": [2.0**-20, 2.0**-3, 2.0**-10],
        "class_weights": [None, "balanced"],
        "prior_correction": True,
    },
}
WEIGHTS = ("plain", "weighted")
LAYOUTS = {"dense": (None,), "csr": (np.int32, np.int64)}


def integers(n, seed):
    """Random uint64: splitmix64 of seed + 1, ..., seed + n (Steele et al. 2014)."""
    x = np.arange(seed + 1, seed + n + 1, dtype=np.uint64)
    x *= np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x ^= x >> np.uint64(shift)
        x *= np.uint64(factor)
    return x ^ (x >> np.uint64(31))


def data(shape):
    """X, y, weights: three quarters of X are 0, columns differ in size and offset."""
    n_rows, n_columns = shape
    draws = integers(n_rows * n_columns, 0).reshape(shape)
    whole = (draws >> np.uint64(52)).astype(np.int64) - 1500  # of 12 bits
    whole[(draws & np.uint64(3)) > 0] = 0
    noise = (integers(n_rows, 10**6) >> np.uint64(51)).astype(np.int64)
    factors = np.arange(n_columns) % 5 - 2
    y = ((whole * factors).sum(axis=1) + noise > 9500).astype(np.int64)
    X = whole * 2.0 ** -(8 + np.arange(n_columns) % 7)
    weight = (integers(n_rows, 2 * 10**6) >> np.uint64(61)) / 4.0  # 0, 1/4, ..., 7/4
    return X, y, weight


def fits(way):
    """(name, parameters) of the fits that take one way of SHAPES."""
    if way != "sgd":
        yield way, {"solver": "psgd", "max_iter": 8}
        return
    for solver, rate in product(SOLVERS, RATES):
        options = {"learning_rate_init": RATES[rate], "max_iter": 2}
        yield f"{solver}, {rate} rate", SOLVERS[solver] | options


def results(X, y, weight, parameters):
    """The arrays of one fit, by name; `weight` or None."""
    model = SLPClassifier(
        class_weight=None if weight is None else "balanced",
        tol=None,
        random_state=1,
        **parameters,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # max_iter is small
        model.fit(X, y, weight)
    return {
        "coef_": model.coef_,
        "intercept_": model.intercept_,
        "decision_function": model.decision_function(X),
        "predict_proba": model.predict_proba(X),
    }


def networks(X, y, weight):
    """(name, targets, weights, parameters) of the fits of networks."""
    for fit, parameters in NETWORKS.items():
        yield fit, y, weight, parameters
    high = X[:, 1] > 0
    targets = {
        "network, softmax": (y + high, weight),
        "network, labels": (np.column_stack([y, high]), weight),
        "network, targets": (np.column_stack([X[:, 0] * y, X[:, 1] + X[:, 2]]), weight),
        "network, plain": (y, None),
    }
    for fit, parameters in HEADS.items():
        yield fit, *targets[fit], parameters


def network_results(X, y, weight, parameters):
    """The same of a network."""
    kind = MLPRegressor if y.dtype.kind == "f" else MLPClassifier
    method = "predict" if kind is MLPRegressor else "predict_proba"
    model = kind(max_iter=2, tol=None, random_state=1, **parameters)
    model.fit(X, y, weight)
    weights = [*model.coefs_, *model.intercepts_]
    return {
        "coef_": np.concatenate([each.ravel() for each in weights]),
        method: getattr(model, method)(X),
    }


def grid_results(X, y, weight, tol):
    """The same of models of three folds, three penalties and two weights of classes."""
    used = np.arange(len(y)) if weight is None else np.flatnonzero(weight)
    matrix = X if isinstance(X, np.ndarray) else kernel_matrix(X)
    rows = Rows(matrix, y.astype(float), weight, used)
    factor = np.ones((2, 4, 2))
    factor[1, :, 1] = 3
    grid = Grid(np.array([2.0**-20, 2.0**-3, 2.0**-10]), factor)
    *_, models = train(
        rows, used % 3, grid, fit_intercept=True, tol=tol, max_iter=9, seed=1
    )
    return {"coef_": models.weights, "loss": models.loss, "gap": models.gap}


def search_results(X, y, weight, parameters):
    """The same of a search; what it chose is behind its scores."""
    scoring = ["neg_log_loss", "average_precision", "f1_best", "roc_auc", "f1"]
    model = SLPClassifierCV(cv=3, scoring=scoring, random_state=1, **parameters)
    model.fit(X, y, weight)
    scores = [values.ravel() for values in model.all_scores_.values()]
    chosen = [model.alpha_, model.cutoff_, *model.alphas_]
    return {
        "coef_": model.coefs_paths_,
        "coef_path_": model.coef_path_,
        "scores": np.concatenate([*scores, chosen]),
    }


def digest(array):
    return sha256(np.ascontiguousarray(array, dtype="<f8").tobytes()).hexdigest()


def layouts(X):
    """(name, X) in every layout and dtype that is read without a copy."""
    for name, indices in LAYOUTS.items():
        for index, real in product(indices, (np.float64, np.float32)):
            values = X.astype(real)
            if index is not None:
                values = csr_array(values)
                values.indices = values.indices.astype(index)
                values.indptr = values.indptr.astype(index)
            yield name, values


def digests():
    """{case: {array: digest}}, or one list of digests where dtypes do not agree."""
    found = {}
    for way, shape in SHAPES.items():
        X, y, weight = data(shape)
        for name, rows in layouts(X):
            for (fit, parameters), weighted in product(fits(way), WEIGHTS):
                case = found.setdefault(f"{fit}, {weighted}, {name}", {})
                given = weight if weighted == "weighted" else None
                for what, array in results(rows, y, given, parameters).items():
                    case.setdefault(what, set()).add(digest(array))
    for name, weighted in product(GRIDS, WEIGHTS):
        n_rows, tol = GRIDS[name]
        X, y, weight = data((n_rows, 13))
        for layout, rows in layouts(X):
            case = found.setdefault(f"{name}, {weighted}, {layout}", {})
            given = weight if weighted == "weighted" else None
            for what, array in grid_results(rows, y, given, tol).items():
                case.setdefault(what, set()).add(digest(array))
    X, y, weight = data((10_000, 13))
    for name, rows in layouts(X):
        for fit, weighted in product(SEARCHES, WEIGHTS):
            case = found.setdefault(f"{fit}, {weighted}, {name}", {})
            given = weight if weighted == "weighted" else None
            for what, array in search_results(rows, y, given, SEARCHES[fit]).items():
                case.setdefault(what, set()).add(digest(array))
    X, y, weight = data((700, 13))
    for name, rows in layouts(X):
        for fit, *given in networks(X, y, weight):
            case = found.setdefault(f"{fit}, {name}", {})
            for what, array in network_results(rows, *given).items():
                case.setdefault(what, set()).add(digest(array))
    return {
        case: {
            what: alike.pop() if len(alike) == 1 else sorted(alike)
            for what, alike in arrays.items()
        }
        for case, arrays in found.items()
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(digests(), indent=1) + "\n")
