# SPDX-License-Identifier: BSD-3-Clause
"""Files that training leaves behind, and training that goes on from them."""

import pickle

import numpy as np
import pytest
from _weights import weight_bytes
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skpulsar
from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier, SLPRegressor
from skpulsar.callbacks import Checkpoint

pytest.importorskip("sklearn.callback")
OPTIONS = {"tol": None, "max_iter": 7, "random_state": 0}
STEPPING = ("sgd", "adam", "rmsprop")


class Killed(BaseException):
    """Ends training as a crash would, as far as one process can tell."""


class Crash:
    """A callback that is set after a checkpoint, and crashes at an epoch."""

    def __init__(self, epoch):
        self.epoch = epoch

    def setup(self, estimator, context):
        pass

    teardown = on_fit_task_begin = setup

    def on_fit_task_end(self, estimator, context):
        if context.task_name == "epoch" and context.task_id + 1 == self.epoch:
            raise Killed


def crashed(model, path, epoch, X, y, **every):
    model.set_callbacks(Checkpoint(path, **every), Crash(epoch))
    with pytest.raises(Killed):
        model.fit(X, y)
    return skpulsar.load(path)


@pytest.mark.parametrize("solver", STEPPING)
@pytest.mark.parametrize("options", [{}, {"average": True}, {"sampling": "balanced"}])
@pytest.mark.parametrize("epoch", [1, 4])
def test_training_goes_on_with_the_bits_of_an_unbroken_fit(
    tmp_path, solver, options, epoch
):
    X, y = load_iris(return_X_y=True)
    model = SLPClassifier(solver=solver, **OPTIONS | options)
    unbroken = clone(model).fit(X, y)
    resumed = crashed(model, tmp_path / "model.skp", epoch, X, y)
    assert resumed.n_iter_ == epoch and not hasattr(model, "coef_")
    for _ in range(resumed.max_iter - resumed.n_iter_):
        resumed.partial_fit(X, y)
    assert resumed.coef_.tobytes() == unbroken.coef_.tobytes()
    assert resumed.intercept_.tobytes() == unbroken.intercept_.tobytes()
    assert resumed.loss_curve_ == unbroken.loss_curve_


@pytest.mark.parametrize(
    "model", [SLPRegressor(solver="adam"), MLPRegressor((4,), dropout=0.2)]
)
def test_so_does_that_of_a_regression(tmp_path, model):
    X, y = load_diabetes(return_X_y=True)
    model = clone(model).set_params(**OPTIONS)
    unbroken = clone(model).fit(X, y)
    resumed = crashed(model, tmp_path / "model.skp", 3, X, y)
    for _ in range(4):
        resumed.partial_fit(X, y)
    assert weight_bytes(resumed) == weight_bytes(unbroken)


@pytest.mark.parametrize(
    ("every", "epoch", "n_epochs"),
    [
        ({"every_n_epochs": 3}, 5, 3),
        ({"every_n_epochs": 3}, 6, 6),
        ({"every_n_epochs": None, "every_n_seconds": 1e-9}, 4, 4),
        ({"every_n_epochs": 4, "every_n_seconds": 1e6}, 6, 4),
    ],
)
def test_files_are_written_every_so_often(tmp_path, pulsars, every, epoch, n_epochs):
    X, y = (a[:300] for a in pulsars)
    model = SLPClassifier(solver="sgd", **OPTIONS)
    resumed = crashed(model, tmp_path / "model.skp", epoch, X, y, **every)
    assert resumed.n_iter_ == n_epochs


def test_nothing_is_written_before_its_time(tmp_path, pulsars):
    X, y = (a[:300] for a in pulsars)
    path, model = tmp_path / "model.skp", SLPClassifier(solver="sgd", **OPTIONS)
    later = {"every_n_epochs": None, "every_n_seconds": 1e6}
    with pytest.raises(FileNotFoundError):
        crashed(model, path, 5, X, y, **later)
    model.set_callbacks(Checkpoint(path, **later)).fit(X, y)
    assert skpulsar.load(path).coef_.tobytes() == model.coef_.tobytes()
    assert [file.name for file in tmp_path.iterdir()] == ["model.skp"]


@pytest.mark.parametrize(
    "model",
    [
        *(SLPClassifier(solver=solver) for solver in ("psgd", *STEPPING)),
        MLPClassifier((4,)),
    ],
)
def test_the_best_weights_so_far_are_saved(tmp_path, pulsars, model):
    """With early stopping; the scores of later epochs are in the history."""
    X, y = (a[:300] for a in pulsars)
    numbers = iter(range(99))

    def scorer(model, X, y):
        return -abs(next(numbers) - 1)  # The second epoch is best.

    stopping = {"early_stopping": True, "scoring": scorer, "max_iter": 4}
    model = clone(model).set_params(**OPTIONS | stopping)
    path = tmp_path / "model.skp"
    model.set_callbacks(Checkpoint(path))
    with pytest.raises(TypeError, match=r"'scoring'.* cannot be saved"):
        model.fit(X, y)
    model.set_params(scoring="average_precision").fit(X, y)
    again = skpulsar.load(path)
    assert weight_bytes(again) == weight_bytes(model)
    assert again.validation_scores_ == model.validation_scores_
    assert again.best_iter_ == model.best_iter_ and again.n_iter_ == model.n_iter_


def test_a_checkpoint_serves_one_fit_after_the_other(tmp_path, pulsars):
    X, y = (a[:300] for a in pulsars)
    path = tmp_path / "model.skp"
    checkpoint = pickle.loads(pickle.dumps(Checkpoint(path, every_n_epochs=5)))
    for alpha in (1e-4, 1e-2):
        model = SLPClassifier(alpha=alpha, **OPTIONS).set_callbacks(checkpoint)
        model.fit(X, y)
        assert skpulsar.load(path).alpha == alpha
        np.testing.assert_array_equal(skpulsar.load(path).coef_, model.coef_)


@pytest.mark.parametrize("name", ["every_n_epochs", "every_n_seconds"])
def test_what_is_no_interval_is_refused(name):
    for value in (0, -1, float("nan"), "often", True):
        with pytest.raises(
            ValueError, match=f"{name!r} parameter of Checkpoint must be"
        ):
            Checkpoint("model.skp", **{name: value})
    with pytest.raises(ValueError, match=r"an int in the range .* Got 1\.5"):
        Checkpoint("model.skp", every_n_epochs=1.5)


def test_a_folder_that_is_missing_is_found_before_training(tmp_path, pulsars):
    X, y = (a[:300] for a in pulsars)
    model = SLPClassifier().set_callbacks(Checkpoint(tmp_path / "no" / "model.skp"))
    with pytest.raises(FileNotFoundError, match="folder that does not exist"):
        model.fit(X, y)
    model = SLPClassifier().set_callbacks(Checkpoint(tmp_path))
    with pytest.raises(IsADirectoryError, match="is a folder: name a file in it"):
        model.fit(X, y)
    assert not hasattr(model, "coef_")


class Derived(SLPClassifier):
    __init__ = SLPClassifier.__init__


@pytest.mark.parametrize(
    "model, words",
    [
        (SLPClassifier(scoring=make_scorer(f1_score)), "'scoring' parameter"),
        (Derived(), "got a Derived"),
    ],
)
@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_what_cannot_be_saved_is_found_before_training(
    model, words, solver, tmp_path, pulsars
):
    """And not at the end, when the training would be lost."""
    X, y = (a[:300] for a in pulsars)
    model = clone(model).set_params(solver=solver)
    model.set_callbacks(Checkpoint(tmp_path / "model.skp", every_n_epochs=999))
    with pytest.raises(TypeError, match=words) as caught:
        model.fit(X, y)
    assert "setup" in [entry.name for entry in caught.traceback]
    assert not hasattr(model, "coef_") and not list(tmp_path.iterdir())


def test_a_full_disk_does_not_end_training(tmp_path, pulsars, monkeypatch):
    X, y = (a[:300] for a in pulsars)
    path, model = tmp_path / "model.skp", SLPClassifier(solver="sgd", **OPTIONS)
    with pytest.raises(Killed):
        model.set_callbacks(Checkpoint(path), Crash(2)).fit(X, y)
    before = path.read_bytes()

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    model.set_callbacks(Checkpoint(path, every_n_epochs=99))
    with pytest.warns(UserWarning, match="could not be saved, .* No space left"):
        model.fit(X, y)
    assert model.n_iter_ == 7 and path.read_bytes() == before
    long = Checkpoint(tmp_path / ("m" * 250))
    with pytest.warns(UserWarning, match="could not be saved") as caught:
        model.set_callbacks(long).fit(X, y)
    assert all(len(str(warning.message)) <= 300 for warning in caught)


def test_estimators_inside_others_are_saved(tmp_path, pulsars):
    X, y = (a[:500] for a in pulsars)
    path = tmp_path / "model.skp"
    model = SLPClassifier(random_state=0).set_callbacks(Checkpoint(path))
    pipeline = make_pipeline(StandardScaler(), model).fit(X, y)
    assert skpulsar.load(path).coef_.tobytes() == pipeline[-1].coef_.tobytes()
    search = GridSearchCV(model, {"alpha": [1e-3]}, cv=2, error_score="raise")
    search.fit(X, y)  # The whole data come last.
    best = search.best_estimator_
    assert skpulsar.load(path).coef_.tobytes() == best.coef_.tobytes()
