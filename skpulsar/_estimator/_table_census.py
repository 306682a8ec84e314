# SPDX-License-Identifier: BSD-3-Clause
"""What the targets and weights of a table say, before its features are read."""

from collections import Counter

import numpy as np

from skpulsar._estimator._input_checks import check_weight
from skpulsar._estimator._labels import check_labels
from skpulsar._problem._class_totals import class_totals
from skpulsar._problem._pairwise_sum import tree_sum
from skpulsar._problem._table_chunks import TableChunks

MAX_LABELS = 10_000  # A column of more distinct values holds no classes.


def read_labels(columns):
    """The distinct labels of a table, how many rows have each of the first two, and the
    largest sample weight or None.

    Raises
    ------
    ValueError
        If a label is missing, there are too many of them, or a weight is no weight.
    """
    labels, counts, largest = None, Counter(), None
    for part in columns.read(features=False):
        check_labels(part.target, f"y ({part.where})")
        if part.target.dtype.kind == "f" and np.isnan(part.target).any():
            raise ValueError(f"Input y contains NaN: a label is missing, {part.where}.")
        strange = part.target if labels is None else _others(part.target, labels)
        if len(strange):
            parts = (strange,) if labels is None else (labels, strange)
            labels = np.unique(np.concatenate(parts))
        if len(labels) > MAX_LABELS:
            raise ValueError(
                f"y holds more than {MAX_LABELS} different values. SLPRegressor is for "
                "numbers."
            )
        for label in labels[:2].tolist():
            counts[label] += int(np.count_nonzero(part.target == label))
        largest = _larger(largest, part)
    if labels is None:
        raise ValueError("The table has no rows.")
    return labels, np.array([counts[label] for label in labels[:2].tolist()]), largest


def read_largest(columns):
    """The largest sample weight of a table, or None."""
    largest = None
    if columns.weight is not None:
        for part in columns.read(features=False):
            largest = _larger(largest, part)
    return largest


def count_classes(columns, weights):
    """Rows of positive weight in each of two classes, the sums of their weights over
    the largest, and the starts of `TableChunks`.

    Parameters
    ----------
    columns : TableColumns
        The table.

    weights : ClassRows
        Those of the sample weights.
    """
    totals, starts = _read(
        columns, weights, lambda c: class_totals(c.targets(), c.sample_weight())
    )
    if not totals:
        return np.zeros(2, np.int64), np.zeros(2), starts
    counts, sums = zip(*totals, strict=True)
    return sum(counts), tree_sum(sums), starts


def count_rows(columns, weights):
    """Rows of positive weight, their mean weight over the largest, and the starts of
    `TableChunks`."""
    totals, starts = _read(columns, weights, lambda c: (c.n_rows, c.total()))
    if not totals:
        return 0, 1.0, starts
    counts, sums = zip(*totals, strict=True)
    return sum(counts), tree_sum(sums) / sum(counts), starts


def _read(columns, weights, totals_of):
    """The totals of every chunk, and the starts of `TableChunks`."""
    chunks = TableChunks(columns, weights, None)
    totals = [totals_of(chunk) for _, chunk in chunks.read(features=False)]
    return totals, chunks.starts


def _others(labels, known):
    """The labels that are none of those that are known."""
    left = labels
    for label in known if len(known) <= 2 else ():
        left = left[left != label]
    return left if len(known) <= 2 else left[~np.isin(left, known)]


def _larger(largest, part):
    """The largest sample weight so far."""
    if part.weight is None:
        return largest
    try:
        weight = check_weight(part.weight, len(part.target))
    except ValueError as error:
        raise ValueError(f"In {part.where}: {error}") from error
    return max(largest or 0.0, float(weight.max()))
