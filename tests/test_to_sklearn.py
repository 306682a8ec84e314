# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines without what only training needs, as scikit-learn's own."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from _fitted import X, Y
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import Pipeline as SamplingPipeline
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from imblearn.under_sampling import RandomUnderSampler
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

import skpulsar
from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier, SLPClassifierCV
from skpulsar.samplers import CyclicOverSampler

SAMPLER = RandomUnderSampler(random_state=0)
MODEL = SLPClassifier(random_state=0)
SCALED = make_sampling_pipeline(StandardScaler(), SAMPLER, MODEL)
THRESHOLD = FixedThresholdClassifier(SCALED, threshold=0.9)
PIPELINES = {
    "scikit-learn's": make_pipeline(StandardScaler(), MODEL),
    "with a search": make_pipeline(
        StandardScaler(), SLPClassifierCV([1e-2, 1e-4], cv=2, random_state=0)
    ),
    "with a sampler": SCALED,
    "with ours": make_sampling_pipeline(CyclicOverSampler(), StandardScaler(), MODEL),
    "a sampler alone": make_sampling_pipeline(SAMPLER, MODEL),
    "nested": make_pipeline(StandardScaler(), make_sampling_pipeline(SAMPLER, MODEL)),
    "nested in front": make_pipeline(
        make_pipeline(StandardScaler(), PolynomialFeatures()), "passthrough", MODEL
    ),
    "deep": make_pipeline(StandardScaler(), make_pipeline("passthrough", SCALED)),
    "with a threshold": THRESHOLD,
    "ends with a threshold": make_pipeline(StandardScaler(), THRESHOLD),
    "tuned": TunedThresholdClassifierCV(SCALED, cv=2),
}


def steps_of(estimator):
    yield estimator
    for each in ("estimator", "estimator_"):
        if hasattr(estimator, each):
            yield from steps_of(getattr(estimator, each))
    for _, step in getattr(estimator, "steps", ()):
        yield from steps_of(step)


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_predicts_the_same(name):
    model = PIPELINES[name].fit(X, Y)
    exported = skpulsar.to_sklearn(model)
    for method in ("predict_proba", "decision_function"):
        if hasattr(model, method):
            found, expected = getattr(exported, method)(X), getattr(model, method)(X)
            assert_allclose(found, expected, 1e-10, 1e-12)
    assert_array_equal(exported.predict(X), model.predict(X))
    assert_array_equal(exported.classes_, model.classes_)
    for step in steps_of(exported):
        assert step == "passthrough" or type(step).__module__.startswith("sklearn.")
    assert any(isinstance(step, SLPClassifier) for step in steps_of(model))


def test_an_estimator_alone_is_exported():
    exported = skpulsar.to_sklearn(SLPClassifier().fit(X, Y))
    assert type(exported) is LogisticRegression


def test_names_options_and_fitted_steps_are_kept():
    scaler = StandardScaler()
    model = SamplingPipeline(
        [("scale", scaler), ("draw", SAMPLER), ("slp", MODEL)], verbose=False
    ).fit(X, Y)
    exported = skpulsar.to_sklearn(model)
    assert type(exported) is Pipeline
    assert list(exported.named_steps) == ["scale", "slp"]
    assert exported["scale"] is model["scale"]


def test_a_process_without_skpulsar_can_use_it(tmp_path):
    model = SCALED.fit(X, Y)
    content = pickle.dumps((skpulsar.to_sklearn(model), X))
    (tmp_path / "model").write_bytes(content)
    code = (
        "import pickle, sys\n"
        "sys.modules['skpulsar'] = sys.modules['imblearn'] = None\n"
        "model, X = pickle.load(open(sys.argv[1], 'rb'))\n"
        "sys.stdout.buffer.write(model.predict_proba(X).tobytes())\n"
    )
    command = [sys.executable, "-c", code, tmp_path / "model"]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    assert_allclose(
        np.frombuffer(found).reshape(-1, 2), model.predict_proba(X), 1e-10, 1e-12
    )


@pytest.mark.parametrize(
    "other",
    [
        StandardScaler(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_sampling_pipeline(SAMPLER, RandomOverSampler()),
        GridSearchCV(SLPClassifier(), {"alpha": [1e-3] * 99}),
        SLPClassifier,
        None,
    ],
)
def test_others_are_refused(other):
    words = "to_sklearn takes .* Of a search, pass its best_estimator_"
    with pytest.raises(TypeError, match=f"(?s){words}") as caught:
        skpulsar.to_sklearn(other)
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize("network", [MLPClassifier(), MLPRegressor()])
def test_networks_are_refused_with_the_reason(network):
    for given in (network, make_pipeline(StandardScaler(), network)):
        with pytest.raises(TypeError, match=r"(?s)MLP.*private.*save") as caught:
            skpulsar.to_sklearn(given)
        assert len(str(caught.value)) <= 300


@pytest.mark.parametrize("estimator", [SLPClassifier(), make_pipeline(SLPClassifier())])
def test_unfitted_ones_are_refused(estimator):
    with pytest.raises(NotFittedError):
        skpulsar.to_sklearn(estimator)
