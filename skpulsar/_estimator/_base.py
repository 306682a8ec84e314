# SPDX-License-Identifier: BSD-3-Clause
"""The base class of all estimators: validation, training and state."""

from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import assert_all_finite

from skpulsar._estimator._callbacks import NO_TASK, CallbackSupport, with_task
from skpulsar._estimator._convergence_warnings import UNDONE, warn_of
from skpulsar._estimator._input_checks import check_weight
from skpulsar._estimator._parameters import check_parameters
from skpulsar._estimator._portable import Portable
from skpulsar._estimator._seed import draw_seed
from skpulsar._estimator._solver_choice import choose_solver
from skpulsar._estimator._table_rows import (
    check_features,
    refuse_tables,
    rows_of,
    table_rows,
)
from skpulsar._estimator._validated_input import ValidatedInput
from skpulsar._estimator._validation import Validation
from skpulsar._estimator._validation_set import (
    divide,
    given_set,
    refuse_early_stopping,
)
from skpulsar._problem._chunked_rows import ChunkedRows
from skpulsar._problem._sample_moments import sample_moments
from skpulsar._problem._table_columns import TableColumns
from skpulsar._problem._threads import Threads
from skpulsar._training._history import History
from skpulsar._training._loop import epochs
from skpulsar._training._progress import epoch_line


class BasePerceptron(CallbackSupport, Portable, ValidatedInput, BaseEstimator):
    """The base class of classifiers and regressors, of one layer or of several.

    A subclass defines `__init__` with its parameters, and `fit` and `partial_fit`,
    which call `_fit` and `_partial_fit`. All else that depends on its weights is in
    `BaseSLP` or `BaseMLP`:

    - `_fits`: the classes of solvers for `fit` by name;
    - `_stream_of(name, loss, n_columns, start)`: the solver for `partial_fit`, its name
      and its class;
    - `_solver(name, loss, result, **of_rows)`: a solver;
    - `_risen(rows, result, loss)`: what stands for a result that is worse than no
      features, else None; solvers that do not compare with their start need it not;
    - `_without_weights(n_outputs, n_columns)`: weights of 0;
    - `_model()`: what turns rows into logits, by the attributes as they are now;

    and all that depends on its targets in

    - `_parameters`: what each parameter may be;
    - `_loss_of(result)`: what is minimised;
    - `_Result`: a `FitResult` with what is known of the targets;
    - `_check_targets(y)`: refuses what scikit-learn's validation would misread, and
      returns a dict of what that has to know of y;
    - `_first_result(y, n_columns, before)`: the result before a fit, `before` being
      that of the last one where it starts warm, else None;
    - `_next_result(y, n_columns, before, *of_targets)`: the same before a
      `partial_fit`, `before` being None on the first call alone;
    - `_targets(y, result)`: what the loss is of;
    - `_weighted_rows(X, y, sample_weight, start, solver)`: rows with their targets and
      weights, the result with what they say of the targets, and a dict of what `make`
      needs to know of a stream of them;
    - `_check_seen(result)`: refuses a fit to too little.
    """

    # A Pipeline routes these to `fit`, transformed if its transform_input names them.
    __metadata_request__fit: ClassVar[dict] = {
        "X_val": True,
        "y_val": True,
        "sample_weight_val": True,
    }

    @property
    def history_(self):
        return self._history.as_lists()

    @property
    def loss_curve_(self):
        return self._history.values("loss")

    @property
    def validation_scores_(self):
        return self._history.validation_scores()

    @property
    def best_validation_score_(self):
        history = self._history
        return -history.best_cost if history.validates else None

    def _fit(self, X, y, sample_weight, *validation_set):
        """Train from the start, or from the present weights with `warm_start`.

        `validation_set` are X, y and sample weights, or None.
        """
        check_parameters(self, self._parameters)
        train = partial(self._fit_task, X, y, sample_weight, validation_set)
        with Threads(self.n_jobs):
            with_task(self, X, y, sample_weight, train, self.max_iter)

    def _fit_task(self, X, y, sample_weight, validation_set, task):
        """Train, tell the callbacks' task of every epoch, and return what gives the
        attributes of the result."""
        name = choose_solver(self)
        solver_class = self._fits[name]
        warm = self.warm_start and hasattr(self, "_state")
        before = self._Result.of(self) if warm else None
        if type(X) is not np.ndarray:
            X, y, sample_weight = rows_of(X, y, sample_weight)
        if isinstance(X, TableColumns):
            refuse_tables(self, name, validation_set)
            check_features(self, X.features, reset=not warm)
            rows, result = self._table_rows(X, before)
            scored = given_set(self, rows.n_columns, result, validation_set)
        else:
            finite = not solver_class.finds_not_finite
            X, y = self._validate(X, y, reset=not warm, finite=finite)
            sample_weight = check_weight(sample_weight, X.shape[0])
            start = self._first_result(y, X.shape[1], before)
            sample_weight, start, scored = divide(
                self, X, y, sample_weight, start, validation_set
            )
            rows, result, _ = self._weighted_rows(
                X, y, sample_weight, start, solver_class
            )
            if not finite and rows.is_part:  # Training does not read all rows.
                self._check_finite(X)
        self._check_seen(result)
        try:
            if self.standardize:
                result = self._measure(rows, sample_weight, result)
            loss = self._loss_of(result)
            solver = self._solver(name, loss, result, warm=warm)
            validation = Validation(self, result, loss, scored) if scored else None
            result, last = self._train(
                name, solver, rows, result, self.max_iter, task, validation
            )
        except ValueError:
            self._check_finite(X)  # NaN or infinity may be the cause of the error.
            raise
        undone = None
        if solver.compares_with_start and not warm:
            undone = self._risen(rows, result, loss)
        if undone is not None:
            self._publish(undone)
            warn_of([UNDONE])
        elif last is not None:
            warn_of(solver.explain(last, self.max_iter))
        return (undone or result).attributes

    def _partial_fit(self, X, y, sample_weight, *of_targets):
        """Continue training with more rows. `of_targets` describes the targets of all
        rows, for example their classes."""
        check_parameters(self, self._parameters)
        refuse_early_stopping(self)
        table = None if type(X) is np.ndarray else table_rows(X, y)
        if table is not None:
            for portion in table.portions(y, sample_weight):
                self._partial_fit(*portion, *of_targets)
            return
        name = choose_solver(self)
        first = not hasattr(self, "_state")
        X, y = self._validate(X, y, reset=first)
        sample_weight = check_weight(sample_weight, X.shape[0])
        before = None if first else self._Result.of(self)
        start = self._next_result(y, X.shape[1], before, *of_targets)
        loss = self._loss_of(start)
        name, solver_class = self._stream_of(name, loss, X.shape[1], start)
        rows, result, stream = self._weighted_rows(
            X, y, sample_weight, start, solver_class
        )
        if rows.n_rows == 0:
            if first:
                self._publish(replace(result, solver=name))
            return
        if self.standardize:
            result = self._measure(rows, sample_weight, result)
        loss = self._loss_of(result)
        solver = self._solver(name, loss, result, stream=stream)
        _, last = self._train(name, solver, rows, result, 1, NO_TASK)
        warn_of(solver.explain(last, max_iter=1))

    def _check_finite(self, X):
        if isinstance(X, TableColumns):
            return X.check_finite()
        assert_all_finite(X, estimator_name=type(self).__name__, input_name="X")

    def _measure(self, rows, sample_weight, result):
        """The result with the moments of these rows merged in."""
        if isinstance(rows, ChunkedRows):
            moments = rows.sample_moments()
        else:
            moments = sample_moments(rows, sample_weight)
        if result.moments is not None:
            moments = result.moments.merge(moments)
        return replace(result, moments=moments)

    def _train(self, name, solver, rows, result, max_iter, task, validation=None):
        """Run epochs and publish every result; return the last one that was published,
        and the last step, or None where a callback ended training."""
        state, score, monitor = result.state, None, None
        if state.seed is None:
            state = replace(state, seed=draw_seed(self.random_state))
        if validation is not None:
            score = validation.scores
            monitor = validation.monitor if self.early_stopping else None
            result = replace(result, history=History(monitor=validation.monitor))
        best = result
        task.begin("epoch")
        for step in epochs(
            solver, rows, result.weights, state,
            max_iter=max_iter, score=score, monitor=monitor,
        ):  # fmt: skip
            result = result.after(step, name)
            if monitor is None or result.history.last_is_best:
                best = result
            else:  # The weights of the best epoch stay, however training ends.
                best = replace(best, history=result.history)
            self._publish(best)
            stopped = task.end(best.attributes)
            is_last, number = stopped or step.is_last, result.history.n_epochs
            if self.verbose and (is_last or number % self.verbose == 0):
                print(epoch_line(result.history))
            if stopped:
                return best, None
            if not step.is_last:
                task.begin("epoch")
        return best, step

    def _publish(self, result):
        """Set all attributes of a result in one step, which Ctrl-C cannot divide."""
        vars(self).update(result.attributes())
