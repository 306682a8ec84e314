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

# (scale, penalty, tie) and (name, nesterov, beta_1, beta_2, epsilon); see kernel.h
Coordinates: TypeAlias = tuple[Doubles, Doubles, Doubles | None]
Optimizer: TypeAlias = tuple[str, bool, float, float, float]
# weights, m, v, powers, average, n_averaged, sums
Params: TypeAlias = tuple[Doubles, Doubles, Doubles, Doubles, Doubles, Doubles, Doubles]
# Of every layer an array of shape (units below + 1, units), the biases last
Layers: TypeAlias = list[Reals] | tuple[Reals, ...]
Preconditioner: TypeAlias = tuple[Doubles, Doubles]  # (unit, factor)

KEY_WORDS: int
LEVELS: tuple[str, ...]
LOSSES: dict[str, int]
OPTIMIZERS: dict[str, int]
ACTIVATIONS: dict[str, int]

class Dataset:
    def __init__(
        self,
        matrix: Matrix,
        target: Doubles | None,
        weight: Doubles | None,
        order: Integers | None = None,
        *,
        centre: Doubles,
        fit_intercept: bool = True,
        leaf: int = 1,
        loss: str = "logistic",
    ) -> None: ...
    def moments(
        self,
        precision: Doubles | None = None,
        norms: Doubles | None = None,
        *,
        first: int = 0,
        stop: int = -1,
    ) -> tuple[Doubles, Doubles]: ...
    def objective(
        self,
        weights: Doubles,
        residual: Doubles,
        diagonal: bool = False,
        *,
        first: int = 0,
        stop: int = -1,
    ) -> tuple[float | Doubles, Doubles, Doubles | None]: ...
    def grid(
        self,
        weights: Doubles,
        scale: Doubles,
        bounds: Integers,
        factor: Doubles | None = None,
        seen: Integers | None = None,
        residual: Doubles | None = None,
        single: bool = False,
        sums: str = "both",
    ) -> tuple[Doubles | None, Doubles | None]: ...
    def grid_logits(self, weights: Doubles, scale: Doubles) -> Doubles: ...
    def curvature(
        self,
        h: Doubles,
        scale: Doubles,
        *,
        out: Doubles | None = None,
        first: int = 0,
        stop: int = -1,
    ) -> Doubles: ...
    def products(
        self, shift: Doubles, *, first: int = 0, stop: int = -1
    ) -> Doubles: ...
    def newton(
        self,
        coordinates: Coordinates,
        start: Doubles,
        *,
        total: float,
        share: float,
        tolerance: float,
        most: int,
        anchor: Doubles | None = None,
    ) -> tuple[
        Doubles, float, Doubles, float, float, Preconditioner | None, Doubles, int
    ]: ...
    def minibatches(
        self,
        coordinates: Coordinates,
        optimizer: Optimizer,
        params: Params,
        order: Integers,
        bounds: Integers,
        rates: Doubles,
        average_from: int,
    ) -> tuple[int, float]: ...

class Network:
    powers: Doubles
    def __init__(
        self,
        weights: Layers,
        m: Layers | None = None,
        v: Layers | None = None,
        powers: Doubles | tuple[float, float] = (1.0, 1.0),
        *,
        biases: list[Reals] | tuple[Reals, ...] | None = None,
        activation: str = "relu",
        scale: Doubles | None = None,
        middle: Doubles | None = None,
        unit: Doubles | None = None,
        dropout: Doubles | None = None,
        alpha: float = 0,
        key: int = 0,
    ) -> None: ...
    def layers(self, name: str) -> tuple[Reals, ...]: ...
    def raw(self, dataset: Dataset) -> tuple[tuple[Doubles, ...], float, bool]: ...
    def take(
        self, layers: Layers, dataset: Dataset, scale: Doubles | None = None
    ) -> None: ...
    def train(
        self,
        dataset: Dataset,
        optimizer: Optimizer,
        order: Integers,
        bounds: Integers,
        rates: Doubles,
        visits: int,
    ) -> tuple[int, float]: ...
    def logits(
        self, dataset: Dataset, first: int, n: int, out: Doubles | None = None
    ) -> Doubles: ...

def use_level(level: str) -> None: ...
def padded(array: Doubles | tuple[float, ...], n_columns: int) -> Doubles: ...
def log(x: float) -> float: ...
def total(array: Doubles) -> float: ...
def cross_entropy(logits: Doubles, targets: Doubles) -> tuple[Doubles, Doubles]: ...
def class_totals(target: Doubles, weight: Doubles | None = None) -> Doubles: ...
def probabilities(
    logits: Doubles, logarithms: bool = False, out: Doubles | None = None
) -> Doubles: ...
def softmax(
    logits: Doubles, logarithms: bool = False, out: Doubles | None = None
) -> Doubles: ...
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
def factorise(G: Doubles, penalty: Doubles) -> Preconditioner | None: ...
def precondition(preconditioner: Preconditioner, gradient: Doubles) -> Doubles: ...
def precondition_each(
    preconditioners: tuple[Doubles, Doubles], which: Integers, gradients: Doubles
) -> Doubles: ...
def dot(a: Doubles, b: Doubles) -> float: ...
def dots(a: Doubles, b: Doubles) -> Doubles: ...
def expected(residual: Doubles, floor: float, norms: Doubles, c: float) -> float: ...
def draw(
    residual: Doubles,
    floor: float,
    norms: Doubles,
    c: float,
    key: int,
    room: int,
    first: int = 0,
    places: Integers | None = None,
) -> tuple[Integers, Doubles]: ...
def stack_columns(
    columns: list[NDArray], first: int, stop: int, out: NDArray
) -> None: ...
def shuffled(
    n: int, bits: int, key: NDArray[np.uint64], first: int, last: int
) -> Integers: ...
def inverse_power(t: Doubles, p: float) -> Doubles: ...
def csr_pointers(indptr: Indices, n_rows: int, n_stored: int) -> tuple[int, int]: ...
def csr_columns(indices: Indices, n_columns: int) -> int: ...
def csr_ascends(indptr: Indices, indices: Indices) -> bool: ...
