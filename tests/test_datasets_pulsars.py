# SPDX-License-Identifier: BSD-3-Clause
"""The synthetic twin: its own properties, and how close it comes to HTRU2."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar.datasets import make_pulsars
from skpulsar.datasets._htru2_facts import (
    CLASS_COUNTS,
    QUANTILE_LEVELS,
    QUANTILES,
    SPEARMAN,
)
from skpulsar.datasets._pulsars import _normal_correlation


@pytest.fixture(scope="module")
def many():
    """Enough of each class that sampling noise is far below the bounds."""
    return make_pulsars(200_000, pulsar_fraction=0.5, random_state=0)


def test_default_shape_and_share():
    X, y = make_pulsars(random_state=0)
    assert X.shape == (sum(CLASS_COUNTS), 8)
    assert X.dtype == np.float64 and X.flags.c_contiguous
    assert y.dtype == np.int64
    np.testing.assert_array_equal(np.bincount(y), CLASS_COUNTS)


@pytest.mark.parametrize("n_samples", [1, 2, 11, 1000])
@pytest.mark.parametrize("pulsar_fraction", [0.001, 0.0916, np.float32(0.5), 0.999])
def test_share_is_exact(n_samples, pulsar_fraction):
    X, y = make_pulsars(n_samples, pulsar_fraction=pulsar_fraction, random_state=0)
    assert X.shape == (n_samples, 8) and y.shape == (n_samples,)
    assert y.sum() == round(pulsar_fraction * n_samples)


def test_determinism():
    first, second = make_pulsars(500, random_state=7), make_pulsars(500, random_state=7)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    other, _ = make_pulsars(500, random_state=8)
    assert not np.isin(other[:, 0], first[0][:, 0]).any()
    # One generator gives new candidates in every call.
    rng = np.random.RandomState(7)
    again, _ = make_pulsars(500, random_state=rng)
    np.testing.assert_array_equal(again, first[0])
    assert not np.array_equal(make_pulsars(500, random_state=rng)[0], again)


def test_rows_are_shuffled():
    _, y = make_pulsars(10_000, pulsar_fraction=0.5, random_state=0)
    halves = y.reshape(2, -1).mean(axis=1)
    np.testing.assert_allclose(halves, 0.5, atol=0.02)


@pytest.mark.parametrize("label", [0, 1])
def test_range(many, label):
    X, y = many
    rows = X[y == label]
    assert np.isfinite(rows).all()
    assert (rows >= np.min(QUANTILES[label], axis=0)).all()
    assert (rows <= np.max(QUANTILES[label], axis=0)).all()


@pytest.mark.parametrize("label", [0, 1])
def test_quantiles(many, label):
    """Between the extremes the share of rows below each quantile is its level.

    In shares and not in values: a share has the same noise in every feature. Column by
    column, so that a column out of its place could not pass.
    """
    X, y = many
    inner = np.array(QUANTILES[label])[1:-1]
    below = (X[y == label] <= inner[:, np.newaxis]).mean(axis=1)
    levels = np.array(QUANTILE_LEVELS)[1:-1, np.newaxis]
    deviations = (below - levels) / np.sqrt(levels * (1 - levels) / (y == label).sum())
    assert np.abs(deviations).max() < 4.5


@pytest.mark.parametrize("label", [0, 1])
def test_rank_correlations(many, label):
    X, y = many
    drawn = spearmanr(X[y == label]).statistic
    given = np.concatenate(SPEARMAN[label])
    np.testing.assert_allclose(drawn[np.tril_indices(8, -1)], given, atol=0.01)


@pytest.mark.parametrize("label", [0, 1])
def test_tables_are_consistent(label):
    assert (np.diff(QUANTILES[label], axis=0) > 0).all()
    correlation = _normal_correlation(SPEARMAN[label])
    np.testing.assert_array_equal(correlation, correlation.T)
    assert np.linalg.eigvalsh(correlation).min() > 4e-4


@pytest.mark.parametrize("n_samples", [0, -1, 10.0, "10", None])
def test_n_samples_out_of_range(n_samples):
    with pytest.raises(ValueError) as caught:
        make_pulsars(n_samples)
    assert str(caught.value) == (
        "The 'n_samples' parameter of make_pulsars must be an int in the range "
        f"[1, inf). Got {n_samples!r} instead."
    )


@pytest.mark.parametrize("pulsar_fraction", [2, 0.0, 1.0, -0.1, np.nan, "0.1", None])
def test_pulsar_fraction_out_of_range(pulsar_fraction):
    with pytest.raises(ValueError) as caught:
        make_pulsars(10, pulsar_fraction=pulsar_fraction)
    assert str(caught.value) == (
        "The 'pulsar_fraction' parameter of make_pulsars must be a float in the range "
        f"(0.0, 1.0). Got {pulsar_fraction!r} instead."
    )


# -- beside the real candidates --------------------------------------------------------


@pytest.mark.parametrize("label", [0, 1])
def test_facts_are_those_of_htru2(htru2, label):
    rows = htru2[0][htru2[1] == label]
    assert len(rows) == CLASS_COUNTS[label]
    # The tables have three to six decimals.
    np.testing.assert_allclose(
        QUANTILES[label], np.quantile(rows, QUANTILE_LEVELS, axis=0), atol=6e-4
    )
    ranks = spearmanr(rows).statistic[np.tril_indices(8, -1)]
    np.testing.assert_allclose(np.concatenate(SPEARMAN[label]), ranks, atol=1e-6)


@pytest.mark.parametrize("label", [0, 1])
def test_levels_between_the_given_ones(htru2, many, label):
    """Every percentile is within a tenth of the range from the first to the last."""
    levels = np.arange(0.01, 1.0, 0.01)
    real = np.quantile(htru2[0][htru2[1] == label], levels, axis=0)
    twin = np.quantile(many[0][many[1] == label], levels, axis=0)
    spread = np.ptp(real, axis=0)
    assert (np.abs(twin - real) < 0.1 * spread).all()


def test_no_row_is_a_copy(htru2, many):
    rows = np.vstack([htru2[0], many[0]])
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_a_linear_model_finds_them_alike(htru2):
    """The twin is somewhat easier: stated bounds on how much."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    folds = StratifiedKFold(5, shuffle=True, random_state=0)

    def scores(X, y):
        scoring = ["f1", "neg_log_loss"]
        found = cross_validate(model, X, y, cv=folds, scoring=scoring)
        return found["test_f1"].mean(), -found["test_neg_log_loss"].mean()

    f1, log_loss = scores(*htru2)
    twin_f1, twin_log_loss = scores(*make_pulsars(random_state=0))
    assert abs(twin_f1 - f1) < 0.03
    assert 0.75 * log_loss < twin_log_loss < log_loss
