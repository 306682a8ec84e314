# SPDX-License-Identifier: BSD-3-Clause
"""docs/contributing.md has a line for every file, and names what is there."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
FOLDERS = "skpulsar", "tests", "benchmarks", "examples", "docs", "data"
ENDS = r"\.(?:py|pyi|pyx|pxd|pxi|c|h|build|sh|toml|md|rst|json)"
BLOCK, QUOTED, PLACEHOLDER = r"```.*?```", r"`([^`]+)`", r"<\w+>"


@pytest.fixture(scope="module")
def page():
    """The tree of files, and the text without any block."""
    text = (CHECKOUT / "docs" / "contributing.md").read_text()
    tree = re.search(BLOCK, text, re.S).group()
    return tree, re.sub(BLOCK, "", text, flags=re.S)


@pytest.fixture(scope="module")
def files():
    """What the files of the checkout hold, by path."""
    found = [*CHECKOUT.iterdir()]
    for folder in FOLDERS:
        found += (CHECKOUT / folder).rglob("*")
    return {
        f"/{path.relative_to(CHECKOUT).as_posix()}": path.read_text()
        for path in found
        if re.fullmatch(ENDS, path.suffix)
    }


def files_of(name, files):
    """The files that a path stands for, with or without the folders above it."""
    pattern = re.sub(PLACEHOLDER, r"\\w+", re.escape(name.rstrip("/")))
    return [path for path in files if re.search(rf"/{pattern}(/|$)", path)]


def test_every_file_of_the_package_has_a_line(page, files):
    """Those of `reference` have one together, and `__init__.py` has none."""
    for path in files:
        folder, name = path.rsplit("/", 1)
        if folder.startswith("/skpulsar") and not folder.endswith("/reference"):
            assert name == "__init__.py" or re.search(rf"\b{name}", page[0]), path


def test_files_are_there(page, files):
    tree, text = page
    named = re.findall(rf"[\w/]*\w{ENDS}\b", tree)
    for word in " ".join(re.findall(QUOTED, text)).split():
        if "/" in word[:-1] or re.search(rf"\w{ENDS}$", word):
            named.append(word)
    assert len(named) > 200
    assert [name for name in named if not files_of(name, files)] == []


def test_names_are_there(page, files):
    code = [text for path, text in files.items() if not path.endswith(".md")]
    words = set(re.findall(r"\w+", " ".join([*files, *code])))
    quoted = re.sub(rf"\w*{PLACEHOLDER}", "", " ".join(re.findall(QUOTED, page[1])))
    assert set(re.findall(r"\w+", quoted)) - words == set()


def test_names_are_where_it_says(page, files):
    found = re.findall(rf"`([\w.]+)`\s(?:in|of)\s`([\w/]+{ENDS})`", page[1])
    assert len(found) > 5
    for name, path in found:
        text = " ".join(files[each] for each in files_of(path, files))
        assert re.search(rf"\b{name.rsplit('.', 1)[-1]}\b", text), (name, path)
