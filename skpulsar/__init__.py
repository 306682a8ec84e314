# SPDX-License-Identifier: BSD-3-Clause
"""The single-layer perceptron for imbalanced data, as a scikit-learn estimator."""

from importlib.metadata import version

from skpulsar._classifier import SLPClassifier

__all__ = ["SLPClassifier", "__version__"]
__version__ = version("skpulsar")
