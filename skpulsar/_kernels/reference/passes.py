# SPDX-License-Identifier: BSD-3-Clause
"""Full passes over rows with targets and weights."""

from itertools import pairwise

import numpy as np

from skpulsar._kernels.reference.losses import CURVATURES


def moments(dataset, precision=None, norms=None, *, first=0, stop=-1):
    """Column sums of ``weight (x - centre)`` and ``weight (x - centre)^2``.

    With a centre c near the mean m, m = c + sum_1 / W and the variance sum_2 / W -
    (sum_1 / W)^2 lose nothing to cancellation (Chan, Golub, LeVeque, "Algorithms for
    Computing the Sample Variance", The American Statistician 37, 1983). For
    dense rows `norms` receives ``sum over columns of precision (x - centre)^2``.
    """
    dataset = dataset.part(first, stop)
    deviations = dataset.rows()[:, :-1]
    if norms is not None:
        norms[first : first + len(deviations)] = deviations**2 @ precision
    s = np.broadcast_to(dataset.weights(), len(deviations))
    return s @ deviations, s @ deviations**2


def objective(dataset, weights, residual, diagonal=False, *, first=0, stop=-1):
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
    dataset = dataset.part(first, stop)
    a, each = dataset.rows(sparse_centre=False), np.atleast_2d(weights)
    losses, slopes = dataset._replace(weight=None).head(each @ a.T)
    s = dataset.weights()
    np.atleast_2d(residual)[:, first : first + len(a)] = np.abs(slopes)
    loss, gradient = np.sum(s * losses, axis=-1), (s * slopes) @ a
    h = s * CURVATURES[dataset.loss](np.abs(slopes))
    squares = h @ a**2 if diagonal else None
    if np.ndim(weights) == 2:
        return loss, gradient, squares
    return loss.item(), gradient[0], None if squares is None else squares[0]


def grid(
    dataset, weights, scale, bounds, factor=None, seen=None, residual=None,
    single=False, sums="both",
):  # fmt: skip
    """The same of many models, over groups of consecutive rows: row i is in group g if
    ``bounds[g] <= i < bounds[g + 1]``.

    Weights are those of a = scale (x - centre, 1), of shape (n_columns + 1, n_models).
    Sums that `factor` is 0 for are 0, but for models that `seen` names: `residual`
    receives the mean of their ``|p - z|``. `single` changes rounding alone.

    Returns
    -------
    loss, gradient : ndarray
        Of shape (n_groups, n_models) and (n_groups, n_columns + 1, n_models); or None.
    """
    a = dataset.rows(sparse_centre=False) * scale
    losses, slopes = dataset._replace(weight=None).head((a @ weights).T)
    s = dataset.weights()
    if residual is not None:
        residual[:] = np.abs(slopes[seen]).mean(axis=0)
    parts = [slice(*ends) for ends in pairwise(bounds)]
    loss = np.array([(s * losses)[:, part].sum(axis=1) for part in parts])
    gradient = np.array([((s * slopes)[:, part] @ a[part]).T for part in parts])
    if factor is not None:
        counts = factor != 0
        counts[:, [] if seen is None else seen] = True
        loss, gradient = loss * counts, gradient * counts[:, np.newaxis]
    return None if sums == "gradients" else loss, None if sums == "losses" else gradient


def grid_logits(dataset, weights, scale):
    """The logits of many models, of shape (n_models, n_rows)."""
    return ((dataset.rows(sparse_centre=False) * scale) @ weights).T


def curvature(dataset, h, scale, *, out=None, first=0, stop=-1):
    """``sum of h a a'``, a = scale (x - centre, 1): the lower half, zeros elsewhere.

    With h = s p (1 - p) it is the Hessian of `objective`, in scaled columns. Columns
    from `first` to `stop`, or to the last for -1, are written to `out`, if given.
    """
    a = dataset.rows(sparse_centre=False) * scale
    columns = slice(first, a.shape[1] if stop < 0 else stop)
    found = np.zeros((a.shape[1], a.shape[1])) if out is None else out
    found[:, columns] = np.tril((a.T * h) @ a)[:, columns]
    return found


def products(dataset, shift, *, first=0, stop=-1):
    """``sum of s b b'``, b = (x - centre, 1, z - shift), with z the targets of all
    outputs: the lower half, zeros elsewhere. It is all that squared error knows of
    dense rows."""
    dataset = dataset.part(first, stop)
    targets = np.atleast_2d(dataset.target) - shift[:, np.newaxis]
    b = np.column_stack([dataset.rows(), *targets])
    s = np.broadcast_to(dataset.weights(), len(b))
    return np.tril((b.T * s) @ b)
