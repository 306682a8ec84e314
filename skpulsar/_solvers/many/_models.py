# SPDX-License-Identifier: BSD-3-Clause
"""The models that a search of many has found so far."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Models:
    """Weights of all models of a `Grid`, and how good these are.

    Parameters
    ----------
    weights : ndarray of shape (V, K + 1, A, n_columns + 1)
        Of the columns as they are; the intercepts are last.

    loss : ndarray of shape (V, K + 1, A)
        The objectives.

    gap : ndarray of shape (V, K + 1, A)
        How far these may be above their minima.

    n_models : list of int
        How many models every reading of the rows has read.

    is_last : bool
        Whether there is no other reading.
    """

    weights: np.ndarray
    loss: np.ndarray
    gap: np.ndarray
    n_models: list
    is_last: bool
