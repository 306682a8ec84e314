# SPDX-License-Identifier: BSD-3-Clause
"""Logits of rows by models that were not trained on them."""

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from skpulsar.thresholds import cutoffs

N_FOLDS = 5


def folds_of(y, seed):
    """The number of the fold that each row is held out in, ndarray of shape (n_rows,).

    Raises
    ------
    ValueError
        If a class has less than two rows.
    """
    labels, counts = np.unique(y, return_counts=True)
    if len(labels) < 2:
        raise ValueError(
            f"all rows have the label {labels[0].item()!r}: a model needs two labels"
        )
    if counts.min() < 2:
        raise ValueError(
            f"only one row has the label {labels[counts.argmin()].item()!r}: a model "
            "needs at least two of each"
        )
    splitter = StratifiedKFold(
        min(N_FOLDS, counts.min()), shuffle=True, random_state=seed
    )
    fold = np.empty(len(y), dtype=np.int8)
    for number, (_, held_out) in enumerate(splitter.split(y, y)):
        fold[held_out] = number
    return fold


def held_out_logits(model, rows, y, fold):
    """What `decision_function` gives, by a model that was trained on the other folds.

    Rows held out have weight 0: they leave before anything looks at them.
    """
    logits = None
    for number in range(fold.max() + 1):
        held_out = fold == number
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # The fit to all rows tells them.
            fitted = clone(model).fit(rows, y, sample_weight=1.0 - held_out)
        found = fitted.decision_function(rows)
        logits = found if logits is None else logits
        logits[held_out] = found[held_out]
    return logits


def measured(rule, positive, logits, fold):
    """True and false positives of all rows, each fold at the cut-off that the rule
    chooses on the others."""
    tp = fp = 0
    for number in range(fold.max() + 1):
        held_out = fold == number
        chosen = rule.choose(cutoffs(positive[~held_out], logits[~held_out]))
        selected = held_out & (logits >= chosen.threshold)
        tp += int(np.count_nonzero(selected & positive))
        fp += int(np.count_nonzero(selected & ~positive))
    return tp, fp
