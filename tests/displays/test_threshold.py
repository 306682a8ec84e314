# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import fbeta_score, precision_score, recall_score

from skpulsar import MLPClassifier, SLPClassifier
from skpulsar.displays import ThresholdDisplay
from skpulsar.thresholds import cutoffs

FEW = {"n_resamples": 20, "random_state": 0}


@pytest.fixture(scope="module")
def model(pulsars):
    return SLPClassifier(random_state=0).fit(*pulsars)


def texts(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


@pytest.mark.parametrize(("beta", "kind"), [(1.0, "one layer"), (2.0, "network")])
def test_curves_are_what_predictions_reach(pulsars, model, beta, kind):
    X, y = pulsars
    if kind == "network":
        model = MLPClassifier((4,), max_iter=5, tol=None, random_state=0).fit(X, y)
    display = ThresholdDisplay.from_estimator(model, X, y, beta=beta, **FEW)
    logits = model.decision_function(X)
    thresholds = display.lines_["recall"].get_xdata()
    for place in (5, len(thresholds) // 2, -20):
        predicted = logits >= thresholds[place]
        for name, score in (
            ("precision", precision_score(y, predicted)),
            ("recall", recall_score(y, predicted)),
            ("fbeta", fbeta_score(y, predicted, beta=beta)),
        ):
            assert_allclose(display.lines_[name].get_ydata()[place], score)
    assert f"F{beta:g}" in texts(display)
    best = cutoffs(y, logits).best(lambda c: c.fbeta(beta))
    assert display.cutoff == best


def test_the_interval_is_that_of_the_choice(pulsars, model):
    X, y = pulsars
    curve = cutoffs(y, model.decision_function(X))

    def choose(c):
        return c.best("precision", min_recall=0.9)

    display = curve.plot(choose=choose, **FEW)
    assert display.cutoff == choose(curve)
    found = curve.interval(choose, **FEW)
    assert display.interval == found
    low, high = found.threshold
    assert_allclose(
        [display.span_.get_x(), display.span_.get_width()], [low, high - low]
    )
    for name in ("precision", "recall"):
        (bars,) = display.errorbars_[name].lines[2]
        assert_allclose(bars.get_segments()[0][:, 1], found[name])
    assert set(display.line_.get_xdata()) == {display.cutoff.threshold}


def test_without_intervals():
    curve = cutoffs([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4])
    display = curve.plot(confidence_level=None)
    assert display.interval is None and display.span_ is None
    assert display.errorbars_ == {}


def test_lines_are_steps_down_from_a_score():
    """At a cut-off between two scores the rows are those from the higher one on."""
    display = ThresholdDisplay.from_predictions(
        [0, 1], [1.0, 2.0], confidence_level=None
    )
    line = display.lines_["precision"]
    assert line.get_drawstyle() == "steps-pre"
    assert_array_equal(line.get_xdata(), [1, 2, np.inf])
    assert display.curve.at(1.5).precision == line.get_ydata()[1] == 1.0


def test_the_axis_shows_where_recall_falls(pulsars, model):
    X, y = pulsars
    scores = model.decision_function(X)
    scores[0] = -1e6  # One row far out would hide all others.
    display = ThresholdDisplay.from_predictions(y, scores, **FEW)
    low, high = display.ax_.get_xlim()
    found = scores[y == 1]
    assert found.min() - 5 < low < display.cutoff.threshold < high < found.max() + 5


@pytest.mark.parametrize(
    "scores", [[1.0, 1.0], [np.inf, -np.inf], [-np.inf, np.inf], [0.0, np.inf]]
)
def test_odd_scores_have_a_picture(scores, tmp_path):
    display = ThresholdDisplay.from_predictions([0, 1], scores, confidence_level=None)
    display.figure_.savefig(tmp_path / "picture.png")
    assert np.isfinite(display.ax_.get_xlim()).all()


def test_probabilities_and_the_other_class(pulsars, model):
    X, y = pulsars
    forest = RandomForestClassifier(5, random_state=0).fit(X, y)
    display = ThresholdDisplay.from_estimator(forest, X, y, **FEW)
    assert display.curve.thresholds[1] == 1
    by_logits = ThresholdDisplay.from_estimator(model, X, y, pos_label=0, **FEW)
    assert by_logits.curve.thresholds[1] == -model.decision_function(X).min()
    by_chance = ThresholdDisplay.from_estimator(
        model, X, y, pos_label=0, response_method="predict_proba", **FEW
    )
    assert by_chance.curve.thresholds[1] == model.predict_proba(X)[:, 0].max()


def test_refusals(pulsars, model):
    X, y = pulsars
    with pytest.raises(ValueError, match="response_method must be 'auto'"):
        ThresholdDisplay.from_estimator(model, X, y, response_method="predict")
    forest = RandomForestClassifier(5, random_state=0).fit(X, y)
    with pytest.raises(AttributeError, match="none of the methods decision_function"):
        ThresholdDisplay.from_estimator(
            forest, X, y, response_method="decision_function"
        )
    with pytest.raises(ValueError, match="'n_resamples' parameter of interval"):
        ThresholdDisplay.from_predictions([0, 1], [0.0, 1.0], n_resamples=0)


@pytest.mark.parametrize("found", [None, 0.5])
@pytest.mark.parametrize("confidence_level", [None, 0.95])
def test_a_choice_that_is_no_cutoff_is_refused(found, confidence_level):
    curve = cutoffs([0, 1], [0.25, 0.75])
    with pytest.raises(TypeError, match=f"choose must return a Cutoff.* Got {found}"):
        curve.plot(choose=lambda c: found, confidence_level=confidence_level)
