# SPDX-License-Identifier: BSD-3-Clause
"""Other tools' files and explanations hold the same model, where they are installed."""

import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from _fitted import LABELS, SOLVERS, TARGETS, THREE, X, Y, assert_same, of_solver
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import StandardScaler

import skpulsar
from skpulsar import SLPClassifier, SLPRegressor

LABELLED = np.array(["star", "pulsar"])[Y]


def type_of(model):
    """The one type that `skops.io` has to be told to trust."""
    return f"{type(model).__module__}.{type(model).__qualname__}"


@pytest.mark.parametrize("solver", SOLVERS)
def test_skops_needs_to_trust_one_type(solver):
    skops = pytest.importorskip("skops.io")
    for name, model in of_solver(solver).items():
        content = skops.dumps(model)
        assert skops.get_untrusted_types(data=content) == [type_of(model)]
        again = skops.loads(content, trusted=[type_of(model)])
        assert_same(vars(again), vars(model), name)


@pytest.mark.parametrize(
    "model, y",
    [
        (SLPClassifier(), Y),
        (SLPClassifier(), LABELLED),
        (SLPClassifier(), THREE),
        (SLPClassifier(), LABELS),
        (
            make_pipeline(
                StandardScaler(),
                RandomUnderSampler(random_state=0),
                SLPClassifier(prior_correction=0.09),
            ),
            Y,
        ),
    ],
    ids=["two classes", "strings", "three classes", "labels", "pipeline"],
)
@pytest.mark.parametrize("dtype, tol", [(np.float64, 1e-12), (np.float32, 1e-4)])
def test_onnx_has_the_same_probabilities(model, y, dtype, tol):
    labels, probabilities = in_onnx(
        skpulsar.to_sklearn(model.fit(X, y)), dtype, options={"zipmap": False}
    )
    assert_allclose(probabilities, model.predict_proba(X.astype(dtype)), 0, tol)
    assert_array_equal(labels, model.predict(X.astype(dtype)))


@pytest.mark.parametrize("y", [TARGETS, TARGETS[:, 0]], ids=["two", "one"])
@pytest.mark.parametrize("dtype, tol", [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_onnx_has_the_same_predictions(y, dtype, tol):
    model = SLPRegressor().fit(X, y)
    (predicted,) = in_onnx(model.to_sklearn(), dtype)
    expected = model.predict(X).reshape(predicted.shape)
    assert_allclose(predicted, expected, tol, tol * abs(expected).max())


def in_onnx(model, dtype, **options):
    """What a model predicts once it is converted."""
    skl2onnx = pytest.importorskip("skl2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    rows = X.astype(dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # These packages' own of their future.
        converted = skl2onnx.to_onnx(model, rows[:1], **options)
        session = onnxruntime.InferenceSession(
            converted.SerializeToString(), providers=["CPUExecutionProvider"]
        )
    return session.run(None, {session.get_inputs()[0].name: rows})


@pytest.mark.parametrize(
    "model, y",
    [(SLPClassifier(), Y), (SLPClassifier(), THREE), (SLPRegressor(), TARGETS[:, 0])],
)
def test_shap_explains_the_logits(model, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shap = pytest.importorskip("shap")
        model.fit(X, y)
        explain = shap.LinearExplainer(model.to_sklearn(), X[:90])
        found = explain(X[:5])
    predict = getattr(model, "decision_function", model.predict)
    total = found.values.sum(axis=1) + found.base_values
    assert_allclose(total, predict(X[:5]), 1e-9)


PAGE = Path(__file__).parents[1] / "docs" / "saving.md"
BLOCKS = {
    re.search(r"import (skops|onnxruntime|shap|mlflow)", block)[1]: block
    for block in re.findall(r"```python\n(import .*?)```", PAGE.read_text(), re.DOTALL)
}


@pytest.mark.parametrize("package", BLOCKS)
def test_the_page_on_saving_is_right(package, tmp_path, monkeypatch):
    """What of it needs other packages, and is no doctest therefore."""
    for name in re.findall(r"^import ([\w.]+)", BLOCKS[package], re.MULTILINE):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pytest.importorskip(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/runs.db")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(BLOCKS[package], found := {})
    if "again" in found:
        assert_array_equal(found["again"].classes_, [0, 1])


def test_every_tool_is_on_the_page():
    assert set(BLOCKS) == {"skops", "onnxruntime", "shap", "mlflow"}


def test_what_skops_knows_needs_no_trust():
    skops = pytest.importorskip("skops.io")
    for model in (SLPClassifier().fit(X, Y), SLPRegressor().fit(X, TARGETS)):
        content = skops.dumps(model.to_sklearn())
        assert skops.get_untrusted_types(data=content) == []
