# SPDX-License-Identifier: BSD-3-Clause
"""Fitted estimators of every kind of state, and their comparison bit by bit."""

import numpy as np
from scipy.sparse import csr_array

from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier, SLPRegressor
from skpulsar.datasets import make_pulsars

X, Y = make_pulsars(n_samples=600, random_state=0)
MORE = make_pulsars(n_samples=400, random_state=1)
THREE = np.digitize(X[:, 0], np.quantile(X[:, 0], [0.3, 0.8]))
LABELS = np.column_stack([Y, THREE > 0])  # of an indicator matrix
TARGETS = np.column_stack([X[:, 0] + 2 * X[:, 1], X[:, 2]])
SOLVERS = ("psgd", "sgd", "adam", "rmsprop")


def stream(model, y, **options):
    """Some calls of `partial_fit`."""
    for part in (slice(0, 250), slice(250, None)):
        model.partial_fit(X[part], y[part], **options)
    return model


def wide(n_classes, solver):
    """A stream of many columns: its preconditioner is none, or approximate."""
    random = np.random.default_rng(0)
    rows, y = random.standard_normal((700, 60)), np.arange(700) % n_classes
    model = SLPClassifier(solver=solver, random_state=0)
    return model.partial_fit(rows, y, classes=range(n_classes))


def of_solver(solver):
    """Estimators with this solver, by what they are."""
    own = {"solver": solver, "random_state": 3}
    short = own if solver == "psgd" else {**own, "max_iter": 3, "tol": None}
    two, three = {"classes": [0, 1]}, {"classes": [0, 1, 2]}
    other = {
        "fit": SLPClassifier(**short).fit(X, Y),
        "sparse": SLPClassifier(**short).fit(csr_array(X), Y),
        "three classes": SLPClassifier(**short).fit(X, THREE),
        "labels": SLPClassifier(**short).fit(X, LABELS),
        "regression": SLPRegressor(**short).fit(X, TARGETS),
        "balanced": SLPClassifier(
            **short, standardize=True, class_weight="balanced", sampling=0.3,
            prior_correction=True,
        ).fit(X, Y),
        "validated": SLPClassifier(**short, scoring=["loss", "f1"]).fit(
            X, Y, X_val=MORE[0], y_val=MORE[1]
        ),
        "stream": stream(SLPClassifier(**own), Y, **two),
        "standardized stream": stream(
            SLPClassifier(standardize=True, class_weight="balanced", **own), Y, **two
        ),
        "sparse stream": SLPClassifier(**own).partial_fit(csr_array(X), Y, **two),
        "stream after fit": stream(SLPClassifier(**short).fit(X, Y), Y),
        "stream of three": stream(SLPClassifier(**own), THREE, **three),
        "stream of twelve": wide(12, solver),
        "stream of targets": stream(SLPRegressor(**own), TARGETS),
        "removed": stream(SLPClassifier(**own), Y, **two).remove_data(),
        "only registered": SLPClassifier(**own).partial_fit(
            X, Y, **two, sample_weight=np.zeros(len(Y))
        ),
    }  # fmt: skip
    if solver != "psgd":
        net = {"hidden_layer_sizes": (5, 3), "dropout": 0.2, **short}
        other["network"] = MLPClassifier(**net).fit(X, Y)
        other["network of three"] = MLPClassifier(**net, prior_correction=True).fit(
            X.astype(np.float32), THREE
        )
        other["network of labels"] = MLPClassifier(**net).fit(X, LABELS)
        other["network of targets"] = MLPRegressor(**net).fit(X, TARGETS)
        other["stream of a network"] = stream(MLPClassifier(**net), Y, **two)
        other["network only registered"] = MLPClassifier(**net).partial_fit(
            X, Y, **two, sample_weight=np.zeros(len(Y))
        )
        other["stream of labels"] = stream(SLPClassifier(**own), LABELS, **two)
        other["average"] = SLPClassifier(
            **short, average=True, learning_rate="invscaling"
        ).fit(X, Y)
        other["stopped early"] = SLPClassifier(
            **own, early_stopping=True, scoring={"ranked": "roc_auc"}, tol=0.1
        ).fit(X, Y)
        other["adaptive"] = SLPClassifier(**short, learning_rate="adaptive").fit(X, Y)
    return other


def assert_same(one, other, where=""):
    """Two values are of one type and equal to the last bit, objects by attributes."""
    kind = type(one)
    assert kind is type(other), where
    if kind is dict:
        assert list(one) == list(other), where
        for key, value in one.items():
            assert_same(value, other[key], f"{where}.{key}")
    elif kind in (list, tuple):
        assert len(one) == len(other), where
        for place, pair in enumerate(zip(one, other, strict=True)):
            assert_same(*pair, f"{where}[{place}]")
    elif kind is np.ndarray:
        assert one.dtype == other.dtype and one.shape == other.shape, where
        if one.dtype.kind == "O":
            assert_same(one.tolist(), other.tolist(), where)
        else:
            assert one.tobytes() == other.tobytes(), where
    elif kind is float or isinstance(one, np.generic):
        assert np.array(one).tobytes() == np.array(other).tobytes(), where
    elif kind is np.random.RandomState:
        assert_same(one.get_state(legacy=False), other.get_state(legacy=False), where)
    elif hasattr(one, "stored"):
        assert_same(one.stored(), other.stored(), f"{where}.{kind.__name__}")
    elif hasattr(one, "__dict__"):
        assert_same(attributes(one), attributes(other), f"{where}.{kind.__name__}")
    else:
        assert one == other, where


def attributes(value):
    """Those of an object, without what it computes of others and keeps."""
    return {k: v for k, v in vars(value).items() if k != "packed"}
