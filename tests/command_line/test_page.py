# SPDX-License-Identifier: BSD-3-Clause
"""docs/command_line.md prints what the commands print."""

import re
import shlex
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pytest
from _commands import NAMES, candidates, run, save

PAGE = Path(__file__).parents[2] / "docs" / "command_line.md"
TIMES = re.compile(r"[\d.,e+-]+(?= s\b| a second)")  # They differ from run to run.


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """A folder with the tables that the page names."""
    rows, night = (
        candidates(17_898).drop_columns("id"),
        candidates(5000, pulsar_fraction=0.01),
    )
    save(tmp_path / "pulsars.csv", rows)
    save(tmp_path / "night.csv", night)
    unknown = pa.array(["?"] * len(night))
    path = save(
        tmp_path / "night.arff", night.select(NAMES).append_column("label", unknown)
    )
    lines = iter(Path(path).read_text().splitlines())
    with open(path, "w") as file:
        for line in lines:
            file.write(f"{line}\n")
            if line == "@data":
                break
        for line, name in zip(lines, night["id"].to_pylist(), strict=True):
            file.write(f"{line},%/data/{name}\n")
    monkeypatch.chdir(tmp_path)


def printed(command, capsys):
    """The lines that a command prints."""
    program, *arguments = shlex.split(command)
    if program == "head":
        with open(arguments[1]) as file:
            return list(islice(map(str.rstrip, file), -int(arguments[0])))
    assert program == "skpulsar"
    run(*arguments)
    out, err = capsys.readouterr()
    return [*out.splitlines(), *err.splitlines()]


def test_the_page_is_true(capsys, folder):
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    said = []
    for command in re.findall(r"^\$ (.*)$", "".join(blocks), re.M):
        said += [f"$ {command}", *printed(command, capsys)]
    expected = "".join(blocks).splitlines()
    assert [TIMES.sub("#", line) for line in said] == [
        TIMES.sub("#", line) for line in expected
    ]
