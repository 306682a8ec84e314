# SPDX-License-Identifier: BSD-3-Clause
"""What the examples read; `.ci/run` runs them."""

import gzip
import runpy
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
from numpy.testing import assert_array_equal

EXAMPLES = Path(__file__).parents[1] / "examples"


DRAWINGS = (
    *("training_curve", "logit_histogram", "threshold", "coefficients"),
    *("choose_alpha", "influence", "units"),
)


def not_there(**_):
    raise OSError("no network")


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("saved", [False, True])
def test_a_script_draws_its_picture(name, saved, monkeypatch, tmp_path, capsys):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    file = tmp_path / "picture.png"
    arguments = ["--output", str(file)] if saved else []
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.setattr(sys, "argv", [name, "--quick", *arguments])
    monkeypatch.setattr("skpulsar.datasets.fetch_htru2", not_there)
    # Afterwards it is what it was before: benchmarks have another of this name.
    monkeypatch.setitem(sys.modules, "_data", None)
    del sys.modules["_data"]
    runpy.run_path(EXAMPLES / f"{name}.py", run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) > 3
    assert file.exists() == saved
    if saved:
        assert file.read_bytes()[:4] == b"\x89PNG"
    matplotlib.pyplot.close("all")


@pytest.fixture
def data(monkeypatch, tmp_path):
    """The module `_data`, with an empty folder and no network."""
    spec = spec_from_file_location("_data", EXAMPLES / "_data.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)

    def fetch_openml(**_):
        raise URLError("no network")

    monkeypatch.setattr(module, "fetch_openml", fetch_openml)
    monkeypatch.setenv("SKPULSAR_DATA", str(tmp_path))
    return module


@pytest.mark.parametrize("name", ["abalone", "faults", "fashion_mnist"])
def test_without_data_a_script_says_so_and_ends_with_status_0(data, capsys, name):
    with pytest.raises(SystemExit) as end:
        data.at_hand(getattr(data, name))
    assert end.value.code == 0
    assert "not at hand: <urlopen error no network>" in capsys.readouterr().out


def test_thoracic_surgery_is_read_from_its_file_alone(data, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        data.at_hand(data.thoracic_surgery)
    assert end.value.code == 0
    assert "ThoracicSurgery.csv" in capsys.readouterr().out
    table = np.arange(36.0).reshape(2, 18)
    table[:, -1] = 0, 1
    np.savetxt(tmp_path / "ThoracicSurgery.csv", table, delimiter=",")
    X, y = data.at_hand(data.thoracic_surgery)
    assert_array_equal(X, table[:, :-1])
    assert_array_equal(y, [0, 1])


def test_synthetic_pulsars_stand_in_for_htru2(data, monkeypatch):
    monkeypatch.setattr(data, "fetch_htru2", not_there)
    X, y, is_htru2 = data.htru2_or_twin()
    assert (X.shape, y.sum(), is_htru2) == ((17898, 8), 1639, False)


def test_a_file_of_abalones(data, tmp_path):
    lines = ["Sex,Length,Rings", "M,0.5,7", "I,0.25,3", "F,1,9"]
    (tmp_path / "abalone.csv").write_text("\n".join(lines))
    X, y = data.at_hand(data.abalone)
    assert_array_equal(X, [[0, 1, 0, 0.5], [1, 0, 0, 0.25], [0, 0, 1, 1]])
    assert_array_equal(y, [7, 3, 9])


def test_a_file_of_faults(data, tmp_path):
    rows = np.column_stack([np.arange(54.0).reshape(2, 27), np.eye(7)[[6, 2]]])
    np.savetxt(tmp_path / "faults.csv", rows, delimiter=",", header="names")
    X, y = data.at_hand(data.faults)
    assert_array_equal(X, rows[:, :27])
    assert_array_equal(y, [6, 2])


def test_files_of_images(data, tmp_path):
    (tmp_path / "fashion-mnist").mkdir()
    for part, n in [("train", 3), ("t10k", 2)]:
        for kind, header, width in [("images-idx3", 16, 784), ("labels-idx1", 8, 1)]:
            path = tmp_path / "fashion-mnist" / f"{part}-{kind}-ubyte.gz"
            with gzip.open(path, "wb") as file:
                file.write(bytes(header) + bytes([255]) * n * width)
    X_train, y_train, X_test, y_test = data.at_hand(data.fashion_mnist)
    assert_array_equal(X_train, np.ones((3, 784)))
    assert_array_equal(X_test, np.ones((2, 784)))
    assert_array_equal(y_train, [255] * 3)
    assert_array_equal(y_test, [255] * 2)
