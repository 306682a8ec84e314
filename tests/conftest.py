# SPDX-License-Identifier: BSD-3-Clause
import os
from pathlib import Path

import pytest

from skpulsar.datasets import load_htru2, make_pulsars

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("SKPULSAR_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def pulsars():
    """X and y of the synthetic twin: raw columns, 9 % positives."""
    return make_pulsars(n_samples=2000, random_state=0)


@pytest.fixture(scope="session")
def htru2():
    """X and y of HTRU2, where the file is at hand."""
    path = DATA / "HTRU_2.csv"
    if not path.exists():
        pytest.skip("HTRU_2.csv is not in the folder SKPULSAR_DATA")
    return load_htru2(path, return_X_y=True)
