# SPDX-License-Identifier: BSD-3-Clause
"""What holds of all displays."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from skpulsar import SLPClassifier, displays, summary
from skpulsar.displays import (
    CoefficientDisplay,
    LogitHistogramDisplay,
    ThresholdDisplay,
    TrainingCurveDisplay,
)
from skpulsar.displays._axes import COLOURS, axes_for

pyplot = pytest.importorskip("matplotlib.pyplot")
HISTORY = {"loss": [3.0, 2.0, 1.0]}


def draw_coefficients(X, y, **options):
    model = SLPClassifier(tol=1e-8, random_state=0).fit(X, y)
    table = summary(model, X, y)
    long_names = np.array(
        [f"mean of a column's values, {name}" for name in table.name], dtype=object
    )
    return CoefficientDisplay(replace(table, name=long_names)).plot(**options)


DRAWN = {
    "training": lambda X, y, **o: TrainingCurveDisplay.from_history(HISTORY, **o),
    "logits": lambda X, y, **o: LogitHistogramDisplay.from_predictions(y, X[:, 2], **o),
    "threshold": lambda X, y, **o: ThresholdDisplay.from_predictions(
        y, X[:, 2], n_resamples=5, random_state=0, **o
    ),
    "coefficients": draw_coefficients,
}
by_display = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)


@by_display
def test_draws_on_new_axes_and_on_given_ones(draw, pulsars, tmp_path):
    display = draw(*pulsars)
    assert display.figure_ is display.ax_.figure
    display.figure_.savefig(tmp_path / "picture.png")
    _, ax = pyplot.subplots()
    assert draw(*pulsars, ax=ax).ax_ is ax
    assert display.plot(ax=ax) is display
    assert display.ax_ is ax


@by_display
def test_keywords_may_have_their_short_names(draw, pulsars):
    keywords = {
        draw_coefficients: "errorbar_kw", DRAWN["logits"]: "stairs_kw",
    }  # fmt: skip
    display = draw(*pulsars, **{keywords.get(draw, "line_kw"): {"lw": 3, "ls": ":"}})
    display.figure_.canvas.draw()


@by_display
def test_no_word_is_cut_off(draw, pulsars):
    display = draw(*pulsars)
    display.figure_.canvas.draw()
    bounds = display.figure_.bbox
    box = display.figure_.get_tightbbox().transformed(display.figure_.dpi_scale_trans)
    assert bounds.x0 <= box.x0 and box.x1 <= bounds.x1
    assert bounds.y0 <= box.y0 and box.y1 <= bounds.y1


@by_display
def test_without_matplotlib_it_says_how_to_install_it(draw, pulsars, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r'pip install "skpulsar\[plot\]"'):
        draw(*pulsars)


def test_importing_leaves_matplotlib_alone():
    code = (
        "import sys\n"
        "from skpulsar.displays import *\n"
        "assert 'matplotlib' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_names():
    assert set(displays.__all__) <= set(dir(displays))
    assert all(name.endswith("Display") for name in displays.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'RocCurveDisplay'"):
        _ = displays.RocCurveDisplay


def test_colours_differ_in_lightness_or_hue():
    rgb = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in COLOURS])
    apart = np.linalg.norm(rgb[:, np.newaxis] - rgb, axis=2)
    assert apart[np.triu_indices(len(rgb), 1)].min() > 60


def test_axes_keep_what_was_drawn_before():
    _, ax = pyplot.subplots()
    ax.plot([0, 1], [0, 1])
    assert len(axes_for(None, ax).lines) == 1
