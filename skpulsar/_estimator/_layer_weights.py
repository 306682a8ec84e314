# SPDX-License-Identifier: BSD-3-Clause
"""Weights of several layers, as arrays and as attributes of an estimator."""

import numpy as np


class LayerWeights:
    """A mixin of results: weights of shape (units below + 1, units) for every layer,
    the intercepts last, which are shown as `coefs_` and `intercepts_`. The result says
    by `out_activation` what outputs are."""

    target_units = None  # As a `TargetUnits`, where targets are standardised

    @staticmethod
    def weights_of(estimator):
        """The weights that the attributes of an estimator show."""
        return layers_of(estimator)

    @staticmethod
    def intercepts_of(weights):
        """The intercepts of the outputs, as a part of the weights."""
        return weights[-1][-1]

    def weight_attributes(self):
        """The attributes that show the weights."""
        weights = self.weights
        *hidden, outputs = [layer[-1].copy() for layer in weights]
        return {
            "coefs_": [layer[:-1].copy() for layer in weights],
            "intercepts_": [*hidden, outputs - self.prior_shift],
            "n_layers_": len(weights) + 1,
            "n_outputs_": weights[-1].shape[1],
            "out_activation_": self.out_activation,
        }


def layers_of(estimator):
    """Weights of all layers from `coefs_` and `intercepts_` as they are now."""
    pairs = zip(estimator.coefs_, estimator.intercepts_, strict=True)
    return tuple([np.vstack([coef, intercept]) for coef, intercept in pairs])
