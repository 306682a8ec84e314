# SPDX-License-Identifier: BSD-3-Clause
"""Types of the public names, beside the code, whose base classes have none.

`tests/test_typing.py` compares names, parameters and defaults with the code.
"""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from skpulsar._summary import summary as summary

__all__ = [
    "MLPClassifier",
    "MLPRegressor",
    "SLPClassifier",
    "SLPClassifierCV",
    "SLPRegressor",
    "__version__",
    "load",
    "rows",
    "save",
    "summary",
    "to_sklearn",
]

__version__: str

_Rows: TypeAlias = Any  # arrays, sparse matrices, data frames and tables have no type
_Column: TypeAlias = ArrayLike | str  # an entry a row, or the name of a column
_Weight: TypeAlias = _Column | None
_Seed: TypeAlias = int | np.random.RandomState | None
_Scoring: TypeAlias = (
    str | Callable[..., Any] | Sequence[str] | Mapping[str, Any] | None
)
_ClassWeight: TypeAlias = (
    dict[Any, Any] | Sequence[dict[Any, Any]] | Literal["balanced"] | None
)
_Sampling: TypeAlias = float | dict[Any, Any] | Literal["balanced"] | None
_PriorCorrection: TypeAlias = bool | float | dict[Any, Any]
_Schedule: TypeAlias = Literal["constant", "invscaling", "adaptive"]
_Solver: TypeAlias = Literal["auto", "psgd", "sgd", "adam", "rmsprop"]
_NetworkSolver: TypeAlias = Literal["sgd", "adam", "rmsprop"]
_Activation: TypeAlias = Literal["identity", "logistic", "tanh", "relu"]
_Request: TypeAlias = bool | str | None

class _Estimator(BaseEstimator):
    n_features_in_: int
    feature_names_in_: NDArray[Any]
    def get_params(self, deep: bool = True) -> dict[str, Any]: ...
    def set_params(self, **params: Any) -> Self: ...
    def get_metadata_routing(self) -> Any: ...
    def set_callbacks(self, *callbacks: Any) -> Self: ...
    def set_score_request(self, *, sample_weight: _Request = ...) -> Self: ...
    def score(self, X: _Rows, y: _Column, sample_weight: _Weight = None) -> float: ...

class _Perceptron(_Estimator):
    alpha: float
    standardize: bool
    batch_size: int | Literal["auto"]
    learning_rate: _Schedule
    learning_rate_init: float | Literal["auto"]
    power_t: float
    momentum: float
    nesterovs_momentum: bool
    beta_1: float
    beta_2: float
    epsilon: float
    max_iter: int
    tol: float | None
    n_iter_no_change: int
    shuffle: bool
    early_stopping: bool
    validation_fraction: float
    scoring: _Scoring
    return_train_score: bool
    warm_start: bool
    random_state: _Seed
    verbose: int
    n_iter_: int
    t_: int
    loss_: float
    best_loss_: float
    best_iter_: int
    solver_: str
    @property
    def loss_curve_(self) -> list[float]: ...
    @property
    def history_(self) -> dict[str, list[float]]: ...
    @property
    def validation_scores_(self) -> list[float] | None: ...
    @property
    def best_validation_score_(self) -> float | None: ...
    def fit(
        self,
        X: _Rows,
        y: _Column,
        sample_weight: _Weight = None,
        *,
        X_val: _Rows = None,
        y_val: ArrayLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self: ...
    def set_fit_request(
        self,
        *,
        X_val: _Request = ...,
        sample_weight: _Request = ...,
        sample_weight_val: _Request = ...,
        y_val: _Request = ...,
    ) -> Self: ...

class _Layer(_Perceptron):
    solver: _Solver
    average: bool | int
    fit_intercept: bool
    n_jobs: int | None
    coef_: NDArray[np.float64]
    objective_gap_: float
    def remove_data(self) -> Self: ...
    def to_sklearn(self) -> Any: ...

class _Network(_Perceptron):
    hidden_layer_sizes: int | Sequence[int]
    activation: _Activation
    dropout: float | Sequence[float]
    solver: _NetworkSolver
    coefs_: list[NDArray[np.float64]]
    intercepts_: list[NDArray[np.float64]]
    n_layers_: int
    n_outputs_: int
    out_activation_: str

class _Classifier(ClassifierMixin, _Estimator):
    class_weight: _ClassWeight
    sampling: _Sampling
    prior_correction: _PriorCorrection
    classes_: NDArray[Any]
    multilabel_: bool
    class_count_: NDArray[np.float64]
    prior_shift_: float | NDArray[np.float64]
    def decision_function(self, X: _Rows) -> NDArray[np.float64]: ...
    def predict(self, X: _Rows) -> NDArray[Any]: ...
    def predict_proba(self, X: _Rows) -> NDArray[np.float64]: ...
    def predict_log_proba(self, X: _Rows) -> NDArray[np.float64]: ...

class _Regressor(RegressorMixin, _Estimator):
    def predict(self, X: _Rows) -> NDArray[np.float64]: ...
    def set_partial_fit_request(self, *, sample_weight: _Request = ...) -> Self: ...

class SLPClassifier(_Classifier, _Layer):
    intercept_: NDArray[np.float64]
    sampling_counts_: NDArray[np.int64] | None
    def __init__(
        self,
        *,
        alpha: float = 1e-4,
        standardize: bool = False,
        solver: _Solver = "auto",
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: _Schedule = "constant",
        learning_rate_init: float | Literal["auto"] = "auto",
        power_t: float = 0.5,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        average: bool | int = False,
        max_iter: int = 100,
        tol: float | None = 1e-4,
        n_iter_no_change: int = 5,
        shuffle: bool = True,
        fit_intercept: bool = True,
        class_weight: _ClassWeight = None,
        sampling: _Sampling = None,
        prior_correction: _PriorCorrection = False,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        scoring: _Scoring = "loss",
        return_train_score: bool = False,
        warm_start: bool = False,
        n_jobs: int | None = None,
        random_state: _Seed = None,
        verbose: int = 0,
    ) -> None: ...
    def partial_fit(
        self,
        X: _Rows,
        y: _Column,
        classes: ArrayLike | None = None,
        sample_weight: _Weight = None,
    ) -> Self: ...
    def set_partial_fit_request(
        self, *, classes: _Request = ..., sample_weight: _Request = ...
    ) -> Self: ...

class SLPRegressor(_Regressor, _Layer):
    intercept_: float | NDArray[np.float64]
    def __init__(
        self,
        *,
        alpha: float = 1e-4,
        standardize: bool = False,
        solver: _Solver = "auto",
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: _Schedule = "constant",
        learning_rate_init: float | Literal["auto"] = "auto",
        power_t: float = 0.5,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        average: bool | int = False,
        max_iter: int = 100,
        tol: float | None = 1e-4,
        n_iter_no_change: int = 5,
        shuffle: bool = True,
        fit_intercept: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        scoring: _Scoring = "loss",
        return_train_score: bool = False,
        warm_start: bool = False,
        n_jobs: int | None = None,
        random_state: _Seed = None,
        verbose: int = 0,
    ) -> None: ...
    def partial_fit(
        self, X: _Rows, y: _Column, sample_weight: _Weight = None
    ) -> Self: ...

class SLPClassifierCV(_Classifier):
    alphas: int | ArrayLike
    cv: Any
    scoring: _Scoring
    selection: Literal["best", "one_standard_error"]
    class_weights: Sequence[_ClassWeight] | None
    samplings: Sequence[_Sampling] | None
    standardize: bool
    max_iter: int
    tol: float | None
    fit_intercept: bool
    random_state: _Seed
    verbose: int
    alpha_: float
    class_weight_: _ClassWeight
    sampling_: _Sampling
    alphas_: NDArray[np.float64]
    best_index_: int | tuple[int, int, int]
    best_score_: float
    scores_: NDArray[np.float64]
    all_scores_: dict[str, NDArray[np.float64]]
    standard_errors_: NDArray[np.float64]
    paired_standard_errors_: NDArray[np.float64]
    cutoff_: float | None
    coefs_paths_: NDArray[np.float64]
    coef_path_: NDArray[np.float64]
    objective_gaps_: NDArray[np.float64]
    estimator_: SLPClassifier
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]
    loss_: float
    objective_gap_: float
    n_iter_: int
    n_splits_: int
    def __init__(
        self,
        alphas: int | ArrayLike = 20,
        *,
        cv: Any = None,
        scoring: _Scoring = None,
        selection: Literal["best", "one_standard_error"] = "best",
        class_weights: Sequence[_ClassWeight] | None = None,
        samplings: Sequence[_Sampling] | None = None,
        standardize: bool = False,
        max_iter: int = 100,
        tol: float | None = 1e-3,
        fit_intercept: bool = True,
        class_weight: _ClassWeight = None,
        sampling: _Sampling = None,
        prior_correction: _PriorCorrection = False,
        random_state: _Seed = None,
        verbose: int = 0,
    ) -> None: ...
    def fit(
        self,
        X: _Rows,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        **params: Any,
    ) -> Self: ...
    def set_fit_request(self, *, sample_weight: _Request = ...) -> Self: ...
    def to_sklearn(self) -> Any: ...

class MLPClassifier(_Classifier, _Network):
    sampling_counts_: NDArray[np.int64] | None
    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: _Activation = "relu",
        *,
        dropout: float | Sequence[float] = 0.0,
        standardize: bool = True,
        solver: _NetworkSolver = "adam",
        alpha: float = 1e-4,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: _Schedule = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: _Seed = None,
        tol: float | None = 1e-4,
        verbose: int = 0,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        class_weight: _ClassWeight = None,
        sampling: _Sampling = None,
        prior_correction: _PriorCorrection = False,
        scoring: _Scoring = "loss",
        return_train_score: bool = False,
    ) -> None: ...
    def partial_fit(
        self,
        X: _Rows,
        y: ArrayLike,
        *,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self: ...
    def set_partial_fit_request(
        self, *, classes: _Request = ..., sample_weight: _Request = ...
    ) -> Self: ...

class MLPRegressor(_Regressor, _Network):
    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: _Activation = "relu",
        *,
        dropout: float | Sequence[float] = 0.0,
        standardize: bool = True,
        solver: _NetworkSolver = "adam",
        alpha: float = 1e-4,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: _Schedule = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: _Seed = None,
        tol: float | None = 1e-4,
        verbose: int = 0,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        scoring: _Scoring = "loss",
        return_train_score: bool = False,
    ) -> None: ...
    def partial_fit(
        self, X: _Rows, y: ArrayLike, *, sample_weight: ArrayLike | None = None
    ) -> Self: ...

def load(path: str | PathLike[str]) -> Any: ...
def save(estimator: Any, path: str | PathLike[str]) -> None: ...
def to_sklearn(estimator: Any) -> Any: ...
def rows(
    data: Any,
    *,
    columns: Sequence[str | int] | None = None,
    cache: str | PathLike[str] | None = None,
) -> Any: ...
