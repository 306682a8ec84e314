# SPDX-License-Identifier: BSD-3-Clause
"""Newton steps, minibatches, draws and orders."""

import numpy as np

from skpulsar._kernels.reference.arithmetic import (
    GOLDEN,
    MIXES,
    factorise,
    precondition,
    splitmix,
)
from skpulsar._kernels.reference.losses import CURVATURES
from skpulsar._kernels.reference.passes import curvature, objective

OPTIMIZERS = ("momentum", "adam")

ROUNDS = 6

KEY_WORDS = 2 * ROUNDS


def newton(dataset, coordinates, start, *, total, share, tolerance, most, anchor=None):
    """The minimum over given rows of

        f(u)  =  sum of s_i l(a_i . u, z_i) / total  +  sum of penalty_j u_j^2 / 2
                 + linear . (u - start)

    with a = scale (x - centre, 1), by Newton steps ``u -= t H^-1 g``, where t = 1, 1/4,
    1/16, ... until f does not rise. If an `anchor` is given, linear makes it the
    gradient of f at the start, which corrects a sampled objective to an exact gradient
    (Johnson & Zhang, NeurIPS 2013). Otherwise linear is 0.

    If there is a `tie`, whose last entry is -1, every u after the first is orthogonal
    to it (J. Nocedal, S. J. Wright, Numerical Optimization, 2006, section 16.2).

    The search ends after `most` passes, or when the decrement ``g' H^-1 g / 2`` is at
    most `share` times the first or `tolerance` times f, or when rounding keeps it from
    falling.

    Returns
    -------
    point, value, gradient, first, decrement, preconditioner, residual, n_passes
        The best point, with its f, gradient and preconditioner (None if f or its
        curvature is not finite), the first and the last decrement, the residuals of the
        rows at the point evaluated last, and the number of passes.
    """
    step_less, rounding = 1e-13, 1e-13
    scale, penalty, tie = coordinates
    residual, size = np.empty(len(dataset.target)), len(start)
    point, best, gradient = np.array(start), np.array(start), np.zeros(size)
    value = first = np.inf
    last, decrement, t, preconditioner, n_passes = np.inf, 0.0, 1.0, None, 0
    linear = None
    while n_passes < most:
        f, g, _ = objective(dataset, point * scale, residual)
        f = f / total + penalty @ point**2 / 2
        g = g * scale / total + penalty * point
        n_passes += 1
        if anchor is not None:
            linear = anchor - g if linear is None else linear
            f += linear @ (point - start)
            g = g + linear
            if f < 0:
                break
        if not f <= value + rounding * abs(value):
            if t < step_less or n_passes == 1:
                break
            t /= 4
        else:
            best, value, gradient = point, f, g
            h = dataset.weights() * CURVATURES[dataset.loss](residual)
            preconditioner = factorise(curvature(dataset, h, scale) / total, penalty)
            if preconditioner is None:
                break
            if tie is None:
                step = precondition(preconditioner, g)
            else:
                step = precondition(preconditioner, g - tie @ g / (tie @ tie) * tie)
                across = precondition(preconditioner, tie)
                step -= tie @ step / (tie @ across) * across
            decrement = g @ step / 2
            first = min(first, decrement) if n_passes == 1 else first
            spent = decrement > last / 4 and last < rounding * abs(f)
            if decrement <= max(share * first, tolerance * abs(f)) or spent:
                break
            last, t = decrement, 1.0
        point = best - t * step
        if tie is not None:
            point[-1] = tie[:-1] @ point[:-1]
    return best, value, gradient, first, decrement, preconditioner, residual, n_passes


def minibatches(
    dataset, coordinates, optimizer, params, order, bounds, rates, average_from
):
    """Minibatch steps on

        F(W)  =  mean of s_i l(W a_i, z_i)  +  sum of penalty_j w_kj^2 / 2

    A row is a = (x - centre, 1), or (x - centre, 0) without an intercept, which is the
    last of a row of W and not penalised. Batch b is ``order[bounds[b]:bounds[b + 1]]``
    and steps at rates[b], along its mean gradient G in columns multiplied by `scale`:

        G  =  scale * (sum of s_i dl_i a_i' / rows of the batch + penalty W)

    by ``W += scale * step``, where m and v carry over. An optimizer is

    - "momentum", b = beta_1 (Polyak 1964): ``m = b m - rate G``, step m, or
      ``b m - rate G`` with Nesterov's look-ahead (Sutskever et al., ICML 2013);
    - "adam" (Kingma & Ba, ICLR 2015): ``m = beta_1 m + (1 - beta_1) G``,
      ``v = beta_2 v + (1 - beta_2) G^2``, step ``-rate m^ / (sqrt(v^) + epsilon^)``,
      where m^ and v^ are unbiased, divided by 1 - beta^t, and
      ``epsilon^ = epsilon / sqrt(1 - beta_2^t)``; powers = (beta_1^t, beta_2^t);
      with beta_1 = 0 it is RMSprop.

    From batch `average_from` on, the weights after a step enter `average`, the mean of
    `n_averaged` of them (Polyak & Juditsky 1992).

    Rows behind the last bound begin a batch that a later call ends: their gradient
    waits in `sums`, and the first of that call's bounds is negative, by as many rows.

    Returns
    -------
    done : int
        Batches done: all, or the number of the one after which a weight, or the sum of
        the losses, was not finite.

    loss : float
        Sum of ``s_i l_i``, each at the weights that its batch started from.
    """
    name, nesterov, beta_1, beta_2, epsilon = optimizer
    weights, m, v, powers, average, n_averaged, sums = params
    scale, penalty, _ = coordinates
    sums, penalty = sums[:, : len(scale)], np.append(penalty[:-1], 0.0)
    rows, value, begin = dataset.rows(), 0.0, 0
    with np.errstate(all="ignore"):
        for b, end in enumerate([*bounds[1:], len(order)]):
            at, begin = order[begin:end], end
            losses, slopes = dataset.head(weights @ rows[at].T, at)
            value += np.sum(losses)
            sums += slopes @ rows[at]
            if b == len(rates):
                break
            g = scale * (sums / (end - bounds[b]) + penalty * weights)
            if name == "adam":
                powers *= beta_1, beta_2
                m[:] = beta_1 * m + (1 - beta_1) * g
                v[:] = beta_2 * v + (1 - beta_2) * g**2
                mean, square = m / (1 - powers[0]), v / (1 - powers[1])
                eps = epsilon / np.sqrt(1 - powers[1])
                step = -rates[b] * mean / (np.sqrt(square) + eps)
            else:
                m[:] = beta_1 * m - rates[b] * g
                step = beta_1 * m - rates[b] * g if nesterov else m
            weights += scale * step
            if not (np.isfinite(weights).all() and np.isfinite(value)):
                return b, value
            sums[:] = 0
            if b >= average_from:
                n_averaged += 1
                average += (weights - average) / n_averaged
    return len(rates), value


def probability(residual, floor, norms, c):
    """Probability ``min(1, c (residual + floor) norm)`` that a row is selected."""
    return np.minimum(1, c * (residual + floor) * norms)


def expected(residual, floor, norms, c):
    """Expected number of rows that `draw` selects."""
    return float(probability(residual, floor, norms, c).sum())


def draw(residual, floor, norms, c, key, room, first=0, places=None):
    """Rows selected at random, in ascending order, and their inverse probabilities.

    The rows given are numbered from `first` on, or have these `places`, and row i is
    selected if a uniform hash of the key and i is below its `probability`. The weighted
    sum over the selected rows is then an unbiased estimate of the sum over all
    (Horvitz & Thompson, JASA 47, 1952). The hash is the last steps of SplitMix64
    (Steele, Lea, Flood, OOPSLA 2014). If more than `room` rows are selected, the first
    of them are returned.
    """
    if places is None:
        places = np.arange(first, first + len(norms))
    x = np.uint64(key) + places.astype(np.uint64) * GOLDEN
    for shift, factor in MIXES:
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    x ^= x >> np.uint64(31)
    uniform = (x >> np.uint64(11)) * 2.0**-53
    p = probability(residual, floor, norms, c)
    rows = np.flatnonzero(uniform < p)[: max(room, 0)]
    return places[rows], 1 / p[rows]


def shuffled(n, bits, key, first, last):
    """Images below n of first, ..., last - 1 under a permutation that `key` gives.

    Six rounds of ``x -> x (2 k + 1) + c  mod 2^bits`` and ``x -> x xor (x >> h)``, with
    h = ceil(bits / 2). A round can be undone, for an odd factor has an inverse modulo
    2^bits and the upper bits that the shift brings down are still there: all rounds
    together permute 0, ..., 2^bits - 1, and without the images of n or more it is a
    permutation of 0, ..., n - 1. Multiplication carries a bit's influence upwards, the
    shift downwards.

    The next 2^bits numbers are permuted under another key, every word of which is the
    hash by which SplitMix64 turns ``word + turn * (golden ratio)`` into its output;
    and so on.
    """
    x = np.arange(first, last, dtype=np.uint64)
    mask = np.uint64(2**bits - 1)
    turn, x = x >> np.uint64(bits), x & mask
    words = [np.where(turn > 0, splitmix(word, turn), word) for word in key]
    for factor, addend in zip(words[::2], words[1::2], strict=True):
        x = (x * (factor | np.uint64(1)) + addend) & mask
        x ^= x >> np.uint64((bits + 1) // 2)
    return x[x < n].astype(np.int64)
