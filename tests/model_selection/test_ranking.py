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
    """Logits of three models, many of them equal, the classes, and weights."""
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < share
    positive[:2] = True, False
    logits = rng.integers(-n_values, n_values, (3, n)) / 3 + positive
    return logits, positive, rng.exponential(size=n)


def ranking_of(logits, positive, weight):
    both = [None, None] if weight is None else [weight[positive], weight[~positive]]
    return Ranking(logits[:, positive], logits[:, ~positive], *both)


def of_one(positive, negative):
    return Ranking(np.array([positive], float), np.array([negative], float))


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
        expected = [theirs(positive, each, sample_weight=weight) for each in logits]
        assert ours == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("n_positive", [1, 7])
@pytest.mark.parametrize("n_models", [1, 2, 9])
def test_rows_of_a_cache_line(n_positive, n_models):
    """HeldOut ranks slices of such rows, which NumPy negates wrongly in place."""
    logits = np.random.default_rng(n_models).standard_normal((n_models, 8))
    positive = np.arange(8) < n_positive
    ranking = Ranking(logits[:, :n_positive], logits[:, n_positive:])
    expected = [roc_auc_score(positive, each) for each in logits]
    assert ranking.roc_auc() == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_no_cutoff_has_a_better_f1(seed, weighted):
    models, positive, weight = table(120, 0.3, 15, seed)
    weight = weight if weighted else None

    def f1(logits, cut):
        return f1_score(positive, logits >= cut, sample_weight=weight)

    found = zip(*ranking_of(models, positive, weight).best_f1(), strict=True)
    for logits, (best, threshold) in zip(models, found, strict=True):
        cuts = precision_recall_curve(positive, logits)[2]
        assert best == pytest.approx(max(f1(logits, cut) for cut in cuts), abs=1e-13)
        assert f1(logits, threshold) == pytest.approx(best, abs=1e-13)


def test_of_equal_f1_the_highest_cutoff_is_taken():
    for negative in ([2, 2, 2], [2, 2]):
        assert of_one([3, 1], negative).best_f1() == (2 / 3, 3)


def test_one_row_of_each_class():
    for positive, negative, expected in [(1, -1, (1, 1)), (-1, 1, (0.5, 0))]:
        ranking = of_one([positive], [negative])
        assert (ranking.average_precision(), ranking.roc_auc()) == expected
    tied = of_one([0], [0])
    assert (tied.average_precision(), tied.roc_auc()) == (0.5, 0.5)
