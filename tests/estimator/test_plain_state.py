# SPDX-License-Identifier: BSD-3-Clause
"""States leave an estimator as plain values, and come back as they were."""

import copy
import pickle
from dataclasses import is_dataclass

import numpy as np
import pytest
from _fitted import SOLVERS, assert_same, of_solver

from skpulsar import SLPClassifier
from skpulsar._estimator._plain_state import CLASSES, pack, unpack
from skpulsar._problem._memory import Rows
from skpulsar._problem._moments import Moments
from skpulsar._problem._orders import Sampled
from skpulsar._training._history import Epoch, History

PLAIN = (bool, int, float, str, type(None), np.ndarray, np.generic)


def assert_plain(value):
    if type(value) is dict:
        assert_plain(list(value))
        assert_plain(list(value.values()))
    elif type(value) in (list, tuple):
        for each in value:
            assert_plain(each)
    else:
        assert isinstance(value, PLAIN), type(value)


@pytest.fixture(scope="module", params=SOLVERS)
def fitted(request):
    return of_solver(request.param)


def test_states_are_plain_and_come_back(fitted):
    for name, model in fitted.items():
        state = model.__getstate__()
        assert_plain(state)
        again = SLPClassifier.__new__(type(model))
        again.__setstate__(state)
        assert_same(vars(again), vars(model), name)


def test_no_private_class_is_in_a_pickle(fitted):
    for model in fitted.values():
        content = pickle.dumps(model)
        for kind in CLASSES.values():
            assert f"{kind.__module__}".encode() not in content
        assert_same(vars(pickle.loads(content)), vars(model))


def test_older_pickles_hold_objects(fitted):
    """Of the private classes: they are taken as they are."""
    for model in fitted.values():
        state = {
            **vars(model),
            "_skpulsar_version": model.__getstate__()["_skpulsar_version"],
        }
        again = SLPClassifier.__new__(type(model))
        again.__setstate__(pickle.loads(pickle.dumps(state)))
        assert_same(vars(again), vars(model))


def test_copies_share_their_attributes_or_have_their_own(fitted):
    for model in fitted.values():
        shallow, deep = copy.copy(model), copy.deepcopy(model)
        assert all(vars(shallow)[name] is value for name, value in vars(model).items())
        assert vars(shallow) is not vars(model)
        assert deep._state is not model._state
        assert_same(vars(deep), vars(model))


def test_every_class_is_a_dataclass_or_tells_its_arguments():
    for name, kind in CLASSES.items():
        assert name == kind.__name__ and (is_dataclass(kind) or hasattr(kind, "stored"))


def test_a_history_leaves_what_others_appended():
    first = History().after(Epoch(1.0, 0.0, 0.1, 5, 0.0), {})
    first.after(Epoch(0.5, 0.0, 0.1, 5, 0.0), {})
    assert len(first.records) == 2
    assert len(unpack(pack(first)).records) == 1


def test_other_values_stay_what_they_are():
    odd = object()
    order = Sampled(np.ones(2, bool), 0, (), np.ones(1))
    value = {"a": [odd, (order,)], "Moments": {}, 3: {"b": np.arange(3)}}
    assert unpack(pack(value)) == value
    assert pack(value)["a"][0] is odd and pack(value)["a"][1][0] is order


MOMENTS = pack(Moments(3, np.zeros(2), np.ones(2)))["skpulsar.Moments"]


@pytest.mark.parametrize(
    "words, value",
    [
        ("'Unheard' is no state", {"skpulsar.Unheard": {}}),
        ("'Moments' is no state", {"skpulsar.Moments": [1, 2]}),
        (
            "Moments has unknown field 'skew'",
            {"skpulsar.Moments": {**MOMENTS, "skew": 1}},
        ),
        (
            "Moments has no field 'mean'",
            {"skpulsar.Moments": {"n_rows": 1, "variance": 1}},
        ),
    ],
)
def test_strange_states_are_refused(words, value):
    with pytest.raises(ValueError, match=words):
        unpack([value])


def test_a_field_with_a_default_may_be_missing():
    """So that one can be added, and older files stay readable."""
    without = {name: value for name, value in MOMENTS.items() if name != "weight"}
    assert unpack({"skpulsar.Moments": without}).weight == 1.0


@pytest.mark.parametrize(
    "change, words",
    [
        ({"index": np.array([0, 5])}, "an index is not among"),
        ({"index": np.array([-1])}, "an index is not among"),
        ({"target": np.zeros(4)}, "3 rows have 4 targets"),
        (
            {"matrix": (np.ones(3), np.array([0, 1, 2]), np.arange(4), 2)},
            "column index of stored entry 2 is out of range",
        ),
        (
            {"matrix": (np.ones(3), np.array([0, 1, 1]), np.array([0, 1, 2, 9]), 2)},
            "index pointer",
        ),
    ],
)
def test_indices_of_rows_are_checked(change, words):
    """The kernel would follow them."""
    arguments = Rows(np.ones((3, 2)), np.zeros(3), np.ones(3)).stored()
    unpack({"skpulsar.Rows": pack(arguments)})
    with pytest.raises(ValueError, match=words):
        unpack({"skpulsar.Rows": pack({**arguments, **change})})
