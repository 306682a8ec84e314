# SPDX-License-Identifier: BSD-3-Clause
"""Covariances of coefficients from curvatures, and what the rows do not determine."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh, helmert

# Columns depend on each other where an eigenvalue of their scaled curvature is less
# than this share of the largest: some 1e-6 of a column's deviation is its own.
MIN_EIGENVALUE = 1e-12
# A coefficient takes part in a direction by more than this share of its length.
MIN_PART = 1e-5


@dataclass(frozen=True)
class Estimates:
    """What the rows tell of some coefficients.

    Parameters
    ----------
    variance : ndarray of shape (n_outputs, n_columns + 1)
        Of the weights; infinite where the rows do not determine a weight.

    decrement : float
        ``slope' inverse(curvature) slope``: twice the distance from the minimum.

    n_determined : int
        How many directions the rows determine.
    """

    variance: np.ndarray
    decrement: float
    n_determined: int


def estimates(scores, variation=None, intercept_variance=0.0):
    """Variances of the weights.

    Parameters
    ----------
    scores : Scores
        Of one output, or of several that share a loss and whose weights sum to 0.

    variation : ndarray of shape (n_weights, n_weights), default=None
        Covariance of the slope; None for the curvature without the penalty.

    intercept_variance : float or ndarray of shape (n_outputs, n_outputs), default=0.0
        Covariance of what is subtracted from the intercepts.

    Returns
    -------
    estimates : Estimates
    """
    n_outputs, size = len(scores.slopes), len(scores.design.scale)
    information = scores.information()
    to_weights = np.kron(np.eye(n_outputs), scores.design.to_weights())
    if n_outputs > 1:  # Only what sums to 0 over the outputs can be told.
        free = np.kron(helmert(n_outputs).T, np.eye(size))
    else:
        free = np.eye(size)
    to_weights = to_weights @ free
    hessian = free.T @ (information + np.diag(scores.penalty)) @ free
    inverse = inverse_of(hessian)
    slope = free.T @ scores.slope()
    spread = free.T @ (information if variation is None else variation) @ free
    root = to_weights @ inverse
    variance = np.einsum("ij,jk,ik->i", root, spread, root).reshape(n_outputs, size)
    variance = np.maximum(variance, 0.0)
    variance[:, -1] += np.diag(np.atleast_2d(intercept_variance))
    unknown, n_determined = undetermined(free.T @ information @ free, to_weights)
    variance[unknown.reshape(n_outputs, size)] = np.inf
    return Estimates(variance, float(slope @ inverse @ slope), n_determined)


def inverse_of(matrix):
    """The inverse of a matrix that is positive definite but for some directions, which
    are left out, in whatever units its rows and columns are."""
    root = root_of_inverse(matrix)
    return root @ root.T


def root_of_inverse(matrix):
    """A matrix R of which that inverse is ``R R'``, a column for every direction that
    is not left out."""
    values, vectors, unit = _directions(matrix)
    kept = vectors[:, _is_kept(values)]
    return unit[:, np.newaxis] * kept / np.sqrt(values[_is_kept(values)])


def undetermined(information, to_weights):
    """Which weights the rows do not determine, and how many directions they do.

    Parameters
    ----------
    information : ndarray of shape (size, size)
        The curvature without the penalty.

    to_weights : ndarray of shape (n_weights, size)
        Takes the coordinates of the curvature to weights.

    Returns
    -------
    unknown : ndarray of bool of shape (n_weights,)

    n_determined : int
    """
    values, vectors, unit = _directions(information)
    kept = _is_kept(values)
    rows = to_weights * np.where(unit > 0, unit, 1.0)
    length = np.linalg.norm(rows, axis=1)
    part = np.linalg.norm(rows @ vectors[:, ~kept], axis=1)
    return (part > MIN_PART * length) | (length == 0), int(np.count_nonzero(kept))


def _directions(matrix):
    """Eigenvalues and eigenvectors in units in which the diagonal is 1, and the units;
    a coordinate without curvature has the unit 0 and is a direction of its own."""
    diagonal = np.diag(matrix)
    unit = np.zeros(len(diagonal))
    np.divide(1.0, np.sqrt(diagonal), out=unit, where=diagonal > 0)
    values, vectors = eigh(unit[:, np.newaxis] * matrix * unit)
    return values, vectors, unit


def _is_kept(values):
    return values > MIN_EIGENVALUE * max(values[-1], 0.0)
