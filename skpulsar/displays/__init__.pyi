# SPDX-License-Identifier: BSD-3-Clause
"""Types of the pictures. Objects of matplotlib, which need not be there, are Any."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Self, TypeAlias, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skpulsar import SLPClassifierCV
from skpulsar._summary import Summary
from skpulsar.diagnostics import LeaveOneOut
from skpulsar.thresholds import Cutoff, Cutoffs

__all__ = [
    "CoefficientDisplay",
    "CoefficientPathDisplay",
    "InfluenceDisplay",
    "LogitHistogramDisplay",
    "ThresholdDisplay",
    "TrainingCurveDisplay",
]

_Keywords: TypeAlias = Mapping[str, Any] | None
_LogScale: TypeAlias = bool | Literal["auto"]

class _HistogramOptions(TypedDict, total=False):
    threshold: float
    bins: int | Sequence[float]
    ax: Any
    stairs_kw: _Keywords

class _CutoffOptions(TypedDict, total=False):
    n_resamples: int
    confidence_level: float | None
    random_state: int | np.random.RandomState | None
    score_name: str
    ax: Any
    line_kw: _Keywords

class _ChosenOptions(_CutoffOptions, total=False):
    choose: Callable[[Cutoffs], Cutoff] | None
    beta: float

class CoefficientDisplay:
    table: Summary
    ax_: Any
    figure_: Any
    errorbars_: list[Any]
    names_: list[str]
    def __init__(self, table: Summary) -> None: ...
    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        confidence_level: float = 0.95,
        outputs: Sequence[Any] | None = None,
        max_features: int = 20,
        ax: Any = None,
        errorbar_kw: _Keywords = None,
    ) -> Self: ...
    def plot(
        self,
        ax: Any = None,
        *,
        outputs: Sequence[Any] | None = None,
        max_features: int = 20,
        errorbar_kw: _Keywords = None,
    ) -> Self: ...

class CoefficientPathDisplay:
    ax_: Any
    figure_: Any
    lines_: dict[str, Any]
    errorbar_: Any
    def __init__(
        self,
        alphas: NDArray[np.float64],
        coefficients: NDArray[np.float64],
        scores: NDArray[np.float64],
        paired_standard_errors: NDArray[np.float64],
        *,
        alpha: float,
        names: Sequence[str],
        score_name: str = "score",
        per_deviation: bool = False,
    ) -> None: ...
    @classmethod
    def from_estimator(
        cls,
        estimator: SLPClassifierCV,
        X: Any = None,
        *,
        sample_weight: ArrayLike | None = None,
        output: Any = None,
        max_features: int = 8,
        ax: Any = None,
        line_kw: _Keywords = None,
    ) -> Self: ...
    def plot(
        self, ax: Any = None, *, max_features: int = 8, line_kw: _Keywords = None
    ) -> Self: ...

class InfluenceDisplay:
    rows: LeaveOneOut
    ax_: Any
    figure_: Any
    scatters_: list[Any]
    texts_: list[Any]
    rows_: NDArray[np.intp]
    def __init__(
        self,
        rows: LeaveOneOut,
        *,
        names: ArrayLike | None = None,
        classes: ArrayLike | None = None,
    ) -> None: ...
    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        refit: bool = True,
        names: ArrayLike | None = None,
        max_names: int = 8,
        ax: Any = None,
        scatter_kw: _Keywords = None,
    ) -> Self: ...
    def plot(
        self, ax: Any = None, *, max_names: int = 8, scatter_kw: _Keywords = None
    ) -> Self: ...

class LogitHistogramDisplay:
    ax_: Any
    figure_: Any
    stairs_: list[Any]
    line_: Any
    def __init__(
        self,
        *,
        edges: NDArray[np.float64],
        densities: Mapping[Any, NDArray[np.float64]],
        labels: Mapping[Any, str],
        threshold: float,
        pos_label: Any,
    ) -> None: ...
    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        pos_label: Any = None,
        **options: Unpack[_HistogramOptions],
    ) -> Self: ...
    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        pos_label: Any = None,
        threshold: float = 0.0,
        bins: int | Sequence[float] = 50,
        ax: Any = None,
        stairs_kw: _Keywords = None,
    ) -> Self: ...
    def plot(self, ax: Any = None, *, stairs_kw: _Keywords = None) -> Self: ...

class ThresholdDisplay:
    curve: Cutoffs
    cutoff: Cutoff
    interval: Any
    ax_: Any
    figure_: Any
    lines_: dict[str, Any]
    line_: Any
    errorbars_: dict[str, Any]
    span_: Any
    def __init__(
        self,
        curve: Cutoffs,
        *,
        cutoff: Cutoff,
        interval: Any = None,
        beta: float = 1.0,
        score_name: str = "score",
    ) -> None: ...
    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        pos_label: Any = None,
        response_method: Literal["auto", "decision_function", "predict_proba"] = "auto",
        **options: Unpack[_ChosenOptions],
    ) -> Self: ...
    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_score: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        pos_label: Any = None,
        **options: Unpack[_ChosenOptions],
    ) -> Self: ...
    @classmethod
    def from_cutoffs(
        cls,
        curve: Cutoffs,
        *,
        choose: Callable[[Cutoffs], Cutoff] | None = None,
        beta: float = 1.0,
        n_resamples: int = 200,
        confidence_level: float | None = 0.95,
        random_state: int | np.random.RandomState | None = None,
        score_name: str = "score",
        ax: Any = None,
        line_kw: _Keywords = None,
    ) -> Self: ...
    def plot(self, ax: Any = None, *, line_kw: _Keywords = None) -> Self: ...

class TrainingCurveDisplay:
    ax_: Any
    figure_: Any
    line_: Any
    validation_line_: Any
    best_line_: Any
    def __init__(
        self,
        *,
        epochs: NDArray[Any],
        training: NDArray[np.float64] | None,
        validation: NDArray[np.float64] | None,
        metric: str,
        best_iter: int | None = None,
        training_label: str = "training",
    ) -> None: ...
    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        metric: str = "loss",
        log_scale: _LogScale = "auto",
        ax: Any = None,
        line_kw: _Keywords = None,
    ) -> Self: ...
    @classmethod
    def from_history(
        cls,
        history: Mapping[str, Sequence[float]],
        *,
        best_iter: int | None = None,
        metric: str = "loss",
        log_scale: _LogScale = "auto",
        ax: Any = None,
        line_kw: _Keywords = None,
    ) -> Self: ...
    def plot(
        self,
        ax: Any = None,
        *,
        log_scale: _LogScale = "auto",
        line_kw: _Keywords = None,
    ) -> Self: ...
