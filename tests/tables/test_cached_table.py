# SPDX-License-Identifier: BSD-3-Clause
import errno
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pyarrow.parquet as pq
import pytest
from _tables import column, expected, packed, some_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skpulsar._tables import _cached_table
from skpulsar._tables._cached_table import CachedTable
from skpulsar._tables._table_of import table_of

properties = settings(derandomize=True, database=None, deadline=None, max_examples=50)
ROWS = some_rows()
FEATURES = "double", "whole", "gaps"
LABELS = ROWS["label"].to_pylist()


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """One that does not read the features of its files again."""
    folder = tmp_path_factory.mktemp("rows")
    write(folder)
    CachedTable(table_of(folder), FEATURES, folder / "cache")
    return CachedTable(Forbidden(table_of(folder)), FEATURES, folder / "cache")


def write(folder):
    for k, first in enumerate(range(0, 400, 90)):
        part = ROWS[first : first + 90]
        pq.write_table(part, folder / f"{k}.parquet", row_group_size=7 + 30 * k)


class Forbidden:
    """A table whose features cannot be read."""

    def __init__(self, table):
        self.table, self.key, self.dtype = table, table.key, table.dtype
        self.columns, self.n_rows = table.columns, table.n_rows
        self.starts = table.starts

    def read(self, columns, start=0, stop=None):
        assert not {*columns} & {*FEATURES}
        return self.table.read(columns, start, stop)


def entries(folder):
    return sorted(folder.iterdir()) if folder.exists() else []


@properties
@given(
    *(st.integers(0, 400), st.integers(0, 400), st.permutations(FEATURES)),
    *(st.integers(0, 3), st.booleans()),
)
def test_any_rows_are_read(table, start, stop, names, n_names, labelled):
    names = names[:n_names]
    wanted = [*names, *(["label"] if labelled else [])] or ["label"]
    wanted_rows = expected(ROWS, names)[start:stop] if names else np.empty((0, 0))
    first = start
    for batch in table.read(tuple(wanted), start, stop):
        if names:
            out = np.empty((batch.n_rows, len(names)))
            batch.pack(tuple(names), 0, batch.n_rows, out)
            part = slice(first - start, first - start + batch.n_rows)
            assert_array_equal(out, wanted_rows[part])
            assert_array_equal(batch.column(names[0]), out[:, 0])
        if labelled:
            labels = batch.column("label").tolist()
            assert labels == LABELS[first : first + batch.n_rows]
        assert "file" in batch.where or "rows" in batch.where
        first += batch.n_rows
    assert first == max(start, stop)


def test_rows_to_the_end(table):
    assert_array_equal(packed(table, FEATURES, 390), expected(ROWS, FEATURES)[390:])
    assert column(table, "label").tolist() == LABELS
    assert sum(batch.n_rows for batch in table.read((), 30, 390)) == 360


def test_a_pickle_finds_the_entry(table):
    stored = pickle.dumps(table)
    assert len(stored) < 10_000
    assert_array_equal(packed(pickle.loads(stored), FEATURES), expected(ROWS, FEATURES))


def test_single_precision_stays_that(tmp_path):
    write(tmp_path)
    table = CachedTable(table_of(tmp_path), ("single",), tmp_path / "a" / "b")
    assert table.dtype(("single",)) == np.float32
    (entry,) = entries(tmp_path / "a" / "b")
    stored = np.load(entry)
    assert stored.dtype == np.float32
    assert_array_equal(stored, expected(ROWS, ("single",)))
    assert entry.name.startswith("0-")


def test_what_differs_has_an_entry_of_its_own(tmp_path):
    """Other features, or another content of the files."""
    write(tmp_path)
    path, cache = tmp_path / "0.parquet", tmp_path / "cache"
    for _ in range(2):
        old = CachedTable(table_of(path), FEATURES, cache)
        CachedTable(table_of(path), FEATURES[:2], cache)
    assert len(entries(cache)) == 2
    pq.write_table(ROWS[300:], path)
    new = CachedTable(table_of(path), FEATURES, cache)
    assert len(entries(cache)) == 3
    assert_array_equal(packed(new, FEATURES), expected(ROWS, FEATURES)[300:])
    with pytest.raises(ValueError, match=r"0\.parquet has changed"):
        packed(old, FEATURES)


def damaged(content):
    """Files of the name of an entry that are not that entry."""
    yield from (b"", content[:50], content[: len(content) // 2], content[:-8])
    yield from (content + b"more", b"no array at all", content.replace(b"NUM", b"MUN"))
    array = np.load(BytesIO(content))
    others = array[:-1], array[:, :-1], np.vstack([array, array]), array.ravel()
    for other in (
        *others,
        np.float32(array),
        np.nan_to_num(array).astype(int),
        array.T.copy().T,
    ):
        buffer = BytesIO()
        np.save(buffer, other)
        yield buffer.getvalue()


def test_a_damaged_entry_is_written_anew(tmp_path):
    """It would be an error of NumPy's, or other features in silence."""
    write(tmp_path)
    CachedTable(table_of(tmp_path), FEATURES, tmp_path / "cache")
    (entry,) = entries(tmp_path / "cache")
    content = entry.read_bytes()
    for other in damaged(content):
        entry.write_bytes(other)
        table = CachedTable(table_of(tmp_path), FEATURES, tmp_path / "cache")
        assert_array_equal(packed(table, FEATURES), expected(ROWS, FEATURES))
        assert entry.read_bytes() == content
        assert entries(tmp_path / "cache") == [entry]


def test_no_rows(tmp_path):
    pq.write_table(ROWS[:0], tmp_path / "a.parquet")
    table = CachedTable(table_of(tmp_path / "a.parquet"), FEATURES, tmp_path)
    assert packed(table, FEATURES).shape == (0, 3)


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    write(tmp_path)
    real, cache = _cached_table.replacing, tmp_path / "cache"

    class Full:
        def __init__(self, path):
            self._of_path = real(path)

        def __enter__(self):
            self._file = self._of_path.__enter__()
            return self

        def write(self, content):
            if self._file.tell() > 1000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return self._file.write(content)

        def __exit__(self, *error):
            return self._of_path.__exit__(*error)

    monkeypatch.setattr(_cached_table, "replacing", Full)
    words = f"No space left on device: 9600 bytes of a cache.*{cache}"
    with pytest.raises(OSError, match=words):
        CachedTable(table_of(tmp_path), FEATURES, cache)
    assert entries(cache) == []


def test_an_error_of_a_file_is_its_own(tmp_path):
    """And it leaves no part of an entry."""
    write(tmp_path)
    table = table_of(tmp_path)
    (tmp_path / "3.parquet").unlink()
    with pytest.raises(ValueError, match=r"3\.parquet has changed"):
        CachedTable(table, FEATURES, tmp_path / "cache")
    assert entries(tmp_path / "cache") == []


def test_several_may_write_the_same(tmp_path):
    write(tmp_path)

    def make(_):
        table = CachedTable(table_of(tmp_path), FEATURES, tmp_path / "cache")
        return packed(table, FEATURES)

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(make, range(8)):
            assert_array_equal(found, expected(ROWS, FEATURES))
    assert len(entries(tmp_path / "cache")) == 1


def test_a_table_without_a_key_is_refused(tmp_path):
    with pytest.raises(ValueError, match="A DataFrameTable has nothing of that kind"):
        CachedTable(table_of(ROWS), FEATURES, tmp_path)
