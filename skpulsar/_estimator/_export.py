# SPDX-License-Identifier: BSD-3-Clause
"""Fitted estimators of scikit-learn that predict what a linear one of ours predicts."""

import numpy as np
from sklearn.base import is_classifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.validation import check_is_fitted

from skpulsar._estimator._class_weights import (
    ClassStatistics,
    class_factors,
    given_class_weight,
)
from skpulsar._estimator._linear_weights import weights_of
from skpulsar._estimator._shares import shares_by_label


def exported(estimator):
    """The estimator of scikit-learn; see `Portable.to_sklearn`."""
    check_is_fitted(estimator)
    weights = weights_of(estimator)
    if not is_classifier(estimator):
        made = _ridge(estimator, weights)
    elif estimator.multilabel_:
        made = _one_for_each_label(estimator, weights)
    else:
        seen, classes = estimator._class_statistics, estimator.classes_
        total = float(estimator.class_count_.sum())
        weight = _class_weight(
            estimator.class_weight, estimator.sampling, classes, seen
        )
        made = _logistic(estimator, weights, classes, weight, total)
    return _with_features(made, estimator)


def _logistic(estimator, weights, classes, class_weight, total):
    """A LogisticRegression whose objective is that of rows of this total weight."""
    alpha, made = float(estimator.alpha), LogisticRegression()
    if not estimator.standardize:  # Other units of the penalty have no counterpart.
        made.C = 1 / (alpha * total) if alpha * total > 0 else np.inf
    made.set_params(fit_intercept=estimator.fit_intercept, class_weight=class_weight)
    made.classes_ = classes.copy()
    made.coef_, made.intercept_ = weights[:, :-1].copy(), weights[:, -1].copy()
    made.n_iter_ = np.array([estimator.n_iter_], dtype=np.int32)
    return made


def _one_for_each_label(estimator, weights):
    """A OneVsRestClassifier, whose labels do not exclude each other either."""
    made, seen = OneVsRestClassifier(LogisticRegression()), estimator._class_statistics
    given, both = estimator.class_weight, np.arange(2)
    made.estimators_ = []
    for label, row in enumerate(weights):
        own = given[label] if isinstance(given, (list, tuple)) else given
        of_label = ClassStatistics(seen.n_rows[label], seen.weight[label])
        total = float(of_label.n_rows.sum() * of_label.weight.sum())
        weight = _class_weight(own, None, both, of_label)
        one = _logistic(estimator, row[np.newaxis], both, weight, total)
        made.estimators_.append(_with_features(one, estimator))
    columns = np.zeros((1, len(weights)), dtype=int)
    made.label_binarizer_ = LabelBinarizer(sparse_output=True).fit(columns)
    made.classes_ = made.label_binarizer_.classes_
    return made


def _ridge(estimator, weights):
    """A Ridge, whose objective is the sum of the squares."""
    seen, made = estimator._weight_statistics, Ridge()
    if not estimator.standardize:
        made.alpha = float(estimator.alpha) * seen.n_rows * seen.mean
    made.set_params(fit_intercept=estimator.fit_intercept)
    one = estimator.coef_.ndim == 1
    made.coef_ = weights[0, :-1].copy() if one else weights[:, :-1].copy()
    made.intercept_ = weights[0, -1] if one else weights[:, -1].copy()
    made.n_iter_ = np.full(len(weights), estimator.n_iter_, dtype=np.int32)
    made.solver_ = estimator.solver_
    return made


def _with_features(made, estimator):
    made.n_features_in_ = estimator.n_features_in_
    if hasattr(estimator, "feature_names_in_"):
        made.feature_names_in_ = estimator.feature_names_in_.copy()
    return made


def _class_weight(class_weight, sampling, classes, seen):
    """Weights by label that stand for `class_weight` and `sampling` in the rows seen,
    where their mean is 1; None if they are equal."""
    if (class_weight is None and sampling is None) or not seen.weight.any():
        return None
    given = None
    if class_weight != "balanced":
        given = given_class_weight(class_weight, classes)
    if isinstance(sampling, dict):
        sampling = np.array(shares_by_label(sampling, classes, "sampling"))
    factors = class_factors(given, seen, sampling)[1]
    factors = factors / ((factors * seen.weight).sum() / seen.weight.sum())
    times = classes.dtype.kind in "mM"  # A list of these would be one of numbers.
    labels = list(classes) if times else classes.tolist()
    return dict(zip(labels, factors.tolist(), strict=True))
