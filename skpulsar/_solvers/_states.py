# SPDX-License-Identifier: BSD-3-Clause
"""The classes of what training hands on: the states of solvers, and their parts."""

from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.minibatch._solver import MinibatchState
from skpulsar._solvers.network._column_units import ColumnUnits
from skpulsar._solvers.network._solver import NetworkState
from skpulsar._solvers.preconditioned._solver import PreconditionedState
from skpulsar._solvers.quadratic._fit_summary import FitSummary
from skpulsar._solvers.quadratic._normal_equations import NormalEquations
from skpulsar._solvers.quadratic._softmax_preconditioners import (
    ClassPreconditioner,
    NewtonPreconditioner,
)
from skpulsar._solvers.quadratic._softmax_summary import SoftmaxSummary
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows
from skpulsar._solvers.streaming._least_squares import LeastSquaresState
from skpulsar._solvers.streaming._softmax_stream import SoftmaxStream
from skpulsar._solvers.streaming._solver import Stream
from skpulsar._solvers.streaming._stream_state import StreamState

STATES = (
    ClassPreconditioner,
    ColumnUnits,
    DiscardedRows,
    FitSummary,
    LeastSquaresState,
    MinibatchState,
    NetworkState,
    NewtonPreconditioner,
    NormalEquations,
    PreconditionedState,
    SoftmaxStream,
    SoftmaxSummary,
    SolverState,
    Stream,
    StreamState,
)
