# SPDX-License-Identifier: BSD-3-Clause
import os
from decimal import Decimal

import pyarrow as pa
import pytest
from _commands import candidates, save, standard_input

from skpulsar._command_line import CommandError
from skpulsar._command_line.tables import table_of


def test_row_groups_are_read_in_order(tmp_path):
    rows = candidates()
    with table_of(save(tmp_path / "a.parquet", rows)) as table:
        batches = list(table.batches(["h", "a"], ["id", "label"]))
    assert batches[0].num_rows == 0
    assert pa.Table.from_batches(batches).equals(rows.select(["h", "a", "id", "label"]))


def test_numbers_of_every_type(tmp_path):
    rows = pa.table(
        {
            "single": pa.array([1.5, None], pa.float32()),
            "whole": [2**40, 3],
            "flag": [True, False],
            "decimal": [Decimal("1.25"), None],
            "coded": pa.array([7, None]).dictionary_encode(),
        }
    )
    with table_of(save(tmp_path / "a.parquet", rows)) as table:
        batches = table.batches(rows.column_names, [])
        found = pa.Table.from_batches(batches)
    assert found.schema.types == [pa.float32(), *[pa.float64()] * 4]
    assert found.to_pydict() == {
        "single": [1.5, None],
        "whole": [2.0**40, 3.0],
        "flag": [1.0, 0.0],
        "decimal": [1.25, None],
        "coded": [7.0, None],
    }


def test_text_is_no_feature(tmp_path):
    with table_of(save(tmp_path / "a.parquet", candidates())) as table:
        with pytest.raises(CommandError, match=r"column 'id': holds string"):
            next(table.batches(["id"], []))


def test_standard_input(monkeypatch, tmp_path):
    rows = candidates()
    path = save(tmp_path / "a.parquet", rows)
    standard_input(monkeypatch, (tmp_path / "a.parquet").read_bytes())
    with table_of("-", "parquet") as table:
        batches = table.batches(["a"], [])
        assert pa.Table.from_batches(batches).equals(rows.select(["a"]))
    assert os.path.exists(path)


@pytest.mark.parametrize("damage", [lambda c: b"", lambda c: c[:-9], lambda c: c[::-1]])
def test_damaged_files(tmp_path, damage):
    path = tmp_path / "a.parquet"
    save(path, candidates())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CommandError, match="cannot read"), table_of(str(path)):
        pass


def test_damaged_rows(tmp_path):
    path = tmp_path / "a.parquet"
    save(path, candidates())
    content = bytearray(path.read_bytes())
    content[4:2000] = bytes(1996)
    path.write_bytes(content)
    with table_of(str(path)) as table:
        with pytest.raises(CommandError, match="cannot read"):
            list(table.batches(["a"], ["id"]))
