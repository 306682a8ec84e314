# SPDX-License-Identifier: BSD-3-Clause
import pyarrow as pa
import pytest

from skpulsar._command_line.faults import first_fault


@pytest.mark.parametrize("bad", [[], [0], [999], [3, 500], [4, 5, 6]])
def test_the_first_of_all_columns(bad):
    values = [b"1"] * 1000
    for row in bad:
        values[row] = b"bad%d" % row
    fields = pa.table({"2": [b" 2 "] * 1000, "0": values})
    types = {"2": pa.float64(), "0": pa.float64()}
    found = first_fault(fields, types, ["x", "y", "z"], 10)
    if bad:
        assert found.startswith(f"row {bad[0] + 11:,}, column 'x': found 'bad{bad[0]}'")
    else:
        assert found is None


def test_long_text_is_cut():
    fields = pa.table({"0": [b"x" * 1000]})
    assert len(first_fault(fields, {"0": pa.float64()}, ["a"], 0)) < 120
