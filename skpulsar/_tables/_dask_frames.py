# SPDX-License-Identifier: BSD-3-Clause
"""A table over a dataframe of dask."""

from itertools import accumulate, takewhile

import narwhals as nw
from dask.dataframe.utils import make_meta

from skpulsar._tables._arrow_batch import ArrowBatch
from skpulsar._tables._arrow_columns import ArrowColumns, common_type, is_short
from skpulsar._tables._dataframes import arrow_schema
from skpulsar._tables._partitions import Partitions, apart
from skpulsar._tables._protocol import batch_rows


class DaskFrameTable(Partitions, ArrowColumns):
    """The rows of a `dask.dataframe.DataFrame`; a `Table`.

    Partitions are computed one after the other, with the columns that are asked for.
    The first reading counts their rows.
    """

    def __init__(self, frame):
        self._collection = frame
        self._lengths = [None] * frame.npartitions
        schema = arrow_schema(nw.from_native(make_meta(frame)))
        super().__init__(schema, "The dataframe")

    @property
    def n_rows(self):
        return None if None in self._lengths else sum(self._lengths)

    @property
    def starts(self):
        counted = takewhile(lambda length: length is not None, self._lengths)
        firsts = list(accumulate(counted, initial=0))
        return tuple(sorted({*firsts} - {self.n_rows}))

    def partitions(self, columns):
        chosen = self._collection[list(columns or self.columns[:1])]
        # Other optimizations may read several partitions as one.
        return apart(chosen.simplify().to_delayed(optimize_graph=False))

    def read(self, columns, start=0, stop=None):
        for number, first, part in self.parts(columns, start, stop):
            where = f"partition {number}"
            table = nw.from_native(part, eager_only=True).to_arrow()
            self._check_types(table.schema, columns, where)
            begin, n_rows = max(start - first, 0), len(table)
            end = n_rows if stop is None else min(stop - first, n_rows)
            for batch in table[begin:end].to_batches(batch_rows(columns)):
                yield ArrowBatch(batch, where)

    def _check_types(self, schema, columns, where):
        """What dask says of a partition before it is computed may not be so."""
        for name in columns:
            promised, found = self._types[name], schema.field(name).type
            common = common_type(promised, found)
            if common is None or (is_short(promised) and not is_short(common)):
                raise ValueError(
                    f"Column {name!r} has {found} in {where}, but dask says that it "
                    f"has {promised}. Give it one type by astype."
                )
