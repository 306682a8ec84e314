# SPDX-License-Identifier: BSD-3-Clause
"""The base class of estimators of one layer."""

from typing import ClassVar

from sklearn.utils.validation import check_is_fitted

from skpulsar._estimator._base import BasePerceptron
from skpulsar._estimator._linear_weights import OneLayer
from skpulsar._estimator._risen import risen
from skpulsar._estimator._transaction import exclusive, unchanged_on_error
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._table import FITS, make, stream_of


class BaseSLP(OneLayer, BasePerceptron):
    """The base class of estimators whose logits are linear."""

    _fits: ClassVar[dict] = FITS

    def to_sklearn(self):
        """A fitted estimator of scikit-learn that predicts the same.

        Whatever reads scikit-learn's own linear models, for ONNX, PMML or explanations,
        reads this one.

        Returns
        -------
        estimator : LogisticRegression, OneVsRestClassifier or Ridge
            A classifier gives a LogisticRegression: its logits and probabilities are
            the same, but for rounding (the intercept is the one shown, so that
            `prior_correction` is in it). For an indicator matrix, a OneVsRestClassifier
            has one for each label. A regressor gives a Ridge.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.

        See Also
        --------
        skpulsar.to_sklearn : The same for pipelines, without their samplers.

        Notes
        -----
        `C`, or `alpha` of Ridge, and `class_weight` are such that fitting it to the
        rows seen, without prior correction, minimises the same objective: ``C = 1 /
        (alpha * n)`` for n rows that weigh 1 in the mean. With ``standardize=True``
        there are no such parameters, and it has its defaults.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skpulsar import SLPClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> model = SLPClassifier(random_state=0).fit(X, y)
        >>> exported = model.to_sklearn()
        >>> exported
        LogisticRegression(C=66.6...)
        >>> bool(abs(exported.predict_proba(X) - model.predict_proba(X)).max() < 1e-12)
        True
        """
        from skpulsar._estimator._export import exported  # and its estimators, now

        return exported(self)

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

    def _stream_of(self, name, loss, n_columns, start):
        automatic = self.solver == "auto"
        return stream_of(name, loss, len(start.weights), n_columns, automatic)

    def _solver(self, name, loss, result, **of_rows):
        return make(name, loss, self._penalty(result), vars(self), **of_rows)

    def _penalty(self, result):
        """The penalty of the objective of all rows seen so far."""
        deviation = result.moments.deviation() if self.standardize else 1.0
        return Penalty(float(self.alpha), deviation)

    def _risen(self, rows, result, loss):
        penalty = self._penalty(result)
        return risen(rows, result, loss, penalty, bool(self.fit_intercept))
