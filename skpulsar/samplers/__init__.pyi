# SPDX-License-Identifier: BSD-3-Clause
"""Types of the samplers."""

from abc import ABCMeta
from collections.abc import Callable, Mapping
from typing import Any, Self

from imblearn.over_sampling.base import BaseOverSampler
from numpy.typing import ArrayLike, NDArray

__all__ = ["CyclicOverSampler"]

class CyclicOverSampler(BaseOverSampler, metaclass=ABCMeta):
    sampling_strategy: float | str | Mapping[Any, int] | Callable[..., Any]
    sampling_strategy_: dict[Any, int]
    sample_indices_: NDArray[Any]
    n_features_in_: int
    def __init__(
        self,
        *,
        sampling_strategy: float
        | str
        | Mapping[Any, int]
        | Callable[..., Any] = "auto",
    ) -> None: ...
    def __sklearn_tags__(self) -> Any: ...
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> Self: ...
    def fit_resample(self, X: Any, y: ArrayLike, **params: Any) -> tuple[Any, Any]: ...
    def get_params(self, deep: bool = True) -> dict[str, Any]: ...
    def set_params(self, **params: Any) -> Self: ...
