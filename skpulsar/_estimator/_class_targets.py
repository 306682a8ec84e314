# SPDX-License-Identifier: BSD-3-Clause
"""Targets that are classes: labels as they are trained."""

from dataclasses import replace
from functools import partial

import numpy as np
from sklearn.base import ClassifierMixin

from skpulsar._estimator._class_predictions import ClassPredictions, loss_of
from skpulsar._estimator._class_weights import (
    ClassStatistics,
    class_factors,
    given_class_weight,
    weigh,
)
from skpulsar._estimator._indicator import (
    check_columns,
    given_column_weights,
    has_columns,
    indicator_targets,
    prior_shifts,
    warn_of_constant,
    warn_of_one_label,
    weigh_columns,
)
from skpulsar._estimator._labels import (
    check_labels,
    encode,
    find_classes,
    known_classes,
    shown,
)
from skpulsar._estimator._parameters import BOOL, NONE, Instance, Options
from skpulsar._estimator._prior import prior_shift
from skpulsar._estimator._shares import PROPORTION, shares_by_label
from skpulsar._estimator._table_census import count_classes, read_labels
from skpulsar._estimator._table_score import TableScore
from skpulsar._estimator._table_targets import ClassRows
from skpulsar._problem._chunked_rows import ChunkedRows
from skpulsar._problem._matrix import check_structure, kernel_matrix, sum_repeated
from skpulsar._problem._memory import Rows
from skpulsar._problem._orders import EveryRow
from skpulsar._problem._table_chunks import TableChunks

CLASS_PARAMETERS = {
    "class_weight": (
        Options(("balanced",)),
        Instance((dict,), "an instance of dict"),
        Instance((list, tuple), "a list of one dict a column of y"),
        NONE,
    ),
    "sampling": (
        Options(("balanced",)),
        PROPORTION,
        Instance((dict,), "a dict of shares by label"),
        NONE,
    ),
    "prior_correction": (
        BOOL,
        PROPORTION,
        Instance((dict,), "a dict of shares by label (a float is of classes_[1])"),
    ),
}


class ClassTargets(ClassPredictions, TableScore, ClassifierMixin):
    """A mixin of classifiers, before their base class, whose parameters include
    `CLASS_PARAMETERS`."""

    def _check_targets(self, y):
        """Refuse labels that are missing; say whether y has several columns."""
        check_structure(y, "y")
        check_labels(y, "y")
        return {"multi_output": has_columns(y)}

    def _validate(self, X, y, **options):
        """X for the kernel, and y as labels of the rows or targets by label."""
        X, y = super()._validate(X, y, **options)
        return X, indicator_targets(y) if y.ndim == 2 else y

    def _loss_of(self, result):
        """One logit for two classes or for a label, one for each of more classes."""
        return loss_of(result.classes, result.multilabel)

    def _first_result(self, y, n_columns, before):
        """The result before the first epoch of a fit: classes and initial weights."""
        multilabel = y.ndim == 2
        if multilabel:
            warn_of_one_label(y)
        classes = np.arange(len(y)) if multilabel else find_classes(y)
        if len(classes) < 2:
            raise ValueError(
                f"{type(self).__name__} needs samples of at least 2 classes in the "
                f"data, got 1 class: {classes[0]!s:.60}."
            )
        start = self._untrained(classes, multilabel, n_columns)
        if before is None:
            return start
        alike = before.multilabel == multilabel
        if not (alike and np.array_equal(classes, before.classes)):
            raise ValueError(
                f"warm_start=True goes on with the {described(before)}, but y holds "
                f"the {described(start)}. Set warm_start=False."
            )
        return replace(start, weights=before.weights)

    def _next_result(self, y, n_columns, before, classes=None):
        """The result before a call of `partial_fit`."""
        classes = known_classes(classes, None if before is None else before.classes)
        multilabel = y.ndim == 2
        if multilabel:
            check_columns(classes, len(y))
        else:
            find_classes(y)  # This refuses targets that are not of a classification.
        if before is None:
            return self._untrained(classes, multilabel, n_columns)
        if before.multilabel != multilabel:
            given = f"{len(y)} columns" if multilabel else "1 column"
            raise ValueError(
                f"y has {given}, but the first call brought the {described(before)}."
            )
        return before

    def _untrained(self, classes, multilabel, n_columns):
        """The result before the first epoch, with weights of 0."""
        n_classes = len(classes)
        one_output = n_classes == 2 and not multilabel
        n_outputs = 1 if one_output else n_classes
        return self._Result(
            weights=self._without_weights(n_outputs, n_columns),
            classes=classes,
            class_count=np.zeros(n_classes),
            seen=ClassStatistics.empty((n_classes, 2) if multilabel else n_classes),
            prior_shift=0.0 if one_output else np.zeros(n_classes),
            multilabel=multilabel,
        )

    def _targets(self, y, result):
        """Targets by label, or the numbers of the classes."""
        return y if result.multilabel else encode(y, result.classes)

    def _labels(self, y):
        """Labels, or an indicator matrix of them."""
        return y.T.astype(np.int64) if y.ndim == 2 else y

    def _weighted_rows(self, X, y, sample_weight, start, solver):
        """Rows of positive weight, the result with their class totals added, and the
        class weights that a solver for streams needs."""
        target = self._targets(y, start)
        if start.multilabel:
            row_weights = self._weigh_columns(target, sample_weight, start)
            shift_of = prior_shifts
        else:
            class_weight, sampling = self._by_class(start.classes)
            row_weights = weigh(
                target,
                sample_weight,
                class_weight,
                start.seen,
                sampling,
                draw=solver.draws_classes,
                apart=solver.weighs_classes,
            )
            shift_of = partial(prior_shift, classes=start.classes)
        matrix = kernel_matrix(sum_repeated(X))
        seen, order = row_weights.seen, row_weights.order(target)
        rows = Rows(matrix, target, row_weights.weight, row_weights.index, order)
        shift = shift_of(self.prior_correction, row_weights.factor, seen.weight)
        result = replace(
            start,
            class_count=start.class_count + row_weights.count,
            seen=seen,
            prior_shift=shift,
        )
        stream = {"class_factor": row_weights.factor, "class_count": start.class_count}
        return rows, result, stream

    def _table_rows(self, columns, before):
        """The same for the rows of a table: their labels are read before them."""
        labels, counts, largest = read_labels(columns)
        start = self._first_result(labels, len(columns.features), before)
        if len(start.classes) > 2:
            raise ValueError(
                f"y holds the classes {shown(start.classes)}, and so large a table is "
                "for two classes or for a regression. Give arrays, or call partial_fit."
            )
        class_weight, sampling = self._by_class(start.classes)
        used = np.ones(2, bool) if class_weight is None else class_weight > 0
        weights = ClassRows(largest, start.classes, used)
        n_rows, sums, starts = counts * used, counts * used, None
        if columns.weight is not None or not used.all():
            n_rows, sums, starts = count_classes(columns, weights)
        result, mean = start, 1.0
        if n_rows.any():
            largest = largest or 1.0
            seen = start.seen.merge(n_rows, largest * (sums / n_rows.sum()))
            _, factor = class_factors(class_weight, seen, sampling)
            mean = sum((factor * seen.weight).tolist()) / largest
            weights = replace(weights, factor=factor, mean=mean)
            shift = prior_shift(
                self.prior_correction, factor, seen.weight, classes=start.classes
            )
            result = replace(
                start, class_count=start.class_count + largest * sums, seen=seen,
                prior_shift=shift,
            )  # fmt: skip
        chunks = TableChunks(columns, weights, int(n_rows.sum()), starts)
        return ChunkedRows(chunks, EveryRow(tuple(n_rows.tolist()))), result

    def _by_class(self, classes):
        """Weights of the classes, or None for "balanced"; and what `sampling` says, its
        shares as an array if they are given for every class."""
        class_weight, sampling = None, self.sampling
        if isinstance(self.class_weight, (list, tuple)):
            raise ValueError(
                "class_weight is a list, which is for a y of several columns: give one "
                "dict of weights by label."
            )
        if self.class_weight != "balanced":
            class_weight = given_class_weight(self.class_weight, classes)
        if isinstance(sampling, dict):
            sampling = np.array(shares_by_label(sampling, classes, "sampling"))
        return class_weight, sampling

    def _weigh_columns(self, targets, sample_weight, start):
        """Weights of rows that may have several labels."""
        if self.sampling is not None:
            raise ValueError(
                "sampling is for classes that exclude each other, and y has "
                f"{len(targets)} columns: set sampling=None, or weigh every column by "
                "class_weight."
            )
        class_weight = given_column_weights(self.class_weight, len(targets))
        return weigh_columns(targets, sample_weight, class_weight, start.seen)

    def _check_seen(self, result):
        """Refuse a fit without rows of every class, and warn of a label that all rows
        have or none."""
        count = result.class_count
        if not result.seen.n_rows.any():
            raise ValueError(
                "Sample weights must contain at least one non-zero number, and so must "
                "their products with class_weight."
            )
        if result.multilabel:
            weight = result.seen.weight
            given = given_column_weights(self.class_weight, len(weight))
            warn_of_constant(weight if given is None else given * weight)
        elif not count.all():
            raise ValueError(
                f"{type(self).__name__} needs samples of every class in the data, but "
                f"all weights of class {result.classes[count == 0][0]!s:.60} are zero."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_label = self.sampling is None
        return tags


def described(result):
    """What is told apart, for an error message."""
    if result.multilabel:
        return f"labels of {len(result.classes)} columns"
    return f"classes {shown(result.classes)}"
