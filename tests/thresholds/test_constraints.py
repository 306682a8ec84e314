# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binomtest, norm

from skpulsar._thresholds._constraints import precision_is_sure, recall_is_sure
from skpulsar.thresholds import cutoffs


@pytest.mark.parametrize("risk", [0.01, 0.1])
def test_recall_is_sure_by_the_binomial_test(risk):
    for n_positive in (1, 10, 60):
        tp = np.arange(1, n_positive + 1)
        for recall in (0.1, 0.5, 0.95):
            expected = [
                binomtest(int(k), n_positive, recall, "greater").pvalue <= risk
                for k in tp
            ]
            found = recall_is_sure(tp, n_positive, recall, risk)
            assert found.tolist() == expected


def test_precision_is_sure_by_the_mixture_of_ratios():
    for p in (0.1, 0.5, 0.9):
        for tp, fp in [(0, 0), (0, 5), (5, 0), (40, 1), (30, 20), (3, 200)]:
            ratio = quad(
                lambda q: (q / p) ** tp * ((1 - q) / (1 - p)) ** fp,  # noqa: B023
                p,
                1,
            )[0] / (1 - p)
            for risk in (0.9 / ratio, 1.1 / ratio):
                sure = precision_is_sure(np.array([tp]), np.array([fp]), p, risk)
                assert sure[0] == (risk * ratio >= 1)


@pytest.mark.parametrize("precision", [0.1, 0.5, 0.9])
def test_risk_over_all_cutoffs_where_no_score_tells_anything(precision):
    """Every cut-off has just that precision: the exact risk that one passes."""
    risk, passed = 0.05, 0.0
    weight = np.ones(1)  # of the numbers of true positives, none having passed so far
    for selected in range(1, 1001):
        weight = np.append((1 - precision) * weight, 0.0) + np.append(
            0.0, precision * weight
        )
        tp = np.arange(selected + 1)
        sure = precision_is_sure(tp, selected - tp, precision, risk)
        passed += weight[sure].sum()
        weight[sure] = 0
    assert 0.4 * risk < passed <= risk


# Share of the positives, how far above the others' their scores lie, to how many digits
# they are given: every cut-off of the first two has too little precision, by a hair.
POPULATIONS = {
    "rare": (0.195, 0.0, None),
    "even": (0.495, 0.0, 1),
    "ranked": (0.3, 2.0, None),
    "ranked, ties": (0.3, 2.0, 1),
}
CONSTRAINTS = {
    "precision": {"min_precision": 0.2},
    "higher precision": {"min_precision": 0.5},
    "recall": {"min_recall": 0.8},
    "both": {"min_precision": 0.5, "min_recall": 0.6},
}


def misses(population, constraints, confidence_level):
    """Share of draws in which a choice misses a constraint in the population."""
    share, distance, digits = population
    rounding = 0 if digits is None else 0.5 * 10.0**-digits
    rng = np.random.default_rng(3)
    missed = []
    for _ in range(300):
        y = (rng.random(400) < share).astype(int)
        score = rng.standard_normal(400) + distance * y
        curve = cutoffs(y, score if digits is None else score.round(digits))
        try:
            # The lowest cut-off allowed, and the highest.
            found = [
                curve.best(metric, **constraints, confidence_level=confidence_level)
                for metric in ("recall", lambda c: -c.recall)
            ]
        except ValueError:
            missed.append(False)
            continue
        threshold = np.array([cutoff.threshold for cutoff in found]) - rounding
        recall, false = norm.sf(threshold - distance), norm.sf(threshold)
        precision = share * recall / (share * recall + (1 - share) * false)
        missed.append(
            (precision < constraints.get("min_precision", 0)).any()
            or (recall < constraints.get("min_recall", 0)).any()
        )
    return np.mean(missed)


@pytest.mark.parametrize("constraints", CONSTRAINTS.values(), ids=CONSTRAINTS)
@pytest.mark.parametrize("population", POPULATIONS.values(), ids=POPULATIONS)
def test_constraints_hold_in_the_population(population, constraints):
    missed = misses(population, constraints, 0.9)
    assert missed <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 300)


def test_without_a_confidence_level_they_often_do_not():
    assert misses(POPULATIONS["ranked"], CONSTRAINTS["recall"], None) > 0.3
    assert misses(POPULATIONS["rare"], CONSTRAINTS["precision"], None) > 0.8


def ranked(n_rows=2000):
    rng = np.random.default_rng(0)
    y = (rng.random(n_rows) < 0.3).astype(int)
    return y, rng.standard_normal(n_rows) + 2 * y


def test_confidence_costs_reach():
    curve = cutoffs(*ranked())
    levels = (None, 0.5, 0.9, 0.999)
    for metric, constraint in [
        ("recall", {"min_precision": 0.8}),
        ("precision", {"min_recall": 0.8}),
        (lambda c: c.fbeta(1), {"min_precision": 0.5, "min_recall": 0.8}),
    ]:
        found = [
            curve.best(metric, **constraint, confidence_level=level) for level in levels
        ]
        if len(constraint) == 1:
            reach = [getattr(cutoff, metric) for cutoff in found]
            assert sorted(reach, reverse=True) == reach
            assert reach[0] > reach[-1]
        # What is sure is so on these rows too.
        for cutoff in found:
            assert cutoff.precision >= constraint.get("min_precision", 0)
            assert cutoff.recall >= constraint.get("min_recall", 0)


def test_two_constraints_share_the_risk():
    curve = cutoffs(*ranked())
    most = curve.best("recall", min_precision=0.7, confidence_level=0.95)
    both = curve.best("recall", min_precision=0.7, min_recall=0.5, confidence_level=0.9)
    assert both == most


def test_intervals_of_a_sure_choice():
    curve = cutoffs(*ranked())
    found = curve.interval(
        lambda c: c.best("precision", min_recall=0.8, confidence_level=0.9),
        n_resamples=20,
        random_state=0,
    )
    assert found.met == 1
    assert found.recall[0] > 0.78


BAD = {
    "alone": ({"confidence_level": 0.9}, "give min_precision or min_recall"),
    "percent": ({"min_recall": 0.5, "confidence_level": 95}, "'confidence_level'"),
    "certain": ({"min_recall": 1.0, "confidence_level": 0.9}, "'min_recall'"),
    "empty": ({"min_precision": 0.0, "confidence_level": 0.9}, "'min_precision'"),
    "few": (
        {"min_recall": 0.9, "confidence_level": 0.95},
        "with confidence 0.95 takes 29 positive rows, and 20 are there",
    ),
    "unsure": (
        {"min_precision": 0.9, "confidence_level": 0.95},
        "precision 0.9 or better with confidence 0.95: the highest precision is 1",
    ),
    "both": (
        {"min_precision": 0.9, "min_recall": 0.5, "confidence_level": 0.95},
        "precision 0.9 and of recall 0.5 or better with confidence 0.95",
    ),
}


@pytest.mark.parametrize(("options", "words"), BAD.values(), ids=BAD)
def test_what_cannot_be_sure(options, words):
    curve = cutoffs(np.tile([0, 1], 20), np.arange(40.0))
    with pytest.raises(ValueError, match=words) as caught:
        curve.best("recall", **options)
    assert len(str(caught.value)) <= 300


def test_rows_with_weights_give_no_confidence():
    y, score = ranked(100)
    curve = cutoffs(y, score, sample_weight=np.ones(100))
    with pytest.raises(ValueError, match="these have sample_weight"):
        curve.best("recall", min_precision=0.5, confidence_level=0.9)
