# SPDX-License-Identifier: BSD-3-Clause
"""The kernel's functions in NumPy: what `_core` computes, written to be read.

Every public function of `_core` has its twin here, of the same name and signature, in
the plain mathematical form of its formula. The tests hold the compiled code against
it; results differ by rounding alone, except for those in whole numbers (`shuffled`,
`csr_structure`), which are equal. Nothing else imports this module.

A matrix is an array ``(n_rows, n_columns)`` or the tuple ``(data, indices, indptr,
n_columns)`` of CSR rows. Targets and weights are looked up by row of the matrix.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit, log_expit

LANES = 8
ROUNDS = 6
KEY_WORDS = 2 * ROUNDS


def dense(matrix):
    """All rows as an array of doubles."""
    if isinstance(matrix, tuple):
        data, indices, indptr, n_columns = matrix
        rows = csr_array((data, indices, indptr), (len(indptr) - 1, n_columns))
        matrix = rows.toarray()
    return matrix.astype(np.float64)


def rows_of(matrix, first, n, order=None):
    """n rows: those that `order` names, or from row `first` on."""
    return dense(matrix)[slice(first, first + n) if order is None else order]


def padded(array, n_columns):
    """A copy of array with zeros behind it, up to full lanes that hold a row."""
    wide = np.zeros(LANES * -(-(n_columns + 1) // LANES))
    wide[: len(array)] = array
    return wide


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


def logits(matrix, first, n, weights, order=None, out=None):
    """x . w + b for n rows x; weights = (w, b). Written to `out`, if any."""
    result = rows_of(matrix, first, n, order) @ weights[:-1] + weights[-1]
    if out is None:
        return result
    out[:] = result
    return out


def moments(matrix, first, weight, shift, order=None):
    """Column sums of ``weight (x - shift)`` and ``weight (x - shift)^2``.

    With shift near the mean m, m = shift + sum_1 / W and the variance sum_2 / W -
    (sum_1 / W)^2 lose nothing to cancellation (Chan, Golub, LeVeque, "Algorithms for
    Computing the Sample Variance", The American Statistician 37, 1983).
    """
    deviations = rows_of(matrix, first, len(weight), order) - shift
    return weight @ deviations, weight @ deviations**2


def norms(matrix, first, n, centre, precision, order=None):
    """``sum over columns of precision (x - centre)^2`` for n rows."""
    return (rows_of(matrix, first, n, order) - centre) ** 2 @ precision


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
    first,
    second,
    powers,
    average,
    n_averaged,
    sums,
    *,
    alpha,
    adam,
    nesterov,
    beta_1,
    beta_2,
    epsilon,
    fit_intercept,
    average_from,
):
    """Minibatch steps on ``F(w) = mean of s_i l(a_i . w, z_i) + alpha / 2 |w|^2``.

    A row is a = (x - centre, 1), or (x - centre, 0) without an intercept, which is the
    last of `weights` and not penalised. Batch b is ``order[bounds[b]:bounds[b + 1]]``
    and steps at rates[b], along its mean gradient g in columns multiplied by `scale`:

        g  =  scale * (sum of s_i dl_i a_i / rows of the batch + alpha w)

    by ``w += scale * step``, where `first` (v) and `second` (q) carry over, and

    - momentum m = beta_1 (Polyak 1964): ``v = m v - rate g``, step v, or
      ``m v - rate g`` with Nesterov's look-ahead (Sutskever et al., ICML 2013);
    - Adam (Kingma & Ba, ICLR 2015): ``v = beta_1 v + (1 - beta_1) g``,
      ``q = beta_2 q + (1 - beta_2) g^2``, step ``-rate v^ / (sqrt(q^) + epsilon^)``,
      where v^ and q^ are unbiased, divided by 1 - beta^t, and
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
    n_columns = len(centre)
    sums, penalised = sums[: n_columns + 1], np.arange(n_columns + 1) < n_columns
    x, loss, begin = dense(matrix), 0.0, 0
    with np.errstate(all="ignore"):
        for b, end in enumerate([*bounds[1:], len(order)]):
            at, begin = order[begin:end], end
            a = np.empty((len(at), n_columns + 1))
            a[:, :-1], a[:, -1] = x[at] - centre, fit_intercept
            losses, gradients = cross_entropy(a @ weights, target[at])
            s = 1 if weight is None else weight[at]
            loss += np.sum(s * losses)
            sums += (s * gradients) @ a
            if b == len(rates):
                break
            g = scale * (sums / (end - bounds[b]) + alpha * penalised * weights)
            if adam:
                powers *= beta_1, beta_2
                first[:] = beta_1 * first + (1 - beta_1) * g
                second[:] = beta_2 * second + (1 - beta_2) * g**2
                mean, square = first / (1 - powers[0]), second / (1 - powers[1])
                eps = epsilon / np.sqrt(1 - powers[1])
                step = -rates[b] * mean / (np.sqrt(square) + eps)
            else:
                first[:] = beta_1 * first - rates[b] * g
                step = beta_1 * first - rates[b] * g if nesterov else first
            weights += scale * step
            if not (np.isfinite(weights).all() and np.isfinite(loss)):
                return b, loss
            sums[:] = 0
            if b >= average_from:
                n_averaged += 1
                average += (weights - average) / n_averaged
    return len(rates), loss


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
