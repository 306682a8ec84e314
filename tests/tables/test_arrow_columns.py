# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pyarrow as pa
import pytest

from skpulsar._tables._arrow_columns import ArrowColumns, common_type

TYPES = {
    "half": pa.float16(), "single": pa.float32(), "double": pa.float64(),
    "whole": pa.int8(), "flag": pa.bool_(), "money": pa.decimal128(9, 2),
    "text": pa.string(), "day": pa.date32(), "empty": pa.null(),
    "class": pa.dictionary(pa.int8(), pa.string()),
    "level": pa.dictionary(pa.int8(), pa.float32()), "pair": pa.list_(pa.int8()),
}  # fmt: skip


@pytest.fixture
def columns():
    return ArrowColumns(pa.schema(TYPES), "File a.parquet")


def test_single_precision_stays_if_it_is_alone(columns):
    assert columns.columns == tuple(TYPES)
    assert columns.dtype(("single", "half", "level")) == np.float32
    for other in ("double", "whole", "flag", "money"):
        assert columns.dtype(("single", other)) == np.float64
    assert columns.dtype(()) == np.float64


@pytest.mark.parametrize("name", ["text", "day", "empty", "class", "pair"])
def test_what_is_no_number_is_named(columns, name):
    with pytest.raises(TypeError, match=f"Column '{name}' holds no numbers, its type"):
        columns.dtype(("single", name))


def test_a_name_is_had_once():
    schema = pa.schema([("x", pa.int8()), ("y", pa.int8()), ("x", pa.int8())])
    with pytest.raises(ValueError, match=r"File a.parquet has two columns 'x'"):
        ArrowColumns(schema, "File a.parquet")


@pytest.mark.parametrize(
    "one, other, common",
    [
        ("single", "half", "single"), ("single", "whole", "double"),
        ("whole", "flag", "double"), ("money", "double", "double"),
        ("text", "empty", "text"), ("text", "class", "text"), ("day", "day", "day"),
        ("text", "whole", None), ("day", "double", None), ("pair", "whole", None),
    ],
)  # fmt: skip
def test_types_are_joined_if_their_values_are_of_one_kind(one, other, common):
    assert common_type(TYPES[one], TYPES[other]) == TYPES.get(common)
    assert common is None or common_type(TYPES[common], TYPES[one]) == TYPES[common]
    assert (common_type(TYPES[other], TYPES[one]) is None) == (common is None)
