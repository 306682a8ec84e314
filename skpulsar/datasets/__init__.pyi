# SPDX-License-Identifier: BSD-3-Clause
"""Types of the data sets; a Bunch of scikit-learn's has none."""

from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["fetch_htru2", "load_htru2", "make_pulsars"]

def fetch_htru2(
    *,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    as_frame: bool = False,
    return_X_y: bool = False,
    n_retries: int = 3,
    delay: float = 1.0,
) -> Any: ...
def load_htru2(
    path: str | PathLike[str],
    *,
    drop_incomplete: bool = False,
    as_frame: bool = False,
    return_X_y: bool = False,
) -> Any: ...
def make_pulsars(
    n_samples: int = 17898,
    *,
    pulsar_fraction: float = 0.0916,
    random_state: int | np.random.RandomState | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]: ...
