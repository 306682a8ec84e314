# SPDX-License-Identifier: BSD-3-Clause
"""Sample weights: what scikit-learn's validation leaves to us."""

from numbers import Real

import numpy as np
from sklearn.utils.validation import check_array

from skpulsar._readable import check_readable


def check_weight(sample_weight, n_rows):
    """Sample weights as float64 of shape (n_rows,), or None if none are given."""
    if sample_weight is None:
        return None
    check_readable(sample_weight, "sample_weight")
    if isinstance(sample_weight, Real):
        sample_weight = np.full(n_rows, sample_weight)
    weight = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weight.shape != (n_rows,):
        raise ValueError(
            f"sample_weight has shape {weight.shape}, but X has {n_rows} rows: give "
            "one weight a row, or a number."
        )
    if n_rows and weight.min() < 0:
        raise ValueError(
            f"sample_weight has a negative entry, {weight.min():.3g}, in row "
            f"{weight.argmin()}. Weights count rows: give 0 to leave a row out."
        )
    return np.require(weight, requirements=["ALIGNED"])
