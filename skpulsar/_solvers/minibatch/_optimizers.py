# SPDX-License-Identifier: BSD-3-Clause
"""Rules of a step: the parameters of each, and what a solver asks of it.

A rule is a class here, whose fields are the estimator's parameters that act with it,
and a function in ``_kernels/training/optimizers.h``, which its name there selects.
"""

from dataclasses import dataclass
from typing import ClassVar

FADED = 5  # times 1 / (1 - momentum) updates: a swing has faded to a twelfth
ADAM_RATE = 0.01  # of learning_rate_init="auto", in root mean squares of a column


@dataclass(frozen=True)
class Momentum:
    """``m = momentum m - rate g``, and ``w += m``, or ``w += momentum m - rate g`` with
    Nesterov's look-ahead (Polyak 1964; Sutskever et al., ICML 2013)."""

    momentum: float
    nesterovs_momentum: bool

    needs_smoothness: ClassVar[bool] = True  # for the rate that is right by itself

    def auto_rate(self, smoothness):
        """The rate of ``learning_rate_init="auto"``, by the expected smoothness."""
        return (1 - self.momentum) / smoothness

    def fading_updates(self):
        """Updates that a swing takes to fade."""
        return FADED / (1 - self.momentum)

    def packed(self):
        """For the kernel: name, nesterov, beta_1, beta_2 and epsilon."""
        return "momentum", self.nesterovs_momentum, self.momentum, 0.0, 0.0


class _ByRootMeanSquare:
    """Rules that divide by the root mean square of the gradients so far."""

    needs_smoothness: ClassVar[bool] = False

    def auto_rate(self, smoothness):
        return ADAM_RATE

    def fading_updates(self):
        return 0


@dataclass(frozen=True)
class Adam(_ByRootMeanSquare):
    """``w -= rate m^ / (sqrt(v^) + epsilon^)``, with m^ and v^ the unbiased means of
    the gradients and of their squares, which fade by the betas, and ``epsilon^ =
    epsilon / sqrt(1 - beta_2^t)`` (Kingma and Ba, ICLR 2015)."""

    beta_1: float
    beta_2: float
    epsilon: float

    def packed(self):
        return "adam", False, self.beta_1, self.beta_2, self.epsilon


@dataclass(frozen=True)
class RMSProp(_ByRootMeanSquare):
    """Adam whose ``beta_1`` is 0 (Tieleman and Hinton 2012, with Adam's correction)."""

    beta_2: float
    epsilon: float

    def packed(self):
        return "adam", False, 0.0, self.beta_2, self.epsilon


Optimizer = Momentum | Adam | RMSProp
OPTIMIZERS = {"sgd": Momentum, "adam": Adam, "rmsprop": RMSProp}
