# SPDX-License-Identifier: BSD-3-Clause
"""Type checkers see the public names, and see them as they are."""

import __future__

import inspect
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from _fitted import TARGETS, X, Y
from sklearn.base import is_regressor

import skpulsar

PACKAGE = Path(skpulsar.__file__).parent
CALLER = Path(__file__).parent / "typing" / "caller.py"
SETTINGS = Path(__file__).parents[1] / "pyproject.toml"
STRICT = "--strict", "--allow-subclassing-any"  # of scikit-learn
PRIVATE = r"skpulsar\.([a-z]+\.)?_(?!summary\.\w*Summary).*"  # what stubs leave out
ESTIMATORS = [name for name in skpulsar.__all__ if name[:3] in ("SLP", "MLP")]


@pytest.fixture
def run(tmp_path):
    """Run a module of mypy, which finds the stubs of the package and not its code."""
    pytest.importorskip("mypy")
    for path in PACKAGE.rglob("*.pyi"):
        if path.parent.name == "_kernels":
            continue  # Nobody outside calls it.
        copy = tmp_path / "skpulsar" / path.relative_to(PACKAGE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)

    def run(*command):
        return subprocess.run(
            [sys.executable, "-P", "-m", *map(str, command)],
            cwd=tmp_path,
            env={**os.environ, "MYPYPATH": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return run


def test_callers_are_told_of_what_is_wrong_and_of_nothing_else(run):
    found = run("mypy", *STRICT, "--config-file", SETTINGS, CALLER)
    assert found.returncode == 0, found.stdout


def test_stubs_say_what_the_code_says(run, tmp_path):
    (tmp_path / "private").write_text(PRIVATE)
    options = ("--mypy-config-file", SETTINGS, "--allowlist", "private", "--concise")
    found = run("mypy.stubtest", "skpulsar", *options)
    assert found.returncode == 0, found.stdout


# What stubtest does not see: what estimators inherit, and what only a fit gives.


@pytest.fixture(scope="module")
def stubs():
    """The names of the stub of the package, which is Python."""
    path = PACKAGE / "__init__.pyi"
    flags = __future__.annotations.compiler_flag
    exec(compile(path.read_text(), path, "exec", flags), names := {"__name__": "stub"})
    return names


@pytest.mark.parametrize("name", ESTIMATORS)
def test_stubs_have_inherited_methods(stubs, name):
    kind = getattr(skpulsar, name)
    for method in dir(kind):
        if not method.startswith("_") and callable(getattr(kind, method)):
            stub = parameters(getattr(stubs[name], method))
            code = parameters(getattr(kind, method))
            assert list(stub) == list(code), method
            for each, default in stub.items():
                assert default is ... or default == code[each], (method, each)


def parameters(method):
    """Defaults by name and kind."""
    found = inspect.signature(method).parameters.values()
    return {(each.name, each.kind): each.default for each in found}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_stubs_have_parameters_and_attributes(stubs, name):
    model = getattr(skpulsar, name)()
    if name.startswith("MLP"):
        model.set_params(max_iter=1, tol=None)
    model.fit(X, TARGETS if is_regressor(model) else Y)
    known = {
        each for kind in stubs[name].__mro__ for each in inspect.get_annotations(kind)
    }
    public = {each for each in vars(model) if not each.startswith("_")}
    assert public - known == set()
