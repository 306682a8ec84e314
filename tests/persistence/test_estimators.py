# SPDX-License-Identifier: BSD-3-Clause
"""What scikit-learn notes on an estimator, and estimators in estimators."""

import pickle

import pytest
import sklearn
from _fitted import X, Y, assert_same

import skpulsar
from skpulsar import SLPClassifier, SLPRegressor
from skpulsar._persistence._estimators import class_of, estimator_of, plain
from skpulsar._persistence._values import Decoder, Encoder, Unsaved


def again_of(model):
    """The estimator of the values that stand for another."""
    encoder = Encoder(plain)
    values = encoder.encode(plain(model))
    decoder = Decoder(estimator_of, encoder.arrays.__getitem__)
    return estimator_of(decoder.decode(values))


def test_estimators_within_an_estimator_come_back():
    model = SLPClassifier().fit(X, Y)
    model.folds_ = [SLPClassifier(alpha=0.1).fit(X, Y), (SLPRegressor(),)]
    again = again_of(model)
    assert_same(vars(again), vars(model))
    assert type(again.folds_[1][0]) is SLPRegressor


def test_requests_of_metadata_come_back():
    with sklearn.config_context(enable_metadata_routing=True):
        model = SLPClassifier().set_fit_request(sample_weight="mass")
        model.set_score_request(sample_weight=False)
    again = again_of(model)
    routing, expected = again.get_metadata_routing(), model.get_metadata_routing()
    for method in ("fit", "partial_fit", "score"):
        found = getattr(routing, method).requests
        assert found == getattr(expected, method).requests
    assert routing.fit.requests["sample_weight"] == "mass"


def test_callbacks_are_left_out():
    """They belong to a process; `set_callbacks` of scikit-learn puts them there."""
    model = SLPClassifier().fit(X, Y)
    before = pickle.dumps(vars(model))
    model._skl_callbacks, model._skl_callbacks_to_teardown = [print], [print]
    model._has_callbacks = True
    assert pickle.dumps(vars(again_of(model))) == before


def test_every_public_estimator_has_its_name():
    found = {name for name in skpulsar.__all__ if class_of(name) is not None}
    assert found >= {"SLPClassifier", "SLPRegressor"}
    for name in found:
        assert type(again_of(class_of(name)())) is getattr(skpulsar, name)
    for name in ("load", "__version__", "BaseSLP", "__class__", 3):
        assert class_of(name) is None


def test_nothing_that_a_class_has_is_hidden():
    values = plain(SLPClassifier())
    for name in ("fit", "history_", "_parameters", "__dict__", "not a name"):
        with pytest.raises(ValueError, match="is unknown to SLPClassifier"):
            estimator_of({**values, "attributes": {name: 1}})


def test_others_are_refused():
    class SLPClassifier(skpulsar.SLPClassifier):
        """Another of the same name."""

    for other in (SLPClassifier(), skpulsar, None):
        with pytest.raises(Unsaved):
            plain(other)
