# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import MLPClassifier, SLPClassifier, SLPRegressor
from skpulsar.displays import LogitHistogramDisplay

NAMES = np.array(["noise", "pulsar"])


def texts(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


@pytest.fixture(scope="module")
def model(pulsars):
    return SLPClassifier(random_state=0).fit(*pulsars)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["one layer", "network"])
def test_areas_and_shares(pulsars, model, weighted, kind):
    X, y = pulsars
    if kind == "network":
        model = MLPClassifier((4,), max_iter=5, tol=None, random_state=0).fit(X, y)
    weight = np.random.default_rng(0).uniform(0, 2, len(y)) if weighted else None
    display = LogitHistogramDisplay.from_estimator(
        model, X, y, sample_weight=weight, threshold=1.0, bins=30
    )
    logits = model.decision_function(X)
    for label, density in display.densities.items():
        assert_allclose(density @ np.diff(display.edges), 1)
        own = y == label
        share = np.average(
            logits[own] >= 1, weights=None if not weighted else weight[own]
        )
        assert f"{100 * share:.2g} % above" in display.labels[label]
    assert list(display.densities) == [0, 1]
    assert_array_equal(display.stairs_[1].get_data().values, display.densities[1])
    assert set(display.line_.get_xdata()) == {1.0}
    assert texts(display)[2] == "cut-off 1"


def test_names_of_classes_and_the_other_class(pulsars):
    X, y = pulsars
    names = NAMES[y]
    model = SLPClassifier(random_state=0).fit(X, names)
    usual = LogitHistogramDisplay.from_estimator(model, X, names)
    assert list(usual.densities) == ["noise", "pulsar"]
    assert usual.ax_.get_xlabel() == "logit of class pulsar"
    other = LogitHistogramDisplay.from_estimator(model, X, names, pos_label="noise")
    assert list(other.densities) == ["pulsar", "noise"]
    assert_allclose(other.edges, -usual.edges[::-1], atol=1e-9)
    assert_allclose(other.densities["noise"], usual.densities["noise"][::-1], atol=0.02)


def test_of_other_classifiers_and_pipelines(pulsars):
    X, y = pulsars
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    display = LogitHistogramDisplay.from_estimator(pipeline, X, y)
    assert display.edges[-1] == pipeline.decision_function(X).max()


def test_edges_that_are_given():
    display = LogitHistogramDisplay.from_predictions(
        [-1, 1, 1], [0.0, 1.0, 3.0], bins=[-1, 2, 4]
    )
    assert_allclose(display.densities[1], [1 / 6, 1 / 4])
    assert_allclose(display.densities[-1], [1 / 3, 0])


def test_refusals(pulsars, model):
    X, y = pulsars
    draw = LogitHistogramDisplay.from_predictions
    with pytest.raises(ValueError, match="has 3 labels"):
        draw([0, 1, 2], [0.0, 1.0, 2.0])
    with pytest.raises(ValueError, match="give pos_label"):
        draw(["a", "b"], [0.0, 1.0])
    with pytest.raises(ValueError, match="No row of positive weight is of class 1"):
        draw([0, 0], [0.0, 1.0])
    with pytest.raises(ValueError, match="infinite entry"):
        draw([0, 1], [0.0, np.inf])
    of_estimator = LogitHistogramDisplay.from_estimator
    with pytest.raises(ValueError, match="SLPClassifier has 3 classes"):
        of_estimator(SLPClassifier().fit(X, np.arange(len(y)) % 3), X, y)
    with pytest.raises(ValueError, match="SLPRegressor has no classes"):
        of_estimator(SLPRegressor().fit(X, y), X, y)
    with pytest.raises(ValueError, match="pos_label='pulsar' is none of the classes"):
        of_estimator(model, X, y, pos_label="pulsar")


def test_labels_are_drawn_as_they_are():
    y = np.array(["$^$", "$x$"])[[0, 0, 1, 1]]
    display = LogitHistogramDisplay.from_predictions(y, [0.0, 1, 2, 3], pos_label="$^$")
    display.figure_.canvas.draw()


@pytest.mark.parametrize(
    ("threshold", "shares"), [(-9, ["100", "100"]), (0.5, ["99.6", "25"])]
)
def test_shares_have_as_many_digits_as_they_need(threshold, shares):
    y, logits = np.repeat([0, 1], 1000), np.ones(2000)
    logits[:4] = logits[1000:1750] = 0
    display = LogitHistogramDisplay.from_predictions(y, logits, threshold=threshold)
    assert [text.split()[-3] for text in texts(display)[:2]] == shares


def test_bins_without_rows_are_refused():
    with pytest.raises(ValueError, match="No row of class 1 lies in the bins, from 0"):
        LogitHistogramDisplay.from_predictions([0, 1], [0.5, 3.0], bins=[0, 1, 2])


def test_one_class_alone_is_refused():
    with pytest.raises(ValueError, match="of class other than 1"):
        LogitHistogramDisplay.from_predictions([1, 1], [0.5, 3.0])
