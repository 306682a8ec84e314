# SPDX-License-Identifier: BSD-3-Clause
"""Several labels at once: an indicator matrix in, targets and weights by label out."""

import warnings
from typing import NamedTuple

import numpy as np
from scipy import sparse

from skpulsar._estimator._caller import caller_level
from skpulsar._estimator._class_weights import ClassStatistics, given_class_weight
from skpulsar._estimator._labels import shown
from skpulsar._estimator._prior import prior_shift
from skpulsar._estimator._shares import PROPORTION
from skpulsar._problem._class_totals import class_totals
from skpulsar._problem._orders import EveryRow

NO_YES = np.array([0, 1])


def has_columns(y):
    """Whether y has several columns, as an array, a data frame, or rows in a list."""
    shape = getattr(y, "shape", None)
    if shape is None and isinstance(y, (list, tuple)) and y:
        shape = (len(y), *np.shape(y[0]))
    return shape is not None and len(shape) == 2 and shape[1] > 1


def indicator_targets(y):
    """Targets by label.

    Parameters
    ----------
    y : {ndarray, sparse matrix} of shape (n_samples, n_labels)

    Returns
    -------
    targets : ndarray of shape (n_labels, n_samples), float64, C-contiguous

    Raises
    ------
    ValueError
        If an entry is neither 0 nor 1.
    """
    y = y.toarray() if sparse.issparse(y) else y
    strange = np.argwhere(~((y == 0) | (y == 1)))
    if len(strange):
        row, column = strange[0]
        (entry,) = y[row, [column]].tolist()
        raise ValueError(
            f"y has {y.shape[1]} columns and holds {entry!r:.40} in column "
            f"{column}: several columns must be 0 and 1, whether a row has the label "
            "of the column. Fit one estimator a column for other multioutput targets."
        )
    return np.ascontiguousarray(y.T, dtype=np.float64)


def check_columns(classes, n_labels):
    """Refuse `classes` of a call that are not the numbers of the columns of y."""
    if not np.array_equal(classes, np.arange(n_labels)):
        raise ValueError(
            f"y has {n_labels} columns, whose classes are their numbers, 0 to "
            f"{n_labels - 1}, but classes={shown(classes)}."
        )


def warn_of_one_label(targets):
    """Warn if every row has exactly one label."""
    if (targets.sum(axis=0) == 1).all():
        warnings.warn(
            "Every row of y has exactly one label. The columns of y are trained as "
            "independent labels; to choose one of several classes, by softmax, pass "
            "y.argmax(axis=1).",
            UserWarning,
            stacklevel=caller_level(),
        )


def warn_of_constant(weight):
    """Warn of labels that all rows have, or none, given what the rows without each
    label weigh, and those with it, class weights included."""
    constant = np.flatnonzero((weight == 0).any(axis=1))
    if len(constant):
        column = constant[0]
        others = f", and {len(constant) - 1} more are so" if len(constant) > 1 else ""
        warnings.warn(
            f"Column {column} of y holds {int(weight[column, 1] > 0)} alone{others}, "
            "in rows of positive weight: they say nothing of when another label "
            "occurs.",
            UserWarning,
            stacklevel=caller_level(),
        )


class ColumnWeights(NamedTuple):
    """Weights of the rows of one call, and the statistics behind them.

    Parameters
    ----------
    index : ndarray of int64, or None
        The rows of positive weight; None stands for all rows.

    weight : ndarray of shape (n_rows,) or (n_labels, n_rows), or None
        Weight of every row, for every label if these differ; None stands for ones.

    factor : ndarray of shape (n_labels, 2)
        By what the weights of the rows without each label, and with it, are multiplied.

    count : ndarray of shape (n_labels,)
        Sum of the sample weights of the rows with each label.

    seen : ClassStatistics
        Statistics, of shape (n_labels, 2), of all rows seen, these included.
    """

    index: np.ndarray | None
    weight: np.ndarray | None
    factor: np.ndarray
    count: np.ndarray
    seen: ClassStatistics

    def order(self, targets):
        """In which order an epoch visits the rows, which are of no class."""
        n_rows = targets.shape[1] if self.index is None else len(self.index)
        return EveryRow((n_rows,))


def weigh_columns(targets, sample_weight, class_weight, seen):
    """Weights of rows in the mean of their losses, for every label, as `weigh` has them
    for two classes.

    Parameters
    ----------
    targets : ndarray of shape (n_labels, n_rows)

    sample_weight : ndarray of shape (n_rows,), or None
        Weights of at least 0.

    class_weight : ndarray of shape (n_labels, 2), or None
        Weights of the rows without each label, and with it; None for "balanced".

    seen : ClassStatistics
        The statistics of the rows of earlier calls.

    Returns
    -------
    column_weights : ColumnWeights

    Raises
    ------
    ValueError
        If no row has a weight for some label.
    """
    largest, relative, index = 1.0, None, None
    if sample_weight is not None:
        largest = sample_weight.max() or 1.0  # Sums of huge weights overflow.
        relative = sample_weight / largest
        index = None if relative.all() else np.flatnonzero(relative)
    kept = targets if index is None else targets.take(index, axis=1)
    n_labels, n_kept = kept.shape
    if n_kept == 0:
        ones = np.ones((n_labels, 2))
        return ColumnWeights(index, None, ones, np.zeros(n_labels), seen)
    of_kept = relative if index is None else relative[index]
    n_rows, sums = np.swapaxes([class_totals(z, of_kept) for z in kept], 0, 1)
    seen = seen.merge(n_rows.astype(np.int64), largest * (sums / n_kept))
    factor = balanced(seen.weight) if class_weight is None else class_weight
    mean = (factor * seen.weight).sum(axis=1, keepdims=True)
    if not mean.all():
        raise ValueError(
            f"class_weight leaves no row a weight for column {mean.argmin()} of y, "
            f"whose weights are {factor[mean.argmin()]}: make one of them positive."
        )
    weight = _row_weights(targets, relative, factor, mean / largest)
    with np.errstate(over="ignore"):
        return ColumnWeights(index, weight, factor, largest * sums[:, 1], seen)


def _row_weights(targets, relative, factor, mean):
    """Weights of rows, by their own and by label; None if all are 1."""
    scaled = factor / mean
    if (factor[:, 0] == factor[:, 1]).all():
        return None if relative is None else relative * scaled[0, 0]
    weight = np.where(targets == 1, scaled[:, 1:], scaled[:, :1])
    return weight if relative is None else np.multiply(weight, relative, out=weight)


def balanced(weight):
    """Weights of the two classes of every label that make them weigh the same; 0 for
    one without rows."""
    total = weight.sum(axis=1, keepdims=True)
    present = weight > 0
    return np.divide(total / 2, weight, out=np.zeros_like(weight), where=present)


def given_column_weights(class_weight, n_labels):
    """Weights of the two classes of every label.

    Parameters
    ----------
    class_weight : list of dict, "balanced" or None

    n_labels : int

    Returns
    -------
    weight : ndarray of shape (n_labels, 2), or None for "balanced"

    Raises
    ------
    ValueError
        If it is not one dict a label, or a dict is none of weights of 0 and 1.
    """
    if class_weight == "balanced":
        return None
    if class_weight is None:
        return np.ones((n_labels, 2))
    dicts = class_weight if isinstance(class_weight, (list, tuple)) else ()
    if len(dicts) != n_labels or not all(isinstance(d, dict) for d in dicts):
        raise ValueError(
            f"class_weight must be 'balanced' or a list of {n_labels} dicts, one a "
            f"column of y: {{0: weight, 1: weight}}. Got {class_weight!r:.100} instead."
        )
    return np.array([given_class_weight(weight, NO_YES) for weight in dicts])


def prior_shifts(prior_correction, factor, weight):
    """`prior_shift` of every label.

    Parameters
    ----------
    prior_correction : bool or dict
        As for two classes. A dict gives the population's shares of the rows that have
        a label, by column; for other columns the rows are the population.

    factor, weight : ndarray of shape (n_labels, 2)
        What multiplies the rows without each label and with it, and what they weigh.

    Returns
    -------
    shift : ndarray of shape (n_labels,)

    Raises
    ------
    ValueError
        If a share is no number in (0, 1), or a key is no column.
    """
    given = isinstance(prior_correction, dict)
    shares = prior_correction if given else {}
    sound = given or isinstance(prior_correction, (bool, np.bool_))
    keys = all(key in range(len(factor)) for key in shares)
    if not (sound and keys and all(map(PROPORTION.admits, shares.values()))):
        raise ValueError(
            "prior_correction of an indicator matrix must be a bool, or a dict "
            "{column: share} of the rows that have the label in the population, each "
            f"between 0 and 1. Got {prior_correction!r:.100} instead."
        )
    default = True if given else prior_correction
    return np.array(
        [
            prior_shift(shares.get(k, default), factor[k], weight[k], NO_YES)
            for k in range(len(factor))
        ]
    )
