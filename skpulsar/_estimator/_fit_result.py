# SPDX-License-Identifier: BSD-3-Clause
"""What training has come to, as a value; and as attributes of an estimator."""

from dataclasses import dataclass, field, replace

import numpy as np

from skpulsar._problem._moments import Moments
from skpulsar._solvers._protocol import SolverState
from skpulsar._training._history import History


@dataclass(frozen=True, kw_only=True)
class FitResult:
    """Where training stands between two epochs.

    Only `attributes` knows what of it an estimator shows, and only `of` reads it back.
    What an estimator knows of its targets is in the fields of a subclass.

    Parameters
    ----------
    weights : ndarray of shape (n_outputs, n_columns + 1), float64
        As training left them; the intercepts are last.

    state : SolverState
        What the solver goes on with.

    history : History
        The epochs so far.

    moments : Moments or None
        Of the columns of all rows seen, by sample weights alone, where the penalty is
        in units of their deviations.

    solver : str or None
        Name of the solver that came here; None before the first epoch of all.
    """

    weights: np.ndarray
    state: SolverState = field(default_factory=SolverState)
    history: History = field(default_factory=History)
    moments: Moments | None = None
    solver: str | None = None

    @classmethod
    def of(cls, estimator, **of_targets):
        """What the attributes of a fitted estimator say."""
        return cls(
            solver=estimator.solver_,
            weights=weights_of(estimator),
            state=estimator._state,
            history=estimator._history,
            moments=estimator._moments,
            **of_targets,
        )

    def after(self, step, solver):
        """The result one `Step` of a solver of this name later."""
        return replace(
            self,
            solver=solver,
            weights=step.weights,
            state=step.state.without_workspace(),
            history=self.history.after(step.epoch),
        )

    def undone(self):
        """The result with weights of zero, which had a lower objective."""
        return replace(
            self,
            weights=np.zeros_like(self.weights),
            state=self.state.without_steps(),
        )

    def attributes(self):
        """The attributes of an estimator that stands here, by name."""
        history, state = self.history, self.state
        return {
            "solver_": self.solver,
            "coef_": self.weights[:, :-1].copy(),
            "intercept_": self.weights[:, -1].copy(),
            "n_iter_": state.n_epochs,
            "t_": state.n_rows,
            "loss_": history.last("loss"),
            "best_loss_": history.best_loss,
            "objective_gap_": history.last("objective_gap"),
            "_history": history,
            "_state": state,
            "_moments": self.moments,
        }


def weights_of(estimator):
    """Weights of shape (n_outputs, n_columns + 1), from `coef_`, where a row may stand
    for a matrix, and `intercept_` as they are now."""
    coef, intercept = estimator.coef_, estimator.intercept_
    coef = coef.reshape(-1, coef.shape[-1])
    weights = np.concatenate([coef, intercept[:, np.newaxis]], axis=1)
    return np.ascontiguousarray(weights, dtype=np.float64)
