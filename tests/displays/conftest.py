# SPDX-License-Identifier: BSD-3-Clause
import pytest


@pytest.fixture(autouse=True)
def agg():
    """Draw without a screen, and close all figures."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    yield
    from matplotlib import pyplot

    pyplot.close("all")
