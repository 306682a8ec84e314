# SPDX-License-Identifier: BSD-3-Clause
"""The result of training, as a value and as attributes of an estimator."""

from dataclasses import dataclass, field, replace

import numpy as np

from skpulsar._problem._moments import Moments
from skpulsar._solvers._protocol import SolverState
from skpulsar._training._history import History
from skpulsar._training._successor import successor


@dataclass(frozen=True, kw_only=True)
class FitResult:
    """The state of training between two epochs.

    Only `attributes` decides what an estimator shows of it, and only `of` reads it
    back. The fields of a subclass hold what an estimator knows of its targets, and
    another base, `LinearWeights` or `LayerWeights`, says what weights are.

    Parameters
    ----------
    weights : ndarray of shape (n_outputs, n_columns + 1), or tuple of ndarray
        The trained weights, float64; the intercepts are last, of every layer if there
        are several.

    state : SolverState
        State from which the solver continues.

    history : History
        Records of the epochs so far.

    moments : Moments or None
        Moments of the columns of all rows seen, by sample weights alone; None unless
        the penalty is in units of the deviations.

    solver : str or None
        Name of the solver that ran last; None before the very first epoch.

    objective_gap : float
        The solver's estimate of how far these weights are above the minimum, or NaN.
    """

    weights: np.ndarray | tuple[np.ndarray, ...]
    state: SolverState = field(default_factory=SolverState)
    history: History = field(default_factory=History)
    moments: Moments | None = None
    solver: str | None = None
    objective_gap: float = np.nan

    prior_shift = 0.0  # What the outputs' intercepts that are shown have less.

    @classmethod
    def of(cls, estimator, **of_targets):
        """The result that the attributes of a fitted estimator hold."""
        return cls(
            solver=estimator.solver_,
            weights=cls.weights_of(estimator),
            state=estimator._state,
            history=estimator._history,
            moments=estimator._moments,
            objective_gap=getattr(estimator, "objective_gap_", np.nan),
            **of_targets,
        )

    def after(self, step, solver):
        """The result after one more `Step` of the solver of this name."""
        changed = {
            "solver": solver,
            "weights": step.weights,
            "state": step.state.without_workspace(),
            "history": self.history.after(step.epoch, step.scores),
            "objective_gap": float(step.epoch.objective_gap),
        }
        return successor(self, changed)

    def undone(self, weights):
        """The result with the weights of the baseline, for a fit that ended above its
        objective."""
        return replace(
            self,
            weights=weights,
            state=self.state.without_steps(),
        )

    def attributes(self):
        """The attributes of an estimator with this result, by name."""
        history, state = self.history, self.state
        return {
            "solver_": self.solver,
            **self.weight_attributes(),
            "n_iter_": history.n_epochs,
            "best_iter_": history.best_iter,
            "t_": state.n_rows,
            "loss_": history.last("loss"),
            "best_loss_": history.best_loss,
            "_history": history,
            "_state": state,
            "_moments": self.moments,
        }
