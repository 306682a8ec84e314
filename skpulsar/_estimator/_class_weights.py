# SPDX-License-Identifier: BSD-3-Clause
"""Sample weights, class weights and sampling: one weight a row, 1 in the mean."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skpulsar._estimator._labels import by_label
from skpulsar._problem._class_totals import class_totals

SHARE_TOLERANCE = 1e-12  # Running shares that differ by less than this are equal.
MIN_SHARE = 1e-150  # A class needs this share of the weights to have a multiplier.


@dataclass(frozen=True)
class ClassStatistics:
    """Counts and weights, by class, of the rows of positive weight seen so far.

    Parameters
    ----------
    n_rows : ndarray of shape (2,), int64
        Number of rows of each class. Only the shares are used, so that seeing the same
        rows again changes no bit of the result.

    weight : ndarray of shape (2,)
        Sum of the sample weights of each class, divided by the number of all rows. It
        is a running mean for the same reason.
    """

    n_rows: np.ndarray
    weight: np.ndarray

    @classmethod
    def empty(cls):
        """The statistics before the first row."""
        return cls(np.zeros(2, dtype=np.int64), np.zeros(2))

    def merge(self, n_rows, weight):
        """The statistics with the rows of another call, at least one, added."""
        n_seen = self.n_rows + n_rows
        share = n_rows.sum() / n_seen.sum()
        return ClassStatistics(n_seen, self.weight + (weight - self.weight) * share)

    def is_present(self):
        """Whether each class has been seen, with a weight that is not negligible."""
        return self.weight > MIN_SHARE * max(self.weight.sum(), MIN_SHARE)

    def shares(self, sampling):
        """Target proportion of each class in training.

        `sampling` is the proportion of the rarer class; "balanced" is a half. If both
        classes weigh the same, class 1 counts as the rarer. Until rows of both have
        been seen, the proportions are those of the rows.
        """
        shares = self.weight / (self.weight.sum() or 1)
        if self.is_present().all():
            share = 0.5 if sampling == "balanced" else float(sampling)
            rarer = int(shares[1] <= 0.5 + SHARE_TOLERANCE)
            shares[rarer], shares[1 - rarer] = share, 1 - share
        return shares

    def class_multiplier(self, shares):
        """Factors of the weights of each class that give the classes these shares of
        the weights; 1 for a class that has not been seen yet."""
        multiplier, present = np.ones(2), self.is_present()
        multiplier[present] = shares[present] / self.weight[present] * self.weight.sum()
        return multiplier


@dataclass(frozen=True)
class RowWeights:
    """Weights of the rows of one call, and the class statistics behind them.

    Parameters
    ----------
    index : ndarray of int64, or None
        The rows of positive weight; None stands for all rows.

    weight : ndarray of shape (n_rows,), or None
        Weight of every row; None if all rows weigh the same.

    shares : ndarray of shape (2,), or None
        Proportion of each class in which rows of these weights are to be drawn; None
        takes the rows as they are.

    factor : ndarray of shape (2,)
        Factor by which the objective multiplies the sample weights of each class,
        whether by weights or by drawing.

    count : ndarray of shape (2,)
        Sum of the sample weights in each class.

    seen : ClassStatistics
        The statistics of all rows seen, these included.
    """

    index: np.ndarray | None
    weight: np.ndarray | None
    shares: np.ndarray | None
    factor: np.ndarray
    count: np.ndarray
    seen: ClassStatistics


def weigh(
    target, sample_weight, class_weight, seen, sampling=None, draw=True, apart=False
):
    """Weights of rows in the mean of their losses.

    The weight of a row is the product ``s_i c[y_i] f[y_i]`` of its sample weight, its
    class weight and the factor of `sampling`, divided by the mean of this product over
    all rows seen. An epoch, a batch or a chunk is then an unbiased part of the
    objective, whatever the scale of the weights. "balanced" class weights make c
    inversely proportional to the class's share of the sample weights seen. f is the
    target proportion of the class over that share, so that a row of weight k counts as
    k rows.

    Rows that are drawn are not multiplied by f, which their number stands for. They are
    multiplied by what makes the class's share of the weights equal to its share of the
    rows; this is 1 if all rows weigh the same. A chunk of one class leaves nothing to
    draw, and its rows are multiplied by f.

    Parameters
    ----------
    target : ndarray of shape (n_rows,)
        0 and 1.

    sample_weight : ndarray of shape (n_rows,), or None
        Weights of at least 0.

    class_weight : ndarray of shape (2,), or None
        c; None for "balanced".

    seen : ClassStatistics
        The statistics of the rows of earlier calls.

    sampling : float, "balanced" or None
        Target proportion of the rarer class in training.

    draw : bool
        Whether minibatches draw rows in the target proportion.

    apart : bool
        Whether rows keep their sample weights, for a solver that multiplies them by
        the factors of the classes itself.

    Returns
    -------
    row_weights : RowWeights
    """
    largest, relative = 1.0, None
    if sample_weight is not None:
        largest = sample_weight.max() or 1.0  # Sums of huge weights overflow.
        relative = sample_weight / largest
    index = _positive(target, relative, class_weight)
    kept = target if index is None else target[index]
    if len(kept) == 0:
        return RowWeights(index, None, None, np.ones(2), np.zeros(2), seen)
    of_kept = relative if relative is None or index is None else relative[index]
    n_rows, sums = class_totals(kept, of_kept)
    seen = seen.merge(n_rows, largest * (sums / len(kept)))
    class_weight, factor = _class_factors(class_weight, seen, sampling)
    weight, shares, own = sample_weight, None, factor
    if not apart:
        if sampling is not None and draw and n_rows.all() and seen.is_present().all():
            shares = seen.shares(sampling)
            own = class_weight * seen.class_multiplier(seen.n_rows / seen.n_rows.sum())
        mean = factor[0] * seen.weight[0] + factor[1] * seen.weight[1]
        weight = _row_weights(target, relative, own, mean / largest)
    with np.errstate(over="ignore"):
        return RowWeights(index, weight, shares, factor, largest * sums, seen)


def _class_factors(class_weight, seen, sampling):
    """Weights of the classes, and their products with the factors of sampling."""
    if class_weight is None:
        class_weight = np.zeros(2)
        present = seen.weight > 0
        class_weight[present] = seen.weight.sum() / 2 / seen.weight[present]
    if sampling is None:
        return class_weight, class_weight
    class_weight = class_weight / class_weight.max()  # Sums of huge weights overflow.
    return class_weight, class_weight * seen.class_multiplier(seen.shares(sampling))


def _row_weights(target, relative, factor, mean):
    """Sample weights times class factors, over their mean; None if all are 1."""
    if relative is None and factor[0] == factor[1]:
        return None
    factor, positive = factor / mean, target == 1
    if relative is None:
        return np.where(positive, factor[1], factor[0])
    # This works in place, because weights are as long as the data.
    weight = np.multiply(relative, factor[1], out=relative, where=positive)
    return np.multiply(weight, factor[0], out=weight, where=~positive)


def given_class_weight(class_weight, classes):
    """Weights of the two classes, scaled so that the larger is 1.

    Parameters
    ----------
    class_weight : dict or None
        Weights by label, each key as the label is in y. A class without a key has
        weight 1.

    classes : ndarray of shape (2,)
        The labels.

    Returns
    -------
    weight : ndarray of shape (2,)

    Raises
    ------
    ValueError
        If a weight is not a finite number of at least 0, or a key is not a class.
    """
    if class_weight is None:
        return np.ones(2)
    refused = ValueError(
        "The values of class_weight must be finite numbers of at least 0. Got "
        f"{class_weight!r:.100} instead."
    )
    if not all(isinstance(value, Real) for value in class_weight.values()):
        raise refused
    given = by_label(class_weight, classes, "class_weight")
    weight = np.array([1.0 if value is None else value for value in given], dtype=float)
    if not (np.isfinite(weight).all() and weight.min() >= 0):
        raise refused
    return weight / (weight.max() or 1)


def _positive(target, relative, class_weight):
    """Indices of the rows of positive weight, or None if all rows are."""
    positive = np.ones(len(target), dtype=bool) if relative is None else relative > 0
    if class_weight is not None and not class_weight.all():
        positive &= class_weight[target.astype(np.intp)] > 0
    return None if positive.all() else np.flatnonzero(positive).astype(np.int64)
