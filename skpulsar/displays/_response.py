# SPDX-License-Identifier: BSD-3-Clause
"""Scores of the positive class, as scikit-learn's displays take them."""

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils.validation import check_is_fitted

RESPONSES = ("decision_function", "predict_proba")


def positive_scores(estimator, X, pos_label, response_method):
    """Scores of the positive class by a classifier of two.

    Parameters
    ----------
    estimator : estimator
        A fitted classifier, or a pipeline that ends in one.

    X : array-like
        Rows.

    pos_label : int, float, bool, str or None
        None stands for ``classes_[1]``.

    response_method : {"auto", "decision_function", "predict_proba"}
        "auto" is the first of the others that the estimator has.

    Returns
    -------
    scores : ndarray of shape (n_samples,)

    pos_label : int, float, bool or str
    """
    check_is_fitted(estimator)
    classes = getattr(estimator, "classes_", ())
    if not is_classifier(estimator) or len(classes) != 2:
        found = f"{len(classes)} classes" if len(classes) else "no classes"
        raise ValueError(
            "A cut-off is for classifiers of two classes, and "
            f"{type(estimator).__name__} has {found}. Compare one class with "
            "the rest: from_predictions(y == label, scores of it)."
        )
    pos_label = classes[1] if pos_label is None else pos_label
    if pos_label not in classes:
        raise ValueError(
            f"pos_label={pos_label!r:.60} is none of the classes, "
            f"{classes.tolist()!s:.80}."
        )
    number = int(np.flatnonzero(classes == pos_label)[0])
    name = _method(estimator, response_method)
    response = getattr(estimator, name)(X)
    if name == "predict_proba":
        return response[:, number], pos_label
    return (response if number == 1 else -response), pos_label


def _method(estimator, response_method):
    if response_method not in ("auto", *RESPONSES):
        raise ValueError(
            "response_method must be 'auto', 'decision_function' or 'predict_proba'. "
            f"Got {response_method!r:.60} instead."
        )
    names = RESPONSES if response_method == "auto" else (response_method,)
    for name in names:
        if hasattr(estimator, name):
            return name
    raise AttributeError(
        f"{type(estimator).__name__} has none of the methods {', '.join(names)}."
    )
