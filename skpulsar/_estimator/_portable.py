# SPDX-License-Identifier: BSD-3-Clause
"""What leaves the process of an estimator: its state, in pickles and files."""

import warnings

from sklearn.exceptions import InconsistentVersionWarning

from skpulsar._estimator._plain_state import pack, unpack
from skpulsar._version import __version__


class Portable:
    """A mixin for estimators whose private state leaves the process as plain values.

    It comes before `BaseEstimator`.
    """

    def __getstate__(self):
        state = packed_state(super().__getstate__())
        return {**state, "_skpulsar_version": __version__}

    def __setstate__(self, state):
        """Warn of a pickle of another version, as scikit-learn's estimators do."""
        attributes = dict(state)
        warn_of_version(self, attributes.pop("_skpulsar_version", "unknown"), level=3)
        super().__setstate__(unpacked_state(attributes))

    def __copy__(self):
        """A copy that shares the attributes, not the dict of them."""
        copied = type(self).__new__(type(self))
        vars(copied).update(vars(self))
        return copied

    def to_sklearn(self):
        """A fitted estimator of scikit-learn that predicts the same.

        Whatever reads scikit-learn's own linear models, for ONNX, PMML or explanations,
        reads this one.

        Returns
        -------
        estimator : LogisticRegression, OneVsRestClassifier or Ridge
            A classifier gives a LogisticRegression: its logits and probabilities are
            the same, but for rounding (the intercept is the one shown, so that
            `prior_correction` is in it). For an indicator matrix, a OneVsRestClassifier
            has one for each label. A regressor gives a Ridge.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.

        See Also
        --------
        skpulsar.to_sklearn : The same for pipelines, without their samplers.

        Notes
        -----
        `C`, or `alpha` of Ridge, and `class_weight` are such that fitting it to the
        rows seen, without prior correction, minimises the same objective: ``C = 1 /
        (alpha * n)`` for n rows that weigh 1 in the mean. With ``standardize=True``
        there are no such parameters, and it has its defaults.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skpulsar import SLPClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> model = SLPClassifier(random_state=0).fit(X, y)
        >>> exported = model.to_sklearn()
        >>> exported
        LogisticRegression(C=66.6...)
        >>> bool(abs(exported.predict_proba(X) - model.predict_proba(X)).max() < 1e-12)
        True
        """
        from skpulsar._estimator._export import exported  # and its estimators, now

        return exported(self)


def packed_state(attributes):
    """Attributes by name, the private ones as plain values (see `pack`).

    Users give parameters and read public attributes: no private class is in these.
    """
    now = dict(attributes)  # in one step, as another thread may be training
    return {k: pack(v) if k.startswith("_") else v for k, v in now.items()}


def unpacked_state(attributes):
    """The attributes that `packed_state` was given."""
    return {k: unpack(v) if k.startswith("_") else v for k, v in attributes.items()}


def warn_of_version(estimator, written, level):
    """Warn if the version that wrote an estimator is not this one.

    `level` is the number of calls between this one and the line to name.
    """
    if written != __version__:
        warnings.warn(
            InconsistentVersionWarning(
                estimator_name=type(estimator).__name__,
                current_sklearn_version=f"skpulsar {__version__}",
                original_sklearn_version=f"skpulsar {written}",
            ),
            stacklevel=level,
        )
