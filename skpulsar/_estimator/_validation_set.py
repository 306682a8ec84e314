# SPDX-License-Identifier: BSD-3-Clause
"""The rows that are scored after every epoch: a validation set, and training rows."""

import warnings
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from sklearn.base import is_classifier

from skpulsar._estimator._caller import caller_level
from skpulsar._estimator._input_checks import check_weight
from skpulsar._estimator._seed import draw_seed
from skpulsar._estimator._table_rows import refuse_large, rows_of
from skpulsar._problem._matrix import kernel_matrix, sum_repeated
from skpulsar._problem._memory import Rows
from skpulsar._problem._sample_weights import WeightStatistics, weigh


@dataclass(frozen=True)
class ScoredRows:
    """Rows for scores.

    Parameters
    ----------
    kind : {"validation", "train"}
        What the names of their scores begin with.

    rows : Rows
        The rows of positive weight, with their targets and sample weights.

    X, y, sample_weight : ndarray, csr_array or None
        What was given, with these rows and perhaps others.
    """

    kind: str
    rows: Rows
    X: object
    y: np.ndarray
    sample_weight: np.ndarray | None

    def mean_loss(self, estimator, loss):
        """The mean loss of a fitted estimator, without the penalty."""
        return self.rows.mean_loss(estimator._model(), loss)

    @cached_property
    def for_scorers(self):
        """X and y of these rows alone, and a dict of their sample weights, if any."""
        places = self.rows.order_of(np.arange(self.rows.n_rows))
        weighted = {}
        if self.sample_weight is not None:
            weighted["sample_weight"] = self.sample_weight[places]
        if self.rows.is_part:
            return self.X[places], self.y[places], weighted
        return self.X, self.y, weighted


def refuse_early_stopping(estimator):
    """Refuse to stop early in `partial_fit`, as scikit-learn does.

    Raises
    ------
    ValueError
        If the estimator is to stop early.
    """
    if estimator.early_stopping:
        solver = " (and solver to the name in solver_)" * (estimator.solver == "auto")
        raise ValueError(
            "early_stopping=True is for fit: partial_fit neither validates nor stops. "
            f"To go on after fit, set early_stopping=False{solver}."
        )


def divide(estimator, X, y, sample_weight, start, given):
    """Training rows, and rows to be scored after every epoch.

    Parameters
    ----------
    estimator : BasePerceptron
        Its parameters say what is scored.

    X, y, sample_weight : ndarray, csr_array or None
        What `fit` was given, after validation.

    start : FitResult
        The result before the first epoch.

    given : tuple
        X_val, y_val and sample_weight_val, or None for each.

    Returns
    -------
    sample_weight : ndarray or None
        Weights for training: 0 for rows that are held out.

    start : FitResult
        The result with the seed that was drawn, if rows are held out.

    scored : list of ScoredRows
        Those of the validation set first; empty if nothing is to be scored.

    Raises
    ------
    ValueError
        If a validation set is incomplete or not like X and y, or if there are too few
        rows to hold some out.
    """
    scored, weighted = [], sample_weight
    X_val, y_val, sample_weight_val = given
    if not (X_val is None and y_val is None and sample_weight_val is None):
        scored.append(_validated(estimator, X.shape[1], start, *given))
    elif estimator.early_stopping:
        seed = draw_seed(estimator.random_state)
        start = replace(start, state=replace(start.state, seed=seed))
        weight = np.ones(X.shape[0]) if sample_weight is None else sample_weight
        held_out = _hold_out(estimator, y, weight, seed)
        weighted = np.where(held_out, 0.0, weight)
        weight = np.where(held_out, weight, 0.0)
        scored.append(
            _scored("validation", estimator, start, X, y, sample_weight, weight)
        )
    if estimator.return_train_score:
        scored.append(_scored("train", estimator, start, X, y, sample_weight, weighted))
    if not scored and estimator.scoring != "loss":
        _warn_of_idle_scoring(estimator)
    return weighted, start, scored


def given_set(estimator, n_columns, start, given):
    """A list of the validation set that `fit` was given beside a table, if it was."""
    if any(part is not None for part in given):
        return [_validated(estimator, n_columns, start, *given)]
    if estimator.scoring != "loss":
        _warn_of_idle_scoring(estimator)
    return []


def _warn_of_idle_scoring(estimator):
    """Warn of a parameter that does not act where nothing is scored."""
    warnings.warn(
        f"scoring={estimator.scoring!r:.80} does not act without a validation set. Set "
        "early_stopping=True or return_train_score=True, or give X_val and y_val to "
        "fit.",
        UserWarning,
        stacklevel=caller_level(),
    )


def _validated(estimator, n_columns, start, X, y, sample_weight):
    """The validation set that was given, to be scored."""
    if X is None or y is None:
        raise ValueError(
            "A validation set is X_val and y_val: give both, or neither and no "
            "sample_weight_val."
        )
    try:
        if type(X) is not np.ndarray:
            X, y, sample_weight = rows_of(X, y, sample_weight)
        refuse_large(X)
        X, y = estimator._validate(X, y, reset=False)
        estimator._next_result(y, n_columns, start)  # This refuses other targets.
        sample_weight = check_weight(sample_weight, X.shape[0])
        scored = _scored(
            "validation", estimator, start, X, y, sample_weight, sample_weight
        )
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"In the validation set, X_val and y_val: {error}") from error
    if scored.rows.n_rows == 0:
        raise ValueError("sample_weight_val must hold at least one positive number.")
    return scored


def _scored(kind, estimator, start, X, y, sample_weight, weight):
    """Rows for scores: those of a positive `weight`, which is made 1 in the mean."""
    index, weight, _ = weigh(weight, X.shape[0], WeightStatistics())
    target = estimator._targets(y, start)
    rows = Rows(kernel_matrix(sum_repeated(X)), target, weight, index)
    return ScoredRows(kind, rows, X, estimator._labels(y), sample_weight)


def _hold_out(estimator, y, weight, seed):
    """A mask of the rows that are held out; of classes in their proportions."""
    from sklearn.model_selection import train_test_split  # It takes long to import.

    places, fraction = np.flatnonzero(weight), estimator.validation_fraction
    mask = np.zeros(len(weight), dtype=bool)
    if len(places) == 0:
        return mask  # The fit itself refuses to train on none.
    has_classes = is_classifier(estimator) and y.ndim == 1
    stratify = y[places] if has_classes else None
    try:
        kept, held_out = train_test_split(
            places, test_size=fraction, stratify=stratify, random_state=seed
        )
        if has_classes and np.setdiff1d(y[held_out], y[kept]).size:
            raise ValueError("A class has no rows that are left to train on.")
    except ValueError as error:
        both = "rows of every class" if has_classes else "rows"
        raise ValueError(
            f"early_stopping=True cannot hold out validation_fraction={fraction} of "
            f"{len(places)} rows, with {both} on both sides: change it, or give X_val "
            "and y_val."
        ) from error
    mask[held_out] = True
    return mask
