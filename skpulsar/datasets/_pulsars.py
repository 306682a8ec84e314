# SPDX-License-Identifier: BSD-3-Clause
"""A synthetic twin of HTRU2, drawn from its class-conditional quantiles and ranks."""

import math
from numbers import Integral, Real

import numpy as np
from scipy.interpolate import PchipInterpolator
from sklearn.utils import check_random_state

from skpulsar._kernels import _core
from skpulsar.datasets._htru2_facts import NORMAL_SCORES, QUANTILES, SPEARMAN


def make_pulsars(n_samples=17898, *, pulsar_fraction=0.0916, random_state=None):
    """Generate pulsar candidates that resemble HTRU2.

    A Gaussian copula for each class: normal vectors are drawn whose correlation ``R``
    follows from the rank correlation ``S`` that the features of HTRU2 have within the
    class, ``R = 2 sin(pi S / 6)`` [1]_, and each column is then carried to its
    feature's distribution by a monotone curve through the quantiles of HTRU2. The
    curve is drawn over normal scores, on which the tails between the 1 % quantiles and
    the extremes are nearly straight.

    What it is not: rows of HTRU2. Marginal distributions and rank correlations are
    HTRU2's, but the features depend on each other in no way that ranks do not show, so
    the twin is somewhat easier to classify, the more so for a model that sees
    interactions. It is made for examples, tests and timings; a result for publication
    needs :func:`fetch_htru2`.

    Parameters
    ----------
    n_samples : int, default=17898
        Number of candidates; by default as many as HTRU2 has.

    pulsar_fraction : float, default=0.0916
        Share of pulsars among them, greater than 0 and less than 1; by default that of
        HTRU2. The number of pulsars is the nearest integer to
        ``pulsar_fraction * n_samples``.

    random_state : int, RandomState instance or None, default=None
        Determines the random numbers. Pass an int for the same candidates in every
        call, bit for bit on every x86-64 CPU.

    Returns
    -------
    X : ndarray of shape (n_samples, 8), float64
        The features in the order and the units of :func:`fetch_htru2`, each within its
        range in HTRU2.

    y : ndarray of shape (n_samples,), int64
        1 for a pulsar, 0 for interference or noise, in random order.

    Raises
    ------
    ValueError
        When a parameter is out of its range.

    See Also
    --------
    fetch_htru2 : The real candidates.

    References
    ----------
    .. [1] K. Pearson, "On further methods of determining correlation", Drapers'
       Company Research Memoirs, Biometric Series IV, 1907.

    Examples
    --------
    >>> from skpulsar.datasets import make_pulsars
    >>> X, y = make_pulsars(1000, random_state=0)
    >>> X.shape, int(y.sum())
    ((1000, 8), 92)

    The profile of a pulsar has the higher excess kurtosis:

    >>> bool(X[y == 1, 2].mean() > 10 * X[y == 0, 2].mean())
    True
    """
    if not isinstance(n_samples, Integral) or n_samples < 1:
        raise ValueError(
            "The 'n_samples' parameter of make_pulsars must be an int in the range "
            f"[1, inf). Got {n_samples!r} instead."
        )
    if not isinstance(pulsar_fraction, Real) or not 0.0 < pulsar_fraction < 1.0:
        raise ValueError(
            "The 'pulsar_fraction' parameter of make_pulsars must be a float in the "
            f"range (0.0, 1.0). Got {pulsar_fraction!r} instead."
        )
    rng = check_random_state(random_state)

    n_pulsars = round(pulsar_fraction * n_samples)
    counts = (n_samples - n_pulsars, n_pulsars)
    X = np.vstack([_draw(label, count, rng) for label, count in enumerate(counts)])
    y = np.repeat(np.array([0, 1], dtype=np.int64), counts)
    order = rng.permutation(n_samples)
    return X[order], y[order]


def _draw(label, n_samples, rng):
    """Draw candidates of one class, shape (n_samples, 8)."""
    factor = _cholesky(_normal_correlation(SPEARMAN[label]))
    scores = np.zeros((n_samples, len(factor)))
    for normal, column in zip(_normals(scores.shape, rng).T, factor.T, strict=True):
        scores += normal[:, np.newaxis] * column

    # Beyond the score of an extreme the candidates are put on it.
    knots = np.array(NORMAL_SCORES[label])
    scores = np.clip(scores, knots[0], knots[-1])

    quantiles = np.array(QUANTILES[label])
    columns = [
        PchipInterpolator(knots, column)(score)
        for column, score in zip(quantiles.T, scores.T, strict=True)
    ]
    # Rounding may carry the ends of a curve an ulp beyond its last knots.
    return np.clip(np.column_stack(columns), quantiles[0], quantiles[-1])


# The functions below use what IEEE 754 rounds in one way only, +, -, *, / and sqrt in a
# fixed order, and the kernel's log. BLAS, LAPACK, and the log and sin of NumPy and of
# the C library differ from CPU to CPU in the last bits.


def _normals(shape, rng):
    """Return standard normals by Marsaglia's polar method, an even number of them.

    Two come from every point drawn evenly from the unit disc. They are those that
    ``standard_normal`` draws from a new generator, but for the last bits of its log.
    """
    points = np.empty((0, 2))
    while n_missing := math.prod(shape) // 2 - len(points):
        drawn = 2.0 * rng.random_sample((n_missing, 2)) - 1.0
        length = _squared_length(drawn)
        points = np.vstack([points, drawn[(length > 0.0) & (length < 1.0)]])
    length = _squared_length(points)
    log = np.fromiter(map(_core.log, length.tolist()), float, len(length))
    stretch = np.sqrt(-2.0 * log / length)
    return (points[:, ::-1] * stretch[:, np.newaxis]).reshape(shape)


def _squared_length(points):
    return points[:, 0] * points[:, 0] + points[:, 1] * points[:, 1]


def _normal_correlation(spearman):
    """Return the correlation of normals with these rank correlations, shape (8, 8).

    `spearman` is the part below the diagonal, row by row. The result is positive
    definite for HTRU2's tables (least eigenvalue 4e-4), which not every table gives.
    """
    n = len(spearman) + 1
    correlation = np.zeros((n, n))
    for row, values in enumerate(spearman, start=1):
        correlation[row, :row] = 2.0 * _sine(np.pi / 6.0 * np.array(values))
    return correlation + correlation.T + np.eye(n)


def _sine(angle):
    """Return the sine by its Taylor series, exact to rounding up to pi / 6."""
    square, series = angle * angle, np.ones_like(angle)
    for k in range(16, 0, -2):
        series = 1.0 - square / (k * (k + 1)) * series
    return angle * series


def _cholesky(matrix):
    """Return the lower triangular L with ``L @ L.T == matrix``, column by column."""
    rest, factor = matrix.copy(), np.zeros_like(matrix)
    for k in range(len(matrix)):
        column = rest[k:, k] / np.sqrt(rest[k, k])
        factor[k:, k] = column
        rest[k:, k:] -= column[:, np.newaxis] * column
    return factor
