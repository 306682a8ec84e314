# SPDX-License-Identifier: BSD-3-Clause
"""What all commands share: how they end, and what bare skpulsar is."""

import builtins
import errno
import io
import os
import sys

import pytest
from _commands import candidates, refused, run, save

from skpulsar.__main__ import main
from skpulsar._command_line import score, train
from skpulsar._study import report


@pytest.fixture
def printed(monkeypatch):
    """Arguments that the study was given."""
    given = []
    monkeypatch.setattr(report, "print_report", given.append)
    return given


@pytest.mark.parametrize("name", [[], ["study"]])
def test_the_study_with_its_name_and_without(monkeypatch, printed, name):
    run(*name, "a.csv", "--epochs", "3")
    monkeypatch.setattr(sys, "argv", ["skpulsar", *name])
    assert main() == 0
    assert [(each.csv, each.epochs) for each in printed] == [("a.csv", 3), (None, 10)]


@pytest.fixture
def command(tmp_path):
    """A command that would succeed."""
    table = save(tmp_path / "a.csv", candidates())
    path = str(tmp_path / "m")
    return ["train", table, "--label", "label", "--drop", "id", "-o", path]


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (KeyboardInterrupt, 130, ""),
        (MemoryError, 2, "skpulsar: error: not enough memory\n"),
        (ValueError("two\nlines"), 2, "skpulsar: error: two lines\n"),
        (TypeError("a type"), 2, "skpulsar: error: a type\n"),
        (
            ModuleNotFoundError("no", name="pyarrow"),
            2,
            "skpulsar: error: pyarrow is not installed, which reads tables: pip "
            "install 'skpulsar[files]'\n",
        ),
    ],
)
@pytest.mark.parametrize("module", [train, score])
def test_how_commands_end(capsys, monkeypatch, module, error, status, said):
    def fail(arguments):
        raise error

    name = module.__name__.rpartition(".")[2]
    monkeypatch.setattr(module, name, fail)
    options = {"train": ["--label", "y", "-o", "m"], "score": ["-m", "m"]}[name]
    assert main([name, "a.csv", *options]) == status
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("error", "status"),
    [(BrokenPipeError(errno.EPIPE, "closed"), 141), (OSError(errno.ENOSPC, "full"), 2)],
)
def test_standard_output_that_fails(
    capsys, monkeypatch, tmp_path, command, error, status
):
    class Output(io.TextIOBase):
        def write(self, text):
            raise error

        def fileno(self):
            return descriptor

    with open(tmp_path / "out", "w") as file:
        descriptor = file.fileno()
        monkeypatch.setattr(sys, "stdout", Output())
        assert main(command) == status
    said = "" if status == 141 else "skpulsar: error: cannot write the report: full\n"
    assert capsys.readouterr().err == said


def test_closed_standard_output(capsys, monkeypatch, command):
    monkeypatch.setattr(sys, "stdout", None)
    line = refused(capsys, "score", "a.csv", "-m", "m")
    assert line.endswith("cannot write the scores: standard output is closed")
    assert "the report" in refused(capsys, *command)


def test_without_pyarrow(capsys, monkeypatch, command):
    imported = builtins.__import__

    def find(name, *rest):
        if name.startswith("skpulsar._command_line.train"):
            raise ModuleNotFoundError("No module", name="pyarrow")
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", find)
    assert "pip install 'skpulsar[files]'" in refused(capsys, *command)
    assert not os.path.exists(command[-1])
