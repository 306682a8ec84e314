# SPDX-License-Identifier: BSD-3-Clause
"""The base class of estimators: validation, training and state."""

from dataclasses import replace
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import assert_all_finite
from sklearn.utils.validation import check_is_fitted, validate_data

from skpulsar._estimator._callbacks import (
    NO_TASK,
    CallbackSupport,
    with_task,
)
from skpulsar._estimator._convergence_warnings import UNDONE, warn_of
from skpulsar._estimator._input_checks import check_readable, check_weight
from skpulsar._estimator._parameters import check_parameters
from skpulsar._estimator._portable import Portable
from skpulsar._estimator._risen import risen
from skpulsar._estimator._seed import draw_seed
from skpulsar._estimator._solver_choice import choose_solver
from skpulsar._estimator._transaction import exclusive, unchanged_on_error
from skpulsar._estimator._validation import Validation
from skpulsar._estimator._validation_set import divide
from skpulsar._problem._matrix import check_structure
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._sample_moments import sample_moments
from skpulsar._solvers._table import FITS, make, stream_of
from skpulsar._training._history import History
from skpulsar._training._loop import epochs
from skpulsar._training._progress import epoch_line


class BaseSLP(CallbackSupport, Portable, BaseEstimator):
    """The base class of a classifier and a regressor.

    A subclass defines `__init__` with its parameters, and `fit` and `partial_fit`,
    which call `_fit` and `_partial_fit`. All else that depends on its targets is in

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

    def remove_data(self):
        """Drop the rows of X that `partial_fit` keeps with solver "psgd".

        A quadratic about the present weights takes their place: the loss and its
        gradient, by class, and its curvature. Predictions stay the same to the last
        bit, and later calls of `partial_fit` continue as they do after `fit` (see its
        Notes): rows of the same kind add to the quadratic as if all had been kept, rows
        of another kind add less exactly. The call costs two passes over the kept rows.
        If there are none, after `fit` and with the other solvers, nothing changes.

        Such sums, and the means and variances of the columns, remain; those of very few
        rows may reveal something of them. Copies and pickles made before keep their
        rows.

        Returns
        -------
        self : estimator
            The same estimator, without rows.

        Raises
        ------
        NotFittedError
            If neither `fit` nor `partial_fit` was called.
        ValueError
            If there were no rows of some class yet. The estimator is then as it was.
        RuntimeError
            If another call is training the estimator.

        Examples
        --------
        >>> import pickle
        >>> from skpulsar import SLPClassifier
        >>> from skpulsar.datasets import make_pulsars
        >>> X, y = make_pulsars(n_samples=3000, random_state=0)
        >>> model = SLPClassifier().partial_fit(X[:2000], y[:2000], classes=[0, 1])
        >>> X[7].tobytes() in pickle.dumps(model)
        True
        >>> X[7].tobytes() in pickle.dumps(model.remove_data())
        False
        >>> model.partial_fit(X[2000:], y[2000:]).t_
        3000
        """
        check_is_fitted(self)
        with exclusive(self), unchanged_on_error(self):
            result = self._Result.of(self)
            self._state = result.state.without_rows(result.weights)
        return self

    def _fit(self, X, y, sample_weight, *validation_set):
        """Train from the start, or from the present weights with `warm_start`.

        `validation_set` are X, y and sample weights, or None.
        """
        check_parameters(self, self._parameters)
        train = partial(self._fit_task, X, y, sample_weight, validation_set)
        with_task(self, X, y, sample_weight, train)

    def _fit_task(self, X, y, sample_weight, validation_set, task):
        """Train, tell the callbacks' task of every epoch, and return the result."""
        name = choose_solver(self)
        solver_class = FITS[name]
        finite = not solver_class.finds_not_finite
        warm = self.warm_start and hasattr(self, "coef_")
        X, y = self._validate(X, y, reset=not warm, finite=finite)
        sample_weight = check_weight(sample_weight, X.shape[0])
        before = self._Result.of(self) if warm else None
        start = self._first_result(y, X.shape[1], before)
        sample_weight, start, scored = divide(
            self, X, y, sample_weight, start, validation_set
        )
        rows, result, _ = self._weighted_rows(X, y, sample_weight, start, solver_class)
        self._check_seen(result)
        if not finite and rows.is_part:  # Training does not read all rows.
            self._check_finite(X)
        try:
            result = self._measure(rows, sample_weight, result)
            penalty = self._penalty(result)
            loss = self._loss_of(result)
            solver = make(name, loss, penalty, vars(self), warm=warm)
            validation = Validation(self, result, loss, scored) if scored else None
            result, last = self._train(
                name, solver, rows, result, self.max_iter, task, validation
            )
        except ValueError:
            self._check_finite(X)  # NaN or infinity may be the cause of the error.
            raise
        comparable = solver.compares_with_start and not warm
        undone = None
        if comparable:
            undone = risen(rows, result, loss, penalty, bool(self.fit_intercept))
        if undone is not None:
            self._publish(undone)
            warn_of([UNDONE])
        elif last is not None:
            warn_of(solver.explain(last, self.max_iter))
        return undone or result

    def _partial_fit(self, X, y, sample_weight, *of_targets):
        """Continue training with more rows. `of_targets` describes the targets of all
        rows, for example their classes."""
        check_parameters(self, self._parameters)
        name = choose_solver(self)
        first = not hasattr(self, "coef_")
        X, y = self._validate(X, y, reset=first)
        sample_weight = check_weight(sample_weight, X.shape[0])
        before = None if first else self._Result.of(self)
        start = self._next_result(y, X.shape[1], before, *of_targets)
        n_outputs, loss = len(start.weights), self._loss_of(start)
        name, solver_class = stream_of(
            name, loss, n_outputs, X.shape[1], self.solver == "auto"
        )
        rows, result, stream = self._weighted_rows(
            X, y, sample_weight, start, solver_class
        )
        if rows.n_rows == 0:
            if first:
                self._publish(replace(result, solver=name))
            return
        result = self._measure(rows, sample_weight, result)
        penalty = self._penalty(result)
        loss = self._loss_of(result)
        solver = make(name, loss, penalty, vars(self), stream=stream)
        _, last = self._train(name, solver, rows, result, 1, NO_TASK)
        warn_of(solver.explain(last, max_iter=1))

    def _validate(self, X, y, *, reset, finite=True):
        """X and y for the kernel. With finite=False, training looks for NaN in X."""
        target_checks = self._check_targets(y)
        check_readable(X, "X")
        check_structure(X)
        check_readable(y, "y")
        return validate_data(
            self,
            X,
            y,
            reset=reset,
            accept_sparse="csr",
            dtype=[np.float64, np.float32],
            order="C",
            ensure_all_finite=finite,
            **target_checks,
        )

    def _labels(self, y):
        """Validated y as scorers take it."""
        return y

    def _check_finite(self, X):
        assert_all_finite(X, estimator_name=type(self).__name__, input_name="X")

    def _measure(self, rows, sample_weight, result):
        """The result with the moments of these rows merged in, if they are needed."""
        if not self.standardize:
            return result
        moments = sample_moments(rows, sample_weight)
        if result.moments is not None:
            moments = result.moments.merge(moments)
        return replace(result, moments=moments)

    def _penalty(self, result):
        """The penalty of the objective of all rows seen so far."""
        deviation = result.moments.deviation() if self.standardize else 1.0
        return Penalty(float(self.alpha), deviation)

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
        task.begin_epoch()
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
            stopped = task.end_epoch(best)
            if self._is_printed(result.history.n_epochs, stopped or step.is_last):
                print(epoch_line(result.history))
            if stopped:
                return best, None
            if not step.is_last:
                task.begin_epoch()
        return best, step

    def _is_printed(self, number, is_last):
        """Whether `verbose` asks for a line for the epoch of this number."""
        return self.verbose and (is_last or number % self.verbose == 0)

    def _publish(self, result):
        """Set all attributes of a result in one step, which Ctrl-C cannot divide."""
        vars(self).update(result.attributes())
