# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's callbacks on SLPClassifierCV."""

import numpy as np
import pytest
from _recorder import Propagating, Recorder
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ShuffleSplit, cross_validate

from skpulsar import SLPClassifierCV, load
from skpulsar.callbacks import Checkpoint

callback = pytest.importorskip("sklearn.callback")

ALPHAS = [1e-6, 1e-3, 1.0]
# No partition, so that all models are fitted one after the other
ONE_BY_ONE = ShuffleSplit(2, test_size=0.3, random_state=0)
KINDS = pytest.mark.parametrize("cv", [3, ONE_BY_ONE], ids=["shared", "one by one"])


class Stopping(Recorder):
    """Asks to stop after every task."""

    def on_fit_task_end(self, estimator, context):
        self.record("end", context)
        return True


@pytest.fixture(scope="module")
def rows():
    """So many that only some are drawn, and several readings are needed."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((7000, 20))
    return X, (rng.random(7000) < 1 / (1 + np.exp(3 - X.sum(axis=1) / 2))) * 1


def search(recorder, cv=3, **options):
    model = SLPClassifierCV(ALPHAS, cv=cv, random_state=0, **options)
    return model.set_callbacks(recorder)


def tasks(name, n):
    return [(hook, name, k) for k in range(n) for hook in ("begin", "end")]


def test_every_reading_is_a_task(rows):
    recorder = Recorder()
    model = search(recorder, tol=1e-9).fit(*rows)
    n_readings = model.n_iter_ - 1  # The first reads the models of all rows alone.
    assert n_readings > 1
    assert recorder.calls == [
        ("setup", "fit", 0),
        ("begin", "fit", 0),
        *tasks("reading", n_readings),
        ("end", "fit", 0),
        ("teardown", "fit", 0),
    ]


def test_every_model_is_a_task_where_they_are_fitted_one_after_the_other(pulsars):
    X, y = (a[:500] for a in pulsars)
    recorder = Recorder()
    search(recorder, ONE_BY_ONE).fit(X, y)
    first, *models, last = recorder.calls[2:-2]
    assert (first, last) == (("begin", "models", 0), ("end", "models", 0))
    assert models == tasks("model", 3 * len(ALPHAS))


def test_models_that_are_fitted_one_after_the_other_are_counted_before(pulsars):
    X, y = (a[:500] for a in pulsars)
    totals = {}

    class Counting(Recorder):
        def on_fit_task_begin(self, estimator, context):
            totals.setdefault(context.task_name, context.max_subtasks)

    search(Counting(), ONE_BY_ONE, class_weights=[None, "balanced"]).fit(X, y)
    assert totals["models"] == 2 * 3 * len(ALPHAS)


@KINDS
def test_the_search_is_ready_at_its_end_alone(pulsars, cv):
    X, y = (a[:500] for a in pulsars)
    recorder = Recorder()
    model = search(recorder, cv).fit(X, y, np.ones(500))
    *before, last = recorder.models
    assert before == [None] * len(before)
    assert_array_equal(last.predict_proba(X), model.predict_proba(X))
    assert_array_equal(last.scores_, model.scores_)
    assert recorder.given[0] is X and recorder.given[1] is y
    assert list(recorder.given[2]) == ["sample_weight"]
    assert set(vars(last)) == set(vars(model))


@KINDS
def test_callbacks_change_no_bit(pulsars, cv):
    X, y = (a[:500] for a in pulsars)
    watched = search(Recorder(), cv).fit(X, y)
    alone = clone(watched).set_callbacks().fit(X, y)
    assert_array_equal(watched.coefs_paths_, alone.coefs_paths_)


def test_a_callback_may_stop_training(rows):
    with pytest.warns(ConvergenceWarning, match="had not converged after 2 full"):
        model = search(Stopping(), tol=1e-9).fit(*rows)
    assert model.n_iter_ == 2
    complete = clone(model).set_callbacks().fit(*rows)
    assert np.abs(model.scores_ - complete.scores_).max() < 1e-3


def test_no_callback_stops_models_that_are_fitted_one_after_the_other(pulsars):
    X, y = (a[:500] for a in pulsars)
    model = search(Stopping(), ONE_BY_ONE).fit(X, y)
    assert np.isfinite(model.scores_).all()


@pytest.mark.parametrize("hook", ["setup", "begin", "end"])
@pytest.mark.parametrize("task", ["fit", "part"])
@KINDS
def test_a_callback_that_fails_leaves_the_search_as_it_was(pulsars, cv, hook, task):
    if (hook, task) == ("setup", "part"):
        pytest.skip("only fit is set up")
    X, y = (a[:500] for a in pulsars)
    if task == "part":
        task = "reading" if cv == 3 else "model"
    recorder = Recorder(fail_in=(hook, task))
    model = search(recorder, cv)
    before = vars(model).copy()
    with pytest.raises(ZeroDivisionError):
        model.fit(X, y)
    assert vars(model) == before
    assert recorder.calls[-1] == ("teardown", "fit", 0)


def test_a_checkpoint_holds_the_search(pulsars, tmp_path):
    X, y = (a[:500] for a in pulsars)
    model = search(Checkpoint(tmp_path / "search.skp")).fit(X, y)
    again = load(tmp_path / "search.skp")
    assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert_array_equal(again.scores_, model.scores_)


def test_inside_cross_validation(pulsars):
    X, y = (a[:500] for a in pulsars)
    recorder = Propagating()
    cross_validate(search(recorder), X, y, cv=2, error_score="raise")
    assert [name for _, name, _ in recorder.calls].count("reading") == 4


def test_a_progress_bar(pulsars, capsys):
    pytest.importorskip("rich")
    X, y = (a[:500] for a in pulsars)
    search(callback.ProgressBar()).fit(X, y)
    assert "SLPClassifierCV - fit" in capsys.readouterr().out
