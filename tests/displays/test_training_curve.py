# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from skpulsar import MLPClassifier, SLPClassifier
from skpulsar.displays import TrainingCurveDisplay

HISTORY = {
    "epoch": [4, 5, 6, 7],
    "loss": [0.7, 0.4, 0.3, 0.25],
    "penalty": [0.0, 0.1, 0.1, 0.1],
    "validation_loss": [0.6, np.nan, 0.5, 0.55],
    "train_accuracy": [0.8, 0.85, 0.9, 0.95],
    "validation_accuracy": [0.8, 0.9, 0.9, 0.85],
    "validation_f1": [0.1, 0.2, 0.3, 0.2],
}


def texts(display):
    found = display.ax_.get_legend()
    return [] if found is None else [text.get_text() for text in found.get_texts()]


def test_loss_of_both_parts_and_the_best_epoch():
    display = TrainingCurveDisplay.from_history(HISTORY, best_iter=6)
    assert_array_equal(display.line_.get_xdata(), HISTORY["epoch"])
    assert_array_equal(display.line_.get_ydata(), HISTORY["loss"])
    assert_array_equal(display.validation_line_.get_xdata(), [4, 6, 7])
    assert_array_equal(display.validation_line_.get_ydata(), [0.6, 0.5, 0.55])
    assert set(display.best_line_.get_xdata()) == {6}
    assert texts(display) == ["training, with penalty", "validation", "best epoch, 6"]
    assert display.ax_.get_ylabel() == "loss"
    assert display.ax_.get_yscale() == "linear"


@pytest.mark.parametrize("alpha", [0, 0.01])
def test_the_label_names_a_penalty_only_if_there_is_one(alpha):
    X, y = np.eye(4), [0, 1, 0, 1]
    model = SLPClassifier(alpha=alpha, solver="sgd", max_iter=3, tol=None).fit(X, y)
    display = TrainingCurveDisplay.from_estimator(model)
    label = "training, with penalty" if alpha else "training"
    assert display.line_.get_label() == label


def test_a_score_of_both_parts():
    display = TrainingCurveDisplay.from_history(HISTORY, metric="accuracy")
    assert_array_equal(display.line_.get_ydata(), HISTORY["train_accuracy"])
    assert_array_equal(
        display.validation_line_.get_ydata(), HISTORY["validation_accuracy"]
    )
    assert texts(display) == ["training", "validation"]
    assert display.best_line_ is None


def test_a_loss_of_training_rows_without_the_penalty_goes_first():
    history = HISTORY | {"train_loss": [0.6, 0.3, 0.2, 0.15]}
    display = TrainingCurveDisplay.from_history(history)
    assert_array_equal(display.line_.get_ydata(), history["train_loss"])
    assert texts(display) == ["training", "validation"]


def test_parts_of_different_lengths_are_refused():
    for name in ("epoch", "validation_loss"):
        history = HISTORY | {name: [1.0, 2.0]}
        with pytest.raises(ValueError, match=f"{name!r} has 2 values, and .* has 4"):
            TrainingCurveDisplay.from_history(history)


@pytest.mark.parametrize("model", [SLPClassifier(), MLPClassifier((3,), tol=1.0)])
def test_no_epoch_is_marked_where_all_scores_are_nan(model):
    X, y = np.eye(4), [0, 1, 0, 1]
    model = clone(model).set_params(scoring=lambda *data: np.nan)
    model.fit(X, y, X_val=X, y_val=y)
    display = TrainingCurveDisplay.from_estimator(model, metric="score")
    assert np.isnan(model.best_validation_score_)
    assert model.best_iter_ == 0 and display.best_line_ is None


def test_names_of_scores_are_drawn_as_they_are():
    history = {"validation_$^$": [1.0, 2.0]}
    display = TrainingCurveDisplay.from_history(history, metric="$^$")
    display.figure_.canvas.draw()


def test_one_part_alone():
    display = TrainingCurveDisplay.from_history(HISTORY, metric="f1")
    assert display.line_ is None and texts(display) == []
    display = TrainingCurveDisplay.from_history(HISTORY, metric="penalty")
    assert display.validation_line_ is None
    assert_array_equal(display.line_.get_ydata(), HISTORY["penalty"])


@pytest.mark.parametrize(
    ("losses", "log_scale", "scale"),
    [
        ([20.0, 1.0], "auto", "log"),
        ([20.0, 0.0], "auto", "linear"),
        ([np.nan, np.nan], "auto", "linear"),
        ([20.0, 1.0], False, "linear"),
        ([2.0, 1.0], True, "log"),
    ],
)
def test_a_wide_range_gets_a_logarithmic_axis(losses, log_scale, scale):
    display = TrainingCurveDisplay.from_history({"loss": losses}, log_scale=log_scale)
    assert display.ax_.get_yscale() == scale


def test_epochs_are_whole_numbers():
    display = TrainingCurveDisplay.from_history({"loss": [3.0, 2.0]})
    assert_array_equal(display.line_.get_xdata(), [1, 2])
    display.figure_.canvas.draw()
    ticks = display.ax_.get_xticks()
    assert_array_equal(ticks, np.round(ticks))


@pytest.mark.parametrize("n_epochs", [1, 30, 3000])
def test_points_where_there_are_few(n_epochs):
    display = TrainingCurveDisplay.from_history({"loss": [1.0] * n_epochs})
    assert (display.line_.get_marker() == "o") == (n_epochs < 100)


def test_keywords_of_the_user_win():
    options = {"line_kw": {"color": "black", "marker": ""}}
    display = TrainingCurveDisplay.from_history(HISTORY, **options)
    assert display.validation_line_.get_color() == "black"
    assert display.line_.get_marker() == ""


@pytest.mark.parametrize("model", [SLPClassifier(solver="sgd"), MLPClassifier((3,))])
def test_of_an_estimator(pulsars, model):
    model = clone(model).set_params(max_iter=5, tol=None, random_state=0)
    model.fit(*pulsars).best_iter_ = 3
    display = TrainingCurveDisplay.from_estimator(model)
    assert_array_equal(display.line_.get_xdata(), [1, 2, 3, 4, 5])
    assert_array_equal(display.line_.get_ydata(), model.loss_curve_)
    assert display.best_iter == 3


def test_refusals(pulsars):
    with pytest.raises(ValueError, match=r"no 'recall'. It has \['epoch', 'loss'"):
        TrainingCurveDisplay.from_history(HISTORY, metric="recall")
    pipeline = make_pipeline(SLPClassifier()).fit(*pulsars)
    with pytest.raises(ValueError, match="Pipeline has no history_"):
        TrainingCurveDisplay.from_estimator(pipeline)
