# SPDX-License-Identifier: BSD-3-Clause
"""Samplers in the manner of imbalanced-learn."""

from skpulsar.samplers._cyclic import CyclicOverSampler

__all__ = ["CyclicOverSampler"]
