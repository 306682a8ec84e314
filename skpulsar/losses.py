# SPDX-License-Identifier: BSD-3-Clause
"""The sigmoid cross-entropy and its relatives, safe for every logit.

With ``e = exp(-|x|)``, which neither overflows nor loses its tail, the loss of a logit
``x`` and a target ``z`` in [0, 1] and its derivative by ``x`` are

    ====== ======================== ==========================
    x      loss                     gradient
    ====== ======================== ==========================
    >= 0   x (1 - z) + log1p(e)     ((1 - z) - z e) / (1 + e)
    < 0    -x z + log1p(e)          ((1 - z) e - z) / (1 + e)
    ====== ======================== ==========================

Every function here calls the compiled code that training calls: errors below 2 ulp,
subnormal results included, limits at plus and minus infinity, NaN only from NaN, the
same bits on every CPU. float32 input is computed in double and rounded once.
"""

import numpy as np

from skpulsar._kernels import _core

__all__ = [
    "log_sigmoid",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sigmoid_derivative",
]


def _evaluate(logits, target):
    """Loss and gradient, in the shape and the floating dtype of logits and target."""
    logits, target = np.asarray(logits), np.asarray(target)
    floats = [a.dtype for a in (logits, target) if a.dtype.kind == "f"]
    dtype = np.result_type(*floats) if floats else np.float64
    logits, target = np.broadcast_arrays(logits, target)
    flat = [np.ascontiguousarray(a, dtype=np.float64).ravel() for a in (logits, target)]
    with np.errstate(under="ignore"):
        return [
            result.astype(dtype, copy=False).reshape(logits.shape)[()]
            for result in _core.cross_entropy(*flat)
        ]


def sigmoid(x):
    """Logistic function, ``1 / (1 + exp(-x))``.

    Parameters
    ----------
    x : array-like of float, any shape
        Logits.

    Returns
    -------
    ndarray or scalar, float64, or float32 where `x` is
        Values in [0, 1]; ``sigmoid(-x)`` is ``1 - sigmoid(x)``, without cancellation.

    Examples
    --------
    >>> from skpulsar.losses import sigmoid
    >>> float(sigmoid(1))
    0.7310585786300049
    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    return _evaluate(x, 0)[1]


def sigmoid_derivative(value):
    """Derivative of the sigmoid from its value, ``s (1 - s)``.

    Parameters
    ----------
    value : array-like of float, any shape
        Values s of the sigmoid, in [0, 1].

    Returns
    -------
    ndarray or scalar
        The derivative where the sigmoid has these values.

    Examples
    --------
    >>> from skpulsar.losses import sigmoid, sigmoid_derivative
    >>> float(sigmoid_derivative(sigmoid(0)))
    0.25
    """
    value = np.asarray(value)[()]
    return value * (1 - value)


def log_sigmoid(x):
    """Logarithm of the sigmoid, ``-log(1 + exp(-x))``, finite for every finite logit.

    Parameters
    ----------
    x : array-like of float, any shape
        Logits.

    Returns
    -------
    ndarray or scalar, float64, or float32 where `x` is
        Values of at most 0.

    Examples
    --------
    >>> from skpulsar.losses import log_sigmoid
    >>> log_sigmoid([-1000.0, 0.0, 40.0])
    array([-1.00000000e+03, -6.93147181e-01, -4.24835426e-18])
    """
    return 0 - _evaluate(x, 1)[0]


def sigmoid_cross_entropy(logits, target):
    """Loss of every logit, and its derivative.

    Parameters
    ----------
    logits : array-like of float, any shape
        Logits x.

    target : array-like of float, broadcast against `logits`
        Targets z in [0, 1]; 0 and 1 are the labels of two classes.

    Returns
    -------
    loss : ndarray or scalar
        ``max(x, 0) - x z + log(1 + exp(-|x|))``.

    gradient : ndarray or scalar
        ``sigmoid(x) - z``.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or a target is outside [0, 1].

    Examples
    --------
    A confident and right answer costs little, and never nothing:

    >>> from skpulsar.losses import sigmoid_cross_entropy
    >>> loss, gradient = sigmoid_cross_entropy([0.0, 40.0, -40.0], [1.0, 1.0, 1.0])
    >>> loss
    array([6.93147181e-01, 4.24835426e-18, 4.00000000e+01])
    >>> gradient
    array([-5.00000000e-01, -4.24835426e-18, -1.00000000e+00])
    """
    target = np.asarray(target)
    if np.any((target < 0) | (target > 1)):
        raise ValueError("target must lie in [0, 1]: 0 and 1 for two classes.")
    return tuple(_evaluate(logits, target))
