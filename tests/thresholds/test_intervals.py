# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binomtest, bootstrap, norm

from skpulsar._thresholds._intervals import share_interval
from skpulsar.thresholds import cutoffs


@pytest.mark.parametrize("weight", [1, 0.3, 1e-300, 1e300])
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_rows_of_one_weight_have_the_exact_binomial_interval(level, weight):
    for n_hits, n_misses in [
        (0, 1),
        (1, 0),
        (3, 0),
        (0, 40),
        (1, 1),
        (7, 2),
        (90, 900),
    ]:
        expected = binomtest(n_hits, n_hits + n_misses).proportion_ci(level, "exact")
        found = share_interval(
            np.full(n_hits, weight), np.full(n_misses, weight), level
        )
        assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert_array_equal(share_interval(np.ones(0), np.ones(0), level), (np.nan, np.nan))


@pytest.mark.parametrize("weighted", [False, True])
def test_interval_of_a_given_cutoff_is_near_that_of_the_bootstrap(weighted):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2000)
    score = np.round(y + rng.normal(size=2000), 1)
    weight = rng.uniform(0.5, 2, 2000) + 3 * y if weighted else np.ones(2000)

    def precision(y, selected, weight, axis):
        return (weight * selected * y).sum(axis) / (weight * selected).sum(axis)

    expected = bootstrap(
        (y, score >= 0.7, weight),
        precision,
        paired=True,
        method="percentile",
        n_resamples=2000,
        rng=rng,
    ).confidence_interval
    found = cutoffs(y, score, sample_weight=weight if weighted else None).interval(
        lambda c: c.at(0.7), n_resamples=200, random_state=0
    )
    assert_allclose(found.precision, expected, atol=0.005)
    assert found.threshold == (0.7, 0.7)
    assert found.met == 1


N_ROWS, PREVALENCE, DISTANCE = 800, 0.3, 1.5


def draw(rng, weighted=False, digits=None):
    """Cut-offs of two normal distributions, and what a cut-off truly reaches."""
    y = (rng.random(N_ROWS) < PREVALENCE).astype(int)
    score = rng.standard_normal(N_ROWS) + DISTANCE * y
    if digits is not None:
        score = score.round(digits)
    weight = rng.uniform(0.2, 2, N_ROWS) if weighted else None
    rounding = 0 if digits is None else 0.5 * 10.0**-digits

    def reach(threshold):
        recall = norm.sf(threshold - rounding - DISTANCE)
        false = norm.sf(threshold - rounding)
        return PREVALENCE * recall / (
            PREVALENCE * recall + (1 - PREVALENCE) * false
        ), recall

    return cutoffs(y, score, sample_weight=weight), reach


CHOICES = {
    "given": lambda c: c.at(1.0),
    "min_recall": lambda c: c.best("precision", min_recall=0.9),
    "min_precision": lambda c: c.best("recall", min_precision=0.7),
    "F1": lambda c: c.best(lambda c: c.fbeta(1)),
    "F2": lambda c: c.best(lambda c: c.fbeta(2)),
    "cost": lambda c: c.best(lambda c: -c.cost(fp=1, fn=9)),
    "budget": lambda c: c.at_budget(160),
    "precision": lambda c: c.best("precision"),
}
SETTINGS = [(name, {}) for name in CHOICES]
SETTINGS += [(name, {"digits": 1}) for name in ("min_recall", "F1")]
SETTINGS += [(name, {"weighted": True}) for name in ("given", "min_recall", "F1")]


@pytest.mark.parametrize(("name", "rows"), SETTINGS)
def test_coverage_at_a_chosen_cutoff(name, rows):
    rng = np.random.default_rng(0)
    held = []
    for k in range(250):
        curve, reach = draw(rng, **rows)
        truth = reach(CHOICES[name](curve).threshold)
        found = curve.interval(CHOICES[name], n_resamples=10, random_state=k)
        ends = np.array([found.precision, found.recall])
        held.append((ends[:, 0] <= truth) & (truth <= ends[:, 1]))
    coverage = np.mean(held, axis=0)
    assert (coverage >= 0.92).all()
    # An exact interval is too careful for few rows, and the highest precision, which is
    # mostly 1, is that of few.
    assert (coverage <= 0.98).all() or name == "precision"
