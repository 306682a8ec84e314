# SPDX-License-Identifier: BSD-3-Clause
"""The objectives that an estimator minimised, one for outputs that share a loss."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skpulsar._estimator._class_weights import (
    ClassStatistics,
    given_class_weight,
    weigh,
)
from skpulsar._estimator._indicator import given_column_weights, weigh_columns
from skpulsar._estimator._input_checks import check_weight
from skpulsar._estimator._labels import encode
from skpulsar._estimator._linear_weights import weights_of
from skpulsar._estimator._shares import shares_by_label
from skpulsar._estimator._targets import as_targets
from skpulsar._inference._design import Design
from skpulsar._inference._scores import Scores
from skpulsar._problem._losses import LOGISTIC, SQUARED, Softmax
from skpulsar._problem._matrix import kernel_matrix, sum_repeated
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._sample_moments import sample_moments

MOST_COPIES = 1e150  # Squares of more overflow.


@dataclass(frozen=True)
class Objective:
    """One objective at the weights of an estimator.

    Parameters
    ----------
    scores : Scores
        Slopes and curvatures.

    groups : ndarray of int of shape (n_classes,), or None
        Classes whose numbers of rows are taken as given together; None where all
        classes count alike, so that the curvature of the objective is the covariance
        of its slope if the model is true.

    intercept_variance : float or ndarray of shape (n_outputs, n_outputs)
        Of what prior correction subtracted from the intercepts.
    """

    scores: Scores
    groups: np.ndarray | None = None
    intercept_variance: object = 0.0

    def variation(self):
        """Covariance of the slope, or None if it is the curvature."""
        return None if self.groups is None else self.scores.variation(self.groups)


@dataclass(frozen=True)
class Data:
    """Rows of positive weight, as an objective counts them.

    Parameters
    ----------
    rows : Rows
        With their sample weights.

    target : ndarray of shape (n_rows,) or (n_outputs, n_rows)

    weight : ndarray of shape (n_rows,)
        Sample weights.

    moments : Moments
        Those of the columns.

    n_given : int
        The number of rows that were given, those of weight 0 included.
    """

    rows: Rows
    target: np.ndarray
    weight: np.ndarray
    moments: object
    n_given: int

    @classmethod
    def of(cls, X, target, sample_weight, index):
        rows = Rows(kernel_matrix(sum_repeated(X)), target, sample_weight, index)
        weight = rows.sample_weight()
        weight = np.ones(rows.n_rows) if weight is None else weight
        if not (weight / MOST_COPIES).sum() < 1 or len(weight) == 0:
            raise ValueError(
                "sample_weight counts copies of rows here, and must sum to a number "
                f"above 0 and below {MOST_COPIES:g}. It has entries up to "
                f"{np.max(weight, initial=0):.3g}."
            )
        moments = sample_moments(rows, sample_weight)
        return cls(rows, rows.targets(), weight, moments, X.shape[0])

    @property
    def places(self):
        """The places of the rows among those that were given."""
        return self.rows.order_of(np.arange(self.rows.n_rows))

    def of_all(self, values):
        """Values of all rows that were given: 0 for those of weight 0."""
        found = np.zeros(self.n_given, values.dtype)
        found[self.places] = values
        return found

    def scores(self, estimator, loss, weights, output=None, factor=None):
        """Slopes and curvatures of one output, given by its number, or of all."""
        target = self.target if self.target.ndim == 1 else self.target[output]
        deviation = self.moments.deviation() if estimator.standardize else 1.0
        penalty = Penalty(float(estimator.alpha), deviation)
        design = Design(
            self.rows, self.moments, penalty, bool(estimator.fit_intercept), loss
        )
        return Scores(design, weights, target, self.weight, factor)


def of_regressor(estimator, X, y, sample_weight):
    """The data, and the objectives of all targets."""
    targets, weights = as_targets(y), weights_of(estimator)
    _check_outputs(len(targets), len(weights))
    sample_weight = check_weight(sample_weight, X.shape[0])
    index = None if sample_weight is None else np.flatnonzero(sample_weight)
    data = Data.of(X, targets, sample_weight, index)
    return data, [
        Objective(data.scores(estimator, SQUARED, weights[k : k + 1], k))
        for k in range(len(weights))
    ]


def of_classifier(estimator, X, y, sample_weight):
    """The data, and the objective of all classes or those of all labels."""
    weights = weights_of(estimator)
    weights[:, -1] += estimator.prior_shift_
    _check_outputs(len(y) if y.ndim == 2 else 1, len(weights), estimator.multilabel_)
    sample_weight = check_weight(sample_weight, X.shape[0])
    of = _of_labels if estimator.multilabel_ else _of_exclusive
    return of(estimator, X, y, sample_weight, weights)


def _check_outputs(n_given, n_known, several=True):
    """Refuse a y of another number of columns than that of the fit."""
    n_known = n_known if several else 1
    if n_given != n_known:
        raise ValueError(
            f"y has {n_given} columns, but that of the fit had {n_known}: give the "
            "rows of the fit."
        )


def _of_exclusive(estimator, X, y, sample_weight, weights):
    """The objective of classes of which a row has one."""
    target = encode(y, estimator.classes_)
    counted, from_counts = _counted(estimator, target, sample_weight)
    if not counted.n_rows.all():
        missing = estimator.classes_[np.flatnonzero(counted.n_rows == 0)[0]]
        raise ValueError(
            f"No row of positive weight is of class {missing!s:.40}: give the rows of "
            "the fit."
        )
    n_classes = len(estimator.classes_)
    loss = LOGISTIC if n_classes == 2 else Softmax(n_classes)
    data = Data.of(X, target, sample_weight, counted.index)
    scores = data.scores(estimator, loss, weights, factor=counted.factor)
    weighted = estimator.class_weight is not None or estimator.sampling is not None
    correction = estimator.prior_correction
    return data, [_of_classes(scores, correction, weighted, from_counts)]


def _counted(estimator, target, sample_weight):
    """Weights of rows and factors of classes, as the fit had them, and the groups of
    classes whose counts these factors follow from, or None."""
    classes, sampling = estimator.classes_, estimator.sampling
    class_weight, balanced = None, estimator.class_weight == "balanced"
    if not balanced:
        class_weight = given_class_weight(estimator.class_weight, classes)
    if isinstance(sampling, dict):
        sampling = np.array(shares_by_label(sampling, classes, "sampling"))
    empty = ClassStatistics.empty(len(classes))
    counted = weigh(
        target, sample_weight, class_weight, empty, sampling, draw=False, apart=True
    )
    if sampling is None and not balanced:
        return counted, None
    if isinstance(sampling, Real) and not balanced:  # The others keep their proportions
        return counted, np.arange(len(classes)) == counted.seen.weight.argmin()
    return counted, np.arange(len(classes))


def _of_labels(estimator, X, y, sample_weight, weights):
    """The objectives of labels, each on its own."""
    class_weight = given_column_weights(estimator.class_weight, len(y))
    empty = ClassStatistics.empty((len(y), 2))
    counted = weigh_columns(y, sample_weight, class_weight, empty)
    data = Data.of(X, y, sample_weight, counted.index)
    from_counts = np.arange(2) if estimator.class_weight == "balanced" else None
    weighted = estimator.class_weight is not None
    given, objectives = estimator.prior_correction, []
    for k, factor in enumerate(counted.factor):
        scores = data.scores(estimator, LOGISTIC, weights[k : k + 1], k, factor)
        correction = given.get(k, True) if isinstance(given, dict) else given
        objectives.append(_of_classes(scores, correction, weighted, from_counts))
    return data, objectives


def _of_classes(scores, prior_correction, weighted, from_counts):
    """The objective of classes whose factors are given, or follow from the counts of
    groups of classes, which are then given.

    Such factors make the objective that of groups of known shares, and a population
    that is given means rows that were sampled by their class: in both cases counts say
    nothing of the weights. What prior correction then takes from the rows, the odds of
    the groups, is as uncertain as their counts.
    """
    n_classes = len(scores.count)
    if not isinstance(prior_correction, (bool, np.bool_)):
        return Objective(scores, np.arange(n_classes))
    if from_counts is None:
        return Objective(scores, np.zeros(n_classes, int) if weighted else None)
    variance = 0.0
    if prior_correction:
        variance = log_odds_variance(scores.count, from_counts)
    return Objective(scores, from_counts, variance)


def log_odds_variance(count, groups):
    """Variance of what the numbers of rows of some groups add to the log-odds of two
    classes; of more, the covariance of what they add to the logarithms of the shares,
    less the mean of these."""
    if len(count) == 2:
        with np.errstate(divide="ignore"):  # a label that all rows have, or none
            return float(np.sum(1 / count))
    of_group = groups[:, np.newaxis] == np.unique(groups)
    covariance = (of_group / (count @ of_group)) @ of_group.T
    centring = np.eye(len(count)) - 1 / len(count)
    return centring @ covariance @ centring
