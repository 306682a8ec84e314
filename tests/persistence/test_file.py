# SPDX-License-Identifier: BSD-3-Clause
"""Estimators in files: what comes back is what was saved, or a clear error."""

import gc
import json
import os
import stat
import subprocess
import sys
import zipfile
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from _fitted import MORE, SOLVERS, X, Y, assert_same, of_solver
from sklearn.base import is_regressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, make_scorer
from sklearn.pipeline import make_pipeline

import skpulsar
from skpulsar import SLPClassifier, SLPRegressor


def reloaded(model, folder):
    path = folder / "model.skp"
    skpulsar.save(model, path)
    return skpulsar.load(path)


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_state_comes_back(solver, tmp_path):
    for name, model in of_solver(solver).items():
        again = reloaded(model, tmp_path)
        assert type(again) is type(model)
        assert_same(vars(again), vars(model), name)
        columns = model.n_features_in_
        rows = np.random.default_rng(1).standard_normal((50, columns))
        assert_same(again.predict(rows), model.predict(rows), name)


@pytest.mark.parametrize("solver", SOLVERS)
def test_training_goes_on_as_it_would_have(solver, tmp_path):
    for name, model in of_solver(solver).items():
        again = reloaded(model, tmp_path)
        if model.n_features_in_ != MORE[0].shape[1]:
            continue
        y = MORE[1]
        if is_regressor(model):
            y = MORE[0][:, :2]
        elif model.multilabel_:
            y = np.column_stack([y, 1 - y])
        if model.solver == "psgd" and getattr(model, "multilabel_", False):
            continue  # Its streams do not know several labels.
        for each in (model, again):
            each.set_params(early_stopping=False).partial_fit(MORE[0], y)
        assert_same(without_times(again), without_times(model), name)


def without_times(model):
    history = {k: v for k, v in model.history_.items() if k != "seconds"}
    rest = {k: v for k, v in vars(model).items() if k != "_history"}
    return {**rest, "history": history}


@pytest.mark.parametrize("kind", [SLPClassifier, SLPRegressor])
def test_an_unfitted_estimator_can_be_saved(kind, tmp_path):
    again = reloaded(kind(alpha=0.5), tmp_path)
    assert_same(vars(again), vars(kind(alpha=0.5)))


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["star", "pulsar"]),
        np.array(["star", "pulsar é\ud800"], dtype=object),
        np.array([3, -5]),
        np.array([3, 5], dtype=np.uint8),
        np.array([2.0, -1.0]),
        np.array([False, True]),
        np.array(["2020-01-01", "2021-01-01"], dtype="M8[ns]"),
        np.array([1, 2], dtype=">i4"),
    ],
    ids=str,
)
def test_labels_keep_their_type(labels, tmp_path):
    model = SLPClassifier().fit(X, labels[Y])
    again = reloaded(model, tmp_path)
    assert_same(vars(again), vars(model))
    assert_same(again.predict(X), model.predict(X))


PARAMETERS = {
    "class_weight": {"star": 1, np.str_("pulsar"): np.float32(2.5)},
    "sampling": {"pulsar": 0.3},
    "prior_correction": np.bool_(True),
    "alpha": np.float64(1e-3),
    "tol": None,
    "max_iter": np.int64(4),
    "solver": "sgd",
    "random_state": np.random.RandomState(4),
}


def test_parameters_keep_their_type(tmp_path):
    labels = np.array(["star", "pulsar"])[Y]
    model = SLPClassifier(**PARAMETERS).fit(X, labels)
    again = reloaded(model, tmp_path)
    assert_same(vars(again), vars(model))
    assert again.random_state is not model.random_state
    for each in (model, again):
        each.fit(X, labels)
    assert_same(without_times(again), without_times(model))


@pytest.mark.parametrize(
    "class_weight",
    [
        {1: 2.0, 0: 1},
        {True: 2.0, False: np.inf},
        {"$array": 1.0, "class": -0.0},
        {np.int64(1): np.nan, (1, "a"): [1, {"b": b"\x00"}], None: 2**100, 0.5: 5e-324},
        [{0: 1, 1: 3.5}, {}],
        (),
    ],
)
def test_any_plain_parameter_comes_back(class_weight, tmp_path):
    model = SLPClassifier(class_weight=class_weight)
    assert_same(reloaded(model, tmp_path).class_weight, class_weight)


def test_names_of_features_come_back(tmp_path):
    frame = pd.DataFrame(X, columns=[f"column {k}" for k in range(X.shape[1])])
    model = SLPClassifier().fit(frame, Y)
    again = reloaded(model, tmp_path)
    assert_same(vars(again), vars(model))
    assert_same(again.predict(frame), model.predict(frame))


def test_attributes_that_users_set_come_back(tmp_path):
    model = SLPClassifier().fit(X, Y)
    model.intercept_ = model.intercept_ + 1
    model.coef_ = np.asfortranarray(model.coef_)
    model.noted_ = {
        "when": np.array(["2026-01-01"], dtype="M8[D]"),
        5: np.zeros((2, 0)),
    }
    again = reloaded(model, tmp_path)
    assert_same(vars(again), vars(model))
    for each in (model, again):
        each.partial_fit(*MORE)
    assert_same(without_times(again), without_times(model))


def test_equal_estimators_give_equal_files(tmp_path):
    contents = []
    for name in ("one", "other"):
        model = SLPClassifier(solver="sgd", random_state=0).partial_fit(X, Y, [0, 1])
        vars(model)["_history"].records[0] = (0.5, 0.0, 0.1, 600, 0.0, 0, 0.25)
        skpulsar.save(model, tmp_path / name)
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]


def test_numpy_and_zip_tools_can_look_into_a_file(tmp_path):
    model = SLPClassifier().fit(X, Y)
    skpulsar.save(model, tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as archive:
        document = json.loads(archive["estimator.json"])
        place = document["attributes"]["coef_"]["$array"]
        assert_same(archive[str(place)], model.coef_)
    with zipfile.ZipFile(tmp_path / "model.npz") as archive:
        assert archive.testzip() is None
        assert archive.comment.startswith(b"skpulsar estimator, format 1, written by ")


# What cannot be saved


class Derived(SLPClassifier):
    __init__ = SLPClassifier.__init__


@pytest.mark.parametrize(
    "words, value",
    [
        ("got a LogisticRegression", LogisticRegression()),
        ("got a Pipeline. Save the step", make_pipeline(SLPClassifier())),
        ("got a Derived", Derived()),
        ("got a class: make one, SLPClassifier()", SLPClassifier),
        ("got a dict", {}),
    ],
)
def test_others_than_the_librarys_are_refused(words, value, tmp_path):
    with pytest.raises(TypeError, match=words.replace("(", r"\(").replace(")", r"\)")):
        skpulsar.save(value, tmp_path / "model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name, value, held",
    [
        ("scoring", max, "the callable max"),
        ("scoring", {"f1": make_scorer(f1_score)}, "the callable _Scorer"),
        ("class_weight", {0: print}, "the callable print"),
        ("class_weight", Counter([1]), "a Counter"),
        ("class_weight", np.ma.array([1.0]), "a MaskedArray"),
        (
            "alpha",
            np.zeros(2, dtype="f8,i4"),
            "an array of [('f0', '<f8'), ('f1', '<i4')]",
        ),
        ("alpha", LogisticRegression(), "a LogisticRegression"),
        (
            "random_state",
            np.random.RandomState(np.random.PCG64(1)),
            "a RandomState of PCG64",
        ),
        ("random_state", np.random.default_rng(), "a Generator"),
    ],
)
def test_a_parameter_that_is_no_plain_value_is_named(name, value, held, tmp_path):
    model = SLPClassifier(**{name: value})
    with pytest.raises(TypeError) as caught:
        skpulsar.save(model, tmp_path / "model")
    message = str(caught.value)
    assert f"The {name!r} parameter of SLPClassifier cannot be saved" in message
    assert held in message and "set it again after load" in message
    assert len(message) <= 300 and not list(tmp_path.iterdir())


def test_an_attribute_that_is_no_plain_value_is_named(tmp_path):
    model = SLPClassifier().fit(X, Y)
    model.noted_ = frozenset()
    with pytest.raises(TypeError, match="The 'noted_' attribute of SLPClassifier"):
        skpulsar.save(model, tmp_path / "model")


# How a file is written


@pytest.mark.parametrize("letter", ["m", "é", "\U0001f600"])
def test_a_name_may_be_as_long_as_the_system_allows(letter, tmp_path):
    path = tmp_path / (letter * (255 // len(letter.encode())))
    skpulsar.save(SLPClassifier(alpha=0.1), path)
    assert skpulsar.load(path).alpha == 0.1
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_names_the_file_that_was_asked_for(tmp_path, monkeypatch):
    path = tmp_path / "no" / "model"
    with pytest.raises(FileNotFoundError) as caught:
        skpulsar.save(SLPClassifier(), path)
    assert caught.value.filename == str(path) and str(caught.value).endswith("model'")

    def full(number):
        raise OSError(28, "No space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left: .*model'$"):
        skpulsar.save(SLPClassifier(), tmp_path / "model")


def test_a_file_has_the_permissions_of_one_that_open_writes(tmp_path):
    (tmp_path / "by_open").write_bytes(b"")
    path = tmp_path / "model"
    for expected in (stat.S_IMODE((tmp_path / "by_open").stat().st_mode), 0o604):
        skpulsar.save(SLPClassifier(), str(path))
        assert stat.S_IMODE(path.stat().st_mode) == expected
        path.chmod(0o604)


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_an_error_leaves_the_file_that_was_there(error, tmp_path, monkeypatch):
    path = tmp_path / "model"
    skpulsar.save(SLPClassifier(alpha=0.1), path)
    before = path.read_bytes()

    def stop(number):
        raise error

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(type(error)):
        skpulsar.save(SLPClassifier(alpha=0.2), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_is_full_leaves_the_file_that_was_there(tmp_path):
    """The limit on the size of a file stands for it."""
    pytest.importorskip("resource")
    path = tmp_path / "model"
    skpulsar.save(SLPClassifier(alpha=0.1), path)
    code = (
        "import resource, signal, sys, skpulsar, numpy as np\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "model = skpulsar.load(sys.argv[1])\n"
        "model.noted_ = np.zeros(10**5)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10**5, 10**5))\n"
        "try:\n"
        "    skpulsar.save(model, sys.argv[1])\n"
        "except OSError:\n"
        "    print('refused')\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, path], check=True, stdout=subprocess.PIPE
    )
    assert found.stdout == b"refused\n"
    assert skpulsar.load(path).alpha == 0.1
    assert list(tmp_path.iterdir()) == [path]


# A member that zipfile has half made complains when it is dropped, on Python 3.13.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_within_the_archive_is_ctrl_c(tmp_path):
    """Wherever in zipfile it comes: that would answer with an error of its own."""
    model, path = SLPClassifier(), tmp_path / "model.skp"

    def lines(stop_at):
        count = 0

        def trace(frame, event, argument):
            nonlocal count
            if frame.f_code.co_filename != zipfile.__file__:
                return trace if "_persistence" in frame.f_code.co_filename else None
            count += event == "line"
            if count == stop_at and event == "line":
                raise KeyboardInterrupt
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            skpulsar.save(model, path)
        finally:
            sys.settrace(before)
        return count

    skpulsar.save(model, path)
    before = path.read_bytes()
    for stop_at in range(1, lines(0) + 1):
        with pytest.raises(KeyboardInterrupt):
            lines(stop_at)
    gc.collect()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["model.skp"]
