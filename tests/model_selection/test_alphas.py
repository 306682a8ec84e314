# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array

from skpulsar import SLPClassifier, SLPClassifierCV
from skpulsar._model_selection._alphas import automatic_alphas
from skpulsar._problem._losses import LOGISTIC, Softmax
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows


def alphas_of(X, y, n_alphas=5, fit_intercept=True, weight=None, **options):
    loss = LOGISTIC if y.ndim == 2 or y.max() < 2 else Softmax(int(y.max()) + 1)
    rows = Rows(kernel_matrix(X), y.astype(float), weight)
    return automatic_alphas(rows, loss, n_alphas, fit_intercept, **options)


def close(one, other):
    """But for the third digit, which rounding may change."""
    assert_allclose(one, other, rtol=6e-3)


@pytest.mark.filterwarnings("ignore:The penalty, and not the data")  # of the first
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_they_leave_nothing_of_the_model_or_of_the_penalty(pulsars, fit_intercept):
    X, y = pulsars
    alphas = alphas_of(X, y, fit_intercept=fit_intercept)
    assert_allclose(np.diff(np.log(alphas)), np.diff(np.log(alphas))[0], rtol=0.02)
    null = -np.mean(y * np.log(y.mean()) + (1 - y) * np.log(1 - y.mean()))
    null = null if fit_intercept else np.log(2)
    losses = []
    for alpha in (alphas[0], alphas[-1], alphas[-1] / 100):
        model = SLPClassifier(alpha=alpha, fit_intercept=fit_intercept, tol=1e-9)
        losses.append(model.fit(X, y).loss_)
    assert 0.98 * null < losses[0] < null
    assert losses[1] < 1.02 * losses[2]


def test_they_follow_the_unit_of_the_columns(pulsars):
    X, y = pulsars
    close(alphas_of(1000 * X, y), 1e6 * alphas_of(X, y))
    deviation = X.std(axis=0)
    close(alphas_of(X, y, deviation=deviation), alphas_of(X / deviation, y))


def test_copies_and_scales_of_weights_change_nothing(pulsars):
    X, y = pulsars
    weight = np.random.default_rng(0).integers(1, 4, len(y))
    copies = alphas_of(X.repeat(weight, axis=0), y.repeat(weight))
    weight = weight / weight.mean()
    close(alphas_of(X, y, weight=weight), copies)
    close(alphas_of(csr_array(X), y, weight=7 * weight), copies)


def test_labels_and_two_of_three_classes(pulsars):
    X, y = pulsars
    two = alphas_of(X, y)
    # The loss of two labels is a sum, and so are the squares of their gradients.
    close(alphas_of(X, np.stack([y, y])), two)
    three = alphas_of(X, np.where(y == 1, 2, np.arange(len(y)) % 2))
    assert three.shape == (5,) and (np.diff(three) < 0).all()


def test_nothing_to_go_by(pulsars):
    X, y = pulsars
    flat = alphas_of(np.ones((20, 2)), np.arange(20) % 2)
    assert np.isfinite(flat).all() and (flat > 0).all()
    X = np.column_stack([X, np.ones(len(X))])
    assert_array_equal(alphas_of(X, y), alphas_of(X[:, :-1], y))


def test_one_is_in_the_middle(pulsars):
    X, y = pulsars
    three = alphas_of(X, y, 3)
    close(alphas_of(X, y, 1), three[1:2])
    model = SLPClassifierCV(1, cv=2, random_state=0).fit(X, y)
    assert model.alpha_ == alphas_of(X, y, 1)
