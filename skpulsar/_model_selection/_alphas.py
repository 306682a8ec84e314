# SPDX-License-Identifier: BSD-3-Clause
"""A grid of alphas that suits the rows."""

import numpy as np

NO_MODEL = 1e-2  # of the loss: what coefficients take off it at the largest alpha
NO_PENALTY = 1e-8  # what the smallest alpha makes of a coefficient of one a deviation
NARROWEST, WIDEST = 1e4, 1e12  # The largest alpha over the smallest is between these.


def automatic_alphas(rows, loss, n_alphas, fit_intercept, deviation=None):
    """Strengths of the penalty from all to nothing, in equal ratios, falling.

    At the largest, coefficients take no more than a hundredth off the loss of the null
    model: a step along its gradient g gains at most ``|g|^2 / (2 alpha)``. At the
    smallest, ``alpha s^2`` is 1e-8, where s is a coefficient that moves the logit by 1
    for a deviation of its column, in the geometric mean over the columns: less than
    any rows tell of. Both ends stay the same if rows are copied or weights multiplied.

    Parameters
    ----------
    rows : Rows
        The rows, with the weights of the objective.

    loss : Logistic or Softmax
        The loss of a row.

    n_alphas : int
        How many; one alone is the geometric mean of both ends.

    fit_intercept : bool
        Whether the null model has an intercept.

    deviation : ndarray of shape (n_columns,), or None
        Units of the penalty; None: the columns as they are.

    Returns
    -------
    alphas : ndarray of shape (n_alphas,)
        Rounded to three digits.
    """
    moments = rows.moments()
    centre = moments.mean if fit_intercept else np.zeros(rows.n_columns)
    variance = moments.variance if fit_intercept else moments.square()
    unit = np.ones(rows.n_columns) if deviation is None else deviation
    varies = ~moments.constant() & (variance > 0) & (unit > 0)
    null_loss, squares = 0.0, 0.0
    for output in rows.outputs():
        null = loss.null_model(output, fit_intercept)
        null_loss += null.loss
        for gradient in _null_gradients(output, null, centre):
            squares += np.sum((gradient[varies] / unit[varies]) ** 2)
    high = squares / (2 * NO_MODEL * null_loss) if null_loss > 0 else 0.0
    high = high if 0 < high < np.inf else 1.0
    low = high / np.sqrt(NARROWEST * WIDEST)
    if varies.any():
        logarithms = 2 * np.log(np.sqrt(variance[varies]) / unit[varies])
        low = NO_PENALTY * np.exp(logarithms.mean())
    low = np.clip(low, high / WIDEST, high / NARROWEST)
    ends = np.log10([high, low])
    exponents = np.linspace(*ends, n_alphas) if n_alphas > 1 else [ends.mean()]
    return np.array([float(f"{10.0**exponent:.3g}") for exponent in exponents])


def _null_gradients(rows, null, centre):
    """The gradient of the mean loss by the weights of every logit, at the null model of
    one output or of the classes that share a loss."""
    target, weight = rows.targets(), rows.sample_weight()
    shares = np.atleast_1d(null.mean)
    hits = [target] if len(shares) == 1 else [target == k for k in range(len(shares))]
    for hit, share in zip(hits, shares, strict=True):
        residual = share - hit
        residual = residual if weight is None else residual * weight
        yield rows.column_sums(centre, residual)[0] / rows.total()
