# SPDX-License-Identifier: BSD-3-Clause
"""Cut-offs of logits, and the precision and recall that they reach.

A cut-off ``t`` means ``y_score >= t``, as in scikit-learn's `FixedThresholdClassifier`
and `precision_recall_curve`. Both of scikit-learn's threshold classifiers take an
`SLPClassifier` as it is; `TunedThresholdClassifierCV` maximises one metric over 100
evenly spaced cut-offs:

>>> from sklearn.model_selection import TunedThresholdClassifierCV, train_test_split
>>> from skpulsar import SLPClassifier
>>> from skpulsar.datasets import make_pulsars
>>> X, y = make_pulsars(random_state=0)
>>> X_train, X_val, y_train, y_val = train_test_split(
...     X, y, stratify=y, random_state=0
... )
>>> model = SLPClassifier(solver="adam", random_state=0)
>>> tuned = TunedThresholdClassifierCV(
...     model, scoring="f1", response_method="decision_function"
... ).fit(X_train, y_train)
>>> bool(tuned.best_score_ > 0.8)
True

This module looks at every distinct cut-off, and takes constraints and budgets:

>>> from skpulsar.thresholds import cutoffs
>>> logits = model.fit(X_train, y_train).decision_function(X_val)
>>> curve = cutoffs(y_val, logits)
>>> best = curve.best("precision", min_recall=0.9)
>>> print(f"{best.precision:.2f} {best.recall:.2f}")
0.78 0.90

On other rows about half of such choices have less recall than they were asked for.
What the population will see at the one chosen, with 95 % confidence:

>>> reach = curve.interval(
...     lambda resampled: resampled.best("precision", min_recall=0.9),
...     random_state=0,
... )
>>> print("recall {:.2f} to {:.2f}".format(*reach.recall))
recall 0.87 to 0.93

A choice that has the recall there too, with 95 % confidence:

>>> sure = curve.best("precision", min_recall=0.9, confidence_level=0.95)
>>> print(f"{sure.precision:.2f} {sure.recall:.2f}")
0.67 0.93

The best 300 candidates, if that is what a follow-up programme can afford:

>>> best_300 = curve.at_budget(300)
>>> print(f"{best_300.precision:.2f} {best_300.recall:.2f}")
0.98 0.72

``curve.plot()`` draws all of them (`skpulsar.displays.ThresholdDisplay`).
`FixedThresholdClassifier` then decides by the cut-off found:

>>> from sklearn.frozen import FrozenEstimator
>>> from sklearn.metrics import precision_score
>>> from sklearn.model_selection import FixedThresholdClassifier
>>> classifier = FixedThresholdClassifier(
...     FrozenEstimator(model),
...     threshold=best.threshold,
...     response_method="decision_function",
... ).fit(X_val, y_val)
>>> precision_score(y_val, classifier.predict(X_val)) == best.precision
True
"""

import numpy as np
from sklearn.metrics import make_scorer
from sklearn.utils import (
    assert_all_finite,
    check_array,
    check_consistent_length,
    column_or_1d,
)

from skpulsar._estimator._input_checks import check_readable, check_weight
from skpulsar._estimator._labels import check_labels, find_classes, shown
from skpulsar._estimator._parameters import check_parameter
from skpulsar._thresholds._constraints import CLOSED_UNIT
from skpulsar._thresholds._cutoff import Cutoff
from skpulsar._thresholds._cutoffs import Cutoffs
from skpulsar._thresholds._ranked import RankedRows

__all__ = [
    "Cutoff",
    "Cutoffs",
    "cutoffs",
    "precision_at_recall",
    "recall_at_precision",
]

# The scores to use, in order of preference.
RESPONSES = ("decision_function", "predict_proba")


def cutoffs(y_true, y_score, *, pos_label=None, sample_weight=None):
    """True and false positives at every distinct cut-off, from one sort.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Labels of at most two classes.

    y_score : array-like of shape (n_samples,)
        Logits, or any other scores, the greater the more positive. Plus and minus
        infinity are scores like others; NaN is refused. Where `pos_label` is the first
        of an estimator's `classes_`, give ``-decision_function(X)``: so does
        `FixedThresholdClassifier` for that `pos_label`.

    pos_label : int, float, bool or str, default=None
        The positive class; None means 1, for labels in {0, 1} or {-1, 1} only.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of at least 0. A row of weight 0 is left out, and its score is no
        cut-off.

    Returns
    -------
    Cutoffs

    Raises
    ------
    ValueError
        If the input has no row (of positive weight), lengths differ, a label is
        missing, a score is NaN, a weight is negative, or the positive class is not
        clear.

    See Also
    --------
    sklearn.metrics.precision_recall_curve : The same cut-offs, rising, without the
        one that selects nothing; refuses infinite scores.

    Examples
    --------
    >>> from skpulsar.thresholds import cutoffs
    >>> curve = cutoffs(["a", "b", "b"], [-1.0, -1.0, 2.0], pos_label="b")
    >>> curve.best("precision", min_recall=0.9)
    Cutoff(threshold=-1.0, precision=0.666..., recall=1.0, tp=2, fp=1)
    """
    check_consistent_length(y_true, y_score, sample_weight)
    score = _check_score(y_score)
    positive = _is_positive(y_true, pos_label)
    weight = _check_positive_weight(sample_weight, len(score))
    if weight is not None:
        kept = weight > 0
        score, positive, weight = score[kept], positive[kept], weight[kept]
    # With infinity in front, a cut-off ends at every score that differs from the next.
    key = np.empty(len(score) + 1)
    key[0] = -np.inf
    np.negative(score, out=key[1:])
    positive, weight = _sort(key[1:], positive, weight)
    ends = np.flatnonzero(np.append(key[1:] != key[:-1], True))
    thresholds = key[ends]
    np.negative(thresholds, out=thresholds)
    return Cutoffs(thresholds, RankedRows(ends, positive, weight))


def precision_at_recall(recall, *, pos_label=None):
    """Scorer: the highest precision of all cut-offs with at least some recall.

    Parameters
    ----------
    recall : float in [0, 1]
        The recall that a cut-off must have.

    pos_label : int, float, bool or str, default=None
        As in `cutoffs`.

    Returns
    -------
    callable
        A scorer of `sklearn.metrics.make_scorer`: ``scorer(estimator, X, y)``. It uses
        the decision function, else the probabilities, and can be routed a
        `sample_weight`. It raises a ValueError where `y` has no positive row.

    Examples
    --------
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skpulsar import SLPClassifier
    >>> from skpulsar.datasets import make_pulsars
    >>> from skpulsar.thresholds import precision_at_recall
    >>> X, y = make_pulsars(n_samples=2000, random_state=0)
    >>> search = GridSearchCV(
    ...     SLPClassifier(solver="adam", max_iter=20, tol=None, random_state=0),
    ...     {"alpha": [1e-4, 1.0]},
    ...     scoring=precision_at_recall(0.9),
    ... ).fit(X, y)
    >>> search.best_params_
    {'alpha': 0.0001}
    """
    check_parameter("recall", recall, [CLOSED_UNIT], "precision_at_recall")
    return make_scorer(
        _precision_at_recall,
        response_method=RESPONSES,
        recall=recall,
        pos_label=pos_label,
    )


def recall_at_precision(precision, *, pos_label=None):
    """Scorer: the highest recall of all cut-offs with at least some precision.

    The score is 0 if no cut-off has that precision: nothing can be selected then, and
    nothing is found. Otherwise the scorer works as that of `precision_at_recall`.

    Parameters
    ----------
    precision : float in [0, 1]
        The precision that a cut-off must have.

    pos_label : int, float, bool or str, default=None
        As in `cutoffs`.

    Returns
    -------
    callable
        The scorer.

    Examples
    --------
    >>> from skpulsar import SLPClassifier
    >>> from skpulsar.datasets import make_pulsars
    >>> from skpulsar.thresholds import recall_at_precision
    >>> X, y = make_pulsars(n_samples=2000, random_state=0)
    >>> model = SLPClassifier(random_state=0).fit(X[:1000], y[:1000])
    >>> print(f"{recall_at_precision(0.9)(model, X[1000:], y[1000:]):.2f}")
    0.90
    """
    check_parameter("precision", precision, [CLOSED_UNIT], "recall_at_precision")
    return make_scorer(
        _recall_at_precision,
        response_method=RESPONSES,
        precision=precision,
        pos_label=pos_label,
    )


def _precision_at_recall(y_true, y_score, *, recall, pos_label, sample_weight=None):
    curve = cutoffs(y_true, y_score, pos_label=pos_label, sample_weight=sample_weight)
    return curve.best("precision", min_recall=recall).precision


def _recall_at_precision(y_true, y_score, *, precision, pos_label, sample_weight=None):
    curve = cutoffs(y_true, y_score, pos_label=pos_label, sample_weight=sample_weight)
    met = curve.precision >= precision
    return float(np.max(curve.recall, where=met, initial=0.0))


def _check_score(y_score):
    check_readable(y_score, "y_score")
    score = check_array(
        column_or_1d(y_score, input_name="y_score"),
        ensure_2d=False,
        ensure_all_finite=False,
        input_name="y_score",
    )
    if score.dtype.kind not in "biuf":
        raise TypeError(f"y_score must hold numbers. Its dtype is {score.dtype}.")
    score = score.astype(np.float64, copy=False)
    if np.isnan(score.min()):
        row = np.isnan(score).argmax()
        raise ValueError(
            f"y_score has NaN, first in row {row}: a row without a score has no place "
            "among the others. Leave it out, or give it a score."
        )
    return score


def _is_positive(y_true, pos_label):
    check_labels(y_true, "y_true")
    check_readable(y_true, "y_true")
    y_true = column_or_1d(y_true, input_name="y_true")
    assert_all_finite(y_true, input_name="y_true")
    classes = find_classes(y_true)
    if len(classes) > 2:
        raise ValueError(
            f"Only binary classification has cut-offs, but y_true has {len(classes)} "
            f"labels: {shown(classes)}. Compare one class with the rest."
        )
    labels = set(classes.tolist())
    if pos_label is None:
        if not (labels <= {0, 1} or labels <= {-1, 1}):
            raise ValueError(
                f"y_true has the labels {shown(classes)}, of which none is known to be "
                "the positive one: give pos_label, or labels in {0, 1} or {-1, 1}."
            )
        pos_label = 1
    elif len(labels) == 2 and pos_label not in labels:
        raise ValueError(
            f"pos_label={pos_label!r:.60} is not a label of y_true, which has "
            f"{shown(classes)}."
        )
    return y_true == pos_label


def _check_positive_weight(sample_weight, n_rows):
    """Weights, or None; not all may be 0, and sums of resamples must be finite."""
    weight = check_weight(sample_weight, n_rows)
    if weight is None:
        return None
    largest = float(weight.max())
    if largest == 0:
        raise ValueError("sample_weight is 0 for every row: no row is left to select.")
    if largest * n_rows == np.inf:
        raise ValueError(
            f"sample_weight has entries up to {largest:.3g}, whose sum may overflow: "
            "divide all of them by one number."
        )
    return weight


def _sort(key, positive, weight):
    """Sort the keys in place; return `positive` and `weight` in the same order."""
    n_positive = np.count_nonzero(positive)
    n_few = min(n_positive, len(key) - n_positive)
    if weight is not None or 4 * n_few > len(key):
        order = np.argsort(key)
        key[:] = key[order]
        return positive[order], None if weight is None else weight[order]
    # np.sort takes a third of the time of np.argsort, and the few rows of a rare class
    # are soon located in its result. Where keys tie they are put before the others.
    positive_is_rare = n_few == n_positive
    few = np.sort(key[positive == positive_is_rare])
    key.sort()
    tied = np.arange(n_few) - np.searchsorted(few, few)
    is_few = np.zeros(len(key), dtype=bool)
    is_few[np.searchsorted(key, few) + tied] = True
    return is_few == positive_is_rare, None
