# SPDX-License-Identifier: BSD-3-Clause
"""Weights of one layer, as an array and as attributes of an estimator."""

import numpy as np

from skpulsar._problem._models import Linear


class LinearWeights:
    """A mixin of results: weights of shape (n_outputs, n_columns + 1), the intercepts
    last, which are shown as `coef_` and `intercept_`."""

    @staticmethod
    def weights_of(estimator):
        """The weights that the attributes of an estimator show."""
        return weights_of(estimator)

    @staticmethod
    def intercepts_of(weights):
        """The intercepts of the outputs, as a part of the weights."""
        return weights[:, -1]

    def weight_attributes(self):
        """The attributes that show the weights, and how good they are."""
        return {
            "coef_": self.weights[:, :-1].copy(),
            "intercept_": self.weights[:, -1] - self.prior_shift,
            "objective_gap_": self.objective_gap,
        }


class OneLayer:
    """A mixin of estimators whose weights these are."""

    def _without_weights(self, n_outputs, n_columns):
        return np.zeros((n_outputs, n_columns + 1))

    def _model(self):
        return Linear(weights_of(self))


def weights_of(estimator):
    """Weights of shape (n_outputs, n_columns + 1) from `coef_` and `intercept_` as they
    are now. `coef_` may have one dimension, and `intercept_` may be a number."""
    coef = estimator.coef_.reshape(-1, estimator.coef_.shape[-1])
    weights = np.empty((len(coef), coef.shape[1] + 1))
    weights[:, :-1], weights[:, -1] = coef, estimator.intercept_
    return weights
