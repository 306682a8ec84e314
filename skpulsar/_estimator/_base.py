# SPDX-License-Identifier: BSD-3-Clause
"""What a classifier and a regressor share: validation, training, state."""

import warnings
from dataclasses import replace
from functools import cache
from inspect import signature
from numbers import Integral, Real

import numpy as np
from scipy.sparse import csr_array, csr_matrix
from sklearn.base import BaseEstimator
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.utils import assert_all_finite, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from skpulsar._estimator._input_checks import check_readable
from skpulsar._estimator._labels import check_labels, check_one_output
from skpulsar._estimator._parameters import (
    BOOL,
    NONE,
    Instance,
    Number,
    Options,
    check_parameter,
)
from skpulsar._estimator._transaction import exclusive, unchanged_on_error
from skpulsar._kernels import _core
from skpulsar._problem._matrix import (
    check_structure,
    kernel_matrix,
    row_blocks,
    saturated_logits,
)
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._table import ACTS_WITH, SOLVERS, automatic, make
from skpulsar._solvers.minibatch._schedules import SCHEDULES
from skpulsar._training._history import NAMES
from skpulsar._training._loop import epochs
from skpulsar._version import __version__

ENTRIES_AT_ONCE = 4_000_000  # of X, in a call of the kernel: Ctrl-C waits for its end

PARAMETERS = {
    "alpha": (Number(Real, 0),),
    "standardize": (BOOL,),
    "solver": (Options(("auto", *SOLVERS)),),
    "batch_size": (Options(("auto",)), Number(Integral, 1)),
    "learning_rate": (Options(tuple(SCHEDULES)),),
    "learning_rate_init": (Options(("auto",)), Number(Real, 0, closed="()")),
    "power_t": (Number(Real, 0),),
    "momentum": (Number(Real, 0, 1),),
    "nesterovs_momentum": (BOOL,),
    "beta_1": (Number(Real, 0, 1),),
    "beta_2": (Number(Real, 0, 1),),
    "epsilon": (Number(Real, 0, closed="()"),),
    "average": (BOOL, Number(Integral, 0)),
    "max_iter": (Number(Integral, 1),),
    "tol": (Number(Real, 0), NONE),
    "n_iter_no_change": (Number(Integral, 1),),
    "shuffle": (BOOL,),
    "fit_intercept": (BOOL,),
    "warm_start": (BOOL,),
    "random_state": (
        Number(Integral, 0, 2**32 - 1, "[]"),
        Instance((np.random.RandomState,), "an instance of RandomState"),
        NONE,
    ),
    "verbose": (BOOL, Number(Integral, 0)),
}


@cache
def defaults(estimator):
    """Default of every parameter of a class."""
    parameters = signature(estimator).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


class BaseSLP(BaseEstimator):
    """Training of a single layer; subclasses have a `_loss`, and turn targets into
    numbers."""

    def __getstate__(self):
        return {**super().__getstate__(), "_skpulsar_version": __version__}

    def __setstate__(self, state):
        """As scikit-learn's estimators: a pickle of another version is told of."""
        attributes = dict(state)
        written = attributes.pop("_skpulsar_version", "unknown")
        if written != __version__:
            warnings.warn(
                InconsistentVersionWarning(
                    estimator_name=type(self).__name__,
                    current_sklearn_version=f"skpulsar {__version__}",
                    original_sklearn_version=f"skpulsar {written}",
                ),
                stacklevel=2,
            )
        super().__setstate__(attributes)

    @property
    def history_(self):
        return {name: self._history.values(name) for name in NAMES}

    @property
    def loss_curve_(self):
        return self._history.values("loss")

    def remove_data(self):
        """Drop the rows of X that `partial_fit` keeps with solver "psgd".

        What they say is summed up to second order about the present weights: their loss
        and its gradient, by class, and its curvature. Predictions stay the same to the
        last bit, and later calls of `partial_fit` go on as they do after `fit` (see
        its Notes): rows of the same kind add to the summary as if all had been kept,
        rows of another kind less exactly. It costs two readings of the kept rows. Where
        there are none, after `fit` and with the other solvers, nothing changes.

        Means and variances of the columns and such sums remain, and those of very few
        rows may tell of them. Copies and pickles made before keep their rows.

        Returns
        -------
        self : estimator
            The same estimator, without rows.

        Raises
        ------
        NotFittedError
            If neither `fit` nor `partial_fit` was called.
        ValueError
            If rows are kept of one class alone; the estimator is then as it was.
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
            self._state = self._state.without_rows(self._trained_weights()[0])
        return self

    def _check_parameters(self):
        owner = type(self).__name__
        for name, allowed in self._parameters.items():
            check_parameter(name, getattr(self, name), allowed, owner)

    def _resolve_solver(self):
        """The solver that runs; what was set and does not act with it is a warning."""
        default = defaults(type(self))
        given = [name for name in ACTS_WITH if getattr(self, name) != default[name]]
        solver, words = self.solver, f"solver={self.solver!r}"
        if solver == "auto":
            solver = automatic(given)
            words += f", which is {solver!r} here"
        for name in given:
            if solver not in ACTS_WITH[name]:
                warnings.warn(
                    f"{name}={getattr(self, name)} does not act with {words}; it acts "
                    f"with {' and '.join(map(repr, ACTS_WITH[name]))}.",
                    UserWarning,
                    stacklevel=4,
                )
        return solver

    def _measure(self, rows, sample_weight):
        """Learn the deviations of the columns, by `sample_weight` alone: the weights
        of the rows have the classes' in them."""
        if not self.standardize:
            return
        weight, mean = None, 1.0
        if sample_weight is not None:
            largest = sample_weight.max()  # sums of huge weights overflow
            weight = sample_weight / largest
        rows = Rows(rows.matrix, rows.target, weight, rows.index)
        if weight is not None:
            mean = largest * (_core.total(rows.sample_weight()) / rows.n_rows)
        moments, before = replace(rows.moments(), weight=mean), self._moments
        self._moments = moments if before is None else before.merge(moments)

    def _penalty(self):
        """That of the objective of the rows seen so far."""
        deviation = self._moments.deviation() if self.standardize else 1.0
        return Penalty(float(self.alpha), deviation)

    def _validate(self, X, y, *, reset, finite=True):
        """X and y for the kernel; finite=False leaves it to training to look at X."""
        check_one_output(y)
        check_labels(y, "y")
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
        )

    def _check_finite(self, X):
        assert_all_finite(X, estimator_name=type(self).__name__, input_name="X")

    def _linear(self, X):
        """x . coef_ + intercept_ of every row, from the attributes as they are now.

        A row that is not finite has no finite logit, so that what scikit-learn's
        validation would look for, at the cost of a second reading, shows in the result.
        """
        weights = self._weights()[0]
        if self._is_plain(X):
            check_structure(X)
            logits = self._logits(kernel_matrix(X), weights)
            if np.isfinite(logits).all():
                return logits
        check_readable(X, "X")
        check_structure(X)
        X = validate_data(
            self,
            X,
            reset=False,
            accept_sparse="csr",
            dtype=[np.float64, np.float32],
            order="C",
        )
        matrix = kernel_matrix(X)
        logits = self._logits(matrix, weights)
        overflowed = np.flatnonzero(~np.isfinite(logits))
        if len(overflowed):
            logits[overflowed] = saturated_logits(matrix, weights, overflowed)
        return logits

    def _is_plain(self, X):
        """Whether validation could change or refuse nothing but values of X."""
        if type(X) is np.ndarray:
            plain = X.flags.c_contiguous and X.flags.aligned
        else:
            plain = type(X) in (csr_array, csr_matrix) and type(X.data) is np.ndarray
        return (
            plain
            and X.dtype in (np.float64, np.float32)
            and X.ndim == 2
            and X.shape[0] > 0
            and X.shape[1] == self.n_features_in_
            and not hasattr(self, "feature_names_in_")
        )

    def _logits(self, matrix, weights):
        n_rows = len(matrix[2]) - 1 if isinstance(matrix, tuple) else len(matrix)
        logits = np.empty(n_rows)
        for start, stop in row_blocks(matrix, ENTRIES_AT_ONCE):
            _core.logits(matrix, start, stop - start, weights, out=logits[start:stop])
        return logits

    def _weights(self):
        weights = np.concatenate([self.coef_, self.intercept_[:, np.newaxis]], axis=1)
        return np.ascontiguousarray(weights, dtype=np.float64)

    def _trained_weights(self):
        """Where training goes on; subclasses may have corrected the attributes."""
        return self._weights()

    def _train(self, rows, counted, *, max_iter, tol, warm=False, stream=None):
        """Run epochs from the attributes as they are, and set them after every one.

        `counted` are the attributes that tell of the rows, `stream` what a solver that
        certifies a stream needs to know of its classes. Returns whether training
        converged.
        """
        history, state = self._history, self._state
        if state.seed is None:
            random = check_random_state(self.random_state)
            state = replace(state, seed=int(random.randint(np.iinfo(np.int32).max)))
        solver = make(
            self.solver_,
            self._loss,
            self._penalty(),
            vars(self),
            warm=warm,
            stream=stream,
        )
        min_no_change = solver.min_no_change(rows)
        if min_no_change is None:  # the solver knows by itself where to end
            tol, min_no_change = None, 0
        for step in epochs(
            solver,
            rows,
            self._trained_weights(),
            state,
            max_iter=max_iter,
            tol=tol,
            n_iter_no_change=max(self.n_iter_no_change, min_no_change),
            adaptive=self.learning_rate == "adaptive",
        ):
            history = history.after(step.epoch)
            state = step.state.without_workspace()
            vars(self).update(self._attributes(step.weights, state, history, **counted))
            if self.verbose:
                print(step.epoch.line(state.n_epochs, self.verbose))
        return step.converged

    def _attributes(self, weights, state, history, **counted):
        return {
            "coef_": weights[:, :-1].copy(),
            "intercept_": weights[:, -1].copy(),
            "n_iter_": state.n_epochs,
            "t_": state.n_rows,
            "loss_": history.last("loss"),
            "best_loss_": history.best_loss,
            "objective_gap_": history.last("objective_gap"),
            "_history": history,
            "_state": state,
            **counted,
        }
