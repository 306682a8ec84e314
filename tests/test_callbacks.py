# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's callbacks, on estimators and on what these are put into."""

import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest
from _recorder import Propagating, Recorder
from _weights import weight_bytes
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier, SLPRegressor

callback = pytest.importorskip("sklearn.callback")

OPTIONS = {"tol": None, "max_iter": 4, "random_state": 0}
SOLVERS = ("psgd", "sgd", "adam", "rmsprop")
MODELS = {solver: SLPClassifier(solver=solver) for solver in SOLVERS}
MODELS["network"] = MLPClassifier((3,), dropout=0.1)
each_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def searched(model):
    return GridSearchCV(model, {"alpha": [1e-3]}, cv=2, error_score="raise")


def fitted(recorder, pulsars, model=MODELS["sgd"], **options):
    X, y = (a[:500] for a in pulsars)
    model = clone(model).set_params(**OPTIONS | options)
    return model.set_callbacks(recorder).fit(X, y)


@pytest.mark.parametrize("name", ["sgd", "network"])
def test_every_epoch_is_a_task_of_the_fit(pulsars, name):
    recorder = Recorder()
    fitted(recorder, pulsars, MODELS[name])
    epochs = [(name, "epoch", k) for k in range(4) for name in ("begin", "end")]
    assert recorder.calls == [
        ("setup", "fit", 0),
        ("begin", "fit", 0),
        *epochs,
        ("end", "fit", 0),
        ("teardown", "fit", 0),
    ]


@each_model
def test_a_model_in_the_middle_is_that_of_a_fit_so_far(pulsars, model):
    X, y = (a[:500] for a in pulsars)
    recorder = Recorder()
    fitted(recorder, pulsars, model)
    for k, middle in enumerate(recorder.models[:-1], start=1):
        shorter = clone(model).set_params(**OPTIONS | {"max_iter": k}).fit(X, y)
        assert weight_bytes(middle) == weight_bytes(shorter)
        assert_array_equal(middle.predict_proba(X), shorter.predict_proba(X))
        assert middle.n_iter_ == k and middle.loss_curve_ == shorter.loss_curve_


@each_model
@pytest.mark.parametrize("early_stopping", [False, True])
def test_callbacks_change_no_bit(pulsars, model, early_stopping):
    X, y = (a[:500] for a in pulsars)
    watched = fitted(Recorder(), pulsars, model, early_stopping=early_stopping)
    alone = clone(model).set_params(early_stopping=early_stopping, **OPTIONS)
    assert weight_bytes(watched) == weight_bytes(alone.fit(X, y))


@each_model
def test_a_callback_may_stop_training(pulsars, model):
    stopped = fitted(Recorder(stop_at=1), pulsars, model, tol=1e-12)
    assert stopped.n_iter_ == 1  # and no warning says that it had not converged


def test_the_epoch_that_a_callback_ends_is_printed(pulsars, capsys):
    fitted(Recorder(stop_at=3), pulsars, verbose=2)
    numbers = [int(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    assert numbers == [2, 3]


@pytest.mark.parametrize("name", ["sgd", "network"])
def test_callbacks_see_the_weights_that_are_kept(pulsars, name):
    def scorer(model, X, y):
        return -abs(next(numbers) - 1)

    numbers, recorder = iter(range(9)), Recorder()
    stopping = {"early_stopping": True, "scoring": scorer}
    model = fitted(recorder, pulsars, MODELS[name], **stopping)
    assert model.best_iter_ == 2
    for kept in recorder.models[1:]:
        assert weight_bytes(kept) == weight_bytes(model)
    assert [kept.n_iter_ for kept in recorder.models] == [1, 2, 3, 4, 4]


def test_callbacks_get_what_fit_was_given(pulsars):
    X, y = (a[:500].tolist() for a in pulsars)
    recorder, weight = Recorder(), np.ones(500)
    SLPClassifier().set_callbacks(recorder).fit(X, y, sample_weight=weight)
    assert recorder.given[0] is X and recorder.given[1] is y
    assert recorder.given[2] == {"sample_weight": weight}


HOOKS = [("setup", "fit"), ("begin", "fit"), ("begin", "epoch"), ("end", "epoch")]


@pytest.mark.parametrize("hook", [*HOOKS, ("end", "fit")])
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("name", ["psgd", "network"])
def test_a_callback_that_fails_leaves_the_estimator_as_it_was(
    pulsars, hook, first, name
):
    """And is torn down; the trap is a guard that forgets that it was set up."""
    X, y = (a[:500] for a in pulsars)
    recorder = Recorder(fail_in=hook)
    model = clone(MODELS[name]).set_params(**OPTIONS).set_callbacks(recorder)
    if not first:
        model.partial_fit(X[:300], y[:300], classes=[0, 1])
    before = vars(model).copy()
    with pytest.raises(ZeroDivisionError):
        model.fit(X, y)
    assert vars(model) == before
    assert recorder.calls[-1] == ("teardown", "fit", 0)


def test_callbacks_are_torn_down_after_any_error(pulsars):
    X, y = (a[:500] for a in pulsars)
    recorder = Recorder()
    model = SLPClassifier().set_callbacks(recorder)
    before = vars(model).copy()
    with pytest.raises(ValueError, match="NaN"):
        model.fit(np.where(X > 0, X, np.nan), y)
    assert recorder.calls[-1] == ("teardown", "fit", 0)
    assert vars(model) == before


@pytest.mark.parametrize("name", ["psgd", "network"])
def test_no_callbacks_in_partial_fit(pulsars, name):
    X, y = (a[:500] for a in pulsars)
    recorder = Recorder()
    clone(MODELS[name]).set_callbacks(recorder).partial_fit(X, y, classes=[0, 1])
    assert recorder.calls == []


@pytest.mark.parametrize("model", [SLPRegressor(solver="sgd"), MLPRegressor((3,))])
def test_they_are_for_other_estimators_too(model):
    X, y = load_diabetes(return_X_y=True)
    recorder = Recorder()
    clone(model).set_params(**OPTIONS).set_callbacks(recorder).fit(X, y)
    assert len(recorder.models) == 5


@pytest.mark.parametrize("outer", [lambda m: m, make_pipeline, searched])
@pytest.mark.parametrize("name", ["psgd", "network"])
def test_a_model_in_the_middle_holds_nothing_of_the_fit(pulsars, outer, name):
    """So that it may be kept, copied and saved, also inside another estimator."""
    X, y = (a[:500] for a in pulsars)
    model, recorder = clone(MODELS[name]).set_params(**OPTIONS), Recorder()
    alone = clone(model).fit(X, y)
    outer(model.set_callbacks(recorder)).fit(X, y)
    expected = set(vars(alone)) | {"_has_callbacks", "_skl_callbacks"}
    assert len(recorder.models) >= 2
    for model in recorder.models:
        assert set(vars(model)) == expected
        model.set_callbacks().partial_fit(X, y)


class TestInOtherEstimators:
    def test_a_pipeline_passes_on_what_propagates(self, pulsars):
        X, y = (a[:500] for a in pulsars)
        recorder = Propagating()
        pipeline = make_pipeline(
            StandardScaler(), SLPClassifier(solver="sgd", **OPTIONS)
        )
        pipeline.set_callbacks(recorder).fit(X, y)
        assert [name for _, name, _ in recorder.calls].count("epoch") == 8

    def test_inside_another_what_propagates_is_refused(self, pulsars):
        X, y = (a[:500] for a in pulsars)
        model = SLPClassifier().set_callbacks(Propagating())
        for outer in (
            make_pipeline(model),
            GridSearchCV(model, {"alpha": [1]}, error_score="raise"),
        ):
            with pytest.raises(TypeError, match="can't have auto-propagated"):
                outer.fit(X, y)

    def test_a_search_records_every_epoch_of_every_fit(self, pulsars):
        X, y = (a[:500] for a in pulsars)
        monitor = callback.ScoringMonitor(scoring="average_precision")
        model = SLPClassifier(solver="sgd", **OPTIONS).set_callbacks(monitor)
        GridSearchCV(model, {"alpha": [1e-4, 1e-2]}, cv=2).fit(X, y)
        log = monitor.get_logs().data
        epochs = [row for row in log if row["task_name"] == "epoch"]
        assert len(epochs) == (2 * 2 + 1) * 4
        assert all(0 <= row["average_precision"] <= 1 for row in epochs)

    @pytest.mark.parametrize("n_jobs", [1, 2])
    def test_cross_validation(self, pulsars, n_jobs):
        X, y = (a[:500] for a in pulsars)
        monitor = callback.ScoringMonitor(scoring="accuracy")
        model = clone(SLPClassifier(**OPTIONS).set_callbacks(monitor))
        cross_validate(model, X, y, cv=3, n_jobs=n_jobs)
        logs = monitor.get_logs(select="all")
        assert len(logs) == 3

    @pytest.mark.parametrize("name", ["sgd", "network"])
    def test_an_imbalanced_pipeline_calls_those_of_its_last_step(self, pulsars, name):
        X, y = (a[:500] for a in pulsars)
        recorder = Recorder()
        model = clone(MODELS[name]).set_params(**OPTIONS).set_callbacks(recorder)
        sampler = RandomOverSampler(random_state=0)
        make_sampling_pipeline(sampler, model).fit(X, y)
        assert len(recorder.models) == 5
        assert len(recorder.given[1]) == 2 * (y == 0).sum()

    def test_a_progress_bar(self, pulsars, capsys):
        pytest.importorskip("rich")
        X, y = (a[:500] for a in pulsars)
        SLPClassifier().set_callbacks(callback.ProgressBar()).fit(X, y)
        assert "SLPClassifier - fit" in capsys.readouterr().out


class Quiet(Recorder):
    """Forgets what it saw, so that checks may copy and compare estimators."""

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        assert fitted_estimator.n_iter_ >= 1


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [SLPClassifier().set_callbacks(Quiet()), SLPRegressor().set_callbacks(Quiet())]
)
def test_the_common_checks_hold_with_callbacks(estimator, check):
    check(estimator)


def test_the_rest_works_without_callbacks():
    """As long as they are experimental in scikit-learn."""
    code = """
        import sys
        import sklearn.model_selection
        sys.modules["sklearn.callback"] = None
        from skpulsar import SLPClassifier
        from skpulsar.datasets import make_pulsars
        X, y = make_pulsars(n_samples=500, random_state=0)
        model = SLPClassifier(early_stopping=True, tol=0.1).fit(X, y)
        assert model.score(X, y) > 0.9 and not hasattr(model, "set_callbacks")
    """
    subprocess.run([sys.executable, "-c", dedent(code)], check=True)
