# SPDX-License-Identifier: BSD-3-Clause
import subprocess
import sys

import numpy as np
import pytest
from _tables import some_rows

from skpulsar._tables._table_of import table_of


@pytest.mark.parametrize("name", ["RecordBatchReader", "generator", "TextIOWrapper"])
def test_what_can_be_read_once_is_refused(name, tmp_path):
    (tmp_path / "rows.csv").touch()
    with open(tmp_path / "rows.csv") as file:
        once = {
            "RecordBatchReader": some_rows().to_reader(),
            "generator": (row for row in [1]),
            "TextIOWrapper": file,
        }
        with pytest.raises(
            ValueError, match=f"A {name} can be read only once"
        ) as caught:
            table_of(once[name])
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize("data", [None, 3.0, {"a": [1]}, {1, 2}])
def test_other_types_are_named(data):
    with pytest.raises(TypeError, match=f"A {type(data).__name__} is no") as caught:
        table_of(data)
    assert len(str(caught.value)) <= 300


def run(code):
    subprocess.run([sys.executable, "-c", code], check=True)


def test_arrays_need_no_library():
    run(
        "import sys, numpy\n"
        "from skpulsar._tables._table_of import table_of\n"
        "assert table_of(numpy.ones((3, 2))).n_rows == 3\n"
        "heavy = {'pyarrow', 'polars', 'pandas', 'dask', 'narwhals'}\n"
        "assert not heavy & set(sys.modules)\n"
    )


def test_files_need_pyarrow_and_no_other_library(tmp_path):
    import pyarrow.parquet as pq

    pq.write_table(some_rows(), tmp_path / "rows.parquet")
    run(
        "import sys\n"
        "from skpulsar._tables._table_of import table_of\n"
        f"assert table_of({str(tmp_path)!r}).n_rows == 400\n"
        "heavy = {'polars', 'pandas', 'dask', 'narwhals'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "skpulsar._tables._arrow_streams", raising=False)
    monkeypatch.delitem(sys.modules, "skpulsar._tables._arrow_errors", raising=False)
    with pytest.raises(ImportError, match=r"pyarrow is not .*'skpulsar\[files\]'"):
        table_of(lambda: None)


def test_lists_of_numbers_are_refused():
    with pytest.raises(TypeError):
        table_of([[1.0, 2.0]])
    assert table_of(np.ones((2, 2))).n_rows == 2
