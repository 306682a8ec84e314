# SPDX-License-Identifier: BSD-3-Clause
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from _tables import some_rows

from skpulsar._tables._parquet_file import ParquetFile


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(some_rows(), path, row_group_size=100)
    return str(path)


def read(file, columns=("double", "label"), start=0, stop=400):
    return list(file.read(columns, start, stop))


def test_batches_say_where_they_were_read(path):
    file = ParquetFile(path)
    assert (file.n_rows, file.starts) == (400, (0, 100, 200, 300))
    batches = read(file, start=150, stop=301)
    assert [batch.n_rows for batch in batches] == [50, 100, 1]
    assert batches[1].where == f"file {path}, row group 2"


def test_only_columns_that_are_asked_for_are_decoded(path):
    (batch, *_) = read(ParquetFile(path), ("label",))
    with pytest.raises(KeyError):
        batch.column("double")


def test_an_index_of_pandas_is_left_out(tmp_path):
    frame = some_rows().to_pandas().iloc[::2]
    frame.to_parquet(tmp_path / "rows.parquet")
    file = ParquetFile(tmp_path / "rows.parquet")
    assert file.schema().names == list(frame.columns)


def test_a_file_that_changed_is_named(path):
    file = ParquetFile(path)
    read(file)
    status = os.stat(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    with pytest.raises(ValueError, match=rf"{path} has changed .* build the source"):
        read(file)
    os.remove(path)
    with pytest.raises(ValueError, match=rf"{path} has changed .* build the source"):
        read(file)


def test_what_is_no_parquet_file_is_named(path):
    with open(path, "wb") as file:
        file.write(b"a,b\n1,2\n" * 9)
    with pytest.raises(ValueError, match=rf"File {path} cannot be read: Parquet magic"):
        ParquetFile(path)
    os.truncate(path, 0)
    with pytest.raises(ValueError, match=rf"File {path} cannot be read: Parquet file"):
        ParquetFile(path)


def test_a_truncated_file_is_named(path):
    os.truncate(path, os.path.getsize(path) - 9)
    with pytest.raises(ValueError, match=rf"File {path} cannot be read"):
        ParquetFile(path)


def test_row_group_and_column_of_corrupt_bytes_are_named(path):
    place = pq.read_metadata(path).row_group(2).column(1)
    start = place.dictionary_page_offset or place.data_page_offset
    with open(path, "r+b") as file:
        file.seek(start)
        file.write(b"\xff" * place.total_compressed_size)
    file = ParquetFile(path)
    assert len(read(file, ("single",), 0, 200)) == 2
    assert len(read(file, ("double",))) == 4
    words = rf"File {path}, row group 2, column 'single' cannot be read: "
    with pytest.raises(ValueError, match=words) as caught:
        read(file, ("double", "single"))
    assert len(str(caught.value)) < 300 + len(path)


def test_a_lack_of_memory_is_none_of_the_file(path, monkeypatch):
    def fail(*_, **__):
        raise pa.ArrowMemoryError("malloc of size 8 failed")

    file = ParquetFile(path)
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", fail)
    with pytest.raises(MemoryError):
        read(file)
