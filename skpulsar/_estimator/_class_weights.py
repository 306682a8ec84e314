# SPDX-License-Identifier: BSD-3-Clause
"""Sample weights, class weights and sampling: one weight a row, 1 in the mean."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skpulsar._estimator._labels import by_label
from skpulsar._problem._class_totals import class_totals
from skpulsar._problem._orders import EveryRow, Sampled

SHARE_TOLERANCE = 1e-12  # Running shares that differ by less than this are equal.
MIN_SHARE = 1e-150  # A class needs this share of the weights to have a multiplier.


@dataclass(frozen=True)
class ClassStatistics:
    """Counts and weights, by class, of the rows of positive weight seen so far.

    Parameters
    ----------
    n_rows : ndarray of shape (n_classes,) or (n_labels, 2), int64
        Rows of each class, or without each label and with it. Only their shares are
        used: the same rows once more change no bit of these.

    weight : ndarray of the same shape
        Mean over all rows of the sample weight in each class: a running mean, for the
        same reason.
    """

    n_rows: np.ndarray
    weight: np.ndarray

    @classmethod
    def empty(cls, shape=2):
        return cls(np.zeros(shape, dtype=np.int64), np.zeros(shape))

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

        They are equal for "balanced", or given for every class. A number is the share
        of the rarest class, the others keep their proportions; where two classes weigh
        the same, class 1 counts as the rarer. Until there are rows of all, the shares
        are those of the rows.
        """
        shares, n_classes = self.weight / (self.weight.sum() or 1), len(self.weight)
        if not self.is_present().all():
            return shares
        if isinstance(sampling, np.ndarray):
            return sampling
        if sampling == "balanced":
            return np.full(n_classes, 1 / n_classes)
        share = float(sampling)
        if n_classes == 2:
            rarer = int(shares[1] <= 0.5 + SHARE_TOLERANCE)
            return np.where(np.arange(2) == rarer, share, 1 - share)
        rarest = int(shares.argmin())
        others = shares * ((1 - share) / (1 - shares[rarest]))
        return np.where(np.arange(n_classes) == rarest, share, others)

    def class_multiplier(self, shares):
        """What multiplies the weights of each class where it is to have these shares of
        them; 1 for a class not seen yet."""
        multiplier, present = np.ones(len(self.weight)), self.is_present()
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

    shares : ndarray of shape (n_classes,), or None
        Share of each class that rows are to be drawn with, at these weights; None: the
        rows as they are.

    factor : ndarray of shape (n_classes,)
        By what a row's class multiplies its sample weight in the objective, drawing
        included.

    n_rows : ndarray of shape (n_classes,), int64
        Rows of positive weight in each class.

    count : ndarray of shape (n_classes,)
        Sum of the sample weights in each class.

    seen : ClassStatistics
        The statistics of all rows seen, these included.
    """

    index: np.ndarray | None
    weight: np.ndarray | None
    shares: np.ndarray | None
    factor: np.ndarray
    n_rows: np.ndarray
    count: np.ndarray
    seen: ClassStatistics

    def order(self, target):
        """In which order an epoch visits the rows, whose targets are given for all."""
        if self.shares is None:
            return EveryRow(tuple(self.n_rows.tolist()))
        used = target if self.index is None else target[self.index]
        return Sampled.by_share(used, self.shares)


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
    rows; this is 1 if all rows weigh the same. A chunk that lacks a class cannot be
    drawn in these proportions, and its rows are multiplied by f.

    Parameters
    ----------
    target : ndarray of shape (n_rows,)
        Numbers of classes.

    sample_weight : ndarray of shape (n_rows,), or None
        Weights of at least 0.

    class_weight : ndarray of shape (n_classes,), or None
        c; None for "balanced".

    seen : ClassStatistics
        The statistics of the rows of earlier calls.

    sampling : float, "balanced", ndarray of shape (n_classes,) or None
        Target proportion of the rarest class in training, or of each.

    draw : bool
        Whether sampling is left to minibatches, which draw the rows.

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
    n_classes = len(seen.weight)
    if len(kept) == 0:
        none = np.zeros(n_classes)
        return RowWeights(
            index, None, None, np.ones(n_classes), none.astype(int), none, seen
        )
    of_kept = relative if relative is None or index is None else relative[index]
    n_rows, sums = class_totals(kept, of_kept, n_classes)
    seen = seen.merge(n_rows, largest * (sums / len(kept)))
    class_weight, factor = class_factors(class_weight, seen, sampling)
    weight, shares, own = sample_weight, None, factor
    if not apart:
        draw &= sampling is not None
        if draw and n_rows.all() and seen.is_present().all():
            shares = seen.shares(sampling)
            own = class_weight * seen.class_multiplier(seen.n_rows / seen.n_rows.sum())
        mean = sum((factor * seen.weight).tolist())
        weight = row_weights(target, relative, own, mean / largest)
    with np.errstate(over="ignore"):
        return RowWeights(index, weight, shares, factor, n_rows, largest * sums, seen)


def class_factors(class_weight, seen, sampling):
    """Weights of the classes, and their products with the factors of sampling."""
    if class_weight is None:
        class_weight, n_classes = np.zeros(len(seen.weight)), len(seen.weight)
        present = seen.weight > 0
        class_weight[present] = seen.weight.sum() / n_classes / seen.weight[present]
    if sampling is None:
        return class_weight, class_weight
    class_weight = class_weight / class_weight.max()  # Sums of huge weights overflow.
    return class_weight, class_weight * seen.class_multiplier(seen.shares(sampling))


def row_weights(target, relative, factor, mean):
    """Weights of rows, by their own and their class's; None if all are 1."""
    if relative is None and (factor == factor[0]).all():
        return None
    factor = factor / mean
    if len(factor) > 2:
        each = factor[target.astype(np.intp)]
        return each if relative is None else np.multiply(relative, each, out=relative)
    positive = target == 1
    if relative is None:
        return np.where(positive, factor[1], factor[0])
    # This works in place, because weights are as long as the data.
    weight = np.multiply(relative, factor[1], out=relative, where=positive)
    return np.multiply(weight, factor[0], out=weight, where=~positive)


def given_class_weight(class_weight, classes):
    """Weights of the classes; only their ratios count, so that the largest is 1.

    Parameters
    ----------
    class_weight : dict or None
        Weights by label, each key as the label is in y. A class without a key has
        weight 1.

    classes : ndarray of shape (n_classes,)
        The labels.

    Returns
    -------
    weight : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If a weight is not a finite number of at least 0, or a key is not a class.
    """
    if class_weight is None:
        return np.ones(len(classes))
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
