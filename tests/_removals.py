# SPDX-License-Identifier: BSD-3-Clause
"""Rows to leave out, whose objective is written out."""

import numpy as np

from skpulsar._inference._design import Design
from skpulsar._inference._removals import Removals
from skpulsar._inference._scores import Scores
from skpulsar._problem._losses import LOGISTIC, SQUARED
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty

ALPHA = 0.2


class Case:
    """Rows whose classes count `1 / M_k ** power` times as much, at some weights that
    are no minimum."""

    def __init__(self, loss, power, deviations, n_rows=30):
        rng = np.random.default_rng(0)
        self.loss, self.power, self.deviations = loss, power, deviations
        self.X = rng.standard_normal((n_rows, 3)) * [1, 3, 0.5] + [0, 4, 1]
        self.target = rng.standard_normal(n_rows)
        if loss is LOGISTIC:
            self.target = (self.target > 0.3).astype(float)
        self.weight = rng.uniform(0.5, 2, n_rows)
        self.weights = rng.standard_normal((1, 4)) / [1, 3, 0.5, 1]

    def factor(self, used):
        if self.loss is SQUARED:
            return None
        count = np.bincount(self.target[used].astype(int), self.weight[used])
        return 3.0 * count**-self.power

    def removals(self):
        rows = Rows(self.X, self.target, self.weight)
        moments = rows.moments()
        penalty = Penalty(ALPHA, moments.deviation() if self.deviations else 1.0)
        design = Design(rows, moments, penalty, True, self.loss)
        every = np.ones(len(self.target), bool)
        given = self.target, self.weight, self.factor(every)
        return Removals(Scores(design, self.weights, *given), self.power)

    def value(self, weights, used):
        """The sum of the losses of some rows, and the penalty."""
        factor, target = self.factor(used), self.target[used]
        each = self.weight[used]
        if factor is not None:
            each = each * factor[target.astype(int)]
        logits = self.X[used] @ weights[:-1] + weights[-1]
        unit = 1.0
        if self.deviations:
            mean = np.average(self.X[used], axis=0, weights=self.weight[used])
            squares = (self.X[used] - mean) ** 2
            unit = np.average(squares, axis=0, weights=self.weight[used])
        penalty = ALPHA / 2 * (unit * weights[:-1] ** 2).sum()
        return each @ self.loss.evaluate(logits[np.newaxis], target) + (
            each.sum() * penalty
        )
