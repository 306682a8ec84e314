# SPDX-License-Identifier: BSD-3-Clause
"""Optimizers: the rule of a step, with its parameters and its automatic rate.

A rule is a class here and a function in ``_kernels/training/optimizers.h``, selected by
name. The fields of the class are the estimator's parameters that act with the rule.
"""

from dataclasses import dataclass
from typing import ClassVar

FADED = 5  # After this many times 1 / (1 - momentum) updates a swing has faded.
ADAM_RATE = 0.01  # This is learning_rate_init="auto", in columns of mean square 1.


@dataclass(frozen=True)
class Momentum:
    """``m = momentum m - rate g``, and ``w += m``, or ``w += momentum m - rate g`` with
    Nesterov's look-ahead (Polyak 1964; Sutskever et al., ICML 2013)."""

    momentum: float
    nesterovs_momentum: bool

    rule: ClassVar[str] = "momentum"  # the kernel's name for it
    needs_smoothness: ClassVar[bool] = True  # The automatic rate depends on it.

    def auto_rate(self, smoothness, unit):
        """The rate for ``learning_rate_init="auto"``, given the expected smoothness and
        the size of a logit."""
        return (1 - self.momentum) / smoothness

    def fading_updates(self):
        """Number of updates after which an oscillation of the momentum has faded."""
        return FADED / (1 - self.momentum)

    def packed(self, unit):
        """The kernel's arguments: name, nesterov, beta_1, beta_2 and epsilon, which is
        in units of a logit's size, as gradients are."""
        return self.rule, self.nesterovs_momentum, self.momentum, 0.0, 0.0


class _ByRootMeanSquare:
    """The base of rules that divide by the root mean square of past gradients."""

    rule: ClassVar[str] = "adam"
    needs_smoothness: ClassVar[bool] = False

    def auto_rate(self, smoothness, unit):
        return ADAM_RATE * unit

    def fading_updates(self):
        return 0


@dataclass(frozen=True)
class Adam(_ByRootMeanSquare):
    """``w -= rate m^ / (sqrt(v^) + epsilon^)``, where m^ and v^ are the bias-corrected
    moving averages of the gradient and of its square, with decay rates beta_1 and
    beta_2, and ``epsilon^ = epsilon / sqrt(1 - beta_2^t)`` (Kingma and Ba, ICLR
    2015)."""

    beta_1: float
    beta_2: float
    epsilon: float

    def packed(self, unit):
        return self.rule, False, self.beta_1, self.beta_2, self.epsilon * unit


@dataclass(frozen=True)
class RMSProp(_ByRootMeanSquare):
    """Adam with ``beta_1 = 0`` (Tieleman and Hinton 2012, with Adam's correction)."""

    beta_2: float
    epsilon: float

    def packed(self, unit):
        return self.rule, False, 0.0, self.beta_2, self.epsilon * unit


Optimizer = Momentum | Adam | RMSProp
OPTIMIZERS = {"sgd": Momentum, "adam": Adam, "rmsprop": RMSProp}
