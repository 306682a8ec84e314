# SPDX-License-Identifier: BSD-3-Clause
"""Predictions of collections of dask, which are lazy as well."""

from copy import deepcopy
from functools import wraps

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.validation import check_is_fitted

from skpulsar._estimator._table_rows import check_features, rows
from skpulsar._problem._table_columns import named
from skpulsar._tables._table_of import is_lazy


def lazy_of_lazy(method):
    """Let a method that predicts return a `dask.array.Array` for a dask array or
    dataframe, computed block by block or partition by partition, by a copy of the
    estimator as it is now."""

    @wraps(method)
    def predict(self, X):
        return _lazily(self, method.__name__, X) if is_lazy(X) else method(self, X)

    return predict


def _lazily(estimator, name, X):
    check_is_fitted(estimator)
    given = {"estimator": deepcopy(estimator), "method": name}
    if hasattr(X, "columns"):
        features = rows(X).for_prediction(estimator)
        nothing = named(features, np.empty((0, len(features))))
        meta = _of_part(nothing, **given)
        return X[list(features)].map_partitions(_of_part, **given, meta=meta)
    features = tuple(range(X.shape[1]))
    check_features(estimator, features, reset=False)
    vars(given["estimator"]).pop("feature_names_in_", None)  # Blocks would warn again.
    meta = _of_part(np.empty((0, len(features))), **given)
    if meta.ndim == 1:
        shape = {"drop_axis": 1}
    else:
        shape = {"chunks": (X.chunks[0], meta.shape[1:])}
    return X.rechunk({1: -1}).map_blocks(_of_part, **given, **shape, meta=meta)


def _of_part(part, estimator, method):
    """What is predicted of a block or partition."""
    if issparse(part) and part.shape[0] == 0:
        part = np.empty(part.shape)
    return getattr(estimator, method)(part if issparse(part) else rows(part))
