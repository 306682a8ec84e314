# SPDX-License-Identifier: BSD-3-Clause
"""What the scripts that draw share: rows, decision boundaries, a file or a window."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from sklearn.base import is_classifier
from sklearn.inspection import DecisionBoundaryDisplay
from sklearn.model_selection import train_test_split

from skpulsar.datasets import make_pulsars

# Those of M. Okabe and K. Ito, which the colour-blind tell apart
COLOURS = ("#0072B2", "#D55E00", "#009E73")


def pulsars(quick):
    """Candidates to train and to test on: X_train, X_test, y_train, y_test."""
    X, y = make_pulsars(n_samples=4000 if quick else 17898, random_state=0)
    return train_test_split(X, y, stratify=y, random_state=0)


def draw_boundary(model, X, y, ax, title, eps, size=40):
    """Draw what the model predicts on the plane, numbers or probabilities, and the rows
    as dots of a `size`; `eps` is the margin around them. Returns the display."""
    classes = np.unique(y)
    colours = COLOURS[: len(classes)]
    # Of two classes the display draws one probability, from 0 to 1.
    fade = LinearSegmentedColormap.from_list("", [colours[0], "white", colours[-1]])
    paint = {"cmap": fade, "vmin": 0, "vmax": 1}
    if len(colours) > 2:
        paint = {"multiclass_colors": list(colours)}
    display = DecisionBoundaryDisplay.from_estimator(
        model,
        X,
        response_method="predict_proba" if is_classifier(model) else "predict",
        plot_method="pcolormesh",
        grid_resolution=200,
        eps=eps,
        ax=ax,
        alpha=0.6,
        **paint,
    )
    for label, colour in zip(classes, colours, strict=True):
        dots = {"s": size, "edgecolor": "white", "linewidth": size / 40}
        ax.scatter(*X[y == label].T, color=colour, **dots)
    ax.set_title(title, fontsize="medium")
    return display


def show(figure, file):
    """Save the picture in a file, or open a window where there is a screen."""
    from matplotlib import pyplot

    if file is not None:
        figure.savefig(file, dpi=150)
        print(f"\nSaved {file}")
    elif pyplot.get_backend().lower() != "agg":
        pyplot.show()
