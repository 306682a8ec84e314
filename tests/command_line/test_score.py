# SPDX-License-Identifier: BSD-3-Clause
"""skpulsar score from end to end."""

import gzip
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pytest
from _commands import (
    FORMATS,
    NAMES,
    candidates,
    refused,
    run,
    save,
    standard_input,
)
from pyarrow import csv, parquet
from sklearn.datasets import load_wine

import skpulsar
from skpulsar import MLPClassifier, SLPClassifier, SLPRegressor
from skpulsar._command_line import lines, parquet_table

posix = pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")


@pytest.fixture(scope="module")
def rows():
    return candidates(700)


@pytest.fixture(scope="module")
def model(rows, tmp_path_factory):
    """The file of a model with a cut-off."""
    folder = tmp_path_factory.mktemp("model")
    path, table = folder / "model.skp", save(folder / "a.parquet", rows)
    options = ["--drop", "id", "--max-fpr", ".02"]
    run("train", table, "--label", "label", "-o", path, *options)
    return path


@pytest.fixture(scope="module")
def expected(rows, model):
    """What the model says of the rows, by the library."""
    estimator = skpulsar.load(model)
    frame = rows.select(NAMES).to_pandas()
    logit = estimator.decision_function(frame)
    return pa.table(
        {
            "logit": logit,
            "probability": estimator.predict_proba(frame)[:, 1],
            "prediction": (logit >= estimator.cutoff_["threshold"]).astype(int),
        }
    )


def score(table, model, output, *options):
    """The scores as a table."""
    run("score", table, "-m", model, "-o", output, *options)
    read = parquet.read_table if output.suffix == ".parquet" else csv.read_csv
    return read(output)


@FORMATS
@pytest.mark.parametrize("output", ["scores.csv", "scores.parquet"])
@pytest.mark.parametrize("batch", [None, 100])
def test_all_formats(
    capsys, monkeypatch, rows, model, expected, tmp_path, end, output, batch
):
    if batch:
        monkeypatch.setattr(lines, "BLOCK", batch)
        monkeypatch.setattr(parquet_table, "BATCH", batch)
    table = save(tmp_path / f"a.{end}", rows)
    assert score(table, model, tmp_path / output).equals(expected)
    said = capsys.readouterr().err
    n_selected = sum(expected["prediction"].to_pylist())
    assert said.startswith("skpulsar: scored 700 candidates in ")
    assert said.endswith(f" a second, {n_selected} of them predicted 1\n")


def test_columns_are_found_by_name(rows, model, expected, tmp_path):
    mixed = rows.select(["label", *reversed(NAMES), "id"])
    mixed = mixed.append_column("more", rows["id"])
    table = save(tmp_path / "a.csv", mixed)
    found = score(table, model, tmp_path / "scores.csv", "--keep", "id", "--keep", "b")
    assert found.column_names == ["id", "b", *expected.column_names]
    assert found.select(["id", "b"]).equals(rows.select(["id", "b"]))
    assert found.select(expected.column_names).equals(expected)


def test_standard_input_and_output(capfdbinary, monkeypatch, rows, model, expected):
    stream = pa.BufferOutputStream()
    csv.write_csv(rows, stream)
    standard_input(monkeypatch, stream.getvalue().to_pybytes())
    run("score", "-", "-m", model)
    out = capfdbinary.readouterr().out
    assert csv.read_csv(pa.BufferReader(out)).equals(expected)


def test_names_and_gzip(rows, model, expected, tmp_path):
    stream = pa.BufferOutputStream()
    csv.write_csv(rows.select(NAMES), stream, csv.WriteOptions(include_header=False))
    table = tmp_path / "a.csv.gz"
    table.write_bytes(gzip.compress(stream.getvalue().to_pybytes()))
    names = ["--names", ",".join(NAMES)]
    assert score(table, model, tmp_path / "scores.csv", *names).equals(expected)


@FORMATS
def test_no_rows(rows, model, tmp_path, end):
    table = save(tmp_path / f"a.{end}", rows[:0])
    found = score(table, model, tmp_path / "scores.csv")
    assert found.column_names == ["logit", "probability", "prediction"]
    assert len(found) == 0


@FORMATS
def test_rows_without_a_value(capsys, rows, model, expected, tmp_path, end):
    values = rows["c"].to_pylist()
    values[3] = None
    gaps = rows.set_column(3, "c", pa.array(values))
    table, output = save(tmp_path / f"a.{end}", gaps), tmp_path / "scores.csv"
    command = ["score", table, "-m", model, "-o", output]
    assert "row 4, column 'c': found no value" in refused(capsys, *command)
    assert not output.exists()
    found = score(table, model, output, "--missing", "skip", "--keep", "id")
    assert capsys.readouterr().err.endswith(", 1 skipped\n")
    kept = np.delete(np.arange(700), 3)
    assert found["logit"].equals(expected["logit"].take(kept))
    assert found["id"].equals(rows["id"].take(kept))


def test_all_rows_without_a_value(rows, model, tmp_path):
    gaps = rows[:5].set_column(3, "c", pa.nulls(5, pa.float64()))
    table = save(tmp_path / "a.csv", gaps)
    assert len(score(table, model, tmp_path / "s.csv", "--missing", "skip")) == 0


def test_refusals(capsys, rows, model, tmp_path):
    table = save(tmp_path / "a.csv", rows)
    lacking = save(tmp_path / "b.csv", rows.drop_columns(["c"]))
    assert "has no column 'c'" in refused(capsys, "score", lacking, "-m", model)
    twice = ["--keep", "id", "--keep", "id"]
    line = refused(capsys, "score", table, "-m", model, *twice)
    assert "two columns of this name" in line
    text = save(tmp_path / "c.csv", rows.set_column(3, "c", rows["id"]))
    assert "row 1, column 'c'" in refused(capsys, "score", text, "-m", model)
    assert "is read" in refused(capsys, "score", table, "-m", model, "-o", table)
    assert "is read" in refused(capsys, "score", table, "-m", model, "-o", model)
    assert "cannot be loaded" in refused(capsys, "score", table, "-m", table)


def test_other_models(rows, tmp_path):
    frame, y = rows.select(NAMES).to_pandas(), rows["label"].to_numpy()
    table, path = save(tmp_path / "a.csv", rows), tmp_path / "other.skp"
    network = MLPClassifier((3,), max_iter=2, tol=None, random_state=0).fit(frame, y)
    skpulsar.save(network, path)
    found = score(table, path, tmp_path / "s.parquet")
    np.testing.assert_array_equal(found["logit"], network.decision_function(frame))

    wine = load_wine(as_frame=True)
    table = save(tmp_path / "wine.csv", pa.Table.from_pandas(wine.data))
    many = SLPClassifier(random_state=0).fit(wine.data, wine.target)
    skpulsar.save(many, path)
    found = score(table, path, tmp_path / "s.parquet")
    assert found.column_names[2:] == [
        "logit_2",
        *(f"probability_{k}" for k in range(3)),
        "prediction",
    ]
    np.testing.assert_array_equal(found["prediction"], many.predict(wine.data))

    regressor = SLPRegressor().fit(wine.data, wine.target)
    skpulsar.save(regressor, path)
    found = score(table, path, tmp_path / "s.parquet")
    np.testing.assert_array_equal(found["prediction"], regressor.predict(wine.data))


@posix
def test_a_stream_that_pauses(rows, model, expected):
    """Every row is out before the next is written."""
    stream = pa.BufferOutputStream()
    csv.write_csv(rows[:5], stream)
    header, *given = stream.getvalue().to_pybytes().splitlines(keepends=True)
    with subprocess.Popen(
        [sys.executable, "-m", "skpulsar", "score", "-", "-m", model],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as process:
        process.stdin.write(header)
        assert process.stdout.readline() == b"logit,probability,prediction\n"
        for row, line in enumerate(given):
            process.stdin.write(line)
            logit = float(process.stdout.readline().split(b",")[0])
            assert logit == expected["logit"][row].as_py()
        process.stdin.close()
        assert b"scored 5 candidates" in process.stderr.read()
    assert process.returncode == 0


@posix
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_part_of_a_file(model, tmp_path, which):
    output = tmp_path / "scores.csv"
    output.write_text("earlier")
    with subprocess.Popen(
        [sys.executable, "-m", "skpulsar", "score", "-", "-m", model, "-o", output],
        stdin=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        process.stdin.write(b"".join(b"%s," % n.encode() for n in NAMES)[:-1] + b"\n")
        process.stdin.flush()
        while len(list(tmp_path.iterdir())) == 1 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(which)
        assert process.wait() == 130
    assert [path.read_text() for path in tmp_path.iterdir()] == ["earlier"]
