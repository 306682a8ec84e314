# SPDX-License-Identifier: BSD-3-Clause
"""Types of the losses, which are arrays, or numbers where logits are one."""

from typing import Any

from numpy.typing import ArrayLike

__all__ = [
    "log_sigmoid",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sigmoid_derivative",
]

def sigmoid(x: ArrayLike) -> Any: ...
def sigmoid_derivative(value: ArrayLike) -> Any: ...
def log_sigmoid(x: ArrayLike) -> Any: ...
def sigmoid_cross_entropy(logits: ArrayLike, target: ArrayLike) -> tuple[Any, Any]: ...
