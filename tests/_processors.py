# SPDX-License-Identifier: BSD-3-Clause
"""Other CPUs as a child process sees them: what libraries take from the CPU is settled
when they are loaded."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest

FEATURES = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])

ENVIRONMENTS = {
    "BLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "BLAS for SkylakeX": {"OPENBLAS_CORETYPE": "SkylakeX"},
    "BLAS for Nehalem, libc without FMA, NumPy without SIMD dispatch": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable",
        "NPY_DISABLE_CPU_FEATURES": " ".join(FEATURES),
    },
}


def on_other_processors(test):
    """Run a test with the name of each of ENVIRONMENTS, where the switches exist."""
    elsewhere = platform.machine() not in ("x86_64", "AMD64")
    skip = pytest.mark.skipif(elsewhere, reason="switches of x86-64")
    return skip(pytest.mark.parametrize("name", ENVIRONMENTS)(test))


def output(name, code, *arguments):
    """What Python code prints in a process of that environment."""
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **ENVIRONMENTS[name]},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout
