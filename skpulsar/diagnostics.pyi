# SPDX-License-Identifier: BSD-3-Clause
"""Types of the diagnostics."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skpulsar import SLPClassifier, SLPRegressor

__all__ = ["LeaveOneOut", "leave_one_out"]

@dataclass(frozen=True, eq=False, repr=False)
class LeaveOneOut:
    leverage: NDArray[np.float64]
    influence: NDArray[np.float64]
    decision: NDArray[np.float64]
    shift: NDArray[np.float64]
    residual: NDArray[np.float64]
    refitted: NDArray[np.bool_]
    mean_loss: float
    def __len__(self) -> int: ...
    def to_frame(self) -> Any: ...

def leave_one_out(
    estimator: SLPClassifier | SLPRegressor,
    X: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    refit: bool = True,
) -> LeaveOneOut: ...
