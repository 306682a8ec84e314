# SPDX-License-Identifier: BSD-3-Clause
"""The single-layer perceptron for imbalanced data, as a scikit-learn estimator."""

from skpulsar._classifier import SLPClassifier
from skpulsar._version import __version__

__all__ = ["SLPClassifier", "__version__"]
