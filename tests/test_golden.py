# SPDX-License-Identifier: BSD-3-Clause
"""The bits of training and prediction: the same on every CPU, today and tomorrow."""

import json
import os
import platform
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

MAKE = Path(__file__).with_name("golden") / "make.py"
GOLDEN = json.loads(MAKE.with_name("digests.json").read_text())
FEATURES = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])

# Run in a process of its own: what NumPy, BLAS and the C library take from the CPU is
# settled when they are loaded
CHILD = """
import json, runpy, sys
import numpy as np
print(json.dumps({
    "features": np.show_config(mode="dicts")["SIMD Extensions"].get("found", []),
    "digests": runpy.run_path(sys.argv[1])["digests"](),
}))
"""

ENVIRONMENTS = {
    "NumPy without SIMD dispatch": {"NPY_DISABLE_CPU_FEATURES": " ".join(FEATURES)},
    "BLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "BLAS for Nehalem, libc without FMA": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable",
    },
}


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


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="switches of x86-64"
)
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_other_libraries_change_no_bit(name):
    environment = {**os.environ, **ENVIRONMENTS[name]}
    process = subprocess.run(
        [sys.executable, "-c", CHILD, str(MAKE)],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    answer = json.loads(process.stdout)
    if "NPY_DISABLE_CPU_FEATURES" in ENVIRONMENTS[name]:
        assert answer["features"] == []
    assert differing(answer["digests"]) == []


def test_digests_tell_cases_apart():
    """No two cases agree by mistake, as they would if a parameter did not arrive."""
    weights = [case["coef_"] for case in GOLDEN.values()]
    assert len(set(weights)) == len(weights)
