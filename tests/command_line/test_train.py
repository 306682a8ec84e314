# SPDX-License-Identifier: BSD-3-Clause
"""skpulsar train from end to end."""

import re
import warnings

import numpy as np
import pyarrow as pa
import pytest
from _commands import FORMATS, NAMES, candidates, features_of, refused, run, save

import skpulsar
from skpulsar import SLPClassifier


@pytest.fixture(scope="module")
def rows():
    return candidates(1000)


@pytest.fixture
def table(rows, tmp_path):
    return save(tmp_path / "table.csv", rows)


def train(table, tmp_path, *options):
    """The model that the command makes of a table."""
    path = tmp_path / "model.skp"
    run("train", table, "--label", "label", "--drop", "id", "-o", path, *options)
    return skpulsar.load(path)


@FORMATS
def test_it_is_the_model_that_python_trains(rows, tmp_path, end):
    model = train(save(tmp_path / f"table.{end}", rows), tmp_path)
    y = rows["label"].to_numpy()
    again = SLPClassifier(random_state=0).fit(rows.select(NAMES).to_pandas(), y)
    assert (model.coef_ == again.coef_).all()
    assert (model.intercept_ == again.intercept_).all()
    assert model.cutoff_["threshold"] == 0.0


def test_parameters_reach_the_model(table, tmp_path):
    options = {
        "alpha": 0.25,
        "sampling": "balanced",
        "class_weight": "balanced",
        "random_state": 7,
    }
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    words += ["--standardize", "--prior-correction"]
    found = train(table, tmp_path, *words).get_params()
    options |= {"standardize": True, "prior_correction": True}
    assert {name: found[name] for name in options} == options


@pytest.mark.parametrize(
    ("constraint", "name", "bound"),
    [
        (["--max-fpr", "0.02"], "fpr", lambda value: value < 0.04),
        (["--min-recall", "0.9"], "recall", lambda value: value > 0.8),
        (["--min-precision", "0.9"], "precision", lambda value: value > 0.8),
    ],
)
def test_what_is_told_of_the_cutoff_is_kept(
    capsys, table, tmp_path, constraint, name, bound
):
    cutoff = train(table, tmp_path, *constraint).cutoff_
    out = capsys.readouterr().out
    assert bound(cutoff[name])
    assert f"{constraint[1]}" in cutoff["rule"]
    assert cutoff["rule"] in out
    told = re.search(r"precision (\S+), recall (\S+), F1 (\S+), .* rate (\S+)\n", out)
    kept = [cutoff[name] for name in ("precision", "recall", "f1", "fpr")]
    np.testing.assert_allclose([*map(float, told.groups())], kept, atol=5.1e-4)


def test_what_is_told_is_true_of_other_candidates(rows, tmp_path):
    """The figures of many trainings beside those of rows that none of them saw."""
    X, y = features_of(fresh := candidates(20_000)), fresh["label"].to_numpy()
    told, true = [], []
    for seed in range(10):
        part = fresh.slice(1000 * seed, 1000)
        table = save(tmp_path / f"{seed}.parquet", part)
        model = train(table, tmp_path, "--max-fpr", ".02")
        selected = (
            model.decision_function(fresh.select(NAMES).to_pandas().iloc[10_000:])
            >= model.cutoff_["threshold"]
        )
        negative = y[10_000:] == 0
        true.append([selected[negative].mean(), selected[~negative].mean()])
        told.append([model.cutoff_["fpr"], model.cutoff_["recall"]])
    difference = np.mean(told, axis=0) - np.mean(true, axis=0)
    assert abs(difference[0]) < 0.01
    assert abs(difference[1]) < 0.05
    assert len(X) == len(y)


def test_budget(rows, table, tmp_path):
    model = train(table, tmp_path, "--budget", "30")
    part = train(table, tmp_path, "--budget", "3", "--out-of", "100")
    assert model.cutoff_["threshold"] == part.cutoff_["threshold"]
    selected = model.decision_function(rows.select(NAMES).to_pandas())
    assert 20 <= np.count_nonzero(selected >= model.cutoff_["threshold"]) <= 40


def test_a_cutoff_that_selects_nothing_is_none(capsys, tmp_path):
    """The highest logits are those of negative rows."""
    rows = pa.table({"a": [0.0, 1, 2, 3, 4, 5] * 9, "label": [0, 1, 0, 0, 0, 0] * 9})
    path, model = save(tmp_path / "a.csv", rows), tmp_path / "m.skp"
    command = ["train", path, "--label", "label", "-o", model]
    line = refused(capsys, *command, "--max-fpr", ".01")
    assert "no cut-off selects a row, and has most recall with a false-positive" in line
    assert not model.exists()


@pytest.mark.parametrize("labels", [[1.0, 2.0], ["1 ", "2"], [1, 2]])
def test_positive_as_it_is_written(rows, tmp_path, labels):
    named = np.array(labels)[rows["label"].to_numpy()]
    table = save(tmp_path / "a.csv", rows.set_column(9, "label", pa.array(named)))
    assert train(table, tmp_path, "--positive", " 2").cutoff_["positive"] == 2
    assert train(table, tmp_path, "--positive", "1").cutoff_["positive"] == 1


@pytest.mark.parametrize("positive", ["pulsar", "rfi"])
def test_labels_of_text(capsys, rows, tmp_path, positive):
    labels = np.array(["rfi", "pulsar"])[rows["label"].to_numpy()]
    named = rows.set_column(9, "label", pa.array(labels))
    table = save(tmp_path / "named.csv", named)
    path = tmp_path / "model.skp"
    command = ["train", table, "--label", "label", "--drop", "id", "-o", path]
    assert "say by --positive" in refused(capsys, *command)
    assert "'x' is no label" in refused(capsys, *command, "--positive", "x")
    assert not path.exists()
    model = train(table, tmp_path, "--positive", positive, "--max-fpr", ".02")
    assert model.cutoff_["positive"] == positive
    assert model.cutoff_["recall"] > 0.4


def test_more_classes(capsys, rows, tmp_path):
    labels = np.arange(len(rows)) % 3
    table = save(tmp_path / "a.csv", rows.set_column(9, "label", pa.array(labels)))
    model = train(table, tmp_path)
    assert not hasattr(model, "cutoff_")
    assert len(re.findall(r"^\d: \d+ rows", capsys.readouterr().out, re.M)) == 3
    command = ["train", table, "--label", "label", "-o", tmp_path / "m", "--drop", "id"]
    assert "--budget is for two classes" in refused(capsys, *command, "--budget", "9")


def test_refusals(capsys, rows, table, tmp_path):
    model = tmp_path / "model.skp"
    command = ["train", table, "--label", "label", "-o", model]
    assert "column 'id': found 'cand_0000.phcx'" in refused(capsys, *command)
    command += ["--drop", "id"]
    line = refused(capsys, *command[:4], "-o", tmp_path / "no" / "m", "--drop", "id")
    assert "no folder" in line
    assert "is read" in refused(capsys, *command[:4], "-o", table)
    assert "is a folder" in refused(capsys, *command[:4], "-o", tmp_path)
    tiny = ["--budget", "1", "--out-of", "1000000"]
    assert "less than one" in refused(capsys, *command, *tiny)
    line = refused(capsys, *command, "--budget", "1001")
    assert "1001 is more than all 1,000 candidates" in line
    line = refused(capsys, *command, "--budget", "3", "--out-of", "2")
    assert "3 is more than all 2 candidates" in line
    one = save(tmp_path / "one.csv", rows.filter(pa.compute.equal(rows["label"], 0)))
    command[1] = one
    assert "all rows have the label 0" in refused(capsys, *command)
    assert not model.exists()


def test_a_feature_of_text_in_parquet(capsys, rows, tmp_path):
    table = save(tmp_path / "a.parquet", rows)
    line = refused(capsys, "train", table, "--label", "label", "-o", tmp_path / "m")
    assert "column 'id': holds string, expected numbers" in line


def test_warnings_are_lines(capsys, rows, tmp_path):
    """And those of the models of the folds are not told five times."""
    small = rows
    for place, name in enumerate(NAMES, start=1):
        scaled = pa.array(rows[name].to_numpy() * 1e-5)
        small = small.set_column(place, name, scaled)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        train(save(tmp_path / "small.csv", small), tmp_path)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("skpulsar: warning: ")


@FORMATS
def test_htru2(capsys, htru2, tmp_path, end):
    X, y = htru2
    rows = pa.table({**dict(zip(NAMES, X.T.copy(), strict=True)), "label": y})
    path = save(tmp_path / f"htru2.{end}", rows)
    run("train", path, "--label", "label", "-o", tmp_path / "m", "--max-fpr", ".01")
    cutoff = skpulsar.load(tmp_path / "m").cutoff_
    assert 0.005 < cutoff["fpr"] < 0.015
    assert cutoff["recall"] > 0.85
    run("score", path, "-m", tmp_path / "m", "-o", tmp_path / "scores.csv")
    assert "scored 17,898 candidates" in capsys.readouterr().err
