# SPDX-License-Identifier: BSD-3-Clause
import pickle
from itertools import pairwise

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from _tables import column

from skpulsar._tables._table_of import table_of

X = np.arange(400.0).reshape(100, 4)
SIZES = 30, 0, 50, 20
ENDS = np.cumsum([0, *SIZES])
pytestmark = pytest.mark.filterwarnings(  # dask asks pandas in an old way
    "ignore:The inplace keyword in DataFrame.reset_index"
)


def lazy_frame(parts):
    meta = pd.DataFrame(X[:0], columns=list("abcd"))
    return dd.from_map(lambda rows: meta.reindex(rows).assign(a=rows), parts, meta=meta)


@pytest.fixture(params=["array", "frame"])
def table(request):
    """Rows whose first column is their number, by four."""
    if request.param == "array":
        return table_of(da.from_array(X, chunks=(SIZES, (1, 3))))
    parts = [np.arange(*ends) * 4.0 for ends in pairwise(ENDS)]
    return table_of(lazy_frame(parts))


def test_partitions_within_some_rows(table):
    list(table.read(table.columns))  # counts rows
    assert list(table.within(0, None)) == [(0, 0), (2, 30), (3, 80)]
    assert list(table.within(29, 31)) == [(0, 0), (2, 30)]
    assert list(table.within(30, 80)) == [(2, 30)]
    assert list(table.within(80, None)) == [(3, 80)]
    assert (table.n_rows, table.starts) == (100, (0, 30, 80))


def test_a_lazy_partition_carries_no_other(table):
    lazy = table.partitions(table.columns)
    assert [each.compute().shape[0] for each in lazy] == list(SIZES)
    for one in lazy:
        assert [each.key in dict(one.dask) for each in lazy].count(True) == 1


def test_computed_partitions_are_enough(table):
    """They are read without the collection, which is not sent to workers."""
    list(table.read(table.columns))
    lazy = table.partitions(table.columns)
    shell = table.computed({})
    assert len(pickle.dumps(shell)) < 3000
    some = pickle.loads(pickle.dumps(shell)).computed({2: lazy[2].compute()})
    first = table.columns[0]
    np.testing.assert_array_equal(column(some, first, 35, 70), X[35:70, 0])


def test_partitions_must_stay_as_long(table):
    list(table.read(table.columns))
    other = table.computed({2: X[:7]})
    with pytest.raises(ValueError, match=r"Partition 2 .* has 7 rows, where 50 were"):
        column(other, table.columns[0], 35, 70)
