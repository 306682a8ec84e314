# SPDX-License-Identifier: BSD-3-Clause
"""The synthetic twin: its own properties, and how close it comes to HTRU2."""

from hashlib import sha256

import numpy as np
import pytest
from _processors import on_other_processors, output
from mpmath import mp
from scipy.special import ndtri
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar.datasets import make_pulsars
from skpulsar.datasets._htru2_facts import (
    CLASS_COUNTS,
    NORMAL_SCORES,
    QUANTILE_LEVELS,
    QUANTILES,
    SPEARMAN,
)
from skpulsar.datasets._pulsars import (
    _cholesky,
    _normal_correlation,
    _normals,
    _sine,
)

CHILD = """
from hashlib import sha256
from skpulsar.datasets import make_pulsars
X, y = make_pulsars(5000, pulsar_fraction=0.4, random_state=1)
print(sha256(X.tobytes() + y.tobytes()).hexdigest())
"""


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


@on_other_processors
def test_other_libraries_change_no_bit(name):
    X, y = make_pulsars(5000, pulsar_fraction=0.4, random_state=1)
    digest = sha256(X.tobytes() + y.tobytes()).hexdigest()
    assert output(name, CHILD).strip() == digest


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


@pytest.mark.parametrize("label", [0, 1])
def test_normal_scores(label):
    edge = 0.5 / CLASS_COUNTS[label]
    expected = ndtri([edge, *QUANTILE_LEVELS[1:-1]])
    np.testing.assert_allclose(NORMAL_SCORES[label][:-1], expected, atol=1e-14)
    np.testing.assert_array_equal(NORMAL_SCORES[label], -np.flip(NORMAL_SCORES[label]))


@pytest.mark.parametrize("n_pairs", [0, 1, 2, 1000])
def test_normals_are_those_of_numpy(n_pairs):
    ours, numpys = np.random.RandomState(3), np.random.RandomState(3)
    expected = numpys.standard_normal((n_pairs, 2))
    np.testing.assert_allclose(_normals((n_pairs, 2), ours), expected, rtol=1e-14)
    assert ours.randint(2**31) == numpys.randint(2**31)  # and nothing more was drawn


def test_sine():
    angles = np.linspace(-np.pi / 6, np.pi / 6, 1001)
    exact = np.array([float(mp.sin(angle)) for angle in angles])
    assert (np.abs(_sine(angles) - exact) <= np.spacing(np.abs(exact))).all()


@pytest.mark.parametrize("label", [0, 1])
def test_cholesky(label):
    correlation = _normal_correlation(SPEARMAN[label])
    factor = _cholesky(correlation)
    np.testing.assert_array_equal(factor, np.tril(factor))
    np.testing.assert_allclose(factor @ factor.T, correlation, atol=1e-15)


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
