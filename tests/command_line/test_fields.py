# SPDX-License-Identifier: BSD-3-Clause
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpulsar._command_line.fields import MISSING, converted, is_missing

SPACES = st.text(" \t", max_size=3)


@given(st.one_of(st.floats(allow_nan=False), st.sampled_from(MISSING)), SPACES, SPACES)
def test_spaces_do_not_count(value, before, after):
    field = f"{before}{value}{after}"
    missing = value in MISSING
    assert is_missing(pa.array([field])).to_pylist() == [missing]
    found = converted(pa.array([field.encode()]), pa.float64()).to_pylist()
    assert found == [None if missing else value]


def test_text_is_as_it_is():
    fields = pa.array([b" ?", b"NA", b""])
    assert converted(fields, pa.string()).to_pylist() == [" ?", "NA", ""]


@pytest.mark.parametrize("field", [b"x", b"1_0", b"0x1", b"\xff"])
def test_what_is_no_number(field):
    with pytest.raises(pa.ArrowInvalid):
        converted(pa.array([field]), pa.float64())
