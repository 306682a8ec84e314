# SPDX-License-Identifier: BSD-3-Clause
"""Rows of two classes in the order of falling logits, and what is read from it."""

import numpy as np

from skpulsar._kernels import _core


class Ranking:
    """The distinct logits of the positive rows as cut-offs, and what each selects.

    A cut-off between two of these has the recall of the upper one and no more
    precision, so that none is left out that could be the best.

    Parameters
    ----------
    positive, negative : ndarray of float64
        Logits of the rows of the two classes, at least one each.

    positive_weight, negative_weight : ndarray of float64, or None
        Their weights; None stands for ones.

    Attributes
    ----------
    thresholds : ndarray of shape (n_cutoffs,)
        Falling.

    tp, fp : ndarray of shape (n_cutoffs,)
        Weights of the true and false positives, where the logit is at least that.
    """

    def __init__(self, positive, negative, positive_weight=None, negative_weight=None):
        positive, of_positive = _falling(positive, positive_weight)
        self._negative, self._of_negative = _falling(negative, negative_weight)
        ends = np.flatnonzero(np.append(positive[1:] != positive[:-1], True))
        self._cuts, self.tp = positive[ends], of_positive[ends + 1]
        self.thresholds, self.fp = -self._cuts, self._above("right")
        self.n_positive = of_positive[-1].item()
        self.n_negative = self._of_negative[-1].item()
        self._found = np.diff(self.tp, prepend=0.0)  # by each cut-off, not those above

    def average_precision(self):
        """The mean of the precision over the recall."""
        precision = self.tp / (self.tp + self.fp)
        return _core.dot(self._found, precision) / self.n_positive

    def best_f1(self):
        """The largest F1 of all cut-offs, and the highest one that has it."""
        f1 = 2 * self.tp / (self.tp + self.fp + self.n_positive)
        best = f1.argmax()
        return f1[best].item(), self.thresholds[best].item()

    def roc_auc(self):
        """The share of pairs of a positive and a negative row in the right order, where
        equal logits count one half."""
        below = 1 - (self.fp + self._above("left")) / 2 / self.n_negative
        return _core.dot(self._found, below) / self.n_positive

    def _above(self, side):
        """Weights of the negative rows above each cut-off; "right": or at it."""
        places = np.searchsorted(self._negative, self._cuts, side)
        return self._of_negative[places]


def _falling(logits, weight):
    """Minus the logits, rising, and the weights of the first 0, 1, 2, ... of them."""
    key = -logits
    if weight is None:
        key.sort()  # a fraction of the time of an argsort
        return key, np.arange(len(key) + 1.0)
    order = np.argsort(key)
    return key[order], np.append(0.0, np.cumsum(weight[order]))
