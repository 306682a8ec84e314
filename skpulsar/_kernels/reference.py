# SPDX-License-Identifier: BSD-3-Clause
"""The kernel's functions in NumPy: what `_core` computes, written to be read.

Every public function of `_core` has its twin here, of the same name and signature, in
the plain mathematical form of its formula. The tests hold the compiled code against
it; results differ by rounding alone, except for those in whole numbers (`shuffled`,
`csr_structure`), which are equal. Nothing else imports this module.

A matrix is an array ``(n_rows, n_columns)`` or the tuple ``(data, indices, indptr,
n_columns)`` of CSR rows. The records are those of `_core`.
"""

from typing import NamedTuple

import numpy as np
from scipy import special
from scipy.sparse import csr_array
from scipy.special import expit, log_expit

LANES = 8
ROUNDS = 6
KEY_WORDS = 2 * ROUNDS
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIXES = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


def dense(matrix):
    """All rows as an array of doubles."""
    if isinstance(matrix, tuple):
        data, indices, indptr, n_columns = matrix
        rows = csr_array((data, indices, indptr), (len(indptr) - 1, n_columns))
        matrix = rows.toarray()
    return matrix.astype(np.float64)


def rows_of(matrix, order, first=0, n=None):
    """The rows that `order` names, or n, by default all, from row `first` on."""
    stop = None if n is None else first + n
    return dense(matrix)[slice(first, stop) if order is None else order]


def padded(array, n_columns):
    """A copy of array with zeros behind it, up to full lanes that hold a row; of
    several rows, one after the other."""
    array = np.asarray(array)
    wide = np.zeros((*array.shape[:-1], LANES * -(-(n_columns + 1) // LANES)))
    wide[..., : array.shape[-1]] = array
    return wide


def log(x):
    """The natural logarithm of a positive number."""
    return float(np.log(x))


def total(array):
    """The sum of a vector."""
    return float(np.sum(array))


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
OPTIMIZERS = ("momentum", "adam")


class Dataset(NamedTuple):
    """Rows with targets and weights, by place in `order`."""

    matrix: object
    target: object
    weight: object
    order: object = None
    centre: object = None
    fit_intercept: bool = True
    leaf: int = 1  # which sums are joined with which: it changes rounding alone
    loss: str = "logistic"

    def rows(self, sparse_centre=True):
        """a = (x - centre, 1), the last 0 without an intercept; without a centre if it
        is to leave CSR rows sparse."""
        x = rows_of(self.matrix, self.order)
        if sparse_centre or not isinstance(self.matrix, tuple):
            x = x - self.centre
        return np.column_stack([x, np.full(len(x), float(self.fit_intercept))])

    def weights(self):
        """Weights by row, or 1."""
        return 1.0 if self.weight is None else self.weight

    def head(self, logits, at=slice(None)):
        """Weighted losses of some rows, of every output unless these are coupled, and
        slopes by every logit; logits are of shape (n_outputs, n)."""
        losses, slopes = LOSSES[self.loss](logits, self.target[..., at])
        s = 1.0 if self.weight is None else self.weight[..., at]
        return s * losses, s * slopes


def softmax(logits, logarithms=False):
    """``exp(x_k) / sum of exp(x_l)`` in every row of logits, or its logarithm."""
    return (special.log_softmax if logarithms else special.softmax)(logits, axis=1)


def logits(matrix, first, n, weights, order=None, out=None):
    """x . w + b for n rows x; weights = (w, b), or several of them in rows. Written to
    `out`, if any."""
    x = rows_of(matrix, order, first, n)
    result = x @ weights[..., :-1].T + weights[..., -1]
    if out is None:
        return result
    out[:] = result
    return out


def norms(matrix, first, n, centre, precision, order=None):
    """``sum over columns of precision (x - centre)^2`` for n rows."""
    return (rows_of(matrix, order, first, n) - centre) ** 2 @ precision


def moments(dataset, precision=None, norms=None):
    """Column sums of ``weight (x - centre)`` and ``weight (x - centre)^2``.

    With a centre c near the mean m, m = c + sum_1 / W and the variance sum_2 / W -
    (sum_1 / W)^2 lose nothing to cancellation (Chan, Golub, LeVeque, "Algorithms for
    Computing the Sample Variance", The American Statistician 37, 1983). `norms`, for
    dense rows alone, receives ``sum over columns of precision (x - centre)^2``.
    """
    deviations = dataset.rows()[:, :-1]
    if norms is not None:
        norms[:] = deviations**2 @ precision
    s = np.broadcast_to(dataset.weights(), len(deviations))
    return s @ deviations, s @ deviations**2


def objective(dataset, weights, residual, diagonal=False):
    """One full pass over ``f(w) = sum of s_i l(a_i . w, z_i)``, for every output.

    With p the prediction, sigmoid(a . w) for the logistic loss:

        gradient = sum of s (p - z) a,    diagonal = sum of s h a^2

    `residual` receives ``|p - z|``, from which the curvature of a row's loss is h =
    ``residual (1 - residual)`` for z in {0, 1}; of squared errors h is 1.

    Returns
    -------
    loss, gradient, diagonal : float, ndarray, ndarray or None
        With an axis for the outputs if the weights have one; coupled outputs have one
        loss.
    """
    a, each = dataset.rows(sparse_centre=False), np.atleast_2d(weights)
    losses, slopes = dataset._replace(weight=None).head(each @ a.T)
    s = dataset.weights()
    residual[:] = np.abs(slopes).reshape(residual.shape)
    loss, gradient = np.sum(s * losses, axis=-1), (s * slopes) @ a
    h = s * row_curvature(dataset.loss, np.abs(slopes))
    squares = h @ a**2 if diagonal else None
    if np.ndim(weights) == 2:
        return loss, gradient, squares
    return loss.item(), gradient[0], None if squares is None else squares[0]


def row_curvature(loss, residual):
    """Second derivative of a row's loss by its logit."""
    return np.ones_like(residual) if loss == "squared" else residual * (1 - residual)


def curvature(dataset, h, scale):
    """``sum of h a a'``, a = scale (x - centre, 1): the lower half, zeros elsewhere.

    With h = s p (1 - p) it is the Hessian of `objective`, in scaled columns.
    """
    a = dataset.rows(sparse_centre=False) * scale
    return np.tril((a.T * h) @ a)


def factorise(G, penalty):
    """Metric (unit, factor) of M = G + diag(penalty), of which the lower half is read.

        unit_i = sqrt(M_ii),    factor factor' = M / (unit unit') + raise I

    A matrix with a diagonal of ones is as well conditioned as scaling can make it, but
    for a factor of its size (van der Sluis, Numerische Mathematik 14, 1969). `raise` is
    the least of 1e-14, 1e-12, ..., 1 with which it is positive definite. None if G is
    not finite.
    """
    if not np.isfinite(np.tril(G)).all():
        return None
    M = np.tril(G) + np.tril(G, -1).T + np.diag(penalty)
    unit = np.sqrt(np.maximum(np.diag(M), 1e-300))
    M = M / unit / unit[:, np.newaxis]
    np.fill_diagonal(M, 1)
    for exponent in range(-14, 1, 2):
        try:
            return unit, np.linalg.cholesky(M + 10.0**exponent * np.eye(len(M)))
        except np.linalg.LinAlgError:
            continue
    return None


def metric_solve(metric, gradient):
    """``M^-1 gradient`` of a metric (unit, factor) from `factorise`."""
    unit, factor = metric
    half = np.linalg.solve(factor, gradient / unit)
    return np.linalg.solve(factor.T, half) / unit


def newton(dataset, coordinates, start, *, total, share, tolerance, most, anchor=None):
    """The minimum over given rows of

        f(u)  =  sum of s_i l(a_i . u, z_i) / total  +  sum of penalty_j u_j^2 / 2
                 + linear . (u - start)

    with a = scale (x - centre, 1), by Newton's steps ``u -= t H^-1 g``, t = 1, 1/4,
    1/16, ... until f does not rise. With an `anchor`, linear is what makes it the
    gradient of f at the start (the correction of a sampled objective to an exact
    gradient: Johnson & Zhang, NeurIPS 2013); else linear is 0.

    With a `tie`, whose last entry is -1, every u after the first is orthogonal to it
    (J. Nocedal, S. J. Wright, Numerical Optimization, 2006, section 16.2).

    Ends after `most` passes, when the decrement ``g' H^-1 g / 2`` is at most `share`
    times the first or `tolerance` times f, or when rounding lets it fall no more.

    Returns
    -------
    point, value, gradient, first, decrement, metric, residual, n_passes
        The best point read, with its f, gradient and metric (None where f or its
        curvature is not finite), the first and the last decrement, residuals of the
        rows at the point read last, and the number of passes.
    """
    step_less, rounding = 1e-13, 1e-13
    scale, penalty, tie = coordinates
    residual, size = np.empty(len(dataset.target)), len(start)
    point, best, gradient = np.array(start), np.array(start), np.zeros(size)
    value = first = np.inf
    last, decrement, t, metric, n_passes = np.inf, 0.0, 1.0, None, 0
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
            h = dataset.weights() * row_curvature(dataset.loss, residual)
            metric = factorise(curvature(dataset, h, scale) / total, penalty)
            if metric is None:
                break
            if tie is None:
                step = metric_solve(metric, g)
            else:
                step = metric_solve(metric, g - tie @ g / (tie @ tie) * tie)
                across = metric_solve(metric, tie)
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
    return best, value, gradient, first, decrement, metric, residual, n_passes


def dot(a, b):
    """The sum of products."""
    return float(a @ b)


def probability(residual, floor, norms, c):
    """``min(1, c (residual + floor) norm)``: with which a row joins a draw."""
    return np.minimum(1, c * (residual + floor) * norms)


def expected(residual, floor, norms, c, step):
    """How many rows `draw` is to expect, judged by every step-th row."""
    return step * float(probability(residual, floor, norms, c)[::step].sum())


def draw(residual, floor, norms, c, key, room):
    """Rows that join by a toss of their coin, and their inverse probabilities.

    Row i joins where its coin is below its `probability`, which makes the weighted sum
    over the rows drawn an unbiased estimate of the sum over all (Horvitz & Thompson,
    JASA 47, 1952). The coin is a hash of key and row, the last steps of SplitMix64
    (Steele, Lea, Flood, OOPSLA 2014). At most `room` rows, the first ones, in
    ascending order.
    """
    x = np.uint64(key) + np.arange(len(norms), dtype=np.uint64) * GOLDEN
    for shift, factor in MIXES:
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    x ^= x >> np.uint64(31)
    coins = (x >> np.uint64(11)) * 2.0**-53
    p = probability(residual, floor, norms, c)
    rows = np.flatnonzero(coins < p)[: max(room, 0)]
    return rows, 1 / p[rows]


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


def splitmix(seed, steps):
    """Output of SplitMix64 so many steps after its seed (Steele, Lea, Flood 2014)."""
    x = seed + steps * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return x ^ (x >> np.uint64(31))


def inverse_power(t, p):
    """``t ** -p`` for t >= 1 and p >= 0."""
    return np.asarray(t) ** -p


def csr_structure(indptr, indices, n_rows, n_columns, n_stored):
    """A code for the structure of a CSR matrix, and the place where it fails.

    0: sound; -1: indptr does not begin with 0; -2: it falls, at row `place`; -3: it
    ends beyond the `n_stored` entries; -4: the column of entry `place` is out of range.
    """
    if indptr[0] != 0:
        return -1, 0
    falls = np.flatnonzero(indptr[1:] < indptr[:-1])
    if len(falls):
        return -2, int(falls[0])
    if indptr[-1] > n_stored:
        return -3, 0
    columns = indices[: indptr[-1]]
    outside = np.flatnonzero((columns < 0) | (columns >= n_columns))
    if len(outside):
        return -4, int(outside[0])
    return 0, 0


def csr_ascends(indptr, indices):
    """Whether the columns of every row ascend, none twice, in a sound structure."""
    columns = indices[: indptr[-1]]
    row = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    descends = (columns[1:] <= columns[:-1]) & (row[1:] == row[:-1])
    return not descends.any()


def class_totals(target, weight=None):
    """Sums of the weights (None: 1) where target is 0 and where it is 1."""
    return np.bincount(target.astype(int), weight, minlength=2).astype(np.float64)


def probabilities(logits, logarithms=False):
    """sigmoid(-logit) and sigmoid(logit), or their logarithms, of shape (n, 2)."""
    signed = np.column_stack([-logits, logits])
    return log_expit(signed) if logarithms else expit(signed)
