# SPDX-License-Identifier: BSD-3-Clause
"""Losses, their slopes, and probabilities."""

import numpy as np
from scipy import special
from scipy.special import expit, log_expit


def cross_entropy(logits, targets):
    """Loss and gradient of every logit x with a target z in [0, 1].

    The cross-entropy between the target and p = sigmoid(x)

        l(x, z)  =  -z log(p) - (1 - z) log(1 - p)
        dl / dx  =  p - z  =  (1 - z) p - z (1 - p)

    with -log(p) = log(exp(0) + exp(-x)) and 1 - p = sigmoid(-x). A term of weight 0 is
    0, however large the other factor: the limit at an infinite logit.
    """
    x, z = np.asarray(logits), np.asarray(targets)
    with np.errstate(invalid="ignore"):
        missed = np.where(z == 0, 0, z * np.logaddexp(0, -x))
        mistaken = np.where(z == 1, 0, (1 - z) * np.logaddexp(0, x))
    return missed + mistaken, (1 - z) * expit(x) - z * expit(-x)


def squared(predictions, targets):
    """Half the squared error of every prediction, and its gradient."""
    errors = predictions - targets
    return errors**2 / 2, errors


def softmax_cross_entropy(logits, classes):
    """Loss of every row, and its gradient by every logit, of shape (n_classes, n).

    With p = softmax(x) and y the class:

        l = -log(p_y),    dl / dx_k = p_k - [k = y]
    """
    own = np.arange(len(logits))[:, np.newaxis] == classes
    p, log_p = softmax(logits.T).T, softmax(logits.T, logarithms=True).T
    return -np.sum(log_p, axis=0, where=own), np.where(own, -_others(p), p)


def _others(p):
    """1 - p_k as the sum of the other probabilities, which does not cancel."""
    return np.array([np.sum(np.delete(p, k, axis=0), axis=0) for k in range(len(p))])


LOSSES = {  # values and slopes of logits, by output; softmax couples the outputs
    "logistic": cross_entropy,
    "squared": squared,
    "softmax": softmax_cross_entropy,
}


def variance(residual):
    """p (1 - p), where the residual is p or 1 - p."""
    return residual * (1 - residual)


CURVATURES = {  # second derivatives of the losses, by the residuals
    "logistic": variance,
    "squared": np.ones_like,
    "softmax": variance,
}


def softmax(logits, logarithms=False, out=None):
    """``exp(x_k) / sum of exp(x_l)`` in every row of logits, or its logarithm. Written
    to `out`, if any."""
    found = (special.log_softmax if logarithms else special.softmax)(logits, axis=1)
    if out is None:
        return found
    out[:] = found
    return out


def probabilities(logits, logarithms=False, out=None):
    """sigmoid(-logit) and sigmoid(logit), or their logarithms, of shape (n, 2). Written
    to `out`, if any."""
    signed = np.column_stack([-logits, logits])
    return (log_expit if logarithms else expit)(signed, out=out)


def class_totals(target, weight=None):
    """Sums of the weights (None: 1) where target is 0 and where it is 1."""
    return np.bincount(target.astype(int), weight, minlength=2).astype(np.float64)
