# SPDX-License-Identifier: BSD-3-Clause
"""Pictures in the manner of scikit-learn's displays; they need matplotlib.

Curves of precision and recall, ROC curves, confusion matrices and calibration are
scikit-learn's own: `sklearn.metrics.PrecisionRecallDisplay` and its kin,
`sklearn.calibration.CalibrationDisplay`.
"""

from importlib import import_module

HOMES = {
    "CoefficientDisplay": "_coefficients",
    "CoefficientPathDisplay": "_coefficient_path",
    "InfluenceDisplay": "_influence",
    "LogitHistogramDisplay": "_logit_histogram",
    "ThresholdDisplay": "_threshold",
    "TrainingCurveDisplay": "_training_curve",
}

__all__ = sorted(HOMES)


def __getattr__(name):
    """Import what is asked for, and only then."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"skpulsar.displays.{HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
