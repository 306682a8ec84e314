# SPDX-License-Identifier: BSD-3-Clause
import csv
import io
import os
import sys

import pyarrow as pa
import pytest
from pyarrow import parquet

from skpulsar._command_line import CommandError
from skpulsar._command_line.scores import check_place, writer_to

TEXTS = ["a", "b,c", 'd"e', "f\ng", "", " h "]
BATCH = pa.record_batch({"id, of": TEXTS, "logit": [0.1, -1e-300, 1e22, 2.0, 3.0, 4.5]})


def written(path, *batches):
    with writer_to(str(path), BATCH.schema) as write:
        for batch in batches:
            write(batch)


def test_csv_is_what_python_reads(tmp_path):
    path = tmp_path / "a.csv"
    written(path, BATCH[:0], BATCH[:1], BATCH)
    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    assert header == BATCH.schema.names
    assert [row[0] for row in rows] == ["a", *TEXTS]
    assert [float(row[1]) for row in rows[1:]] == BATCH["logit"].to_pylist()


def test_no_quotes_where_there_is_no_need(tmp_path):
    written(tmp_path / "a.csv", BATCH[:1])
    assert (tmp_path / "a.csv").read_text() == '"id, of",logit\na,0.1\n'


@pytest.mark.parametrize("name", ["a.parquet", "a.PQ"])
def test_parquet(tmp_path, name):
    written(tmp_path / name, BATCH[:0], BATCH, BATCH)
    found = parquet.read_table(tmp_path / name)
    assert found.equals(pa.Table.from_batches([BATCH, BATCH]))


def test_standard_output_has_every_batch_at_once(monkeypatch):
    buffered = io.TextIOWrapper(io.BufferedWriter(raw := io.BytesIO(), 10**6))
    monkeypatch.setattr(sys, "stdout", buffered)
    with writer_to(None, BATCH.schema) as write:
        write(BATCH[:0])
        assert raw.getvalue() == b'"id, of",logit\n'
        write(BATCH[:1])
        assert raw.getvalue().endswith(b"a,0.1\n")


@pytest.mark.parametrize("end", ["csv", "parquet"])
@pytest.mark.parametrize("old", [None, b"earlier"])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_what_was_there(tmp_path, end, old, error):
    path = tmp_path / f"a.{end}"
    if old:
        path.write_bytes(old)
    with pytest.raises(error), writer_to(str(path), BATCH.schema) as write:
        write(BATCH)
        raise error
    assert [each.read_bytes() for each in tmp_path.iterdir()] == ([old] if old else [])


@pytest.mark.parametrize(
    "type_", [pa.list_(pa.int8()), pa.struct({"x": pa.int8()}), pa.string_view()]
)
def test_types_that_csv_has_no_form_for(tmp_path, type_):
    schema = pa.schema([("x", type_)])
    with pytest.raises(CommandError, match="--keep 'x': CSV has no form for"):
        with writer_to(str(tmp_path / "a.csv"), schema):
            pass
    assert not list(tmp_path.iterdir())
    with writer_to(str(tmp_path / "a.parquet"), schema):
        pass


@pytest.mark.parametrize("path", ["no/a.csv", "."])
def test_nowhere_to_write(monkeypatch, tmp_path, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=rf"^cannot write '{path}': "):
        written(path, BATCH)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_full_disk():
    with pytest.raises(CommandError, match="No space left"):
        written("/dev/full", BATCH)


def test_places_that_are_read(tmp_path):
    table, other = tmp_path / "a.csv", tmp_path / "b.csv"
    table.write_text("")
    other.hardlink_to(table)
    check_place(str(tmp_path / "c.csv"), str(table))
    check_place(str(table), "-")
    for path in (table, other, tmp_path / "." / "a.csv"):
        with pytest.raises(CommandError, match="is read"):
            check_place(str(path), "-", str(table))
    with pytest.raises(CommandError, match="gzip"):
        check_place("c.csv.gz", str(table))
