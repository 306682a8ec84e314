# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar import (
    MLPClassifier,
    MLPRegressor,
    SLPClassifier,
    SLPRegressor,
    summary,
)
from skpulsar.displays import CoefficientDisplay


def drawn(display, output=0):
    """Places, values and ends of the intervals, as drawn."""
    points, _, (bars,) = display.errorbars_[output].lines
    ends = np.array([segment[:, 0] for segment in bars.get_segments()])
    return points.get_ydata(), points.get_xdata(), ends


def test_the_largest_is_on_top(pulsars):
    X, y = pulsars
    model = SLPClassifier(tol=1e-8, random_state=0).fit(X, y)
    display = CoefficientDisplay.from_estimator(model, X, y, confidence_level=0.9)
    table = summary(model, X, y, confidence_level=0.9)
    order = np.argsort(-np.abs(model.coef_[0] * X.std(axis=0)))
    assert display.names_ == [f"x{j}" for j in order]
    rows, values, ends = drawn(display)
    assert_array_equal(rows, np.arange(8))
    assert display.ax_.yaxis_inverted()
    assert_allclose(values, table.per_deviation[order])
    assert_allclose(ends[:, 0], (table.low[:-1] * X.std(axis=0))[order])
    assert_allclose(ends[:, 1], (table.high[:-1] * X.std(axis=0))[order])
    assert display.ax_.get_xlabel().endswith("(90 % intervals)")


def test_of_many_columns_the_largest_are_drawn():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 40))
    y = X @ np.arange(40.0) + rng.standard_normal(300)
    model = SLPRegressor(alpha=0, tol=1e-9).fit(X / X.std(axis=0), y)
    display = CoefficientDisplay.from_estimator(model, X / X.std(axis=0), y)
    largest = np.argsort(-np.abs(model.coef_))[:20]
    assert display.names_ == [f"x{j}" for j in largest]
    assert display.ax_.get_title(loc="right") == "the 20 largest of 40"
    display.plot(max_features=3)
    assert display.names_ == [f"x{j}" for j in largest[:3]]
    assert display.figure_.get_size_inches()[1] < 2


def test_classes_side_by_side():
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((200, 2)), rng.integers(0, 3, 200)
    y = np.array(["a", "b", "c"])[y]
    model = SLPClassifier(tol=1e-8).fit(X, y)
    display = CoefficientDisplay.from_estimator(model, X, y)
    assert len(display.errorbars_) == 3
    legend = display.ax_.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "c"]
    order = np.argsort(-np.abs(model.coef_ * X.std(axis=0)).max(axis=0))
    for k in range(3):
        rows, values, _ = drawn(display, k)
        assert_allclose(values, (model.coef_ * X.std(axis=0))[k, order])
        assert (np.abs(rows - np.arange(2)) < 0.5).all()


def test_some_of_many_outputs():
    rng = np.random.default_rng(2)
    X = rng.standard_normal((300, 2))
    y = X @ rng.standard_normal((2, 10)) + rng.standard_normal((300, 10))
    model = SLPRegressor(tol=1e-9).fit(X, y)
    table = summary(model, X, y)
    with pytest.raises(ValueError, match=r"outputs must be 1 to 8 of \[0, 1"):
        CoefficientDisplay(table).plot()
    with pytest.raises(ValueError, match=r"Got \[10\] instead"):
        CoefficientDisplay(table).plot(outputs=[10])
    display = CoefficientDisplay(table).plot(outputs=[7, 2])
    _, values, _ = drawn(display, 0)
    assert_allclose(np.sort(values), np.sort(model.coef_[7] * X.std(axis=0)))


def test_what_is_not_determined_has_no_interval(pulsars):
    X, y = pulsars
    X = np.column_stack([X[:, :3], X[:, 2]])
    model = SLPClassifier(tol=1e-8, random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match="do not determine x2, x3"):
        display = CoefficientDisplay.from_estimator(model, X, y)
    assert len(drawn(display)[0]) == 2
    (hollow,) = [line for line in display.ax_.lines if line.get_mfc() == "white"]
    assert len(hollow.get_xdata()) == 2


def test_names_that_are_odd_are_drawn_as_they_are():
    pd = pytest.importorskip("pandas")
    names = ["$^$", "a$_$b", "two\nlines", "$5", r"\$x"]
    rng = np.random.default_rng(3)
    X = pd.DataFrame(rng.standard_normal((200, 5)), columns=names)
    y = np.array(["$_$", "$x$", "c"])[rng.integers(0, 3, 200)]
    model = SLPClassifier(tol=1e-8).fit(X, y)
    display = CoefficientDisplay.from_estimator(model, X, y)
    assert set(display.names_) == set(names)
    display.figure_.canvas.draw()  # It would fail, were these formulas.
    texts = display.ax_.get_yticklabels() + display.ax_.get_legend().get_texts()
    from matplotlib.cbook import is_math_text

    assert not any(is_math_text(text.get_text()) for text in texts)
    assert not any("\n" in text.get_text() for text in texts)


def test_a_column_that_is_constant_has_no_interval(pulsars):
    X, y = pulsars
    X = np.column_stack([X[:, :2], np.ones(len(X))])
    model = SLPClassifier(tol=1e-8, random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match="do not determine x2") as said:
        display = CoefficientDisplay.from_estimator(model, X, y)
    assert len(said) == 1 and len(drawn(display)[0]) == 2


def test_one_output_needs_no_list():
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((200, 2)), rng.integers(0, 3, 200)
    table = summary(SLPClassifier(tol=1e-8).fit(X, np.array(["ab", "c", "d"])[y]), X,
                    np.array(["ab", "c", "d"])[y])  # fmt: skip
    for outputs in ("ab", ["ab"], np.array(["ab"])):
        assert len(CoefficientDisplay(table).plot(outputs=outputs).errorbars_) == 1
    two = summary(SLPClassifier(tol=1e-8).fit(X, y > 0), X, y > 0)
    with pytest.raises(ValueError, match=r"outputs=\[1\] .* has one"):
        CoefficientDisplay(two).plot(outputs=[1])


@pytest.mark.parametrize("max_features", [0, -1, 1.5, "all"])
def test_numbers_of_columns_that_are_none(pulsars, max_features):
    X, y = pulsars
    table = summary(SLPClassifier(tol=1e-8).fit(X, y), X, y)
    with pytest.raises(ValueError, match="'max_features' parameter of plot must be"):
        CoefficientDisplay(table).plot(max_features=max_features)


def test_names_that_are_long(pulsars):
    pd = pytest.importorskip("pandas")
    X, y = pulsars
    frame = pd.DataFrame(X, columns=[f"{'a very long name' * 3} {j}" for j in range(8)])
    model = SLPClassifier(tol=1e-8, random_state=0).fit(frame, y)
    display = CoefficientDisplay.from_estimator(model, frame, y)
    shown = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert max(map(len, shown)) <= 28 and shown[0].endswith("…")
    assert display.names_[0].endswith(("0", "1", "2", "3", "4", "5", "6", "7"))


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_networks_are_refused(pulsars, kind):
    model = kind((3,), max_iter=1, tol=None).fit(*pulsars)
    with pytest.raises(TypeError, match=f"of one layer, and {kind.__name__} has"):
        CoefficientDisplay.from_estimator(model, *pulsars)
