# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from _commands import NAMES, candidates, features_of

import skpulsar
from skpulsar import SLPClassifier
from skpulsar._command_line.held_out import folds_of, held_out_logits, measured
from skpulsar._command_line.rule import Rule
from skpulsar.thresholds import cutoffs


@pytest.mark.parametrize("n_positive", [2, 3, 5, 40])
def test_folds_hold_out_every_row_once(n_positive):
    y = np.arange(200) < n_positive
    fold = folds_of(y, 0)
    n_folds = min(5, n_positive)
    assert set(fold) == set(range(n_folds))
    for number in range(n_folds):
        assert 0 < np.count_nonzero(y[fold == number]) < n_positive
    assert (folds_of(y, 0) == fold).all()
    assert (folds_of(y, 1) != fold).any()


@pytest.mark.parametrize(
    ("y", "words"),
    [([1, 1, 1], "all rows have the label 1"), ([0, 0, 1], "only one row")],
)
def test_labels_of_no_use(y, words):
    with pytest.raises(ValueError, match=words):
        folds_of(np.array(y), 0)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_logits_are_by_models_that_have_not_seen_the_row(n_classes):
    rows = candidates()
    X, y = features_of(rows), np.arange(len(rows)) % n_classes
    y[rows["label"].to_numpy() == 1] = 1
    fold, model = folds_of(y, 0), SLPClassifier(random_state=0)
    found = held_out_logits(model, skpulsar.rows(rows.select(NAMES)), y, fold)
    for number in range(5):
        other = SLPClassifier(random_state=0).fit(X[fold != number], y[fold != number])
        expected = other.decision_function(X[fold == number])
        np.testing.assert_array_equal(found[fold == number], expected)
    assert not hasattr(model, "coef_")


def test_measured_on_rows_that_did_not_choose():
    rng = np.random.default_rng(0)
    positive, fold = rng.random(500) < 0.2, rng.integers(0, 5, 500)
    logits = rng.normal(size=500) + positive
    rule, counts = Rule("max_fpr", 0.1), np.zeros(2)
    for number in range(5):
        inside = fold == number
        chosen = rule.choose(cutoffs(positive[~inside], logits[~inside]))
        there = cutoffs(positive[inside], logits[inside]).at(chosen.threshold)
        counts += there.tp, there.fp
    assert measured(rule, positive, logits, fold) == tuple(counts)
