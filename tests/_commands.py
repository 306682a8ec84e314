# SPDX-License-Identifier: BSD-3-Clause
"""Candidates as files of every format, and commands that are run on them."""

import io
import sys

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from skpulsar.__main__ import main
from skpulsar.datasets import make_pulsars

NAMES = [*"abcdefgh"]


def candidates(n_samples=400, **options):
    """A `pyarrow.Table` of eight features, a label and an identifier."""
    X, y = make_pulsars(n_samples=n_samples, random_state=0, **options)
    columns = dict(zip(NAMES, X.T.copy(), strict=True))
    ids = [f"cand_{row:04}.phcx" for row in range(n_samples)]
    return pa.table({"id": ids, **columns, "label": y})


def features_of(rows):
    """The features as an array."""
    return rows.select(NAMES).to_pandas().to_numpy()


def save(path, rows):
    """Write rows in the format that the name of the file says; return the path."""
    if path.suffix == ".parquet":
        parquet.write_table(rows, path, row_group_size=150)
    elif path.suffix == ".arff":
        kinds = {"id": "string", "label": "{0,1}"}
        header = [
            f"@attribute {n} {kinds.get(n, 'numeric')}" for n in rows.column_names
        ]
        with open(path, "wb") as file:
            file.write("\n".join(["@relation candidates", *header, "@data\n"]).encode())
            options = csv.WriteOptions(include_header=False, quoting_style="none")
            csv.write_csv(rows, file, options)
    else:
        csv.write_csv(rows, path)
    return str(path)


def run(*arguments):
    """Run a command that is to succeed."""
    assert main([str(each) for each in arguments]) == 0


def refused(capsys, *arguments):
    """Run a command that is to refuse, and return the one line it has to say."""
    assert main([str(each) for each in arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("skpulsar: error: ")
    assert len(lines[0]) < 330
    return lines[0]


def standard_input(monkeypatch, content):
    """Let standard input have some bytes."""
    buffered = io.BufferedReader(io.BytesIO(content))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(buffered))


FORMATS = pytest.mark.parametrize("end", ["csv", "arff", "parquet"])
