# SPDX-License-Identifier: BSD-3-Clause
"""What the scripts that draw share: rows, decision boundaries, a file or a window."""

from matplotlib.colors import LinearSegmentedColormap
from sklearn.inspection import DecisionBoundaryDisplay
from sklearn.model_selection import train_test_split

from skpulsar.datasets import make_pulsars

# Those of M. Okabe and K. Ito, which the colour-blind tell apart
COLOURS = ("#0072B2", "#D55E00", "#009E73")


def pulsars(quick):
    """Candidates to train and to test on: X_train, X_test, y_train, y_test."""
    X, y = make_pulsars(n_samples=4000 if quick else 17898, random_state=0)
    return train_test_split(X, y, stratify=y, random_state=0)


def draw_boundary(model, X, y, ax, title, eps):
    """Draw what the model predicts on the plane, and the rows; `eps` is the margin
    around them."""
    colours = COLOURS[: len(model.classes_)]
    # Of two classes the display draws one probability, from 0 to 1.
    fade = LinearSegmentedColormap.from_list("", [colours[0], "white", colours[-1]])
    paint = {"cmap": fade, "vmin": 0, "vmax": 1}
    if len(colours) > 2:
        paint = {"multiclass_colors": list(colours)}
    DecisionBoundaryDisplay.from_estimator(
        model,
        X,
        response_method="predict_proba",
        plot_method="pcolormesh",
        grid_resolution=200,
        eps=eps,
        ax=ax,
        alpha=0.6,
        **paint,
    )
    for label, colour in zip(model.classes_, colours, strict=True):
        ax.scatter(*X[y == label].T, color=colour, edgecolor="white", s=40)
    ax.set_title(title, fontsize="medium")


def show(figure, file):
    """Save the picture in a file, or open a window where there is a screen."""
    from matplotlib import pyplot

    if file is not None:
        figure.savefig(file, dpi=150)
        print(f"\nSaved {file}")
    elif pyplot.get_backend().lower() != "agg":
        pyplot.show()
