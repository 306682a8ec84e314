# SPDX-License-Identifier: BSD-3-Clause
"""The kernel's functions in NumPy: what `_core` computes, written to be read.

Every public function of `_core` has its twin here, of the same name and signature, in
the plain mathematical form of its formula. The tests hold the compiled code against
it; results differ by rounding alone, except for those in whole numbers (`shuffled`,
`csr_structure`), which are equal. Nothing else imports this module.

A matrix is an array ``(n_rows, n_columns)`` or the tuple ``(data, indices, indptr,
n_columns)`` of CSR rows. `minibatches` looks targets and weights up by row of the
matrix; the full readings, from `survey` on, have them by place in `order`.
"""

import numpy as np
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
    """A copy of array with zeros behind it, up to full lanes that hold a row."""
    wide = np.zeros(LANES * -(-(n_columns + 1) // LANES))
    wide[: len(array)] = array
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


LOGISTIC = 0
MOMENTUM, ADAM = 0, 1
LOSSES = {LOGISTIC: cross_entropy}  # by the tag of a loss: its values and slopes


def logits(matrix, first, n, weights, order=None, out=None):
    """x . w + b for n rows x; weights = (w, b). Written to `out`, if any."""
    result = rows_of(matrix, order, first, n) @ weights[:-1] + weights[-1]
    if out is None:
        return result
    out[:] = result
    return out


def norms(matrix, first, n, centre, precision, order=None):
    """``sum over columns of precision (x - centre)^2`` for n rows."""
    return (rows_of(matrix, order, first, n) - centre) ** 2 @ precision


def framed(matrix, order, centre, fit_intercept):
    """Rows seen as a = (x - centre, 1), the last 0 without an intercept; CSR rows as
    (x, 1): they stay sparse."""
    x = rows_of(matrix, order)
    a = np.empty((len(x), x.shape[1] + 1))
    a[:, :-1] = x if isinstance(matrix, tuple) else x - centre
    a[:, -1] = fit_intercept
    return a


def survey(matrix, weight, shift, order=None, *, leaf, precision=None, norms=None):
    """Column sums of ``weight (x - shift)`` and ``weight (x - shift)^2``.

    With shift near the mean m, m = shift + sum_1 / W and the variance sum_2 / W -
    (sum_1 / W)^2 lose nothing to cancellation (Chan, Golub, LeVeque, "Algorithms for
    Computing the Sample Variance", The American Statistician 37, 1983). `norms`, for
    dense rows alone, receives ``sum over columns of precision (x - shift)^2``. `leaf`
    says which sums are joined with which, and changes rounding alone.
    """
    deviations = rows_of(matrix, order) - shift
    if norms is not None:
        norms[:] = deviations**2 @ precision
    s = np.ones(len(deviations)) if weight is None else weight
    return s @ deviations, s @ deviations**2


def objective(
    matrix,
    target,
    weight,
    order,
    centre,
    weights,
    residual,
    *,
    fit_intercept,
    leaf,
    diagonal=False,
    loss=LOGISTIC,
):
    """One full reading of ``f(w) = sum of s_i l(a_i . w, z_i)``.

    With p = sigmoid(a . w), a as in `framed` and l as in `cross_entropy`:

        gradient = sum of s (p - z) a,    diagonal = sum of s p (1 - p) a^2

    `residual` receives ``|p - z|``, from which ``p (1 - p) = residual (1 - residual)``
    for z in {0, 1}.

    Returns
    -------
    loss, gradient, diagonal : float, ndarray, ndarray or None
    """
    a = framed(matrix, order, centre, fit_intercept)
    losses, gradients = LOSSES[loss](a @ weights, target)
    s = np.ones(len(a)) if weight is None else weight
    residual[:] = np.abs(gradients)
    squares = (s * residual * (1 - residual)) @ a**2 if diagonal else None
    return float(s @ losses), (s * gradients) @ a, squares


def curvature(matrix, h, order, centre, scale, *, fit_intercept):
    """``sum of h a a'``, a = scale (x - centre, 1): the lower half, zeros elsewhere.

    With h = s p (1 - p) it is the Hessian of `objective`, in scaled columns.
    """
    a = framed(matrix, order, centre, fit_intercept) * scale
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


def newton(
    matrix,
    target,
    weight,
    order,
    centre,
    scale,
    penalty,
    start,
    *,
    fit_intercept,
    leaf,
    total,
    share,
    tolerance,
    most,
    linear=None,
    origin=None,
    past=None,
    anchored=False,
    tie=None,
    loss=LOGISTIC,
):
    """The minimum over given rows of

        f(u)  =  sum of s_i l(a_i . u, z_i) / total  +  sum of penalty_j u_j^2 / 2
                 + linear . v  +  v' past v / 2,    v = u - origin

    with a = scale (x - centre, 1), by Newton's steps ``u -= t H^-1 g``, t = 1, 1/4,
    1/16, ... until f does not rise. `past` is given by its lower half. If `anchored`,
    `linear` is first lowered by the gradient of the rest at `start`: with start =
    origin, the gradient of f there is `linear` as it was given (the correction of a
    sampled objective to an exact gradient: Johnson & Zhang, NeurIPS 2013).

    With a `tie`, whose last entry is -1, every u after the first is orthogonal to it
    (J. Nocedal, S. J. Wright, Numerical Optimization, 2006, section 16.2).

    Ends after `most` readings, when the decrement ``g' H^-1 g / 2`` is at most `share`
    times the first or `tolerance` times f, or when rounding lets it fall no more.

    Returns
    -------
    point, value, gradient, first, decrement, metric, residual, readings
        The best point read, with its f, gradient and metric (None where f or its
        curvature is not finite), the first and the last decrement, residuals of the
        rows at the point read last, and the number of readings.
    """
    step_less, rounding = 1e-13, 1e-13
    residual, d = np.empty(len(target)), len(start) - 1
    linear = None if linear is None else np.array(linear)
    lower = np.zeros((d + 1, d + 1)) if past is None else np.tril(past)
    whole = lower + np.tril(lower, -1).T
    point, best, gradient = np.array(start), np.array(start), np.zeros(d + 1)
    value = first = np.inf
    last, decrement, t, metric, readings = np.inf, 0.0, 1.0, None, 0
    while readings < most:
        f, g, _ = objective(
            matrix, target, weight, order, centre, point * scale, residual,
            fit_intercept=fit_intercept, leaf=leaf, loss=loss,
        )  # fmt: skip
        f = f / total + penalty @ point**2 / 2
        g = g * scale / total + penalty * point
        readings += 1
        if anchored and readings == 1:
            linear -= g
        if linear is not None:
            v = point - origin
            f += linear @ v + v @ whole @ v / 2
            g = g + linear + whole @ v
        if not f <= value + rounding * abs(value):
            if t < step_less or readings == 1:
                break
            t /= 4
        else:
            best, value, gradient = point, f, g
            h = residual * (1 - residual) * (1 if weight is None else weight)
            given = {"fit_intercept": fit_intercept}
            G = curvature(matrix, h, order, centre, scale, **given) / total + lower
            metric = factorise(G, penalty)
            if metric is None:
                break
            if tie is None:
                step = metric_solve(metric, g)
            else:
                step = metric_solve(metric, g - tie @ g / (tie @ tie) * tie)
                across = metric_solve(metric, tie)
                step -= tie @ step / (tie @ across) * across
            decrement = g @ step / 2
            first = min(first, decrement) if readings == 1 else first
            spent = decrement > last / 4 and last < rounding * abs(f)
            if decrement <= max(share * first, tolerance * abs(f)) or spent:
                break
            last, t = decrement, 1.0
        point = best - t * step
        if tie is not None:
            point[-1] = tie[:-1] @ point[:-1]
    return best, value, gradient, first, decrement, metric, residual, readings


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
    matrix,
    target,
    weight,
    order,
    bounds,
    rates,
    centre,
    scale,
    weights,
    m,
    v,
    powers,
    average,
    n_averaged,
    sums,
    *,
    penalty,
    optimizer,
    fit_intercept,
    average_from,
    loss=LOGISTIC,
):
    """Minibatch steps on

        F(w)  =  mean of s_i l(a_i . w, z_i)  +  sum of penalty_j w_j^2 / 2

    A row is a = (x - centre, 1), or (x - centre, 0) without an intercept, which is the
    last of `weights` and not penalised. Batch b is ``order[bounds[b]:bounds[b + 1]]``
    and steps at rates[b], along its mean gradient g in columns multiplied by `scale`:

        g  =  scale * (sum of s_i dl_i a_i / rows of the batch + penalty w)

    by ``w += scale * step``, where `m` and `v` carry over. `optimizer` is its tag,
    whether Nesterov's, beta_1, beta_2 and epsilon:

    - MOMENTUM, b = beta_1 (Polyak 1964): ``m = b m - rate g``, step m, or
      ``b m - rate g`` with Nesterov's look-ahead (Sutskever et al., ICML 2013);
    - ADAM (Kingma & Ba, ICLR 2015): ``m = beta_1 m + (1 - beta_1) g``,
      ``v = beta_2 v + (1 - beta_2) g^2``, step ``-rate m^ / (sqrt(v^) + epsilon^)``,
      where m^ and v^ are unbiased, divided by 1 - beta^t, and
      ``epsilon^ = epsilon / sqrt(1 - beta_2^t)``; powers = (beta_1^t, beta_2^t);
    - RMSprop: Adam with beta_1 = 0.

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
    tag, nesterov, beta_1, beta_2, epsilon = optimizer
    n_columns = len(centre)
    sums, penalty = sums[: n_columns + 1], np.append(penalty, 0.0)
    x, value, begin = dense(matrix), 0.0, 0
    with np.errstate(all="ignore"):
        for b, end in enumerate([*bounds[1:], len(order)]):
            at, begin = order[begin:end], end
            a = np.empty((len(at), n_columns + 1))
            a[:, :-1], a[:, -1] = x[at] - centre, fit_intercept
            losses, gradients = LOSSES[loss](a @ weights, target[at])
            s = 1 if weight is None else weight[at]
            value += np.sum(s * losses)
            sums += (s * gradients) @ a
            if b == len(rates):
                break
            g = scale * (sums / (end - bounds[b]) + penalty * weights)
            if tag == ADAM:
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
