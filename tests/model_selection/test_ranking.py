# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    precision_recall_curve,
    roc_auc_score,
)

from skpulsar._model_selection._ranking import Ranking


def table(n, share, n_values, seed):
    """Logits, many of them equal, their classes, and weights."""
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < share
    positive[:2] = True, False
    logits = rng.integers(-n_values, n_values, n) / 3 + positive
    return logits, positive, rng.exponential(size=n)


def ranking_of(logits, positive, weight):
    both = [None, None] if weight is None else [weight[positive], weight[~positive]]
    return Ranking(logits[positive], logits[~positive], *both)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("share", "n_values"), [(0.1, 3), (0.5, 1000), (0.9, 20)])
def test_scores_are_those_of_scikit_learn(share, n_values, seed, weighted):
    logits, positive, weight = table(200, share, n_values, seed)
    weight = weight if weighted else None
    ranking = ranking_of(logits, positive, weight)
    for ours, theirs in [
        (ranking.average_precision(), average_precision_score),
        (ranking.roc_auc(), roc_auc_score),
    ]:
        assert ours == pytest.approx(
            theirs(positive, logits, sample_weight=weight), abs=1e-13
        )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_no_cutoff_has_a_better_f1(seed, weighted):
    logits, positive, weight = table(120, 0.3, 15, seed)
    weight = weight if weighted else None
    best, threshold = ranking_of(logits, positive, weight).best_f1()
    cuts = precision_recall_curve(positive, logits)[2]
    of_cuts = [f1_score(positive, logits >= cut, sample_weight=weight) for cut in cuts]
    assert best == pytest.approx(max(of_cuts), abs=1e-13)
    at_threshold = f1_score(positive, logits >= threshold, sample_weight=weight)
    assert at_threshold == pytest.approx(best, abs=1e-13)


def test_of_equal_f1_the_highest_cutoff_is_taken():
    ranking = Ranking(np.array([3.0, 1.0]), np.array([2.0, 2.0, 2.0]))
    assert ranking.best_f1() == (2 / 3, 3.0)
    ranking = Ranking(np.array([3.0, 1.0]), np.array([2.0, 2.0]))
    assert ranking.best_f1() == (2 / 3, 3.0)


def test_one_row_of_each_class():
    apart = Ranking(np.array([1.0]), np.array([-1.0]))
    assert (apart.average_precision(), apart.roc_auc()) == (1, 1)
    wrong = Ranking(np.array([-1.0]), np.array([1.0]))
    assert (wrong.average_precision(), wrong.roc_auc()) == (0.5, 0)
    tied = Ranking(np.array([0.0]), np.array([0.0]))
    assert (tied.average_precision(), tied.roc_auc()) == (0.5, 0.5)
