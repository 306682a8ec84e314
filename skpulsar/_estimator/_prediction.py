# SPDX-License-Identifier: BSD-3-Clause
"""Logits of the rows that a fitted estimator is given."""

import numpy as np
from scipy.sparse import csr_array, csr_matrix
from sklearn.utils.validation import validate_data

from skpulsar._estimator._input_checks import check_readable
from skpulsar._estimator._table_rows import table_rows
from skpulsar._problem._logits import logits
from skpulsar._problem._matrix import check_structure, kernel_matrix
from skpulsar._problem._packed_rows import refuse_not_finite


def decision(estimator, X):
    """The logits of rows, by the attributes of an estimator as they are now.

    Of one layer a row that is not finite has no finite logit. The result therefore
    shows what scikit-learn's validation would need another pass over X to find. That
    validation takes longer than a network does for a row.

    Returns
    -------
    decision : ndarray of shape (n_samples, n_outputs), float64
    """
    model = estimator._model()
    table = None if type(X) is np.ndarray else table_rows(X)
    if table is not None:
        blocks = table.blocks(table.for_prediction(estimator))
        found = [_of_block(*block, model) for block in blocks]
        return np.concatenate([np.empty((0, model.n_outputs)), *found])
    if _is_plain(estimator, X) and (model.shows_not_finite or _is_finite(X)):
        check_structure(X)
        found = logits(kernel_matrix(X), model)
        if np.isfinite(found).all():
            return found
    check_readable(X, "X")
    check_structure(X)
    X = validate_data(
        estimator,
        X,
        reset=False,
        accept_sparse="csr",
        dtype=[np.float64, np.float32],
        order="C",
    )
    matrix = kernel_matrix(X)
    found = logits(matrix, model)
    model.saturate(found, matrix)
    return found


def _of_block(X, where, model):
    """The logits of some rows of a table."""
    matrix = kernel_matrix(X)
    found = logits(matrix, model)
    if not (np.isfinite(found).all() and (model.shows_not_finite or _is_finite(X))):
        refuse_not_finite(X, where)
        model.saturate(found, matrix)
    return found


def _is_finite(X):
    """Whether the sum of all entries is finite; that of finite ones may overflow."""
    entries = X if isinstance(X, np.ndarray) else X.data
    with np.errstate(over="ignore", invalid="ignore"):
        return np.isfinite(entries.sum())


def _is_plain(estimator, X):
    """Whether validation would change nothing and refuse X for its values only."""
    if type(X) is np.ndarray:
        plain = X.flags.c_contiguous and X.flags.aligned
    else:
        plain = type(X) in (csr_array, csr_matrix) and type(X.data) is np.ndarray
    return (
        plain
        and X.dtype in (np.float64, np.float32)
        and X.ndim == 2
        and X.shape[0] > 0
        and X.shape[1] == estimator.n_features_in_
        and not hasattr(estimator, "feature_names_in_")
    )
