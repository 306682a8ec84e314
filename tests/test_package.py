# SPDX-License-Identifier: BSD-3-Clause
import compileall
import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import skpulsar
from skpulsar._kernels import _core

SOURCE = Path(skpulsar.__file__).parent
CHECKOUT = Path(__file__).parents[1]
EXCLUDED = ("exclude_files", "exclude_dirs")  # in an install plan
BUILD_TOOLS = ("meson", "ninja", "cython")


def test_importing_is_light_and_leaves_the_floating_point_environment_alone():
    code = (
        "import sys, skpulsar\n"
        "assert not {'numpy', 'sklearn'} & set(sys.modules)\n"
        "from skpulsar import SLPClassifier\n"
        "heavy = {'imblearn', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert 5e-324 * 1.0 != 0, 'subnormals are flushed'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_kernel_is_compiled_for_every_python():
    free_threaded = sysconfig.get_config_var("Py_GIL_DISABLED")  # no stable ABI there
    assert _core.__file__.endswith((".so" if free_threaded else ".abi3.so", ".pyd"))
    assert _core.LEVELS[-1] == "baseline"


@pytest.fixture
def installed(tmp_path):
    """What a build of the checkout installs: names below the folder of the package."""
    missing = [tool for tool in BUILD_TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not on the PATH: {', '.join(missing)}")
    shutil.copy(CHECKOUT / "meson.build", tmp_path)
    package = shutil.copytree(CHECKOUT / "skpulsar", tmp_path / "skpulsar")
    compileall.compile_dir(package, quiet=1)  # leaves bytecode in every sub-package
    subprocess.run(["meson", "setup", "build"], cwd=tmp_path, check=True)
    plan = subprocess.run(
        ["meson", "introspect", "--install-plan", "build"],
        cwd=tmp_path,
        check=True,
        stdout=subprocess.PIPE,
    )
    return set(names_of(json.loads(plan.stdout)))


def names_of(plan):
    """The names that an install plan of Meson stands for."""
    for kind, entries in plan.items():
        for source, entry in entries.items():
            target = Path(entry["destination"]).relative_to("{py_platlib}/skpulsar")
            if kind != "install_subdirs":
                yield target.as_posix()
                continue
            excluded = {Path(name) for key in EXCLUDED for name in entry[key]}
            for path in Path(source).rglob("*"):
                name = path.relative_to(source)
                if path.is_file() and excluded.isdisjoint([name, *name.parents]):
                    yield (target / name).as_posix()


def test_all_of_the_package_is_installed_and_nothing_else(installed):
    python = {
        path.relative_to(CHECKOUT / "skpulsar").as_posix()
        for pattern in ("*.py", "*.pyi", "py.typed")
        for path in (CHECKOUT / "skpulsar").rglob(pattern)
    }
    assert python - installed == set()
    assert installed - python == {f"_kernels/{Path(_core.__file__).name}"}


@pytest.mark.parametrize("path", list(SOURCE.rglob("*.py")), ids=lambda p: p.name)
def test_nothing_private_is_imported_from_others(path):
    for line in re.findall(
        r"^\s*(?:from|import) (?:sklearn|imblearn|numpy|scipy)\b.*",
        path.read_text(),
        re.M,
    ):
        assert not re.search(r"[ .]_\w", line), line


def test_names_are_there_as_if_they_were_imported():
    assert set(skpulsar.__all__) <= set(dir(skpulsar))
    assert skpulsar.SLPClassifier is skpulsar.SLPClassifier
    with pytest.raises(AttributeError, match="module 'skpulsar' has no attribute 'x'"):
        _ = skpulsar.x


def test_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", skpulsar.__version__)


@pytest.mark.parametrize(
    "name, pattern",
    [
        ("CITATION.cff", r"^version: (.+)$"),
        ("CHANGELOG.md", r"^## (\S+)"),
        (".github/conda/recipe.yaml", r'^  version: "(.+)"$'),
    ],
)
def test_files_of_a_release_have_the_version(name, pattern):
    if not (CHECKOUT / name).exists():
        pytest.skip("no checkout")
    version = re.search(r"version: '(.+?)'", (CHECKOUT / "meson.build").read_text())
    assert re.search(pattern, (CHECKOUT / name).read_text(), re.M)[1] == version[1]


def test_the_readme_has_no_link_that_a_package_index_cannot_follow():
    readme = CHECKOUT / "README.md"
    if not readme.exists():
        pytest.skip("no checkout")
    links = re.findall(r"\]\((.*?)\)", readme.read_text())
    assert [link for link in links if not link.startswith("https://")] == []


def test_the_picture_of_the_readme_is_there_and_small():
    readme = CHECKOUT / "README.md"
    if not readme.exists():
        pytest.skip("no checkout")
    (picture,) = re.findall(r'<img src="(.+?)"', readme.read_text())
    assert 0 < (CHECKOUT / picture).stat().st_size < 40_000
