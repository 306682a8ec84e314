# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from matplotlib import pyplot
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import ShuffleSplit

from skpulsar import SLPClassifierCV
from skpulsar.displays import CoefficientPathDisplay

ALPHAS = [1e-1, 1e-5, 1e-3, 0.0]  # in no order


@pytest.fixture(scope="module")
def search(pulsars):
    X, y = pulsars
    return SLPClassifierCV(ALPHAS, cv=3, scoring="roc_auc", random_state=0).fit(X, y)


def test_coefficients_over_alpha(search, pulsars):
    X, _ = pulsars
    display = CoefficientPathDisplay.from_estimator(search, X)
    at_chosen = np.abs(search.coef_[0] * X.std(axis=0))
    order = np.argsort(-at_chosen)
    assert list(display.lines_) == [f"x{j}" for j in order]
    for j in order:
        alphas, values = display.lines_[f"x{j}"].get_data()
        assert_array_equal(alphas, [1e-5, 1e-3, 1e-1])  # None is drawn at 0.
        expected = search.coef_path_[[1, 2, 0], j] * X[:, j].std()
        assert_allclose(values, expected)
    above, below = display.ax_
    assert above.get_xscale() == below.get_xscale() == "log"
    assert above.get_ylabel() == "coefficient per deviation"
    plain = CoefficientPathDisplay.from_estimator(search)
    assert plain.ax_[0].get_ylabel() == "coefficient"
    assert next(iter(plain.lines_)) == f"x{np.abs(search.coef_[0]).argmax()}"


def test_scores_with_both_standard_errors(search):
    display = CoefficientPathDisplay.from_estimator(search)
    line, _, (bars,) = display.errorbar_.lines
    order = [1, 2, 0]
    mean = search.scores_.mean(axis=0)[order]
    assert_allclose(line.get_ydata(), mean)
    ends = np.array([segment[:, 1] for segment in bars.get_segments()])
    error = search.paired_standard_errors_[order]
    assert_allclose(ends.T, [mean - error, mean + error])
    (band,) = display.ax_[1].collections[:1]
    corners = band.get_paths()[0].vertices[:, 1]
    error = search.standard_errors_[order]
    assert corners.min() == pytest.approx((mean - error).min())
    assert corners.max() == pytest.approx((mean + error).max())
    assert display.ax_[1].get_ylabel() == "roc_auc"


def test_the_chosen_alpha_is_marked(pulsars):
    X, y = pulsars
    search = SLPClassifierCV([1e-1, 1e-4], cv=3, random_state=0).fit(X, y)
    display = CoefficientPathDisplay.from_estimator(search)
    for axes in display.ax_:
        (line,) = [each for each in axes.lines if each.get_linestyle() == ":"
                   and len(each.get_xdata())]  # fmt: skip
        assert_array_equal(line.get_xdata(), search.alpha_)
    legend = display.ax_[1].get_legend().get_texts()
    assert f"chosen, {search.alpha_:.3g}" in [text.get_text() for text in legend]


def test_of_a_grid_the_chosen_weighting_is_drawn(pulsars):
    X, y = pulsars
    search = SLPClassifierCV(
        [1e-1, 1e-4], cv=3, class_weights=[None, {1: 9}], samplings=[None, 0.3],
        scoring="f1", random_state=0,
    ).fit(X, y)  # fmt: skip
    i, j, _ = search.best_index_
    display = CoefficientPathDisplay.from_estimator(search)
    assert_array_equal(display.coefficients, search.coef_path_[i, j, :, :-1])
    assert_array_equal(display.scores, search.scores_[:, i, j])
    line = display.lines_["x2"]
    assert_array_equal(line.get_ydata(), search.coef_path_[i, j, ::-1, 2])


def test_one_class_of_several():
    X, y = load_iris(return_X_y=True)
    y = np.array(["a", "b", "c"])[y]
    cv = ShuffleSplit(1, random_state=0)
    search = SLPClassifierCV([1e-1, 1e-3], cv=cv, random_state=0).fit(X, y)
    display = CoefficientPathDisplay.from_estimator(search, output="b")
    assert_array_equal(display.coefficients, search.coef_path_[:, 1, :-1])
    for output in (None, "d"):
        with pytest.raises(
            ValueError, match=r"output must be one of \['a', 'b', 'c'\]"
        ):
            CoefficientPathDisplay.from_estimator(search, output=output)


def test_axes_and_styles_that_are_given(search):
    _, ax = pyplot.subplots(1, 2)
    display = CoefficientPathDisplay.from_estimator(
        search, ax=ax, max_features=2, line_kw={"lw": 3}
    )
    assert list(display.ax_) == list(ax) and display.figure_ is ax[0].figure
    assert len(display.lines_) == 2
    assert {line.get_linewidth() for line in display.lines_.values()} == {3}
    assert len(display.plot().lines_) == 8


def test_names_that_are_odd_are_drawn_as_they_are(pulsars):
    pd = pytest.importorskip("pandas")
    X, y = pulsars
    names = [f"$_{j}$" for j in range(7)] + ["two\nlines" * 9]
    frame = pd.DataFrame(X, columns=names)
    search = SLPClassifierCV([1e-1, 1e-3], cv=2, random_state=0).fit(frame, y)
    display = CoefficientPathDisplay.from_estimator(search, frame)
    assert set(display.lines_) == set(names)
    display.figure_.canvas.draw()  # It would fail, were these formulas.
    texts = [text.get_text() for text in display.ax_[0].get_legend().get_texts()]
    assert all("\n" not in text and len(text) < 40 for text in texts)


def test_what_cannot_be_drawn(search):
    with pytest.raises(ValueError, match="output=1 picks from several"):
        CoefficientPathDisplay.from_estimator(search, output=1)
    with pytest.raises(ValueError, match="'max_features' parameter of plot must be"):
        CoefficientPathDisplay.from_estimator(search, max_features=9)
    with pytest.raises(ValueError, match="ax must be two axes"):
        CoefficientPathDisplay.from_estimator(search, ax=pyplot.subplots()[1])
    with pytest.raises(NotFittedError):
        CoefficientPathDisplay.from_estimator(SLPClassifierCV())
