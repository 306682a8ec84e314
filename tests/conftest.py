# SPDX-License-Identifier: BSD-3-Clause
import os
from pathlib import Path

import pytest

# Threads of BLAS wait for each other most of the time where a machine does other work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from skpulsar._kernels import _core
from skpulsar.datasets import load_htru2, make_pulsars

pytest.register_assert_rewrite("_assertions")  # Its failures show values.


@pytest.fixture(scope="session")
def pulsars():
    """X and y of the synthetic twin: raw columns, 9 % positives."""
    return make_pulsars(n_samples=2000, random_state=0)


@pytest.fixture(scope="session")
def real_file():
    """Path of a public data file by its name, skipping the test where it is not."""

    def find(name):
        folder = Path(os.environ.get("SKPULSAR_DATA", os.devnull))
        if not (folder / name).is_file():
            pytest.skip(f"{name} is not in a folder named by SKPULSAR_DATA")
        return folder / name

    return find


@pytest.fixture(scope="session")
def htru2(real_file):
    """X and y of HTRU2, where the file is at hand."""
    return load_htru2(real_file("HTRU_2.csv"), return_X_y=True)


@pytest.fixture(params=_core.LEVELS)
def level(request):
    """Every instruction set of the kernel in turn."""
    _core.use_level(request.param)
    yield request.param
    _core.use_level(_core.LEVELS[0])
