# SPDX-License-Identifier: BSD-3-Clause
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest

from skpulsar import rows
from skpulsar._estimator._table_census import count_classes, count_rows
from skpulsar._estimator._table_targets import ClassRows, NumberRows

N = 1000
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {"x": RNG.normal(size=N), "y": RNG.integers(0, 2, N), "w": RNG.integers(0, 3, N)}
)
FRAME.loc[400:799, "w"] = 0
STARTS = 0, 300, 600, 900
GIVEN = {"columns": ("y", "w"), "arrays": (FRAME["y"], FRAME["w"])}
KINDS = {
    "classes": (count_classes, ClassRows(2.0, np.arange(2), np.ones(2, bool))),
    "numbers": (count_rows, NumberRows(2.0)),
}
pytestmark = pytest.mark.filterwarnings(  # dask asks pandas in an old way
    "ignore:The inplace keyword in DataFrame.reset_index"
)


@pytest.fixture(scope="module", params=["parquet", "dask"])
def table(request, tmp_path_factory):
    """Four parts; those of the dask dataframe are not yet counted."""
    path = tmp_path_factory.mktemp("parts") / "all.parquet"
    FRAME.to_parquet(path, row_group_size=300)
    if request.param == "parquet":
        return path
    parts = [FRAME[start : start + 300] for start in STARTS]
    return dd.from_map(lambda part: part, parts, meta=FRAME[:0])


@pytest.mark.parametrize("count, weights", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_it_notes_at_which_places_parts_begin(table, given, count, weights):
    """A place counts the rows of positive weight before it."""
    columns = rows(table, columns=["x"]).for_fit(*given)
    n_rows, *_, starts = count(columns, weights)
    kept = (FRAME["w"] > 0).to_numpy()
    assert np.sum(n_rows) == kept.sum()
    assert starts == [(row, kept[:row].sum()) for row in STARTS]
