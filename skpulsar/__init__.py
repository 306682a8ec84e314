# SPDX-License-Identifier: BSD-3-Clause
"""The single-layer perceptron for imbalanced data, as a scikit-learn estimator.

`SLPClassifier` has one layer, `SLPClassifierCV` chooses its penalty, `SLPRegressor`
fits numbers, and `MLPClassifier` and `MLPRegressor` have hidden layers. Cut-offs are in
`skpulsar.thresholds`, pictures in `skpulsar.displays`, data in `skpulsar.datasets`, and
safe losses in `skpulsar.losses`; see also `callbacks`, `diagnostics` and `samplers`.
"""

__all__ = [
    "MLPClassifier",
    "MLPRegressor",
    "SLPClassifier",
    "SLPClassifierCV",
    "SLPRegressor",
    "__version__",
    "load",
    "rows",
    "save",
    "summary",
    "to_sklearn",
]


def __getattr__(name):
    """Import what is asked for, and only then.

    ``python -m skpulsar`` runs this file before its own: with scikit-learn imported
    here, it could neither answer ``--help`` at once nor end quietly on Ctrl-C.
    """
    if name == "SLPClassifier":
        from skpulsar._classifier import SLPClassifier as value
    elif name == "SLPClassifierCV":
        from skpulsar._classifier_cv import SLPClassifierCV as value
    elif name == "SLPRegressor":
        from skpulsar._regressor import SLPRegressor as value
    elif name == "MLPClassifier":
        from skpulsar._mlp_classifier import MLPClassifier as value
    elif name == "MLPRegressor":
        from skpulsar._mlp_regressor import MLPRegressor as value
    elif name == "rows":
        from skpulsar._estimator._table_rows import rows as value
    elif name == "summary":
        from skpulsar._summary import summary as value
    elif name in ("load", "save"):
        from skpulsar._persistence import _file

        value = getattr(_file, name)
    elif name == "to_sklearn":
        from skpulsar._pipelines import to_sklearn as value
    elif name == "__version__":
        from skpulsar._version import __version__ as value
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
