# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from sklearn.datasets import load_wine

from skpulsar import (
    MLPClassifier,
    MLPRegressor,
    SLPClassifier,
    SLPClassifierCV,
    SLPRegressor,
)
from skpulsar._command_line import CommandError
from skpulsar._command_line.answers import answers_of
from skpulsar._command_line.cutoff import ModelCutoff


def answered(model, X):
    answers = answers_of(model)
    arrays = [array.to_numpy(zero_copy_only=False) for array in answers(X)]
    return dict(zip(answers.names, arrays, strict=True)), answers


@pytest.mark.parametrize(
    "model",
    [
        SLPClassifier(random_state=0),
        SLPClassifierCV(alphas=2, cv=2, random_state=0),
        MLPClassifier((3,), max_iter=2, tol=None, random_state=0),
    ],
)
@pytest.mark.parametrize("labels", [[0, 1], ["pulsar", "rfi"], [False, True]])
def test_two_classes(pulsars, model, labels):
    X, y = pulsars
    model.fit(X, np.array(labels)[y])
    found, answers = answered(model, X)
    assert answers.positive == labels[1]
    np.testing.assert_array_equal(found["logit"], model.decision_function(X))
    np.testing.assert_array_equal(found["probability"], model.predict_proba(X)[:, 1])
    assert found["prediction"].tolist() == model.predict(X).tolist()


@pytest.mark.parametrize("positive", [0, 1])
def test_cutoff_and_positive_class_of_the_model(pulsars, positive):
    X, y = pulsars
    model = SLPClassifier(random_state=0).fit(X, y)
    logits = model.decision_function(X) * (1 if positive else -1)
    threshold = np.sort(logits)[-50]
    intercept = model.intercept_.tolist()
    ModelCutoff(threshold, positive, "", 1.0, 1.0, 1.0, 1.0, intercept).attach(model)
    found, answers = answered(model, X)
    assert answers.positive == positive
    np.testing.assert_array_equal(found["logit"], logits)
    np.testing.assert_array_equal(
        found["probability"], model.predict_proba(X)[:, positive]
    )
    assert np.count_nonzero(found["prediction"] == positive) == 50
    assert (found["prediction"][logits >= threshold] == positive).all()


@pytest.mark.parametrize(
    "model",
    [SLPClassifier(), MLPClassifier((3,), max_iter=2, tol=None, random_state=0)],
)
def test_more_classes(model):
    X, y = load_wine(return_X_y=True)
    labels = np.array(["a", "b", "c"])[y]
    model.fit(X, labels)
    found, answers = answered(model, X)
    assert answers.positive is None
    for k, label in enumerate("abc"):
        logit, probability = found[f"logit_{label}"], found[f"probability_{label}"]
        np.testing.assert_array_equal(logit, model.decision_function(X)[:, k])
        np.testing.assert_array_equal(probability, model.predict_proba(X)[:, k])
    assert found["prediction"].tolist() == model.predict(X).tolist()


@pytest.mark.parametrize(
    "model", [SLPRegressor(), MLPRegressor((3,), max_iter=2, tol=None, random_state=0)]
)
def test_numbers(model):
    X, y = load_wine(return_X_y=True)
    found, _ = answered(model.fit(X, y), X)
    np.testing.assert_array_equal(found["prediction"], model.predict(X))
    found, _ = answered(model.fit(X, np.column_stack([y, -y])), X)
    assert [*found] == ["prediction_0", "prediction_1"]
    np.testing.assert_array_equal(np.column_stack([*found.values()]), model.predict(X))


def test_several_labels_are_refused():
    X, y = load_wine(return_X_y=True)
    model = SLPClassifier().fit(X, np.column_stack([y == 0, y == 1]).astype(int))
    with pytest.raises(CommandError, match="several labels"):
        answers_of(model)
