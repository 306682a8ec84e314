# SPDX-License-Identifier: BSD-3-Clause
"""The rarer class repeated until it equals the other: after the split, and before."""

import numpy as np
from imblearn.pipeline import make_pipeline
from sklearn.model_selection import RepeatedStratifiedKFold

from skpulsar._study.candidates import N_FOLDS, by_rarity
from skpulsar._study.scores import NAMES, RATES, mean_and_spread, rates
from skpulsar._study.tables import layout, spread, wrapped
from skpulsar._study.textbook import make_model
from skpulsar.samplers import CyclicOverSampler

# The textbook's run ends wherever its last minibatches throw it; in one round of folds
# that hides what the copies do.
N_REPEATS = 10

# When rows of the rarer class are repeated, and whether those of the test rows are
NEVER, RIGHT, WRONG = "never", "in training", "before split"
FOUND, REPEATED = "as found", "repeated"

MARKS = {(RIGHT, FOUND): "done right", (WRONG, REPEATED): "done WRONG"}


def measure(X, y, *, seed, epochs):
    """Cross-validate the textbook's model, its rarer class repeated in three ways.

    Two things are in the scores of the wrong way: repeated rows in the test folds, and
    copies of test rows in training. To tell them apart, the right and the wrong way are
    both tested on rows as they were found and with the rarer class repeated.

    Returns
    -------
    scores : dict
        By (when rows are repeated, test rows) the rates, one value per fold each.
    """

    def plain(seed):
        return make_model(seed=seed, epochs=epochs)

    def pipeline(seed):
        return make_pipeline(CyclicOverSampler(), plain(seed))

    def found(test):
        return X[test], y[test]

    def repeated(test):
        return CyclicOverSampler().fit_resample(X[test], y[test])

    X_all, y_all = CyclicOverSampler().fit_resample(X, y)

    def found_of_all(test):
        return found(test[test < len(y)])  # the rows of X come first, each once

    def repeated_of_all(test):
        return X_all[test], y_all[test]

    never = _score_folds(plain, X, y, seed, {FOUND: found})
    right = _score_folds(pipeline, X, y, seed, {FOUND: found, REPEATED: repeated})
    wrong = _score_folds(
        plain, X_all, y_all, seed, {FOUND: found_of_all, REPEATED: repeated_of_all}
    )
    return {
        (way, tested): scores
        for way, tests in ((NEVER, never), (RIGHT, right), (WRONG, wrong))
        for tested, scores in tests.items()
    }


def _score_folds(make, X, y, seed, tests):
    """Train on every fold's training rows, and score on all kinds of its test rows.

    scikit-learn's cross_validate would give every fold the same seed, hence nearly the
    same last minibatches: the folds would all end up thrown in the same direction.
    """
    cv = RepeatedStratifiedKFold(
        n_splits=N_FOLDS, n_repeats=N_REPEATS, random_state=seed
    )
    seeds = np.random.RandomState(seed).randint(2**31, size=cv.get_n_splits())
    scores = {tested: {name: [] for name in RATES} for tested in tests}
    for (train, test), fold_seed in zip(cv.split(X, y), seeds, strict=True):
        model = make(int(fold_seed)).fit(X[train], y[train])
        for tested, rows in tests.items():
            for name, value in rates(model, *rows(test)).items():
                scores[tested][name].append(value)
    return scores


def report(X, y, *, seed, epochs):
    """Print a column per way and kind of test rows, and what the leak comes to.

    Returns
    -------
    records : list of dict
        One per column.
    """
    rarer, others = by_rarity(y)
    print(
        f"\n2. The same run with {rarer} repeated in order until they equal the "
        f"{others}\n"
        f"{N_FOLDS} stratified folds, {N_REPEATS} times over: mean (standard deviation "
        "over the folds)\n"
    )
    scores = measure(X, y, seed=seed, epochs=epochs)
    records = []
    for (way, tested), by_name in scores.items():
        record = {"repeated": way, "test_rows": tested}
        for name, values in by_name.items():
            record |= mean_and_spread(name, values)
        records.append(record)
    rows = [
        ["", *(MARKS.get(key, "") for key in scores)],
        ["repeated", *(way for way, _ in scores)],
        ["test rows", *(tested for _, tested in scores)],
    ]
    for name in RATES:
        cells = (spread(record, name, digits=3) for record in records)
        rows.append([NAMES[name], *cells])
    print(f"{layout(rows)}\n\n{_leak(scores, y)}")
    return records


def _leak(scores, y):
    """Say in one sentence how far F1 done wrong is from F1 done right, and why."""
    right, repeated, wrong = (
        np.array(scores[key]["f1"])
        for key in ((RIGHT, FOUND), (RIGHT, REPEATED), (WRONG, REPEATED))
    )
    return wrapped(
        f"Done wrong, F1 reads {wrong.mean():.3f} where done right it is "
        f"{right.mean():.3f}, a difference of {_change(wrong - right)}: test folds "
        f"that are half pulsars where {y.mean():.1%} were found account for "
        f"{_change(repeated - right)}, training on copies of test rows for "
        f"{_change(wrong - repeated)}. In brackets the standard error, were the folds "
        "independent."
    )


def _change(differences):
    """Return a mean change with its standard error, and a doubt where that is due."""
    mean = differences.mean()
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    # Three and not two: folds share rows, so that the error is rather larger.
    doubt = "" if abs(mean) > 3 * error else ", perhaps chance"
    return f"{mean:+.3f} ({error:.3f}{doubt})"
