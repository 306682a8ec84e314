# SPDX-License-Identifier: BSD-3-Clause
"""Places of rows among some that follow each other."""

import numpy as np


def places_within(places, first, n_rows):
    """Which of some places, which ascend, are among these rows; counted from them."""
    return places[slice(*np.searchsorted(places, (first, first + n_rows)))] - first
