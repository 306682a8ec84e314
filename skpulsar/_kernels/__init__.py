# SPDX-License-Identifier: BSD-3-Clause
"""The arithmetic: one compiled module, and its twin in NumPy (`reference`)."""

try:
    import skpulsar._kernels._core  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError(
        "The compiled module of skpulsar is not in this folder: Python found the "
        "source of a checkout before an installed package. In the checkout run 'pip "
        "install --no-build-isolation -e .', or start Python elsewhere."
    ) from error
