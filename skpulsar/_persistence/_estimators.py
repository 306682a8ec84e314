# SPDX-License-Identifier: BSD-3-Clause
"""Estimators as plain values: their class, parameters, attributes and requests."""

from sklearn import config_context
from sklearn.base import BaseEstimator

import skpulsar
from skpulsar._estimator._callbacks import OF_THE_FIT
from skpulsar._estimator._portable import Portable, packed_state, unpacked_state
from skpulsar._persistence._values import Unsaved

# What scikit-learn notes on an estimator and is no state of it: callbacks are those of
# a process, and requests are told by themselves.
NOT_SAVED = (*OF_THE_FIT, "_skl_callbacks", "_has_callbacks", "_metadata_request")


def plain(estimator):
    """The values that make an estimator anew.

    Raises
    ------
    Unsaved
        If it is none of the library's.
    """
    kind = type(estimator)
    if not isinstance(estimator, Portable) or class_of(kind.__name__) is not kind:
        raise Unsaved(estimator)
    state = packed_state(vars(estimator))
    parameters = {name: state.pop(name) for name in estimator.get_params(deep=False)}
    return {
        "class": kind.__name__,
        "parameters": parameters,
        "attributes": {
            name: value for name, value in state.items() if name not in NOT_SAVED
        },
        "requests": requests_of(estimator),
    }


def estimator_of(values):
    """The estimator of such values.

    Raises
    ------
    ValueError
        If they are those of no estimator of this version.
    """
    kind = class_of(values["class"])
    if kind is None:
        raise ValueError(f"{values['class']!r:.60} is no estimator of this version")
    parameters, attributes = values["parameters"], values["attributes"]
    estimator = kind()
    unknown = parameters.keys() - estimator.get_params(deep=False).keys()
    unknown |= {name for name in attributes if not is_attribute(kind, name)}
    if unknown:
        raise ValueError(f"{min(unknown)!r:.60} is unknown to {kind.__name__}")
    vars(estimator).update(parameters, **unpacked_state(attributes))
    if hasattr(estimator, "solver_"):
        kind._Result.of(estimator)  # It raises if something is missing.
    with config_context(enable_metadata_routing=True):
        for method, requests in values["requests"].items():
            getattr(estimator, f"set_{method}_request")(**requests)
    return estimator


def class_of(name):
    """The public estimator of this name; None if there is none."""
    kind = getattr(skpulsar, name) if name in skpulsar.__all__ else None
    return kind if isinstance(kind, type) and issubclass(kind, Portable) else None


def is_attribute(kind, name):
    """Whether an attribute may have this name: it may hide nothing of the class."""
    return name.isidentifier() and not hasattr(kind, name)


def requests_of(estimator):
    """What metadata was requested or refused, by method: what a new one does not."""
    # Their own, where they also route metadata to others
    routing = BaseEstimator.get_metadata_routing(estimator)
    usual = BaseEstimator.get_metadata_routing(type(estimator)())
    found = {}
    for method in ("fit", "partial_fit", "score"):
        requests = getattr(routing, method).requests
        if requests != getattr(usual, method).requests:
            found[method] = dict(requests)
    return found
