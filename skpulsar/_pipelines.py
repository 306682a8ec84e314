# SPDX-License-Identifier: BSD-3-Clause
"""Estimators and whole pipelines as what scikit-learn alone can run."""

import copy

from sklearn.base import clone
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.pipeline import Pipeline

from skpulsar._estimator._linear_weights import OneLayer
from skpulsar._estimator._mlp import BaseMLP

THRESHOLDS = FixedThresholdClassifier, TunedThresholdClassifierCV


def to_sklearn(estimator):
    """A fitted estimator or pipeline as scikit-learn's own, which predicts the same.

    Parameters
    ----------
    estimator : estimator or pipeline
        Fitted. It is one of

        - an estimator of skpulsar of one layer, whose method `to_sklearn` does the
          work;
        - a Pipeline, scikit-learn's or imbalanced-learn's, that ends with such an
          estimator or with another pipeline of this kind. Samplers, which act in `fit`
          alone, are left out. Other steps are the same fitted objects, not copies;
        - a FixedThresholdClassifier or TunedThresholdClassifierCV of one of these.

    Returns
    -------
    estimator : estimator, Pipeline or classifier with a threshold
        It needs neither skpulsar nor imbalanced-learn.

    Raises
    ------
    TypeError
        If it is, or ends with, something else. A network has no counterpart:
        scikit-learn's MLPClassifier keeps the labels in a private attribute.

    NotFittedError
        If it is not fitted.

    Examples
    --------
    >>> from imblearn.pipeline import make_pipeline
    >>> from imblearn.under_sampling import RandomUnderSampler
    >>> from sklearn.preprocessing import StandardScaler
    >>> import skpulsar
    >>> from skpulsar.datasets import make_pulsars
    >>> X, y = make_pulsars(n_samples=1000, random_state=0)
    >>> model = make_pipeline(
    ...     StandardScaler(), RandomUnderSampler(), skpulsar.SLPClassifier()
    ... ).fit(X, y)
    >>> exported = skpulsar.to_sklearn(model)
    >>> [name for name, _ in exported.steps], type(exported).__module__
    (['standardscaler', 'slpclassifier'], 'sklearn.pipeline')
    >>> bool((exported.predict(X) == model.predict(X)).all())
    True
    """
    if isinstance(estimator, OneLayer):
        return estimator.to_sklearn()
    if isinstance(estimator, THRESHOLDS):
        made = copy.copy(estimator)
        made.estimator_ = to_sklearn(getattr(estimator, "estimator_", made.estimator))
        made.estimator = clone(made.estimator_)
        return made
    if isinstance(estimator, Pipeline) and isinstance(_last(estimator), OneLayer):
        return _plain(estimator)
    if isinstance(_last(estimator), BaseMLP):
        raise TypeError(
            f"to_sklearn has nothing for {_last(estimator)!r:.100}: networks of "
            "scikit-learn keep labels in a private attribute. Use skpulsar.save, or "
            "coefs_ and intercepts_, which have the same shapes there."
        )
    raise TypeError(
        "to_sklearn takes SLPClassifier, SLPClassifierCV or SLPRegressor, a pipeline "
        "that ends with one, or a classifier with a threshold of these, and got "
        f"{estimator!r:.100}. Of a search, pass its best_estimator_."
    )


def _last(estimator):
    """The estimator at the end of a pipeline, or of the pipelines in it."""
    while isinstance(estimator, (Pipeline, *THRESHOLDS)):
        if isinstance(estimator, Pipeline):
            estimator = estimator.steps[-1][1]
        else:
            estimator = getattr(estimator, "estimator_", estimator.estimator)
    return estimator


def _plain(estimator):
    """A step without samplers, and with the exported estimator if it ends with one."""
    if isinstance(_last(estimator), OneLayer) and not isinstance(estimator, Pipeline):
        return to_sklearn(estimator)
    if not isinstance(estimator, Pipeline):
        return estimator
    steps = [(name, _plain(step)) for name, step in estimator.steps if acts(step)]
    return Pipeline(steps, verbose=estimator.verbose) if steps else "passthrough"


def acts(step):
    """Whether a step of a pipeline does something when it predicts."""
    return isinstance(step, Pipeline) or not hasattr(step, "fit_resample")
