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
LEVELS: tuple[str, ...]

def use_level(level: str) -> None: ...
def padded(array: Doubles | tuple[float, ...], n_columns: int) -> Doubles: ...
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
def moments(
    matrix: Matrix,
    first: int,
    weight: Doubles,
    shift: Doubles,
    order: Integers | None = None,
) -> tuple[Doubles, Doubles]: ...
def norms(
    matrix: Matrix,
    first: int,
    n: int,
    centre: Doubles,
    precision: Doubles,
    order: Integers | None = None,
) -> Doubles: ...
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
    first: Doubles,
    second: Doubles,
    powers: Doubles,
    average: Doubles,
    n_averaged: Doubles,
    sums: Doubles,
    *,
    alpha: float,
    adam: bool,
    nesterov: bool,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    fit_intercept: bool,
    average_from: int,
) -> tuple[int, float]: ...
def shuffled(
    n: int, bits: int, key: NDArray[np.uint64], first: int, last: int
) -> Integers: ...
def inverse_power(t: Doubles, p: float) -> Doubles: ...
def csr_structure(
    indptr: Indices, indices: Indices, n_rows: int, n_columns: int, n_stored: int
) -> tuple[int, int]: ...
def csr_ascends(indptr: Indices, indices: Indices) -> bool: ...
