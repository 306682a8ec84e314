# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar import SLPClassifier, SLPRegressor
from skpulsar.diagnostics import leave_one_out
from skpulsar.displays import InfluenceDisplay


@pytest.fixture(scope="module")
def model(pulsars):
    return SLPClassifier(alpha=1e-4, tol=1e-8, random_state=0).fit(*pulsars)


@pytest.fixture(scope="module")
def rows(pulsars, model):
    return leave_one_out(model, *pulsars)


def texts(display):
    return [text.get_text() for text in display.texts_]


def test_where_rows_are_drawn(pulsars, model, rows):
    X, y = pulsars
    display = InfluenceDisplay.from_estimator(model, X, y)
    for label, scatter in enumerate(display.scatters_):
        own = y == label
        expected = np.column_stack([rows.leverage[own], rows.residual[own]])
        assert_allclose(scatter.get_offsets(), expected)
        area = scatter.get_sizes()
        assert_allclose(np.ptp((area - 3) / rows.influence[own]), 0, atol=1e-6)
        assert area.max() <= 220
    assert display.ax_.get_xscale() == "log"
    legend = display.ax_.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["class 0", "class 1"]
    largest = rows.leverage.max()
    low, high = display.ax_.get_xlim()
    assert low < rows.leverage[display.rows_].min() and high > largest


def test_names_of_the_most_influential(pulsars, model, rows):
    X, y = pulsars
    order = np.argsort(-rows.influence)
    usual = InfluenceDisplay.from_estimator(model, X, y)
    assert_array_equal(usual.rows_, order[:8])
    assert texts(usual) == [str(row) for row in order[:8]]
    names = [f"J{row}$-${row}" for row in range(len(y))]
    display = InfluenceDisplay(rows, names=names, classes=["no", "yes"])
    display.plot(max_names=3)
    assert texts(display) == [f"J{row}\\$-\\${row}" for row in order[:3]]
    for row, text in zip(display.rows_, display.texts_, strict=True):
        assert_allclose(text.xy, [rows.leverage[row], rows.residual[row]])
    assert display.plot(max_names=0).texts_ == []
    assert len(texts(display.plot(max_names=5000))) == len(y)


def test_names_do_not_cover_each_other(rows):
    from matplotlib.text import Text  # Without the line to the row

    display = InfluenceDisplay(rows).plot(max_names=8)
    display.figure_.canvas.draw()
    boxes = [Text.get_window_extent(text) for text in display.texts_]
    for k, box in enumerate(boxes):
        for other in boxes[:k]:
            apart = box.y0 >= other.y1 - 2 or other.y0 >= box.y1 - 2
            assert apart or box.x0 >= other.x1 or other.x0 >= box.x1


def test_rows_of_weight_0_are_not_drawn(pulsars):
    X, y = pulsars
    weight = (np.arange(len(y)) % 2).astype(float)
    model = SLPClassifier(tol=1e-8).fit(X, y, sample_weight=weight)
    display = InfluenceDisplay.from_estimator(model, X, y, sample_weight=weight)
    assert sum(len(s.get_offsets()) for s in display.scatters_) == weight.sum()
    assert (display.rows_ % 2 == 1).all()
    assert not display.rows.refitted[::2].any()


def test_of_a_regression():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((80, 2))
    y = X @ [1.0, 2.0] + rng.standard_normal(80)
    model = SLPRegressor(tol=1e-9).fit(X, y)
    display = InfluenceDisplay.from_estimator(model, X, y, refit=False)
    assert display.ax_.get_legend() is None
    residual = np.concatenate([s.get_offsets()[:, 1] for s in display.scatters_])
    rows = leave_one_out(model, X, y)
    assert_allclose(np.sort(residual), np.sort(y - rows.decision))


def test_keywords_and_axes(rows):
    from matplotlib import pyplot

    _, ax = pyplot.subplots()
    display = InfluenceDisplay(rows).plot(ax, scatter_kw={"s": 5.0, "marker": "x"})
    assert display.ax_ is ax and display.figure_ is ax.figure
    assert_array_equal(display.scatters_[0].get_sizes(), [5.0])


def test_what_is_refused(rows):
    with pytest.raises(ValueError, match=r"names has shape \(2,\), and there are 2000"):
        InfluenceDisplay(rows, names=["a", "b"]).plot()
    for number in (-1, 1.5, "all"):
        with pytest.raises(ValueError, match="'max_names' parameter of plot must be"):
            InfluenceDisplay(rows).plot(max_names=number)
    with pytest.raises(TypeError, match="leave_one_out takes an SLPClassifier"):
        InfluenceDisplay.from_estimator("model", [[0.0]], [0])
