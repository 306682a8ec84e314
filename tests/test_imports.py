# SPDX-License-Identifier: BSD-3-Clause
"""Who may import whom: what lies below knows nothing of what lies above."""

import ast
from pathlib import Path

import pytest

import skpulsar
from skpulsar._solvers._table import SOLVERS

ROOT = Path(skpulsar.__file__).parent
SHARED = "_solvers.quadratic", "_solvers.stepping"

# Of every part of the package, the others that it may import, itself apart
MAY_IMPORT = {
    "_kernels": (),
    "_training": (),
    "_version": (),
    "_tables": ("_kernels", "_replace"),
    "_problem": ("_kernels",),
    "_solvers": ("_kernels", "_problem", "_training"),
    "_estimator": ("_problem", "_solvers", "_tables", "_training", "_version"),
    "_classifier": ("_estimator",),
    "_classifier_cv": ("_classifier", "_estimator", "_model_selection"),
    "_mlp_classifier": ("_estimator",),
    "_mlp_regressor": ("_estimator",),
    "_regressor": ("_estimator",),
    "_model_selection": (
        *("_classifier", "_estimator", "_kernels", "_problem", "_solvers"),
        "_training",
    ),
    "_inference": ("_estimator", "_problem"),
    "_summary": ("_classifier", "_estimator", "_inference", "_regressor"),
    "diagnostics": ("_classifier", "_estimator", "_inference", "_regressor"),
    "_thresholds": ("_estimator", "displays"),  # Cutoffs.plot imports its display late
    "thresholds": ("_estimator", "_thresholds"),
    "displays": (
        *("_estimator", "_inference", "_summary", "_thresholds", "diagnostics"),
        *("thresholds", ""),
    ),
    "callbacks": ("_estimator", "_persistence"),
    "losses": ("_kernels",),
    "_replace": (),
    "_pipelines": ("_estimator",),
    "_persistence": ("_estimator", "_replace", "_version", ""),
    "datasets": ("_kernels", "_replace"),
    "samplers": (),
    "_study": (
        *("_replace", "datasets", "displays", "losses", "samplers", "thresholds"),
        "",
    ),
    "_command_line": ("_replace", "losses", "thresholds", ""),
    "__main__": ("_command_line", "_study", ""),
    "__init__": (
        *(
            "_classifier",
            "_classifier_cv",
            "_estimator",
            "_mlp_classifier",
            "_mlp_regressor",
            "_persistence",
        ),
        *("_pipelines", "_regressor", "_summary", "_version"),
    ),
}
FAMILIES = ("many", "minibatch", "network", "preconditioned", "streaming")
KNOW_SCIKIT_LEARN = {
    "_classifier_cv", "_command_line", "_estimator", "_model_selection", "_persistence",
    "_pipelines", "_study", "_summary", "_thresholds",
    "datasets", "diagnostics", "displays", "losses", "samplers",
    "thresholds",
}  # fmt: skip


def modules():
    """The dotted name below the package of every file, and the modules it imports."""
    for file in ROOT.rglob("*.py"):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        imported = []
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                imported += [f"{node.module}.{alias.name}" for alias in node.names]
        yield name, imported


MODULES = dict(modules())


def part(dotted):
    """The part of the package that a name below it belongs to; '' is the package."""
    first = dotted.split(".")[0]
    return first if first in MAY_IMPORT else ""


@pytest.mark.parametrize("name", MODULES)
def test_nothing_knows_what_stands_on_it(name):
    own = part(name)
    for imported in MODULES[name]:
        package, _, below = imported.partition(".")
        if package == "skpulsar":
            other = part(below)
            assert other == own or other in MAY_IMPORT[own], imported


@pytest.mark.parametrize("name", MODULES)
def test_solvers_do_not_know_each_other(name):
    for family in FAMILIES:
        if name.startswith(f"_solvers.{family}."):
            others = [f"skpulsar._solvers.{other}." for other in FAMILIES]
            others.remove(f"skpulsar._solvers.{family}.")
            assert not [m for m in MODULES[name] if m.startswith(tuple(others))]
    if name.startswith(SHARED):
        families = tuple(f"skpulsar._solvers.{family}" for family in FAMILIES)
        assert not [m for m in MODULES[name] if m.startswith(families)]


@pytest.mark.parametrize("name", MODULES)
def test_estimators_know_solvers_by_their_protocol(name):
    """And by the table, which makes them, the list of what they hand on, and the search
    for many models."""
    solvers = [m for m in MODULES[name] if m.startswith("skpulsar._solvers.")]
    files = ("_protocol", "_table", "_states", "many._grid", "many._search")
    faces = tuple(f"skpulsar._solvers.{file}." for file in files)
    assert name.startswith("_solvers.") or all(m.startswith(faces) for m in solvers)


@pytest.mark.parametrize("name", MODULES)
def test_training_knows_no_scikit_learn(name):
    knows = [m for m in MODULES[name] if m.split(".")[0] in ("sklearn", "imblearn")]
    assert not knows or part(name) in KNOW_SCIKIT_LEARN


def test_every_part_has_its_rule():
    assert {part(name) or name for name in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize(
    "part", ["_estimator", "_problem", "_training", "_classifier", "_regressor"]
)
def test_no_solver_is_named_outside_their_table(part):
    """They are asked what they can do instead."""
    files = [*ROOT.glob(f"{part}.py"), *ROOT.glob(f"{part}/*.py")]
    assert files
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        words = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
        ]
        assert not set(SOLVERS) & {word for word in words if isinstance(word, str)}
