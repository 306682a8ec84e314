# SPDX-License-Identifier: BSD-3-Clause
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Reals: TypeAlias = NDArray[np.float64] | NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int32] | NDArray[np.int64]
# Dense rows in C order, or (data, indices, indptr, n_columns) of CSR rows
Matrix: TypeAlias = Reals | tuple[Reals, Indices, Indices, int]

KEY_WORDS: int
LOGISTIC: int
MOMENTUM: int
ADAM: int
LEVELS: tuple[str, ...]

Metric: TypeAlias = tuple[Doubles, Doubles]  # (unit, factor)

def use_level(level: str) -> None: ...
def padded(array: Doubles | tuple[float, ...], n_columns: int) -> Doubles: ...
def log(x: float) -> float: ...
def total(array: Doubles) -> float: ...
def cross_entropy(logits: Doubles, targets: Doubles) -> tuple[Doubles, Doubles]: ...
def class_totals(target: Doubles, weight: Doubles | None = None) -> Doubles: ...
def probabilities(logits: Doubles, logarithms: bool = False) -> Doubles: ...
def logits(
    matrix: Matrix,
    first: int,
    n: int,
    weights: Doubles,
    order: Integers | None = None,
    out: Doubles | None = None,
) -> Doubles: ...
def norms(
    matrix: Matrix,
    first: int,
    n: int,
    centre: Doubles,
    precision: Doubles,
    order: Integers | None = None,
) -> Doubles: ...
def survey(
    matrix: Matrix,
    weight: Doubles | None,
    shift: Doubles,
    order: Integers | None = None,
    *,
    leaf: int,
    precision: Doubles | None = None,
    norms: Doubles | None = None,
) -> tuple[Doubles, Doubles]: ...
def objective(
    matrix: Matrix,
    target: Doubles,
    weight: Doubles | None,
    order: Integers | None,
    centre: Doubles,
    weights: Doubles,
    residual: Doubles,
    *,
    fit_intercept: bool,
    leaf: int,
    diagonal: bool = False,
    loss: int = ...,
) -> tuple[float, Doubles, Doubles | None]: ...
def curvature(
    matrix: Matrix,
    h: Doubles,
    order: Integers | None,
    centre: Doubles,
    scale: Doubles,
    *,
    fit_intercept: bool,
) -> Doubles: ...
def factorise(G: Doubles, penalty: Doubles) -> Metric | None: ...
def metric_solve(metric: Metric, gradient: Doubles) -> Doubles: ...
def newton(
    matrix: Matrix,
    target: Doubles,
    weight: Doubles | None,
    order: Integers | None,
    centre: Doubles,
    scale: Doubles,
    penalty: Doubles,
    start: Doubles,
    *,
    fit_intercept: bool,
    leaf: int,
    total: float,
    share: float,
    tolerance: float,
    most: int,
    linear: Doubles | None = None,
    origin: Doubles | None = None,
    past: Doubles | None = None,
    anchored: bool = False,
    tie: Doubles | None = None,
    loss: int = ...,
) -> tuple[Doubles, float, Doubles, float, float, Metric | None, Doubles, int]: ...
def dot(a: Doubles, b: Doubles) -> float: ...
def expected(
    residual: Doubles, floor: float, norms: Doubles, c: float, step: int
) -> float: ...
def draw(
    residual: Doubles, floor: float, norms: Doubles, c: float, key: int, room: int
) -> tuple[Integers, Doubles]: ...
def minibatches(
    matrix: Matrix,
    target: Doubles,
    weight: Doubles | None,
    order: Integers,
    bounds: Integers,
    rates: Doubles,
    centre: Doubles,
    scale: Doubles,
    weights: Doubles,
    m: Doubles,
    v: Doubles,
    powers: Doubles,
    average: Doubles,
    n_averaged: Doubles,
    sums: Doubles,
    *,
    penalty: Doubles,
    optimizer: tuple[int, bool, float, float, float],
    fit_intercept: bool,
    average_from: int,
    loss: int = ...,
) -> tuple[int, float]: ...
def shuffled(
    n: int, bits: int, key: NDArray[np.uint64], first: int, last: int
) -> Integers: ...
def inverse_power(t: Doubles, p: float) -> Doubles: ...
def csr_structure(
    indptr: Indices, indices: Indices, n_rows: int, n_columns: int, n_stored: int
) -> tuple[int, int]: ...
def csr_ascends(indptr: Indices, indices: Indices) -> bool: ...
