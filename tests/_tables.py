# SPDX-License-Identifier: BSD-3-Clause
"""Some rows as a dataframe, every kind of table of them, and how tables are read."""

import pickle

import numpy as np
import pyarrow as pa

N_ROWS = 400
NUMBERS = "double", "single", "whole", "gaps", "flag"


def some_rows(n_rows=N_ROWS):
    """A `pyarrow.Table` with numbers of many types, of which some are missing, and
    labels."""
    rng = np.random.default_rng(0)
    missing = rng.random(n_rows) < 0.2
    return pa.table(
        {
            "double": rng.normal(size=n_rows),
            "single": rng.normal(size=n_rows).astype(np.float32),
            "whole": rng.integers(-100, 100, n_rows, dtype=np.int16),
            "gaps": pa.array(rng.integers(0, 9, n_rows), mask=missing),
            "flag": rng.random(n_rows) < 0.5,
            "label": pa.array(rng.choice(["cold", "hot"], n_rows), mask=missing),
        }
    )


def expected(rows, columns):
    """Numbers as float64, with NaN for what is missing."""
    frame = rows.select(list(columns)).to_pandas()
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)


def packed(table, columns, start=0, stop=None):
    """All rows of a reading, packed a part of a batch after the other."""
    columns, parts = tuple(columns), []
    for batch in table.read(columns, start, stop):
        for first in range(0, batch.n_rows, 70):
            last = min(first + 70, batch.n_rows)
            out = np.full((last - first, len(columns)), 7, table.dtype(columns))
            batch.pack(columns, first, last, out)
            parts.append(out)
    return np.concatenate(parts) if parts else np.zeros((0, len(columns)))


def column(table, name, start=0, stop=None):
    """One column of a reading."""
    parts = [batch.column(name) for batch in table.read((name,), start, stop)]
    return np.concatenate(parts) if parts else np.zeros(0)


def pickled(table, n_bytes):
    """The table from a pickle, which has fewer bytes than that, and so no rows."""
    stored = pickle.dumps(table)
    assert len(stored) < n_bytes
    return pickle.loads(stored)
