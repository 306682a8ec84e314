# SPDX-License-Identifier: BSD-3-Clause
"""The seed of a fit, from an estimator's `random_state`."""

from functools import lru_cache
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

LARGEST = np.iinfo(np.int32).max


def draw_seed(random_state):
    """An integer that `random_state` draws.

    Of an integer it is always the same and is kept: to begin its random numbers takes a
    tenth of a small fit.
    """
    if isinstance(random_state, Integral):
        return _of_integer(int(random_state))
    return int(check_random_state(random_state).randint(LARGEST))


@lru_cache(maxsize=1024)
def _of_integer(random_state):
    return int(np.random.RandomState(random_state).randint(LARGEST))
