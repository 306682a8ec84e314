# SPDX-License-Identifier: BSD-3-Clause
"""What a classifier predicts: logits, probabilities and labels."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skpulsar._estimator._lazy_prediction import lazy_of_lazy
from skpulsar._estimator._prediction import decision
from skpulsar._problem._losses import LOGISTIC, Softmax
from skpulsar._problem._threads import Threads


class ClassPredictions:
    """A mixin of classifiers that have `classes_` and `multilabel_`."""

    @lazy_of_lazy
    def decision_function(self, X):
        """Logits, by one layer ``X @ coef_.T + intercept_``.

        Parameters
        ----------
        X : {array-like, sparse matrix, table} of shape (n_samples, n_features)
            Features; of a table (see :func:`skpulsar.rows`) those of the names seen in
            `fit`.

        Returns
        -------
        logits : ndarray of shape (n_samples,) or (n_samples, n_classes), float64
            Log-odds of ``classes_[1]``, from the attributes as they are now; for more
            than two classes a logit of each, and for several labels at once the
            log-odds of each.
        """
        check_is_fitted(self)
        with Threads(self.n_jobs):
            logits = decision(self, X)
        return logits[:, 0] if logits.shape[1] == 1 else logits

    @lazy_of_lazy
    def predict(self, X):
        """Predict ``classes_[1]`` where the logit is greater than 0, else the other; of
        more than two classes that of the greatest logit; of several labels at once
        those whose logits are greater than 0.

        Parameters
        ----------
        X : {array-like, sparse matrix, table} of shape (n_samples, n_features)
            Features; of a table (see :func:`skpulsar.rows`) those of the names seen in
            `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Predicted labels, or an indicator matrix of them.
        """
        logits = self.decision_function(X)
        if self.multilabel_:
            return (logits > 0).astype(np.int64)
        number = logits > 0 if logits.ndim == 1 else logits.argmax(axis=1)
        return self.classes_.take(number)

    @lazy_of_lazy
    def predict_proba(self, X):
        """Probabilities, each computed on its own and not as 1 minus the other.

        Parameters
        ----------
        X : {array-like, sparse matrix, table} of shape (n_samples, n_features)
            Features; of a table (see :func:`skpulsar.rows`) those of the names seen in
            `fit`.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes), float64
            In the order of `classes_`: ``sigmoid(-logit)`` and ``sigmoid(logit)``, or
            the softmax of the logits; for several labels at once the sigmoid of each.
        """
        return self._probabilities(X)

    @lazy_of_lazy
    def predict_log_proba(self, X):
        """Logarithms of the probabilities, finite for every finite logit, and for more
        than two classes wherever the differences of the logits are.

        Parameters
        ----------
        X : {array-like, sparse matrix, table} of shape (n_samples, n_features)
            Features; of a table (see :func:`skpulsar.rows`) those of the names seen in
            `fit`.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes), float64
            Logarithms, in the order of `classes_`.
        """
        return self._probabilities(X, logarithms=True)

    def _probabilities(self, X, logarithms=False):
        logits = self.decision_function(X)
        loss = loss_of(self.classes_, self.multilabel_)
        with Threads(self.n_jobs):
            if not self.multilabel_:
                return loss.probabilities(logits, logarithms=logarithms)
            of_both = loss.probabilities(logits.ravel(), logarithms=logarithms)
        return of_both[:, 1].reshape(logits.shape)


def loss_of(classes, multilabel):
    """The loss of so many classes, or of labels."""
    one_logit_each = multilabel or len(classes) == 2
    return LOGISTIC if one_logit_each else Softmax(len(classes))
