# SPDX-License-Identifier: BSD-3-Clause
"""Rows drawn by importance, and the weights that make their sums unbiased."""

from math import ceil
from typing import NamedTuple

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._threads import threads

MIN_ROWS, MAX_ROWS = 4096, 8192  # A draw has so many, if few columns ask for no more.
ALL = 0.7  # A draw of more than this share of the rows takes them all.
STRIDED = 32768  # So many evenly spaced rows calibrate a draw.


class FirstDraw(NamedTuple):
    """The draw that follows the statistics of the rows, at the null model of a loss.

    Parameters
    ----------
    m, seed : float, int
        As in `draw`, and the seed of its key.

    loss, fit_intercept : Logistic, bool
        What the null model is of.
    """

    m: float
    seed: int
    loss: object
    fit_intercept: bool


def draw_key(seed, n_draws):
    """The key of the random numbers of a draw, after `n_draws` other draws."""
    sequence = np.random.SeedSequence(seed, spawn_key=(n_draws,))
    return sequence.generate_state(1, np.uint64)[0]


def draw(residual, norms, floor, m, key):
    """About m rows: row i joins with probability min(1, c (residual + floor) norm).

    Parameters
    ----------
    residual : ndarray of shape (n,)
        ``|p_i - z_i|``.

    norms : ndarray of shape (n,)
        Weight times leverage, roughly.

    floor : float
        What the residuals are raised by, usually their mean.

    m : float
        The sum of the probabilities.

    key : uint64
        The key of the random numbers.

    Returns
    -------
    places : ndarray of int64
        The rows that joined, in ascending order.

    back : ndarray
        Their inverse probabilities.
    """
    step = ceil(len(norms) / STRIDED)
    rate = calibrated(
        threads().sum(_core.dot, residual, norms),
        threads().sum(_core.total, norms),
        residual[::step].copy(),
        norms[::step].copy(),
        step,
        floor,
        m,
    )

    def drawn(first, stop):
        room = int(1.2 * m + 200)
        part = residual[first:stop], floor, norms[first:stop], rate, key
        while True:
            places, back = _core.draw(*part, room, first)
            if len(places) < room:
                return places, back
            room *= 2  # The calibration was too far off.

    parts = threads().map(drawn, threads().parts(len(norms)))
    places, back = zip(*parts, strict=True)
    return np.concatenate(places), np.concatenate(back)


def calibrated(products, total, residual, norms, step, floor, m):
    """c such that the probabilities sum to m: capped rows pass their share on.

    Parameters
    ----------
    products, total : float
        The sums of ``residual * norm`` and of the norms of all rows.

    residual, norms : ndarray
        Those of evenly spaced rows.

    step : int
        How far apart these are.

    floor, m
        As in `draw`.
    """
    rate = m / (products + floor * total)
    for _ in range(4):
        rate *= m / (step * _core.expected(residual, floor, norms, rate))
    return rate
