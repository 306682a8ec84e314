# SPDX-License-Identifier: BSD-3-Clause
"""All that one chunk of a stream hands to the next."""

from dataclasses import dataclass, replace

import numpy as np

from skpulsar._problem._memory import Rows
from skpulsar._problem._moments import Moments
from skpulsar._problem._row_buffer import RowBuffer
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows


@dataclass(frozen=True)
class StreamState(SolverState):
    """All that one chunk hands to the next.

    Parameters
    ----------
    kept, buffer : Rows, RowBuffer, or None
        The kept rows, and the array that holds them.

    discarded : DiscardedRows or None
        What stands for the rows that are not kept.

    unit : float
        The unit of all row weights, a power of two. These do not contain the weights of
        classes, which may change from call to call.

    totals, n_seen : ndarray of shape (n_classes,), int
        The weight of all rows seen of each class, and how many rows were seen.

    moments, basis : Moments or None
        Those of all rows seen, and those that the scaling follows.

    preconditioner, metric_total : object or None, float
        What an earlier chunk's search preconditioned with in this scaling, and what all
        rows weighed when it was made.

    n_draws : int
        How many draws there were.

    solver, stop_reason : Stream or None, str or None
        The solver of the last chunk, and why its search ended.
    """

    kept: Rows | None = None
    discarded: DiscardedRows | None = None
    unit: float = 0.0
    totals: np.ndarray | None = None
    n_seen: int = 0
    moments: Moments | None = None
    basis: Moments | None = None
    preconditioner: object = None
    metric_total: float = 0.0
    stop_reason: str | None = None
    n_draws: int = 0
    buffer: RowBuffer | None = None
    solver: object = None

    def without_rows(self, weights):
        """The same with a quadratic about the weights in the place of the kept rows."""
        if self.kept is None:
            return self
        n_seen, n_classes = np.count_nonzero(self.totals), len(self.totals)
        if n_seen < n_classes:  # The weights that all lead to are far away.
            few = "one class" if n_seen == 1 else f"{n_seen} classes"
            raise ValueError(
                f"Only rows of {few} were seen so far, which no summary can stand for. "
                f"Call remove_data once partial_fit has had rows of all {n_classes}."
            )
        state = replace(self, basis=self.moments, preconditioner=None)
        discarded = self.solver.search_class(self.solver, state).left_behind(
            state, weights
        )
        return replace(
            state,
            kept=None,
            buffer=None,
            basis=None,
            metric_total=0.0,
            discarded=discarded,
        )

    def in_unit(self, unit):
        """The same in a larger unit of the row weights."""
        if unit <= self.unit:
            return self
        factor, kept = self.unit / unit, self.kept
        if kept is not None:
            kept = kept.weighing(kept.sample_weight() * factor)
        discarded = None if self.discarded is None else self.discarded.scaled(factor)
        return replace(
            self,
            unit=unit,
            totals=self.totals * factor,
            metric_total=self.metric_total * factor,
            kept=kept,
            discarded=discarded,
        )
