# SPDX-License-Identifier: BSD-3-Clause
"""Inside what people use already."""

import numpy as np
import pytest
import sklearn
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone, is_classifier
from sklearn.datasets import load_iris
from sklearn.inspection import DecisionBoundaryDisplay
from sklearn.metrics import ConfusionMatrixDisplay, make_scorer, precision_score
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    TunedThresholdClassifierCV,
    cross_validate,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline as make_plain_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import MLPClassifier, SLPClassifier
from skpulsar.samplers import CyclicOverSampler

MODEL = SLPClassifier(random_state=0, max_iter=20, tol=None)
NETWORK = MLPClassifier((4,), random_state=0, max_iter=5, tol=None)


@pytest.mark.parametrize(
    ("sampler", "model"),
    [
        (CyclicOverSampler(), MODEL),
        (RandomOverSampler(random_state=0), MODEL),
        (RandomOverSampler(random_state=0), NETWORK),
        (SMOTE(random_state=0), MODEL),
    ],
)
def test_grid_search_over_a_resampling_pipeline(pulsars, sampler, model):
    X, y = pulsars
    name = type(model).__name__.lower()
    search = GridSearchCV(
        make_pipeline(sampler, model),
        {f"{name}__alpha": [1e-5, 1e-1], f"{name}__batch_size": [50, "auto"]},
        scoring="f1",
        cv=3,
    ).fit(X, y)
    assert search.best_score_ > 0.75
    assert search.predict(X).shape == y.shape


def test_cross_validate(pulsars):
    X, y = pulsars
    scores = cross_validate(
        MODEL,
        X,
        y,
        scoring=["precision", "recall", "f1", "average_precision"],
        n_jobs=2,
    )
    assert all(scores[f"test_{name}"].mean() > 0.75 for name in ("precision", "f1"))
    alone = cross_validate(MODEL, X, y, scoring=["precision"], n_jobs=1)
    assert_array_equal(scores["test_precision"], alone["test_precision"])


def test_thresholds(pulsars):
    X, y = pulsars
    tuned = TunedThresholdClassifierCV(MODEL, scoring="f1", cv=3).fit(X, y)
    assert tuned.best_score_ > 0.8
    fixed = FixedThresholdClassifier(
        MODEL, threshold=2.0, response_method="decision_function"
    ).fit(X, y)
    assert_array_equal(fixed.predict(X), fixed.estimator_.decision_function(X) >= 2.0)


def test_more_classes_one_against_the_rest():
    X = np.random.default_rng(0).standard_normal((300, 2))
    y = np.digitize(X[:, 0], [-0.5, 0.5])
    assert OneVsRestClassifier(MODEL).fit(X, y).predict_proba(X).shape == (300, 3)


def test_more_classes_resampled_by_cycles():
    X, y = load_iris(return_X_y=True)
    kept = np.r_[0:50, 50:70, 100:110]
    X, y = X[kept], y[kept]
    model = make_pipeline(CyclicOverSampler(), SLPClassifier(tol=1e-9)).fit(X, y)
    assert_array_equal(model[-1].class_count_, [50, 50, 50])
    # Two cycles and a half of 20 rows, and five of 10
    repeats = np.r_[np.ones(50), np.where(np.arange(20) < 10, 3, 2), np.full(10, 5)]
    weighted = SLPClassifier(tol=1e-9).fit(X, y, repeats)
    assert_allclose(model.predict_proba(X), weighted.predict_proba(X), atol=1e-3)


@pytest.mark.parametrize(
    "model",
    [SLPClassifier(), MLPClassifier((8,), learning_rate_init=0.1, random_state=0)],
)
def test_displays_of_more_classes(model):
    plt = pytest.importorskip("matplotlib.pyplot")
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])
    model = clone(model).fit(X[:, 2:], names[y])
    with plt.rc_context({"backend": "agg"}):
        matrix = ConfusionMatrixDisplay.from_estimator(model, X[:, 2:], names[y])
        assert_array_equal(matrix.display_labels, names)
        assert np.trace(matrix.confusion_matrix) > 140
        for method in ("predict", "predict_proba", "decision_function"):
            boundary = DecisionBoundaryDisplay.from_estimator(
                model, X[:, 2:], response_method=method, grid_resolution=20
            )
            assert boundary.response.shape[:2] == (20, 20)
        plt.close("all")


def test_metadata_routing(pulsars):
    X, y = pulsars
    weight = np.where(y == 1, 5.0, 1.0)
    expected = MODEL.fit(StandardScaler().fit_transform(X), y, weight).coef_
    with sklearn.config_context(enable_metadata_routing=True):
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        model = SLPClassifier(**MODEL.get_params()).set_fit_request(sample_weight=True)
        pipeline = make_plain_pipeline(scaler, model).fit(X, y, sample_weight=weight)
    assert_allclose(pipeline[-1].coef_, expected, rtol=1e-12)


def test_data_frames(pulsars):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    X, y = pulsars
    names = [f"column {j}" for j in range(X.shape[1])]
    labels = np.array(["noise", "pulsar"])[y]
    expected = MODEL.fit(X, y).decision_function(X)
    for frame, series in (
        (pd.DataFrame(X, columns=names), pd.Series(labels)),
        (pd.DataFrame(X, columns=names), pd.Series(labels, dtype="category")),
        (pd.DataFrame(X, columns=names).convert_dtypes(), pd.Series(y, dtype="Int64")),
        (
            pd.DataFrame(X, columns=names).convert_dtypes(dtype_backend="pyarrow"),
            pd.Series(y, dtype="boolean"),
        ),
        (pl.DataFrame(X, schema=names), pl.Series(labels)),
        (pl.DataFrame(X, schema=names), pl.Series(y)),
    ):
        model = SLPClassifier(**MODEL.get_params()).fit(frame, series)
        assert_array_equal(model.decision_function(frame), expected)
        assert_array_equal(model.feature_names_in_, names)


def test_a_classifier_with_scorers(pulsars):
    X, y = pulsars
    assert is_classifier(MODEL)
    precision = make_scorer(precision_score, zero_division=0)
    assert 0.7 < precision(MODEL.fit(X, y), X, y) <= 1
