# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest

from skpulsar._command_line.rule import Rule
from skpulsar.thresholds import cutoffs


@pytest.fixture(scope="module")
def curve():
    rng = np.random.default_rng(0)
    y = rng.random(1000) < 0.1
    return cutoffs(y, rng.normal(size=1000).round(2) + 2 * y)


@pytest.mark.parametrize("rate", [1e-9, 0.001, 0.01, 0.1, 0.999])
def test_false_positive_rate(curve, rate):
    """The lowest cut-off that keeps it, of those that find as many the highest."""
    chosen = Rule("max_fpr", rate).choose(curve)
    kept = curve.fp / curve.fp[-1] <= rate
    assert chosen.fp <= rate * curve.fp[-1]
    assert chosen.tp == curve.tp[kept].max()
    fewer = kept & (curve.thresholds > chosen.threshold)
    assert (curve.tp[fewer] < chosen.tp).all()


def test_recall_and_precision(curve):
    chosen = Rule("min_recall", 0.8).choose(curve)
    assert chosen == curve.best("precision", min_recall=0.8)
    chosen = Rule("min_precision", 0.8).choose(curve)
    assert chosen == curve.best("recall", min_precision=0.8)


@pytest.mark.parametrize(("budget", "out_of"), [(50, 1000), (7, 140), (200, 900)])
def test_budget_is_a_share(curve, budget, out_of):
    chosen = Rule("budget", budget / out_of).choose(curve)
    assert chosen == curve.at_budget(budget * 1000 // out_of)


@pytest.mark.parametrize("n_rows", range(1, 2000, 37))
def test_rounding_loses_no_candidate(n_rows):
    for budget in range(1, n_rows + 1, 7):
        assert Rule("budget", budget / n_rows)._budget(n_rows) == budget


def test_a_budget_of_less_than_one(curve):
    with pytest.raises(ValueError, match=r"--budget: it is 0\.05% .* one of 1,000"):
        Rule("budget", 1 / 2000).choose(curve)


def test_without_a_constraint(curve):
    assert Rule().choose(curve).threshold == 0


def test_words():
    for name in ("max_fpr", "min_recall", "min_precision"):
        assert "0.25" in str(Rule(name, 0.25))
    assert "1.12%" in str(Rule("budget", 200 / 17898))
    assert "probable" in str(Rule())
