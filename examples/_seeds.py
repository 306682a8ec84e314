# SPDX-License-Identifier: BSD-3-Clause
"""A figure over seeds, as text."""

import numpy as np


def spread(values):
    """Mean, standard deviation, and [least, greatest] of the values."""
    return (
        f"{np.mean(values):.3f} +- {np.std(values):.3f} "
        f"[{np.min(values):.3f}, {np.max(values):.3f}]"
    )
