# SPDX-License-Identifier: BSD-3-Clause
"""Sample and class weights: one weight a row, 1 in the mean."""

import numpy as np

from skpulsar._kernels import _core


def weigh(target, sample_weight, class_weight, seen, n_seen):
    """Weights of rows in the mean of their losses.

    A row weighs ``s_i c[y_i]``, its sample weight times its class's, divided by the
    mean of that over all rows seen: an epoch, a batch or a chunk then is an unbiased
    part of the objective, whatever the scale of the weights. "balanced" makes c
    inversely proportional to the class's share of the sample weights seen.

    Parameters
    ----------
    target : ndarray of shape (n_rows,)
        0 and 1.

    sample_weight : ndarray of shape (n_rows,), or None
        Of at least 0.

    class_weight : ndarray of shape (2,), or None
        c; None for "balanced".

    seen : ndarray of shape (2,)
        Mean over the rows of earlier calls of the sample weight in each class: a
        running mean, which the same rows once more change in no bit.

    n_seen : int
        How many rows those were.

    Returns
    -------
    index : ndarray of int64, or None
        The rows of positive weight; None if all are.

    weight : ndarray of shape (n_rows,), or None
        None if all weigh the same.

    count : ndarray of shape (2,)
        Sum of the sample weights in each class.

    seen : ndarray of shape (2,)
        The means, with these rows.
    """
    largest, relative = 1.0, None
    if sample_weight is not None:
        largest = sample_weight.max() or 1.0  # sums of huge weights overflow
        relative = sample_weight / largest
    index = _positive(target, relative, class_weight)
    kept = target if index is None else target[index]
    n_rows = len(kept)
    if n_rows == 0:
        return index, None, np.zeros(2), seen
    part = relative if index is None or relative is None else relative[index]
    sums = _core.class_totals(kept, part)
    mean = largest * (sums / n_rows)
    seen = seen + (mean - seen) * (n_rows / (n_seen + n_rows))
    if class_weight is None:
        class_weight = np.zeros(2)
        class_weight[seen > 0] = (seen[0] + seen[1]) / 2 / seen[seen > 0]
    if relative is None and class_weight[0] == class_weight[1]:
        weight = None
    else:
        mean = class_weight[0] * seen[0] + class_weight[1] * seen[1]
        factor = class_weight / (mean / largest)
        positive = target == 1
        if relative is None:
            weight = np.where(positive, factor[1], factor[0])
        else:  # in place: weights are as long as the data
            weight = np.multiply(relative, factor[1], out=relative, where=positive)
            np.multiply(relative, factor[0], out=relative, where=~positive)
    with np.errstate(over="ignore"):
        return index, weight, largest * sums, seen


def _positive(target, relative, class_weight):
    """Rows of positive weight, or None if all are."""
    positive = np.ones(len(target), dtype=bool) if relative is None else relative > 0
    if class_weight is not None and not class_weight.all():
        positive &= class_weight[target.astype(np.intp)] > 0
    return None if positive.all() else np.flatnonzero(positive).astype(np.int64)
