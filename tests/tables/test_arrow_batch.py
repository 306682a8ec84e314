# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skpulsar._tables._arrow_batch import ArrowBatch

properties = settings(derandomize=True, database=None, deadline=None, max_examples=50)
NUMBERS = [
    *(pa.float16(), pa.float32(), pa.float64(), pa.bool_()),
    *(getattr(pa, f"{kind}{bits}")() for kind in ("int", "uint") for bits in (8, 32)),
    *(pa.int64(), pa.uint64(), pa.decimal128(5, 1)),
]
TEXTS = (
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary("int8", "string"),
)


def batch_of(**columns):
    return ArrowBatch(pa.RecordBatch.from_pydict(columns), "here")


@pytest.mark.parametrize("type_", NUMBERS, ids=str)
def test_numbers_are_what_they_are(type_):
    batch = batch_of(x=pa.array([0, 1, 1], pa.int8()).cast(type_))
    dtype = np.float64 if pa.types.is_decimal(type_) else type_.to_pandas_dtype()
    assert batch.column("x").dtype == dtype
    assert_array_equal(batch.column("x"), [0, 1, 1])


@pytest.mark.parametrize("type_", NUMBERS, ids=str)
def test_missing_numbers_are_nan(type_):
    batch = batch_of(x=pa.array([None, 1, None, 0], pa.int8()).cast(type_))
    assert batch.column("x").dtype.kind == "f"
    assert_array_equal(batch.column("x"), [np.nan, 1, np.nan, 0])
    out = np.zeros((4, 1), np.float32)
    batch.pack(("x",), 0, 4, out)
    assert_array_equal(out[:, 0], [np.nan, 1, np.nan, 0])


@pytest.mark.parametrize("type_", TEXTS, ids=str)
def test_text_is_str_and_missing_text_none(type_):
    text = pa.array(["a", None, "é", "a"])
    text = text.dictionary_encode() if pa.types.is_dictionary(type_) else text
    values = batch_of(x=text.cast(type_)).column("x")
    assert values.dtype == object
    assert values.tolist() == ["a", None, "é", "a"]


def test_full_numbers_are_not_copied():
    array = np.arange(9.0)
    assert np.shares_memory(batch_of(x=pa.array(array)).column("x"), array)


def test_nothing_is_known_of_a_column_of_nulls():
    assert batch_of(x=pa.nulls(2)).column("x").tolist() == [None, None]


@properties
@given(st.data())
def test_any_rows_of_any_columns_are_packed(data):
    n_rows = data.draw(st.sampled_from([1, 63, 64, 131]))
    types = data.draw(st.lists(st.sampled_from("fdhi?"), min_size=1, max_size=9))
    rng = np.random.default_rng(n_rows)
    arrays = {
        f"x{k}": rng.integers(0, 2, n_rows).astype(t) for k, t in enumerate(types)
    }
    batch = batch_of(**{name: pa.array(array) for name, array in arrays.items()})
    columns = tuple(data.draw(st.permutations(sorted(arrays))))
    columns = columns[: data.draw(st.integers(1, len(columns)))]
    first = data.draw(st.integers(0, n_rows))
    stop = data.draw(st.integers(first, n_rows))
    out = np.full((stop - first, len(columns)), 7, data.draw(st.sampled_from("fd")))
    batch.pack(columns, first, stop, out)
    assert_array_equal(out, np.stack([arrays[c][first:stop] for c in columns], axis=1))
