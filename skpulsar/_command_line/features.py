# SPDX-License-Identifier: BSD-3-Clause
"""Rows of features as arrays, without those that lack a value."""

import numpy as np
import pyarrow as pa

from skpulsar._command_line import CommandError

HOW_TO_SKIP = "; --missing skip leaves such rows out"


class Features:
    """Makes arrays of record batches, one after the other.

    Parameters
    ----------
    names : list of str
        The features.

    table : str
        What messages call the table.

    skip : bool
        Whether rows that lack a value are left out; otherwise they are errors.
    """

    def __init__(self, names, table, skip):
        self.names, self._table, self._skip = names, table, skip
        self.n_rows = self.n_skipped = 0

    def of(self, batch):
        """The features of a batch, and the batch without the rows left out.

        Returns
        -------
        X : ndarray of float32 or float64 of shape (n_rows, n_features)
            float32 where all columns are.

        batch : pyarrow.RecordBatch
        """
        X = batch.select(self.names).to_tensor(null_to_nan=True).to_numpy()
        first, self.n_rows = self.n_rows, self.n_rows + len(X)
        if np.isfinite(X).all():
            return X, batch
        missing = np.isnan(X)
        if not self._skip and missing.any():
            self._refuse(missing, first, f"no value{HOW_TO_SKIP}")
        if np.isinf(X).any():
            self._refuse(np.isinf(X), first, "a number that is not finite")
        kept = ~missing.any(axis=1)
        self.n_skipped += len(X) - np.count_nonzero(kept)
        return X[kept], batch.filter(pa.array(kept))

    def _refuse(self, bad, first, what):
        row, column = np.argwhere(bad)[0]
        raise CommandError(
            f"{self._table}, row {first + row + 1:,}, column "
            f"{self.names[column]!r:.80}: found {what}"
        )
