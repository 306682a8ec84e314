# SPDX-License-Identifier: BSD-3-Clause
"""Every public name has a page on the site, and an example that runs.

pytest runs the examples. `.ci/run` builds the site, which checks the rest of the
docstrings.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = DOCS.parent / "examples"
SCRIPTS = sorted(EXAMPLES.glob("[!_]*.py"))
MODULES = (
    "skpulsar",
    *("skpulsar.callbacks", "skpulsar.datasets", "skpulsar.diagnostics"),
    *("skpulsar.displays", "skpulsar.losses", "skpulsar.samplers"),
    "skpulsar.thresholds",
)
NAMES = [
    (module, name)
    for module in MODULES
    for name in import_module(module).__all__
    if name != "__version__"
]


def listed(page):
    """The names of the lists of an API page, with their modules."""
    module = None
    for line in page.splitlines():
        if match := re.fullmatch(r"\.\. currentmodule:: (\S+)", line):
            module = match[1]
        elif match := re.fullmatch(r" {3}(\w+)", line):
            yield module, match[1]


def test_the_list_of_modules_is_complete():
    package = Path(import_module("skpulsar").__file__).parent
    found = {
        path.stem if path.suffix else path.name
        for path in package.iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or path.is_dir())
    }
    assert {f"skpulsar.{name}" for name in found} == set(MODULES[1:])


def test_every_public_name_is_on_the_api_page():
    names = list(listed((DOCS / "api.rst").read_text()))
    assert sorted(names) == sorted(NAMES)


@pytest.mark.parametrize(("module", "name"), NAMES, ids=".".join)
def test_every_public_name_has_an_example(module, name):
    doc = inspect.getdoc(getattr(import_module(module), name))
    _, heading, example = doc.partition("\nExamples\n--------\n")
    assert heading
    assert ">>> " in example


def test_every_script_is_in_the_gallery():
    index = (EXAMPLES / "index.rst").read_text()
    scripts = {path.name for path in SCRIPTS}
    assert scripts <= set(re.findall(r"\.\./examples/(\w+\.py)", index))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_every_script_has_a_title(path):
    heading = r'# SPDX.*\n"""\n(?P<title>.+)\n(?P<line>=+)\n\n'
    match = re.match(heading, path.read_text())
    assert match
    assert len(match["title"]) == len(match["line"])


def test_every_page_is_in_the_guide_or_on_the_landing_page():
    pages = {path.stem for path in DOCS.iterdir() if path.suffix in (".md", ".rst")}
    trees = [
        tree
        for page in ("index.md", "user_guide.md")
        for tree in re.findall(
            r"```{toctree}\n(.*?)```", (DOCS / page).read_text(), re.S
        )
    ]
    assert pages - {"index"} <= set(" ".join(trees).split())
