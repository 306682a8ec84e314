# SPDX-License-Identifier: BSD-3-Clause
"""Arithmetic of vectors and matrices."""

import numpy as np

LANES = 8

GOLDEN = np.uint64(0x9E3779B97F4A7C15)

MIXES = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


def padded(array, n_columns):
    """A copy of an array, or of each of its rows, padded with zeros to full lanes."""
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


def dot(a, b):
    """The sum of products."""
    return float(a @ b)


def dots(a, b):
    """The sum of products of every column."""
    return (a * b).sum(axis=0)


def inverse_power(t, p):
    """``t ** -p`` for t >= 1 and p >= 0."""
    return np.asarray(t) ** -p


def splitmix(seed, steps):
    """Output of SplitMix64 at this step after its seed (Steele, Lea, Flood 2014)."""
    x = seed + steps * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return x ^ (x >> np.uint64(31))


def factorise(G, penalty):
    """Preconditioner (unit, factor) of M = G + diag(penalty), from its lower half.

        unit_i = sqrt(M_ii),    factor factor' = M / (unit unit') + raise I

    A matrix whose diagonal is 1 is as well conditioned as scaling can make it, up to a
    factor of its size (van der Sluis, Numerische Mathematik 14, 1969). `raise` is the
    smallest of 1e-14, 1e-12, ..., 1 that makes it positive definite. The result is None
    if G is not finite.
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


def precondition(preconditioner, gradient):
    """``M^-1 gradient`` of a preconditioner (unit, factor) from `factorise`."""
    unit, factor = preconditioner
    half = np.linalg.solve(factor, gradient / unit)
    return np.linalg.solve(factor.T, half) / unit


def precondition_each(preconditioners, which, gradients):
    """The same of several gradients, in rows, by the preconditioners that `which` names
    of (units, factors)."""
    units, factors = preconditioners
    pairs = zip(which, gradients, strict=True)
    return np.array([precondition((units[k], factors[k]), g) for k, g in pairs])
