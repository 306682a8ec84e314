# SPDX-License-Identifier: BSD-3-Clause
"""Draws the picture of the README, from the rows of its example."""

from pathlib import Path

from matplotlib import pyplot
from PIL import Image
from sklearn.model_selection import train_test_split

from skpulsar import SLPClassifier
from skpulsar.datasets import make_pulsars
from skpulsar.losses import sigmoid
from skpulsar.thresholds import cutoffs

FILE = Path(__file__).parent / "_static" / "cutoffs.png"
LEGIBLE_ON_A_PHONE = {"font.size": 12, "axes.spines.top": False}
CURVES = {  # colour, place of the name, places of the values: points off their dots
    "precision": ("#0072B2", (0.004, 0.56), {"chosen": (7, -14), "0.5": (7, 7)}),
    "recall": ("#D55E00", (0.005, 0.87), {"chosen": (7, 6), "0.5": (7, 5)}),
}

X, y = make_pulsars(random_state=0)
X_train, X_held, y_train, y_held = train_test_split(X, y, stratify=y, random_state=0)
model = SLPClassifier(random_state=0).fit(X_train, y_train)
curve = cutoffs(y_held, model.decision_function(X_held))
cuts = {"chosen": curve.best("precision", min_recall=0.9), "0.5": curve.at(0.0)}

with pyplot.rc_context({**LEGIBLE_ON_A_PHONE, "axes.spines.right": False}):
    figure, ax = pyplot.subplots(figsize=(4.8, 3.2), layout="constrained")
    for name, (colour, place, places) in CURVES.items():
        ax.plot(sigmoid(curve.thresholds), getattr(curve, name), color=colour, lw=2)
        ax.text(*place, name, color=colour)
        for cut, offset in places.items():
            at = sigmoid(cuts[cut].threshold), getattr(cuts[cut], name)
            text = {"xytext": offset, "textcoords": "offset points", "color": colour}
            ax.plot(*at, "o", color=colour)
            ax.annotate(f"{at[1]:.2f}", at, **text)
    for name, cut in cuts.items():
        ax.axvline(sigmoid(cut.threshold), color="0.45", linestyle=":")
        ax.text(sigmoid(cut.threshold), 1.05, name, ha="center", color="0.3")
    ax.set_xscale("logit")
    ax.set_xticks([0.01, 0.1, 0.5, 0.9, 0.99], ["0.01", "0.1", "0.5", "0.9", "0.99"])
    ax.set_xticks([], minor=True)
    ax.set(xlim=(0.003, 0.997), ylim=(0, 1.02))
    ax.set_xlabel("least probability of what is called a pulsar")
    figure.savefig(FILE, dpi=200)
Image.open(FILE).convert("RGB").quantize(64).save(FILE, optimize=True)
