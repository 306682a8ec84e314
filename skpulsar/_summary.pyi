# SPDX-License-Identifier: BSD-3-Clause
"""Types of `skpulsar.summary` and of the tables that it returns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier, SLPRegressor

@dataclass(frozen=True, eq=False, repr=False)
class Summary:
    name: NDArray[Any]
    coefficient: NDArray[np.float64]
    per_deviation: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    output: NDArray[Any] | None
    deviation: NDArray[np.float64]
    confidence_level: float
    @property
    def columns(self) -> tuple[str, ...]: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...
    def to_frame(self) -> Any: ...

@dataclass(frozen=True, repr=False)
class NetworkSummary:
    shapes: tuple[tuple[int, int], ...]
    units: tuple[str, ...]
    @property
    def n_parameters(self) -> int: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...
    def to_frame(self) -> Any: ...

@overload
def summary(
    estimator: SLPClassifier | SLPRegressor,
    X: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    confidence_level: float = 0.95,
) -> Summary: ...
@overload
def summary(
    estimator: MLPClassifier | MLPRegressor,
    X: None = None,
    y: None = None,
    sample_weight: None = None,
    *,
    confidence_level: float = 0.95,
) -> NetworkSummary: ...
