# SPDX-License-Identifier: BSD-3-Clause
"""Others that are trained on a file larger than memory, where they are installed."""

import os
import tempfile
import warnings

import numpy as np
import pyarrow.parquet as pq
from _parquet import FEATURES, LABEL

from skpulsar import SLPClassifier, rows

N_TREES = 10  # xgboost's; a linear booster cannot be had of such a matrix


def fit_ours(path):
    """SLPClassifier, psgd"""
    return SLPClassifier(random_state=0).fit(rows(path), y=LABEL)


def fit_xgboost(path):
    """xgboost, 10 trees, ExtMemQuantileDMatrix"""
    import xgboost

    class Batches(xgboost.DataIter):
        """A row group at a time, as xgboost asks for them."""

        def __init__(self, folder):
            self._file, self._group = pq.ParquetFile(path, pre_buffer=False), 0
            super().__init__(cache_prefix=os.path.join(folder, "cache"))

        def next(self, input_data):
            if self._group == self._file.num_row_groups:
                return False
            table = self._file.read_row_group(self._group, use_threads=False)
            X = np.column_stack([table.column(name).to_numpy() for name in FEATURES])
            input_data(data=X, label=table.column(LABEL).to_numpy())
            self._group += 1
            return True

        def reset(self):
            self._group = 0

    with tempfile.TemporaryDirectory() as folder:
        matrix = xgboost.ExtMemQuantileDMatrix(Batches(folder), nthread=1)
        chosen = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1}
        trained = xgboost.train(chosen, matrix, N_TREES)
        del matrix  # before its files
        return trained


def fit_dask_ml(path):
    """dask-ml, LogisticRegression, lbfgs"""
    warnings.simplefilter("ignore")  # It uses old names of options.
    import dask
    import dask.dataframe as dd
    from dask_ml.linear_model import LogisticRegression

    frame = dd.read_parquet(path, split_row_groups=True)
    X = frame[list(FEATURES)].to_dask_array(lengths=True)
    y = frame[LABEL].to_dask_array(lengths=True)
    with dask.config.set(scheduler="synchronous"):
        return LogisticRegression(solver="lbfgs", C=1e4 / len(X)).fit(X, y)


FITS = {fit.__name__: fit for fit in (fit_ours, fit_xgboost, fit_dask_ml)}
