# SPDX-License-Identifier: BSD-3-Clause
"""Types of the cut-offs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Self, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skpulsar.displays import ThresholdDisplay, _CutoffOptions

__all__ = [
    "Cutoff",
    "Cutoffs",
    "cutoffs",
    "precision_at_recall",
    "recall_at_precision",
]

@dataclass(frozen=True)
class Cutoff:
    threshold: float
    precision: float
    recall: float
    tp: float
    fp: float
    @classmethod
    def of_counts(
        cls, threshold: float, tp: float, fp: float, all_tp: float
    ) -> Self: ...

class Cutoffs:
    thresholds: NDArray[np.float64]
    tp: NDArray[Any]
    fp: NDArray[Any]
    def __init__(self, thresholds: NDArray[np.float64], rows: Any) -> None: ...
    @property
    def precision(self) -> NDArray[np.float64]: ...
    @property
    def recall(self) -> NDArray[np.float64]: ...
    def fbeta(self, beta: float) -> NDArray[np.float64]: ...
    def cost(self, *, fp: float, fn: float) -> NDArray[np.float64]: ...
    def at(self, threshold: float) -> Cutoff: ...
    def best(
        self,
        metric: Literal["precision", "recall", "f1"] | Callable[[Cutoffs], ArrayLike],
        *,
        min_precision: float | None = None,
        min_recall: float | None = None,
        confidence_level: float | None = None,
    ) -> Cutoff: ...
    def at_budget(self, k: float) -> Cutoff: ...
    def interval(
        self,
        choose: Callable[[Cutoffs], Cutoff],
        *,
        n_resamples: int = 1000,
        confidence_level: float = 0.95,
        random_state: int | np.random.RandomState | None = None,
    ) -> Any: ...
    def plot(
        self,
        *,
        choose: Callable[[Cutoffs], Cutoff] | None = None,
        beta: float = 1.0,
        **options: Unpack[_CutoffOptions],
    ) -> ThresholdDisplay: ...

def cutoffs(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    pos_label: Any = None,
    sample_weight: ArrayLike | None = None,
) -> Cutoffs: ...
def precision_at_recall(
    recall: float, *, pos_label: Any = None
) -> Callable[..., float]: ...
def recall_at_precision(
    precision: float, *, pos_label: Any = None
) -> Callable[..., float]: ...
