# SPDX-License-Identifier: BSD-3-Clause
"""What training has come to, as a value and as attributes."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpulsar import SLPClassifier
from skpulsar._estimator._class_weights import ClassStatistics
from skpulsar._estimator._classifier_fit_result import ClassifierFitResult
from skpulsar._estimator._fit_result import FitResult
from skpulsar._estimator._linear_weights import LinearWeights, weights_of
from skpulsar._solvers._protocol import SolverState
from skpulsar._training._history import Epoch
from skpulsar._training._loop import Step

WEIGHTS = np.arange(1.0, 13).reshape(3, 4)
CLASSES = {
    "classes": np.array(["a", "b"]),
    "class_count": np.array([3.0, 4.0]),
    "seen": ClassStatistics(np.array([3, 4]), np.array([0.5, 0.75])),
    "prior_shift": 0.1,
}


class LinearFitResult(LinearWeights, FitResult):
    pass


class LinearClassifierFitResult(LinearWeights, ClassifierFitResult):
    pass


def of_no_targets():
    return LinearFitResult(weights=WEIGHTS.copy(), solver="a")


def of_classes():
    return LinearClassifierFitResult(weights=WEIGHTS.copy(), solver="a", **CLASSES)


each_result = pytest.mark.parametrize("make", [of_no_targets, of_classes])


def step(n_epochs=1, loss=0.5):
    state = SolverState(7, n_epochs, n_rows=10 * n_epochs, n_visits=(6, 4))
    return Step(2 * WEIGHTS, state, Epoch(loss, 0.0, 0.1, 10, 0.0), {}, False, False)


def shown(result):
    """An estimator with the attributes of a result."""
    return SimpleNamespace(**result.attributes())


@each_result
def test_attributes_say_all_that_there_is_to_know(make):
    """Read back, they are the same result, to the last bit."""
    result = make().after(step(), "b")
    again = type(result).of(shown(result))
    for name, value in vars(result).items():
        if isinstance(value, np.ndarray):
            assert_array_equal(getattr(again, name), value)
        else:
            assert getattr(again, name) is value, name


@each_result
def test_what_comes_after_a_result_changes_nothing_of_it(make):
    result = make()
    later = result.after(step(1), "b").after(step(2, 0.25), "c")
    attributes = later.attributes()
    assert (attributes["n_iter_"], attributes["t_"]) == (2, 20)
    assert (result.solver, attributes["solver_"]) == ("a", "c")
    assert (attributes["loss_"], attributes["best_loss_"]) == (0.25, 0.25)
    assert_array_equal(later.weights, 2 * WEIGHTS)
    assert_array_equal(result.weights, WEIGHTS)
    assert (result.state, result.history.n_epochs) == (SolverState(), 0)
    assert np.isnan(result.attributes()["loss_"])
    with pytest.raises(AttributeError):
        result.solver = "b"


@each_result
def test_who_changes_attributes_changes_no_result(make):
    result = make()
    model = shown(result)
    model.coef_ += 1
    model.intercept_ += 1
    type(result).of(model).weights[:] = 0
    assert_array_equal(result.weights, WEIGHTS)
    assert_array_equal(model.coef_, WEIGHTS[:, :-1] + 1)


@each_result
def test_of_steps_that_are_undone_the_epochs_remain(make):
    undone = make().after(step(), "b").undone(np.zeros((3, 4)))
    assert_array_equal(undone.weights, np.zeros((3, 4)))
    assert undone.attributes()["n_iter_"] == undone.history.n_epochs == 1
    shift = getattr(undone, "prior_shift", 0)
    assert_array_equal(undone.attributes()["intercept_"], np.zeros(3) - shift)


@pytest.mark.parametrize("dtype", [np.float32, ">f8", int])
def test_weights_are_those_shown_now(dtype):
    coef, intercept = np.arange(6).reshape(2, 3), np.array([7, 8])
    model = SimpleNamespace(coef_=coef.astype(dtype), intercept_=intercept)
    weights = weights_of(model)
    assert_array_equal(weights, [[0, 1, 2, 7], [3, 4, 5, 8]])
    assert weights.dtype == np.float64 and weights.flags.c_contiguous


def test_a_row_of_weights_is_those_of_one_output():
    model = SimpleNamespace(coef_=np.arange(3.0), intercept_=np.array([7.0]))
    assert_array_equal(weights_of(model), [[0, 1, 2, 7]])


def test_an_intercept_that_was_set_is_corrected_back():
    """Whoever sets it sets the one that predicts, which is less the shift."""
    model = shown(of_classes())
    assert_array_equal(model.intercept_, WEIGHTS[:, -1] - 0.1)
    model.intercept_ = np.array([0.0, 1.0, 2.0])
    weights = LinearClassifierFitResult.of(model).weights
    assert_array_equal(weights[:, -1], [0.1, 1.1, 2.1])


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_training_sets_no_other_attributes(pulsars, method, solver):
    """But what scikit-learn's validation sets."""
    X, y = (a[:300] for a in pulsars)
    model = SLPClassifier(solver=solver, tol=None, max_iter=2)
    before = set(vars(model))
    getattr(model, method)(X, y, **({} if method == "fit" else {"classes": [0, 1]}))
    attributes = LinearClassifierFitResult.of(model).attributes()
    assert set(vars(model)) - before == {*attributes, "n_features_in_"}


def test_no_attribute_is_set_before_an_epoch_is_finished(pulsars, monkeypatch):
    """Apart from what scikit-learn sets for validation and callbacks, and undoes."""
    X, y = pulsars
    model, seen = SLPClassifier(), []

    def interrupt(*given):
        seen.append(set(vars(model)))
        raise KeyboardInterrupt

    monkeypatch.setattr("skpulsar._problem._memory.Rows.moments", interrupt)
    before = set(vars(model))
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    new = {name for name in seen[0] - before if "callback" not in name}
    assert new == {"n_features_in_"} and before < seen[0]
    assert set(vars(model)) == before
