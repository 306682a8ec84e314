# SPDX-License-Identifier: BSD-3-Clause

import dask.array as da
import numpy as np
import pytest
from _tables import column, packed, pickled
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.sparse import csc_array, csr_array, csr_matrix

from skpulsar._tables._dask_arrays import DaskArrayTable
from skpulsar._tables._table_of import table_of

properties = settings(derandomize=True, database=None, deadline=None, max_examples=30)
X = np.random.default_rng(0).normal(size=(250, 4))
CHUNKS = [(250, 4), (60, 4), (70, 3), ((0, 100, 0, 150, 0), (1, 3))]


@properties
@given(
    *(st.sampled_from(CHUNKS), st.integers(0, 250), st.integers(0, 250)),
    st.permutations(range(4)),
)
def test_any_rows_are_read_block_by_block(chunks, start, stop, columns):
    table = table_of(da.from_array(X, chunks))
    assert_array_equal(packed(table, columns, start, stop), X[start:stop, columns])
    assert_array_equal(column(table, 2, start, stop), X[start:stop, 2])


def test_starts_are_those_of_blocks_with_rows():
    table = DaskArrayTable(da.from_array(X, CHUNKS[-1]))
    assert (table.columns, table.n_rows) == ((0, 1, 2, 3), 250)
    assert table.starts == (0, 100)
    assert [batch.where for batch in table.read((0,))] == [
        "row 1 of blocks",
        "row 3 of blocks",
    ]
    assert DaskArrayTable(da.from_array(X[:0])).starts == ()


def test_only_blocks_that_are_asked_for_are_computed():
    array = da.from_array(X, (50, 4)).map_blocks(refuse_the_last, dtype=float)
    table = DaskArrayTable(array)
    assert_array_equal(packed(table, [1], 100, 200), X[100:200, [1]])
    with pytest.raises(RuntimeError, match="the last"):
        packed(table, [1])


def refuse_the_last(block, block_id=None):
    if block_id == (4, 0):
        raise RuntimeError("the last")
    return block


@pytest.mark.parametrize("dtype", ["f", "d", "i", "?"])
def test_numbers_of_any_type_are_packed(dtype):
    array = (X > 0).astype(dtype)
    table = DaskArrayTable(da.from_array(array, 100))
    assert table.dtype((0,)) == (np.float32 if dtype == "f" else np.float64)
    assert_array_equal(packed(table, range(4)), array)


def test_a_pickle_of_a_lazy_array_holds_no_rows():
    array = da.random.default_rng(0).normal(size=(10_000, 4), chunks=(1000, 4))
    again = pickled(DaskArrayTable(array), 20_000)
    assert_array_equal(packed(again, range(4)), array.compute())


def test_what_is_no_table_of_numbers_is_refused():
    unknown = da.from_array(X, 50)
    unknown = unknown[unknown[:, 0] > 0]
    with pytest.raises(ValueError, match="Call its method compute_chunk_sizes"):
        DaskArrayTable(unknown)
    with pytest.raises(ValueError, match=r"An array of shape \(250,\) is no table"):
        DaskArrayTable(da.from_array(X[:, 0]))
    with pytest.raises(TypeError, match="of dtype object holds no real numbers"):
        DaskArrayTable(da.from_array(X.astype(object), 50))


@properties
@given(st.sampled_from(CHUNKS), st.integers(0, 250), st.integers(0, 250))
def test_csr_blocks_are_shown_as_they_are(chunks, start, stop):
    array = da.from_array(X, chunks).map_blocks(csr_array)
    table = DaskArrayTable(array)
    assert table.sparse and not DaskArrayTable(da.from_array(X)).sparse
    batches = list(table.read((0, 1), start, stop))
    found = [b.block[b.start : b.start + b.n_rows].toarray() for b in batches]
    assert_array_equal(np.concatenate([X[:0], *found]), X[start:stop])
    assert all("of blocks" in batch.where for batch in batches)


def test_blocks_of_other_kinds_are_refused():
    array = da.from_array(X, (50, 4))
    with pytest.raises(TypeError, match="Blocks of the dask array are of type csc_arr"):
        DaskArrayTable(array.map_blocks(csc_array))
    surprise = array.map_blocks(lambda block: block, meta=csr_array((0, 0)))
    with pytest.raises(TypeError, match=r"of type ndarray, .* CSR matrices"):
        list(DaskArrayTable(surprise).read((0,)))
    surprise = array.map_blocks(csr_matrix, meta=np.zeros((0, 0)))
    with pytest.raises(TypeError, match="Blocks of the dask array are of type csr_mat"):
        packed(DaskArrayTable(surprise), range(4))


@pytest.mark.parametrize("kind", [np.asarray, csr_array])
@pytest.mark.parametrize(
    ("error", "words", "change"),
    [
        (ValueError, r"shape \(40, 16\), where 8", lambda b: np.hstack([b, b])),
        (ValueError, r"shape \(40, 7\), where 8", lambda b: b[:, :7]),
        (TypeError, "dtype float64, and by its meta of float32", lambda b: b),
        (TypeError, "no real numbers", lambda b: b + 1j),
    ],
)
def test_blocks_of_another_width_or_type_are_refused(kind, error, words, change):
    """Columns would be left out in silence, and numbers be rounded."""
    blocks = da.from_array(np.ones((80, 8)), chunks=(40, -1)).map_blocks(
        lambda block: kind(change(block)),
        meta=kind(np.empty((0, 0), np.float32)),
    )
    with pytest.raises(error, match=words) as caught:
        list(table_of(blocks).read((0, 1)))
    assert len(str(caught.value)) <= 300


def test_blocks_of_shorter_numbers_are_read():
    blocks = da.from_array(np.ones((80, 8)), chunks=(40, -1)).map_blocks(
        np.float32, meta=np.empty((0, 0))
    )
    assert packed(table_of(blocks), (0, 1)).dtype == np.float64


def test_masked_blocks_are_refused():
    blocks = da.ma.masked_equal(da.zeros((80, 8), chunks=40), 0)
    with pytest.raises(TypeError, match="A masked array has values"):
        list(table_of(blocks).read((0, 1)))
