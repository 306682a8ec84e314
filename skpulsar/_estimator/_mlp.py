# SPDX-License-Identifier: BSD-3-Clause
"""The base class of estimators of several layers."""

from itertools import pairwise
from numbers import Real
from typing import ClassVar

import numpy as np

from skpulsar._estimator._base import BasePerceptron
from skpulsar._estimator._network_parameters import dropout_of, hidden_sizes
from skpulsar._estimator._solver_choice import defaults, warn_of_idle
from skpulsar._problem._models import Layers
from skpulsar._solvers._table import NETWORKS, make_network

OF_PSGD = ("n_sampled", "objective_gap")  # what no other solver has to record


class BaseMLP(BasePerceptron):
    """The base class of estimators whose logits are those of a network."""

    _fits: ClassVar[dict] = NETWORKS

    @property
    def history_(self):
        history = super().history_
        return {name: history[name] for name in history if name not in OF_PSGD}

    def _stream_of(self, name, loss, n_columns, start):
        return name, self._fits[name]

    def _solver(self, name, loss, result, *, warm=False, stream=None):
        sizes = hidden_sizes(self.hidden_layer_sizes)
        self._check_sizes(result)
        if not sizes:
            self._warn_of_units()
        return make_network(
            name,
            loss,
            result.moments if self.standardize else None,
            len(result.weights[0]) - 1,
            vars(self),
            targets=result.target_units,
            dropout=dropout_of(self.dropout, len(sizes)),
            whole=stream is None,
        )

    def _without_weights(self, n_outputs, n_columns):
        sizes = (n_columns, *hidden_sizes(self.hidden_layer_sizes), n_outputs)
        return tuple([np.zeros((a + 1, b)) for a, b in pairwise(sizes)])

    def _check_sizes(self, result):
        """Refuse to go on with layers of other sizes."""
        hidden = tuple([layer.shape[1] for layer in result.weights[:-1]])
        if hidden != hidden_sizes(self.hidden_layer_sizes):
            raise ValueError(
                f"hidden_layer_sizes={self.hidden_layer_sizes!r:.80}, but the weights "
                f"to go on from are of hidden layers of {hidden!s:.80} units. Set it "
                "back, or call fit with warm_start=False."
            )

    def _warn_of_units(self):
        """Warn of what is set for hidden units, which there are none of."""
        default, where = defaults(type(self)), "without hidden layers"
        if self.activation != default["activation"]:
            warn_of_idle(self, "activation", where)
        one_share = isinstance(self.dropout, Real)  # and not one for each of no layers
        if one_share and self.dropout != default["dropout"]:
            warn_of_idle(self, "dropout", where)

    def _model(self):
        coefs, intercepts = map(as_doubles, (self.coefs_, self.intercepts_))
        return Layers(coefs, intercepts, self.activation)


def as_doubles(arrays):
    """Arrays as float64, which are not copied if they are that."""
    return [np.asarray(array, dtype=np.float64) for array in arrays]
