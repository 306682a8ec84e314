# SPDX-License-Identifier: BSD-3-Clause
"""Targets that are numbers, of one kind or of several."""

from dataclasses import replace

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skpulsar._estimator._lazy_prediction import lazy_of_lazy
from skpulsar._estimator._prediction import decision
from skpulsar._estimator._table_census import count_rows, read_largest
from skpulsar._estimator._table_score import TableScore
from skpulsar._estimator._table_targets import NumberRows
from skpulsar._estimator._targets import as_targets, check_targets
from skpulsar._problem._chunked_rows import ChunkedRows
from skpulsar._problem._losses import SQUARED
from skpulsar._problem._matrix import kernel_matrix, sum_repeated
from skpulsar._problem._memory import Rows
from skpulsar._problem._orders import EveryRow
from skpulsar._problem._sample_weights import WeightStatistics, weigh
from skpulsar._problem._table_chunks import TableChunks
from skpulsar._problem._threads import Threads


class NumberTargets(TableScore, RegressorMixin):
    """A mixin of regressors, before their base class."""

    @lazy_of_lazy
    def predict(self, X):
        """Predict the targets, from the attributes as they are now; by one layer they
        are ``X @ coef_.T + intercept_``.

        Parameters
        ----------
        X : {array-like, sparse matrix, table} of shape (n_samples, n_features)
            Features; of a table (see :func:`skpulsar.rows`) those of the names seen in
            `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_targets), float64
            Predicted targets, in the shape that y had.
        """
        check_is_fitted(self)
        with Threads(self.n_jobs):
            predicted = decision(self, X)
        return predicted[:, 0] if self._Result.has_one_column(self) else predicted

    def _check_targets(self, y):
        check_targets(y)
        return {"multi_output": True}

    def _loss_of(self, result):
        return SQUARED

    def _first_result(self, y, n_columns, before):
        """The result before the first epoch of a fit: initial weights."""
        n_targets = 1 if y.ndim == 1 else y.shape[1]
        if before is None:
            weights = self._without_weights(n_targets, n_columns)
        elif n_targets == before.n_targets():
            weights = before.weights
        else:
            raise ValueError(
                f"warm_start=True goes on with {before.n_targets()} targets, but y "
                f"has {n_targets}. Set warm_start=False."
            )
        return self._Result(
            weights=weights, seen=WeightStatistics(), one_column=y.ndim == 1
        )

    def _next_result(self, y, n_columns, before):
        """The result before a call of `partial_fit`."""
        if before is None:
            return self._first_result(y, n_columns, None)
        n_targets = 1 if y.ndim == 1 else y.shape[1]
        if n_targets != before.n_targets():
            raise ValueError(
                f"y has {n_targets} targets, but {before.n_targets()} were seen "
                "before: give all of them in every call."
            )
        return before

    def _targets(self, y, result):
        """Targets by output, or those of the only one."""
        targets = as_targets(y)
        return targets[0] if len(targets) == 1 else targets

    def _trained_targets(self, y, sample_weight, start):
        """The result with what it needs to know of the targets, and these as they are
        trained."""
        return start, self._targets(y, start)

    def _weighted_rows(self, X, y, sample_weight, start, solver):
        """Rows of positive weight, and the result with these counted."""
        start, target = self._trained_targets(y, sample_weight, start)
        index, weight, seen = weigh(sample_weight, len(y), start.seen)
        rows = Rows(kernel_matrix(sum_repeated(X)), target, weight, index)
        before = start.seen.n_rows * start.seen.mean
        stream = {"mean_weight": seen.mean, "weight_before": before}
        return rows, replace(start, seen=seen), stream

    def _table_rows(self, columns, before):
        """The same for the rows of a table: their weights are read before them."""
        weights = NumberRows(read_largest(columns))
        n_rows, mean, starts = count_rows(columns, weights)
        start = self._first_result(np.empty(0), len(columns.features), before)
        seen = start.seen
        if n_rows:
            seen = seen.merge(n_rows, (weights.largest or 1.0) * mean)
            weights = replace(weights, mean=seen.mean / (weights.largest or 1.0))
        chunks = TableChunks(columns, weights, n_rows, starts)
        rows = ChunkedRows(chunks, EveryRow((n_rows,)))
        return rows, replace(start, seen=seen)

    def _check_seen(self, result):
        """Refuse a fit without rows."""
        if result.seen.n_rows == 0:
            raise ValueError(
                "Sample weights must contain at least one non-zero number."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.multi_output = True
        return tags
