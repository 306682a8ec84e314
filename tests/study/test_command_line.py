# SPDX-License-Identifier: BSD-3-Clause
"""python -m skpulsar as users meet it: bad files, full disks, closed pipes, Ctrl-C."""

import errno
import io
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from _candidates import save

from skpulsar import SLPClassifier
from skpulsar.__main__ import main
from skpulsar._study import repeats, textbook
from skpulsar._study.report import _by_column
from skpulsar._study.tables import write_csv
from skpulsar.datasets import _htru2, make_pulsars
from skpulsar.datasets._htru2_facts import FEATURE_NAMES

posix = pytest.mark.skipif(os.name != "posix", reason="links, modes and pipes of POSIX")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    X, y = make_pulsars(200, random_state=0)
    return save(tmp_path_factory.mktemp("study") / "tiny.csv", X, y)


def refused(capsys, *arguments):
    """Run main where it refuses and return the one line that it has to say."""
    assert main([str(argument) for argument in arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("skpulsar: error: ")
    return lines[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--epochs", "0"],
        ["--epochs", "1.5"],
        ["--report", "-1"],
        ["--seed", "-1"],
        ["--seed", str(2**32)],
        ["--nonsense"],
        ["a.csv", "b.csv"],
    ],
)
def test_bad_arguments(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "skpulsar: error: " in capsys.readouterr().err


def test_files_of_no_use(capsys, tmp_path):
    line = refused(capsys, tmp_path / "missing.csv")
    assert "missing.csv" in line
    assert str(tmp_path) in refused(capsys, tmp_path)

    bad = tmp_path / "bad.csv"
    bad.write_text("1,2,3,4,5,6,7,8,0\n1,2,3,4,,6,7,8,1\n")
    line = refused(capsys, bad)
    assert "line 2, column 5 ('mean_dmsnr')" in line
    assert "--drop-incomplete" in line
    assert "found 0 and 1" in refused(capsys, bad, "--drop-incomplete")

    X, y = make_pulsars(100, pulsar_fraction=0.07, random_state=0)
    assert "found 7 and 93" in refused(capsys, save(tmp_path / "few.csv", X, y))


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/random"])
def test_devices_are_of_no_use(capsys, monkeypatch, device):
    monkeypatch.setattr(_htru2, "MAX_BYTES_AT_HAND", 10**6)
    if not os.path.exists(device):
        pytest.skip(f"no {device}")
    assert device in refused(capsys, device)


@pytest.mark.parametrize("header", [None, [*"abcdefgh", "label"]])
def test_columns_are_counted_from_1_and_named_by_the_header(capsys, tmp_path, header):
    X, y = make_pulsars(200, random_state=0)
    path = Path(save(tmp_path / "large.csv", X * [1, 1, 1e200, 1, 1, 1, 1, 1], y))
    if header:
        path.write_text(",".join(header) + "\n" + path.read_text())
    line = refused(capsys, path)
    assert f"column 3 ({(header or FEATURE_NAMES)[2]!r})" in line
    assert "of X" not in line


@pytest.mark.parametrize("column", range(8))
@pytest.mark.parametrize(
    "parameters", [{}, {"solver": "sgd"}, {"solver": "sgd", "learning_rate_init": 0.1}]
)
def test_every_message_of_the_estimator_is_told_by_column(column, parameters):
    X, y = make_pulsars(200, random_state=0)
    X[:, column] *= 1e200
    with pytest.raises(ValueError, match=rf"olumn {column} of X") as caught:
        SLPClassifier(**parameters).fit(X, y)
    message = _by_column(str(caught.value), FEATURE_NAMES)
    assert f"olumn {column + 1} ({FEATURE_NAMES[column]!r})" in message


def test_data_that_overflow(capsys, tmp_path):
    X, y = make_pulsars(200, random_state=0)
    line = refused(capsys, save(tmp_path / "huge.csv", X * 1e200, y))
    assert "overflow" in line


def test_candidates_all_alike(capsys, tmp_path):
    y = np.arange(1100) % 10 == 0
    line = refused(capsys, save(tmp_path / "alike.csv", np.ones((1100, 8)), y))
    assert "220 share the highest score" in line


# -- where the tables go ---------------------------------------------------------------


def test_output_without_a_place(capsys, tiny, tmp_path):
    occupied = tmp_path / "occupied"
    occupied.write_text("")
    assert f"{str(occupied)!r} is no folder" in refused(
        capsys, tiny, "--output", occupied
    )
    assert capsys.readouterr().out == ""  # before the work, not after it
    assert "occupied" in refused(capsys, tiny, "--output", occupied / "below")

    folder = tmp_path / "folder"
    (folder / "textbook.csv").mkdir(parents=True)
    assert "textbook.csv" in refused(capsys, tiny, "--output", folder)


@pytest.mark.skipif(not os.path.exists("/proc/self"), reason="no /proc")
def test_a_folder_that_takes_no_files_is_found_before_the_work(capsys, tiny):
    assert "cannot write in the folder '/proc'" in refused(
        capsys, tiny, "--output", "/proc"
    )
    assert capsys.readouterr().out == ""


TABLE = [{"a": 1, "b": 0.1}, {"a": 2, "b": 1e300}]
TEXT = "a,b\n1,0.1\n2,1e+300\n"


def test_a_table_is_written_whole(tmp_path):
    write_csv(tmp_path / "new.csv", TABLE)
    assert (tmp_path / "new.csv").read_text() == TEXT
    write_csv(tmp_path / "new.csv", TABLE[:1])
    assert (tmp_path / "new.csv").read_text() == "a,b\n1,0.1\n"
    assert os.listdir(tmp_path) == ["new.csv"]


def test_a_full_disk_cuts_no_earlier_table(capsys, monkeypatch, tiny, tmp_path):
    def fail(file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "textbook.csv").write_text(TEXT)
    monkeypatch.setattr(os, "fsync", fail)
    line = refused(capsys, tiny, "--output", tmp_path)
    assert "textbook.csv': No space left on device" in line
    assert (tmp_path / "textbook.csv").read_text() == TEXT
    assert os.listdir(tmp_path) == ["textbook.csv"]


@pytest.mark.parametrize("old", [None, "earlier"])
def test_a_limit_in_the_middle_cuts_no_earlier_table(tmp_path, old):
    """A file that may not grow beyond some bytes: the first of them are written."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "table.csv"
    if old:
        path.write_text(old)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(TEXT) - 1, hard))
    try:
        with pytest.raises(OSError):
            write_csv(path, TABLE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [p.read_text() for p in tmp_path.iterdir()] == ([old] if old else [])


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_ctrl_c_leaves_the_earlier_table(monkeypatch, tmp_path, moment):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    path = tmp_path / "table.csv"
    path.write_text("earlier")
    monkeypatch.setattr(os, moment, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_csv(path, TABLE)
    assert path.read_text() == "earlier"
    assert os.listdir(tmp_path) == ["table.csv"]


@posix
def test_a_link_is_followed_and_a_mode_is_kept(tmp_path):
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("earlier")
    target.chmod(0o640)
    link.symlink_to(target)
    write_csv(link, TABLE)
    assert link.is_symlink()
    assert target.read_text() == TEXT
    assert target.stat().st_mode & 0o777 == 0o640

    target.unlink()  # a link to nothing is a name for what is to be
    write_csv(link, TABLE)
    assert target.read_text() == TEXT


@posix
def test_a_table_that_may_not_be_written_is_not_replaced(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("earlier")
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        pytest.skip("this user may write everything")
    with pytest.raises(PermissionError):
        write_csv(path, TABLE)
    assert path.read_text() == "earlier"


@posix
def test_a_pipe_in_place_of_a_table_stays_a_pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    texts = []
    reader = threading.Thread(target=lambda: texts.append(path.read_text()))
    reader.start()
    write_csv(path, TABLE)
    reader.join()
    assert texts == [TEXT]
    assert path.is_fifo()


# -- standard output, and Ctrl-C -------------------------------------------------------


def process(*arguments, **options):
    """Run the study in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "skpulsar", *arguments],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        **options,
    )


@posix
@pytest.mark.parametrize("arguments", [["--epochs", "1"], ["--help"]])
def test_closed_pipe_is_quiet(tiny, arguments):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = process(tiny, *arguments, stdout=writer)
    finally:
        os.close(writer)
    assert done.stderr == ""
    # argparse passes over an error of the stream that its help goes to
    assert done.returncode == 141 or arguments == ["--help"]


@posix
def test_closed_standard_output(tiny):
    done = process(tiny, preexec_fn=lambda: os.close(1))
    assert done.returncode == 2
    assert done.stderr == (
        "skpulsar: error: cannot write the report: standard output is closed\n"
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_full_standard_output(tiny):
    with open("/dev/full", "w") as full:
        done = process(tiny, stdout=full)
    assert done.returncode == 2
    assert done.stderr == (
        "skpulsar: error: cannot write the report: No space left on device\n"
    )


def test_every_line_is_out_at_once_and_every_name_can_be_spelt(monkeypatch, tmp_path):
    def interrupted(*args, **kwargs):
        assert b"\\u03c0.csv'." in written.getvalue()
        raise KeyboardInterrupt

    path = save(tmp_path / "\u03c0.csv", *make_pulsars(200, random_state=0))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    monkeypatch.setattr(textbook, "report", interrupted)
    assert main([path]) == 130


def test_interrupt_is_quiet(capsys, monkeypatch, tiny):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(repeats, "report", interrupted)
    assert main([tiny]) == 130
    out, err = capsys.readouterr()
    assert "\nthis run " in out
    assert err == ""


def test_memory_that_does_not_suffice(capsys, monkeypatch, tiny):
    def fail(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(textbook, "report", fail)
    assert refused(capsys, tiny) == "skpulsar: error: not enough memory"


# SIGINT as soon as a module is about to be imported
INTERRUPTED = """
import runpy, signal, sys

module = sys.argv.pop()

class Interrupter:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupter())
runpy.run_module("skpulsar", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    "module",
    [
        "skpulsar._study.arguments",
        "skpulsar._study.report",
        "numpy",
        "sklearn.linear_model",
        "imblearn",
        "skpulsar._kernels._core",
    ],
)
def test_interrupt_during_imports_is_quiet(module):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, module],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@posix
def test_interrupt_while_a_pipe_gives_nothing(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    running = subprocess.Popen(
        [sys.executable, "-m", "skpulsar", path],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    writer = None
    while writer is None and running.poll() is None:
        try:
            writer = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:  # nobody reads it yet
            assert error.errno == errno.ENXIO
            time.sleep(0.01)
    err = None
    while err is None:  # a signal that comes just before a call sleeps wakes nobody
        running.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            _, err = running.communicate(timeout=5)
    os.close(writer)
    assert (running.returncode, err) == (130, b"")
