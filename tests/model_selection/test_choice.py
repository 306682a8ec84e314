# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose

from skpulsar._model_selection._choice import Choice

ALPHAS = np.array([1e-3, 1.0, 1e-2, 1e-1])


def scores(*means, spread=0.1):
    """Scores of three folds with these means by alpha, and the same deviations."""
    return (np.array(means) + spread * np.array([[-1.0], [0.0], [1.0]]))[:, np.newaxis]


def test_the_best_mean():
    choice = Choice.of(scores(1, 2, 5, 4), ALPHAS, "best")
    assert choice.chosen == (0, 2)
    assert_allclose(choice.mean, [[1, 2, 5, 4]])
    assert_allclose(choice.standard_error, 0.1 / np.sqrt(3))
    assert_allclose(choice.paired_standard_error, 0, atol=1e-15)


def test_standard_errors_of_differences():
    rng = np.random.default_rng(0)
    values = rng.standard_normal((6, 2, 4))
    choice = Choice.of(values, ALPHAS, "best")
    v, a = choice.chosen
    differences = values - values[:, [v]][:, :, [a]]
    expected = differences.std(axis=0, ddof=1) / np.sqrt(6)
    assert_allclose(choice.paired_standard_error, expected)
    assert choice.paired_standard_error[v, a] == 0


def test_of_equal_means_the_largest_alpha():
    assert Choice.of(scores(5, 2, 5, 5), ALPHAS, "best").chosen == (0, 3)
    twice = np.concatenate([scores(5, 2, 5, 1)] * 2, axis=1)
    assert Choice.of(twice, ALPHAS, "best").chosen == (0, 2)


def test_the_largest_alpha_within_one_standard_error():
    se = 0.1 / np.sqrt(3)
    for fourth, chosen in ((5 - 0.9 * se, 3), (5 - 1.1 * se, 2)):
        choice = Choice.of(scores(1, 2, 5, fourth), ALPHAS, "one_standard_error")
        assert choice.chosen == (0, chosen)
        assert choice.paired_standard_error[0, 2] == 0  # of the best
    # Alphas below the best do not count, nor those of other weightings.
    both = np.concatenate([scores(1, 5, 1, 1), scores(5, 1, 5.5, 1)], axis=1)
    assert Choice.of(both, ALPHAS, "one_standard_error").chosen == (1, 2)


def test_nan_is_never_the_best():
    assert Choice.of(scores(1, np.nan, 0, 0), ALPHAS, "best").chosen == (0, 0)
    with pytest.raises(ValueError, match="is NaN for every alpha"):
        Choice.of(scores(*[np.nan] * 4), ALPHAS, "best")


def test_one_fold_has_no_standard_error():
    one = scores(1, 2, 5, 4)[:1]
    choice = Choice.of(one, ALPHAS, "best")
    assert choice.chosen == (0, 2) and np.isnan(choice.standard_error).all()
    with pytest.raises(ValueError, match="needs two folds or more"):
        Choice.of(one, ALPHAS, "one_standard_error")
