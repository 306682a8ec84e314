# SPDX-License-Identifier: BSD-3-Clause
"""python -m skpulsar: what it prints, saves and refuses."""

import csv
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_score
from sklearn.model_selection import (
    StratifiedKFold,
    cross_validate,
    train_test_split,
)
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier
from skpulsar.__main__ import main
from skpulsar._study import peers, repeats, textbook
from skpulsar._study.candidates import read_candidates
from skpulsar._study.scores import RATES, rates
from skpulsar.datasets import make_pulsars

TABLES = ("textbook", "repeats", "peers")
NUMBER = re.compile(r"[-+]?\d+\.\d+")
PER_EPOCH = ["loss", *(f"{part}_{n}" for part in ("train", "test") for n in RATES)]


def save(path, X, y):
    np.savetxt(path, np.column_stack([X, y]), delimiter=",", fmt="%.17g")
    return str(path)


@pytest.fixture(scope="module")
def small():
    return make_pulsars(2000, random_state=3)


@pytest.fixture(scope="module")
def file(small, tmp_path_factory):
    return save(tmp_path_factory.mktemp("study") / "small.csv", *small)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    X, y = make_pulsars(200, random_state=0)
    return save(tmp_path_factory.mktemp("study") / "tiny.csv", X, y)


@pytest.fixture(autouse=True)
def one_round(monkeypatch):
    monkeypatch.setattr(repeats, "N_REPEATS", 1)


@pytest.fixture
def study(capsys):
    """Run main and return its lines; errors go to the test."""

    def run(*arguments):
        assert main([str(argument) for argument in arguments]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out.splitlines()

    return run


def refused(capsys, *arguments):
    """Run main where it refuses and return the one line that it has to say."""
    assert main([str(argument) for argument in arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("skpulsar: error: ")
    return lines[0]


def numbers(line):
    return [float(number) for number in NUMBER.findall(line)]


def epoch_lines(lines):
    """Return {epoch: [loss, four rates in training, four rates held out]}."""
    found = [re.fullmatch(r" *(\d+) +(\d.*)", line) for line in lines]
    return {int(match[1]): numbers(match[2]) for match in found if match}


def row(lines, label):
    """Return the numbers of the lines that begin with a label."""
    return [numbers(line) for line in lines if line.startswith(label)]


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_prints_and_saves_the_same_numbers(study, file, small, tmp_path):
    folder = tmp_path / "new" / "tables"
    lines = study(file, "--output", folder, "--epochs", 4)
    assert repr(file) in lines[0]
    assert lines[1].startswith(f"2000 candidates, {small[1].sum()} of them pulsars")
    assert repr(str(folder)) in lines[-1]
    assert sorted(folder.iterdir()) == sorted(folder / f"{n}.csv" for n in TABLES)
    saved = {name: read(folder / f"{name}.csv") for name in TABLES}

    printed = epoch_lines(lines)
    assert list(printed) == [int(r["epoch"]) for r in saved["textbook"]] == [1, 2, 3, 4]
    for record in saved["textbook"]:
        exact = [float(record[name]) for name in PER_EPOCH]
        np.testing.assert_allclose(printed[int(record["epoch"])], exact, atol=6e-5)

    first, last = saved["textbook"][0], saved["textbook"][-1]
    exact = [first["loss"], last["loss"], *(last[f"test_{name}"] for name in RATES)]
    (result,) = row(lines, "this run")
    np.testing.assert_allclose(result, [float(value) for value in exact], atol=6e-5)
    assert row(lines, "textbook's figures") == [[0.138, 0.131, 0.975]]

    for label, name in zip(
        ("accuracy", "precision", "recall", "F1"), RATES, strict=True
    ):
        in_repeats, in_peers = row(lines, label)
        for values, table in ((in_repeats, "repeats"), (in_peers, "peers")):
            exact = [
                float(record[f"{name}_{statistic}"])
                for record in saved[table]
                for statistic in ("mean", "std")
            ]
            np.testing.assert_allclose(values, exact, atol=6e-4)
    (milliseconds,) = row(lines, "fit time, ms")
    seconds = [float(record["fit_seconds_mean"]) for record in saved["peers"]]
    np.testing.assert_allclose(milliseconds[::2], np.multiply(seconds, 1e3), atol=0.06)


@pytest.mark.parametrize(
    ("every", "epochs"), [(0, []), (3, [3, 6, 9]), (20, []), (5, [5, 10])]
)
def test_report_lines(capsys, small, every, epochs):
    records = textbook.report(*small, seed=0, epochs=10, every=every)
    lines = capsys.readouterr().out.splitlines()
    assert list(epoch_lines(lines)) == epochs
    assert [record["epoch"] for record in records] == list(range(1, 11))
    assert len(row(lines, "this run")) == 1


def test_textbook_run_equals_one_fit(small):
    X_train, X_test, y_train, y_test = train_test_split(
        *small, test_size=0.2, stratify=small[1], random_state=5
    )
    model = SLPClassifier(
        solver="sgd",
        batch_size=10,
        learning_rate_init=0.001,
        momentum=0.0,
        alpha=0.0,
        max_iter=3,
        tol=None,
        random_state=5,
    ).fit(X_train, y_train)
    *_, last = textbook.run(*small, seed=5, epochs=3)
    assert last["loss"] == model.loss_
    assert last["test_f1"] == f1_score(y_test, model.predict(X_test))
    assert last["train_precision"] == precision_score(y_train, model.predict(X_train))


def test_empty_denominators_are_zero():
    class Never:
        def predict(self, X):
            return np.zeros(len(X), dtype=int)

    values = rates(Never(), np.zeros((4, 1)), np.array([0, 0, 0, 1]))
    assert values == {"accuracy": 0.75, "precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_repeats_change_only_what_they_should(small):
    scores = repeats.measure(*small, seed=0, epochs=2)
    assert all(len(values) == 5 for by in scores.values() for values in by.values())
    found = scores[repeats.RIGHT, repeats.FOUND]
    repeated = scores[repeats.RIGHT, repeats.REPEATED]
    # Copies of pulsars, each about as often, move precision and hardly recall.
    np.testing.assert_allclose(found["recall"], repeated["recall"], atol=0.02)
    assert np.all(np.less(found["precision"], repeated["precision"]))


def test_leak_of_a_model_that_learns_by_heart(monkeypatch, small):
    class ByHeart(BaseEstimator):
        """Knows the rows it has seen, and calls all others stars."""

        def fit(self, X, y):
            self.pulsars_ = {row.tobytes() for row in X[y == 1]}
            return self

        def predict(self, X):
            return np.array([int(row.tobytes() in self.pulsars_) for row in X])

    monkeypatch.setattr(repeats, "make_model", lambda **_: ByHeart())
    scores = repeats.measure(*small, seed=0, epochs=1)
    assert max(scores[repeats.RIGHT, repeats.FOUND]["recall"]) == 0.0
    assert min(scores[repeats.WRONG, repeats.REPEATED]["recall"]) > 0.9
    assert min(scores[repeats.WRONG, repeats.FOUND]["recall"]) > 0.9
    sentence = " ".join(repeats._leak(scores, small[1]).split())
    assert "difference of +1.000 (0.000)" in sentence
    assert "copies of test rows for +1.000 (0.000)" in sentence
    assert f"where {small[1].mean():.1%} were found" in sentence


def test_leak_sentence_is_computed():
    y = np.repeat([0, 1], [90, 10])
    keys = (
        (repeats.RIGHT, repeats.FOUND),
        (repeats.RIGHT, repeats.REPEATED),
        (repeats.WRONG, repeats.REPEATED),
    )
    values = ([0.5, 0.7, 0.6], [0.7, 0.9, 0.8], [0.5, 0.8, 0.5])
    scores = {key: {"f1": f1} for key, f1 in zip(keys, values, strict=True)}
    sentence = " ".join(repeats._leak(scores, y).split())
    assert "F1 reads 0.600 where done right it is 0.600" in sentence
    assert "a difference of +0.000 (0.058, perhaps chance)" in sentence
    assert "where 10.0% were found account for +0.200 (0.000)" in sentence
    assert "copies of test rows for -0.200 (0.058)" in sentence


def test_peers_equal_cross_validate(small):
    X, y = small
    records = peers.measure(X, y, seed=4)
    names = [(record["model"], record["features"]) for record in records]
    assert names == [
        ("SLPClassifier", "raw"),
        ("LogisticRegression", "scaled"),
        ("SGDClassifier", "scaled"),
    ]
    result = cross_validate(
        make_pipeline(StandardScaler(), LogisticRegression()),
        X,
        y,
        cv=StratifiedKFold(5, shuffle=True, random_state=4),
        scoring=["average_precision", "neg_log_loss"],
    )
    logistic = records[1]
    np.testing.assert_allclose(
        logistic["average_precision_mean"], result["test_average_precision"].mean()
    )
    np.testing.assert_allclose(
        logistic["log_loss_mean"], -result["test_neg_log_loss"].mean()
    )
    np.testing.assert_allclose(
        logistic["log_loss_std"], result["test_neg_log_loss"].std()
    )


def test_counts_convergence_warnings_and_passes_on_others(small):
    class Loud(LogisticRegression):
        def fit(self, X, y):
            warnings.warn("not there yet", ConvergenceWarning, stacklevel=1)
            warnings.warn("something else", UserWarning, stacklevel=1)
            return super().fit(X, y)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result, n_warnings = peers._cross_validate(Loud(max_iter=1000), *small, cv=3)
    assert n_warnings >= 3
    assert len(result["fit_time"]) == 3
    assert {str(w.message) for w in caught} == {"something else"}


def test_same_seed_same_report(study, tiny):
    def without_times(*arguments):
        lines = study(tiny, "--epochs", 2, *arguments)
        return [line for line in lines if not line.startswith("fit time")]

    report = without_times("--seed", 7)
    assert report == without_times("--seed", 7)
    other = without_times("--seed", 8)
    assert epoch_lines(report).keys() == epoch_lines(other).keys()
    assert epoch_lines(report) != epoch_lines(other)


def test_twin_where_the_data_home_is_empty(monkeypatch, tmp_path):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    X, y, origin = read_candidates(None, seed=2)
    expected_X, expected_y = make_pulsars(random_state=2)
    np.testing.assert_array_equal(X, expected_X)
    np.testing.assert_array_equal(y, expected_y)
    assert "TWIN" in origin
    assert "fetch_htru2()" in origin


def test_damaged_copy_in_the_data_home_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    (tmp_path / "HTRU_2.csv").write_text("1,2,3\n")
    _, _, origin = read_candidates(None, seed=0)
    assert "TWIN" in origin
    assert "HTRU_2.csv is damaged" in origin


def test_htru2_in_the_data_home(monkeypatch, tmp_path, htru2):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    save(tmp_path / "HTRU_2.csv", *htru2)
    X, y, origin = read_candidates(None, seed=0)
    np.testing.assert_array_equal(X, htru2[0])
    np.testing.assert_array_equal(y, htru2[1])
    assert "TWIN" not in origin


@pytest.mark.parametrize(
    "arguments",
    [
        ["--epochs", "0"],
        ["--epochs", "1.5"],
        ["--report", "-1"],
        ["--seed", "-1"],
        ["--seed", str(2**32)],
        ["--nonsense"],
        ["a.csv", "b.csv"],
    ],
)
def test_bad_arguments(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "skpulsar: error: " in capsys.readouterr().err


def test_files_of_no_use(capsys, tmp_path):
    line = refused(capsys, tmp_path / "missing.csv")
    assert "missing.csv" in line
    assert str(tmp_path) in refused(capsys, tmp_path)

    bad = tmp_path / "bad.csv"
    bad.write_text("1,2,3,4,5,6,7,8,0\n1,2,3,4,x,6,7,8,1\n")
    line = refused(capsys, bad)
    assert "line 2" in line
    assert "column 5" in line

    X, y = make_pulsars(100, pulsar_fraction=0.04, random_state=0)
    assert "found 4 and 96" in refused(capsys, save(tmp_path / "few.csv", X, y))


def test_data_that_overflow(capsys, tmp_path):
    X, y = make_pulsars(200, random_state=0)
    line = refused(capsys, save(tmp_path / "huge.csv", X * 1e200, y))
    assert "overflow" in line


def test_output_without_a_place(capsys, file, tmp_path):
    occupied = tmp_path / "occupied"
    occupied.write_text("")
    assert "occupied" in refused(capsys, file, "--output", occupied)
    assert capsys.readouterr().out == ""  # before the work, not after it
    assert "occupied" in refused(capsys, file, "--output", occupied / "below")

    folder = tmp_path / "folder"
    (folder / "textbook.csv").mkdir(parents=True)
    assert "textbook.csv" in refused(capsys, file, "--output", folder)


def test_interrupt_is_quiet(capsys, monkeypatch, file):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(repeats, "report", interrupted)
    assert main([file]) == 130
    out, err = capsys.readouterr()
    assert row(out.splitlines(), "this run")
    assert err == ""


def test_as_a_process(tiny):
    done = subprocess.run(
        [sys.executable, "-m", "skpulsar", tiny, "--epochs", "2"],
        capture_output=True,
        encoding="ascii",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert list(epoch_lines(lines)) == [1, 2]
    assert max(map(len, lines[1:])) <= 88
    assert len(row(lines, "F1")) == 2


@pytest.mark.skipif(os.name == "nt", reason="closed pipes raise other errors there")
def test_closed_pipe_is_quiet(tiny):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "skpulsar", tiny, "--epochs", "1"],
            stdout=writer,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
