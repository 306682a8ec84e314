# SPDX-License-Identifier: BSD-3-Clause
"""Rows of two classes in the order of falling logits, and what is read from it."""

import numpy as np

from skpulsar._kernels import _core


class Ranking:
    """The logits of the positive rows as cut-offs, and what each selects, by model.

    A cut-off between two of these has the recall of the upper one and no more
    precision, so that none is left out that could be the best.

    Parameters
    ----------
    positive, negative : ndarray of float64 of shape (n_models, n_rows)
        Logits of the rows of the two classes, at least one each.

    positive_weight, negative_weight : ndarray of float64 of shape (n_rows,), or None
        Their weights; None stands for ones.

    Attributes
    ----------
    thresholds : ndarray of shape (n_models, n_positive)
        Falling.

    tp, fp : ndarray of shape (n_models, n_positive)
        Weights of the true and false positives, where the logit is at least that.
    """

    def __init__(self, positive, negative, positive_weight=None, negative_weight=None):
        self._cuts, of_positive = _falling(positive, positive_weight)
        self._negative, self._of_negative = _falling(negative, negative_weight)
        self.thresholds, self.fp = -self._cuts, self._above("right")
        last = _last_of_equals(self._cuts)
        self.tp = np.take_along_axis(of_positive, last + 1, axis=1)
        self.n_positive, self.n_negative = of_positive[:, -1], self._of_negative[:, -1]
        self._weight = np.diff(of_positive)

    def average_precision(self):
        """The mean of the precision over the recall, by model."""
        return self._mean(self.tp / (self.tp + self.fp))

    def best_f1(self):
        """The largest F1 of all cut-offs, and the highest one that has it, by model."""
        f1 = 2 * self.tp / (self.tp + self.fp + self.n_positive[:, np.newaxis])
        best = np.arange(len(f1)), f1.argmax(axis=1)
        return f1[best], self.thresholds[best]

    def roc_auc(self):
        """The share of pairs of a positive and a negative row in the right order, where
        equal logits count one half, by model."""
        of_all = 2 * self.n_negative[:, np.newaxis]
        return self._mean(1 - (self.fp + self._above("left")) / of_all)

    def _mean(self, values):
        """The mean over the positive rows."""
        pairs = zip(self._weight, values, strict=True)
        return np.array([_core.dot(*pair) for pair in pairs]) / self.n_positive

    def _above(self, side):
        """Weights of the negative rows above each cut-off; "right": or at it."""
        arrays = zip(self._negative, self._of_negative, self._cuts, strict=True)
        return np.array(
            [total[keys.searchsorted(k, side)] for keys, total, k in arrays]
        )


def _falling(logits, weight):
    """Minus the logits, rising, and the weights of the first 0, 1, 2, ... of them."""
    # In place NumPy 2.4 negates wrongly where rows are a cache line apart.
    shape, key = (len(logits), logits.shape[1] + 1), -logits
    if weight is None:
        key.sort()  # a fraction of the time of an argsort
        return key, np.broadcast_to(np.arange(float(shape[1])), shape)
    order, total = np.argsort(key), np.zeros(shape)
    np.cumsum(weight[order], axis=1, out=total[:, 1:])
    return np.take_along_axis(key, order, axis=1), total


def _last_of_equals(keys):
    """The place of the last entry that equals an entry, of rows that are sorted."""
    place = np.broadcast_to(np.arange(keys.shape[1]), keys.shape).copy()
    place[:, :-1][keys[:, 1:] == keys[:, :-1]] = keys.shape[1]
    return np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]
