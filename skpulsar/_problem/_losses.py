# SPDX-License-Identifier: BSD-3-Clause
"""Losses, and the properties of a loss that solvers use.

A loss is a class here and a header in ``_kernels/losses``, which its `tag` names. It
says nothing of how many outputs there are.
"""

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np

from skpulsar._kernels import _core
from skpulsar._kernels._core import log
from skpulsar._problem._threads import threads

# The logarithm of this share is finite.
MIN_CLASS_SHARE = np.finfo(np.float64).smallest_subnormal

COST = 8  # A probability takes as long as so many entries of a row.
FROM_MEAN = 0.01  # Minibatches start so many deviations from the mean target.
MIN_VARIANCE = 1e-16  # Targets vary by this share of their mean square at least.


class NullModel(NamedTuple):
    """The best model without columns.

    Parameters
    ----------
    logit : float
        Its intercept; 0 without an intercept.

    mean : float
        Its prediction for every target.

    loss : float
        Its mean loss.
    """

    logit: float
    mean: float
    loss: float


@dataclass(frozen=True)
class Logistic:
    """``log(1 + exp(-m))``, where the margin m is the logit if the target is 1 and
    minus the logit if it is 0 (`skpulsar.losses.sigmoid_cross_entropy`)."""

    tag = "logistic"
    coupled = False  # whether outputs share the loss of a row
    binary = True  # whether targets are 0 and 1, which rows may separate
    quadratic = False  # whether the curvature is the same everywhere
    max_curvature = 0.25  # of the loss, by the logit

    def evaluate(self, logits, target):
        """Losses of some rows.

        Parameters
        ----------
        logits : ndarray of shape (n_outputs, n), float64

        target : ndarray of shape (n,), float64, or (n_outputs, n)
            Targets in [0, 1].

        Returns
        -------
        loss : ndarray of shape (n,)
            The losses, summed over the outputs.
        """
        targets = np.broadcast_to(target, logits.shape)
        pairs = zip(logits, targets, strict=True)
        return sum(_core.cross_entropy(x, z)[0] for x, z in pairs)

    def null_model(self, rows, fit_intercept):
        """The model that predicts the shares of the classes; its loss is their entropy.

        Parameters
        ----------
        rows : RowSource
            Rows of one output, whose targets are 0 and 1.

        fit_intercept : bool
            Whether the model has an intercept.

        Returns
        -------
        null : NullModel
        """
        if not fit_intercept:
            return NullModel(0.0, 0.5, log(2))
        shares = rows.class_totals(2) / rows.total()
        no, yes = np.maximum(shares, MIN_CLASS_SHARE).tolist()
        log_no, log_yes = log(no), log(yes)
        return NullModel(log_yes - log_no, yes, -(no * log_no + yes * log_yes))

    def probabilities(self, logits, logarithms=False):
        """Probabilities of both targets, each computed on its own.

        Parameters
        ----------
        logits : ndarray of shape (n,), float64

        logarithms : bool
            Whether to return their logarithms, which are finite for finite logits.

        Returns
        -------
        proba : ndarray of shape (n, 2), float64
            Probabilities of the targets 0 and 1.
        """
        return in_parts(_core.probabilities, logits, 2, logarithms)

    def curvature(self, residual):
        """Second derivative by the logit, given ``|p - target|``."""
        return residual * (1 - residual)

    def margin_gains(self, target, moved):
        """The increase of every margin when `moved` is subtracted from the logits."""
        return (1 - 2 * target) * moved

    def baseline(self, rows, fit_intercept):
        """The intercepts of the model that training must not end above, and its loss:
        that of no weights."""
        return 0.0, max(rows.n_targets, 1) * log(2)

    def start(self, rows):
        """The intercepts that minibatches start from."""
        return 0.0

    def unit(self, rows):
        """The size of a logit, by which automatic rates that know none are measured."""
        return 1.0


@dataclass(frozen=True)
class Squared:
    """``(prediction - target)^2 / 2``."""

    tag = "squared"
    coupled = False
    binary = False
    quadratic = True
    max_curvature = 1.0

    def evaluate(self, predictions, target):
        """Losses of some rows, summed over the outputs."""
        errors = predictions - target
        return sum(errors * errors) / 2

    def null_model(self, rows, fit_intercept):
        """The model that predicts the mean target; its loss is half the variance."""
        total = rows.total()
        mean = rows.target_sum() / total if fit_intercept else 0.0
        return NullModel(mean, mean, rows.target_squares(mean) / 2 / total)

    def curvature(self, residual):
        """Second derivative by the prediction, which is 1."""
        return np.ones_like(residual)

    def margin_gains(self, target, moved):
        """Zeros: no step takes the curvature of a row away."""
        return np.zeros_like(moved)

    def null_models(self, rows, fit_intercept=True):
        """The null model of every output."""
        return [self.null_model(each, fit_intercept) for each in rows.outputs()]

    def baseline(self, rows, fit_intercept):
        """The null models: training starts next to them."""
        nulls = self.null_models(rows, fit_intercept)
        return [null.logit for null in nulls], sum(null.loss for null in nulls)

    def start(self, rows):
        """The mean targets less a hundredth of their deviation: at the means themselves
        the gradient would be rounding error, of which adam makes a whole step."""
        nulls = self.null_models(rows)
        return [null.mean - FROM_MEAN * sqrt(2 * null.loss) for null in nulls]

    def unit(self, rows):
        """The deviation of the targets, as a root mean square over the outputs; of
        targets that hardly vary a small share of their size, and 1 if that is 0."""
        about_mean, about_0 = (
            [null.loss for null in self.null_models(rows, fit_intercept)]
            for fit_intercept in (True, False)
        )
        loss = max(sum(about_mean), MIN_VARIANCE * sum(about_0)) / len(about_0)
        return sqrt(2 * loss) or 1.0


@dataclass(frozen=True)
class SquaredInUnits(Squared):
    """``((prediction - target) / unit)^2 / 2``, with a unit for every output.

    Parameters
    ----------
    units : ndarray of shape (n_outputs,)
    """

    units: np.ndarray

    def evaluate(self, predictions, target):
        """Losses of some rows, summed over the outputs."""
        errors = (predictions - target) / self.units[:, np.newaxis]
        return sum(errors * errors) / 2


def centred(points):
    """Points of the classes less their mean, which changes no probability."""
    mean = points[0].copy()
    for point in points[1:]:
        mean += point
    return points - mean / len(points)


@dataclass(frozen=True)
class Softmax:
    """``log(sum of exp(x_k)) - x_y``, with the logits x of a row and its class y, which
    is its target: the cross-entropy of the softmax.

    Parameters
    ----------
    n_classes : int
        How many outputs there are; they share the loss.
    """

    n_classes: int

    tag = "softmax"
    coupled = True
    binary = False
    quadratic = False
    max_curvature = 0.5  # (D. Boehning, Ann. Inst. Statist. Math. 44, 1992)

    def evaluate(self, logits, target):
        """Losses of some rows.

        Parameters
        ----------
        logits : ndarray of shape (n_classes, n), float64

        target : ndarray of shape (n,), float64

        Returns
        -------
        loss : ndarray of shape (n,)
        """
        log_p = _core.softmax(np.ascontiguousarray(logits.T), logarithms=True)
        return -log_p[np.arange(len(target)), target.astype(np.intp)]

    def null_model(self, rows, fit_intercept):
        """The logarithms of the shares of the classes, their mean taken off."""
        n = self.n_classes
        if not fit_intercept:
            return NullModel(np.zeros(n), np.full(n, 1 / n), log(n))
        shares = np.maximum(rows.class_totals(n) / rows.total(), MIN_CLASS_SHARE)
        logits = np.array([log(share) for share in shares.tolist()])
        loss = -_core.dot(shares, logits)
        return NullModel(logits - _core.total(logits) / n, shares, loss)

    def baseline(self, rows, fit_intercept):
        """The model of no weights."""
        return 0.0, log(self.n_classes)

    def start(self, rows):
        """As of one logit."""
        return 0.0

    def unit(self, rows):
        """As of one logit."""
        return 1.0

    def probabilities(self, logits, logarithms=False):
        """Of every class, by logits of shape (n, n_classes)."""
        return in_parts(_core.softmax, logits, self.n_classes, logarithms)


def in_parts(function, logits, n_classes, logarithms):
    """Probabilities of all rows, between threads."""
    parts = threads().parts(len(logits), entries_per_row=COST * n_classes)
    if len(parts) == 1:
        return function(logits, logarithms)
    probabilities = np.empty((len(logits), n_classes))

    def of_part(start, stop):
        function(logits[start:stop], logarithms, probabilities[start:stop])

    threads().map(of_part, parts)
    return probabilities


LOGISTIC = Logistic()
SQUARED = Squared()
