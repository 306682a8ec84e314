# SPDX-License-Identifier: BSD-3-Clause
"""The bits of training and prediction: the same on every CPU, today and tomorrow."""

import json
import runpy
from pathlib import Path

import joblib
from _processors import ENVIRONMENTS, on_other_processors, output

from skpulsar._problem import _threads

MAKE = Path(__file__).with_name("golden") / "make.py"
GOLDEN = json.loads(MAKE.with_name("digests.json").read_text())

CHILD = """
import json, runpy, sys
import numpy as np
print(json.dumps({
    "features": np.show_config(mode="dicts")["SIMD Extensions"].get("found", []),
    "digests": runpy.run_path(sys.argv[1])["digests"](),
}))
"""


def differing(found):
    """Names of what differs from the file: shorter to read than digests."""
    return [
        f"{what} of {case}"
        for case in sorted(GOLDEN.keys() | found.keys())
        for what in sorted(GOLDEN.get(case, {}).keys() | found.get(case, {}).keys())
        if GOLDEN.get(case, {}).get(what) != found.get(case, {}).get(what)
    ]


def test_every_level_gives_the_golden_bits(level):
    assert differing(runpy.run_path(str(MAKE))["digests"]()) == []


@on_other_processors
def test_other_libraries_change_no_bit(name):
    answer = json.loads(output(name, CHILD, str(MAKE)))
    if "NPY_DISABLE_CPU_FEATURES" in ENVIRONMENTS[name]:
        assert answer["features"] == []
    assert differing(answer["digests"]) == []


def test_threads_change_no_bit(monkeypatch):
    monkeypatch.setattr(_threads, "FEW_ENTRIES", 0)
    monkeypatch.setattr(_threads, "MIN_ENTRIES", 1)
    with joblib.parallel_config(n_jobs=3):
        assert differing(runpy.run_path(str(MAKE))["digests"]()) == []


def test_digests_tell_cases_apart():
    """No two cases agree by mistake, as they would if a parameter did not arrive."""
    weights = [str(case["coef_"]) for case in GOLDEN.values()]
    assert len(set(weights)) == len(weights)
