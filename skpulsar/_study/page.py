# SPDX-License-Identifier: BSD-3-Clause
"""The study on one page of pictures."""

import io

from sklearn.calibration import CalibrationDisplay
from sklearn.metrics import PrecisionRecallDisplay

from skpulsar import SLPClassifier
from skpulsar._study import repeats, textbook
from skpulsar._study.candidates import by_rarity
from skpulsar._study.scores import N_BINS
from skpulsar.displays import LogitHistogramDisplay, TrainingCurveDisplay
from skpulsar.displays._axes import BLUE, VERMILION

SIZE = (11.0, 7.0)  # inches
DOTS = 150  # an inch


def draw(X, y, *, seed, records):
    """Draw the textbook's run, what the default model makes of the same rows, its
    probabilities before and after correction, and the leak.

    Parameters
    ----------
    X, y : ndarray
        The candidates.

    seed : int
        Of the split and of the models.

    records : dict of list of dict
        The tables of the sections, by their names.

    Returns
    -------
    picture : bytes
        A PNG file.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots(2, 3).ravel()
    history = history_of(records["textbook"])
    for ax, metric in zip(axes[:2], ("loss", "accuracy"), strict=True):
        TrainingCurveDisplay.from_history(history, metric=metric, ax=ax)
        _finish(ax, f"Textbook's run: {metric}")
    (X_train, y_train), held_out = textbook.divide(X, y, seed=seed)

    def fitted(**parameters):
        return SLPClassifier(random_state=seed, **parameters).fit(X_train, y_train)

    default = fitted()
    LogitHistogramDisplay.from_estimator(default, *held_out, ax=axes[2])
    _finish(axes[2], "SLPClassifier, held-out rows")
    _draw_precision_and_recall(default, held_out, axes[3])
    balanced = {"class_weight": "balanced"}
    _draw_reliability(
        {
            "balanced": fitted(**balanced),
            "corrected": fitted(**balanced, prior_correction=True),
        },
        held_out,
        axes[4],
    )
    _draw_leak(records["repeats"], axes[5])
    _finish(axes[5], f"{by_rarity(y)[0].capitalize()} repeated; test rows")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=DOTS)
    return picture.getvalue()


def history_of(records):
    """The history of the last run of the textbook's, whose held-out rows no copy of
    them was trained on."""
    records = [r for r in records if r["repeated"] == records[-1]["repeated"]]
    columns = {
        "epoch": "epoch",
        "loss": "loss",
        "train_accuracy": "train_accuracy",
        "validation_accuracy": "test_accuracy",
    }
    return {
        name: [record[column] for record in records] for name, column in columns.items()
    }


def _draw_precision_and_recall(model, held_out, ax):
    style = {"color": BLUE, "linewidth": 1.6}
    PrecisionRecallDisplay.from_estimator(
        model, *held_out, name="SLPClassifier", ax=ax, curve_kwargs=style
    )
    ax.set_xlabel("recall")
    ax.set_ylabel("precision")
    ax.legend(loc="lower left", fontsize="small", frameon=False)
    _finish(ax, "The same: precision and recall")


def _draw_reliability(models, held_out, ax):
    X, y = held_out
    for (name, model), colour in zip(models.items(), (VERMILION, BLUE), strict=True):
        CalibrationDisplay.from_predictions(
            y,
            model.predict_proba(X)[:, 1],
            n_bins=N_BINS,
            name=name,
            ax=ax,
            color=colour,
            markersize=4.5,
        )
    ax.set_xlabel("mean probability")
    ax.set_ylabel("share of pulsars")
    ax.legend(loc="upper left", fontsize="small", frameon=False)
    _finish(ax, "Balanced class weights,\nand prior correction")


def _draw_leak(records, ax):
    """F1 of the textbook's model by when the rarer class was repeated."""
    labels = []
    for place, record in enumerate(records):
        key = record["repeated"], record["test_rows"]
        wrong = repeats.MARKS.get(key) == repeats.MARKS[repeats.WRONG, repeats.REPEATED]
        ax.errorbar(
            record["f1_mean"],
            place,
            xerr=record["f1_std"],
            fmt="o",
            capsize=3,
            color=VERMILION if wrong else BLUE,
        )
        mark = repeats.MARKS.get(key, "")
        labels.append(f"{key[0]}; {key[1]}" + (f"\n{mark}" if mark else ""))
    ax.set_yticks(range(len(labels)), labels, fontsize="small")
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.set_xlabel("F1, deviation over the folds")


def _finish(ax, title):
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title(title, fontsize="medium")
