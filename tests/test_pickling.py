# SPDX-License-Identifier: BSD-3-Clause
"""Pickles know which version of the library wrote them."""

import copy
import pickle
from io import BytesIO

import joblib
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier, __version__


class Derived(SLPClassifier):
    __init__ = SLPClassifier.__init__


def joblib_dumps(model):
    joblib.dump(model, stream := BytesIO())
    return stream.getvalue()


def joblib_loads(content):
    return joblib.load(BytesIO(content))


MODELS = {
    "unfitted": lambda X, y: SLPClassifier(),
    "psgd": lambda X, y: SLPClassifier().fit(X, y),
    "psgd, a stream": lambda X, y: SLPClassifier().partial_fit(X, y, [0, 1]),
    "adam": lambda X, y: SLPClassifier(solver="adam", tol=None, max_iter=2).fit(X, y),
    "a subclass": lambda X, y: Derived().fit(X, y),
    "in a pipeline": lambda X, y: make_pipeline(StandardScaler(), Derived()).fit(X, y),
}
each_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
each_pickler = pytest.mark.parametrize(
    "dumps, loads",
    [(pickle.dumps, pickle.loads), (joblib_dumps, joblib_loads)],
    ids=["pickle", "joblib"],
)


@pytest.fixture
def data(pulsars):
    return pulsars[0][:300], pulsars[1][:300]


@each_model
@each_pickler
def test_the_same_version_is_silent(data, make, dumps, loads):
    model = make(*data)
    content = dumps(model)
    assert b"_skpulsar_version" in content and __version__.encode() in content
    again = loads(content)
    assert vars(again).keys() == vars(model).keys()


@each_model
@each_pickler
@pytest.mark.parametrize("other", ["0.0.1", "99.0.dev1"])
def test_another_version_is_told_of(data, monkeypatch, make, dumps, loads, other):
    model = make(*data)
    with monkeypatch.context() as patch:
        patch.setattr("skpulsar._estimator._portable.__version__", other)
        content = dumps(model)
    words = f"from version skpulsar {other} when using version skpulsar {__version__}"
    with pytest.warns(InconsistentVersionWarning, match=words) as caught:
        again = loads(content)
    assert len(caught) == 1
    assert vars(again).keys() == vars(model).keys()
    if hasattr(model, "classes_"):
        assert_array_equal(again.predict_proba(data[0]), model.predict_proba(data[0]))


def test_the_line_that_loads_is_named(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("skpulsar._estimator._portable.__version__", "0.0.1")
        content = pickle.dumps(SLPClassifier())
    with pytest.warns(InconsistentVersionWarning) as caught:
        pickle.loads(content)
    assert caught[0].filename == __file__


def test_a_pickle_without_a_version_is_of_another(data):
    model = SLPClassifier().fit(*data)
    state = dict(vars(model))
    with pytest.warns(
        InconsistentVersionWarning, match="from version skpulsar unknown"
    ):
        SLPClassifier.__new__(SLPClassifier).__setstate__(state)
    assert state == vars(model)


@each_model
def test_no_attribute_knows_of_it(data, make):
    model = make(*data)
    for copied in (copy.copy(model), copy.deepcopy(model), clone(model)):
        assert not any("version" in name for name in vars(copied))
    assert not any("version" in name for name in vars(model))
    copied = copy.copy(model)
    assert vars(copied).keys() == vars(model).keys()
    assert all(vars(copied)[name] is value for name, value in vars(model).items())
