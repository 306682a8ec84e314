# SPDX-License-Identifier: BSD-3-Clause
"""The score of rows that may be those of a table."""

import numpy as np

from skpulsar._estimator._table_rows import table_rows


class TableScore:
    """A mixin of estimators, before scikit-learn's with the score itself."""

    def score(self, X, y, sample_weight=None):
        """The accuracy of the predictions of classes, the R^2 of those of numbers.

        Parameters
        ----------
        X : {array-like, sparse matrix, table} of shape (n_samples, n_features)
            Features.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs), or str
            What is true, or the name of its column, if X is a table.

        sample_weight : array-like of shape (n_samples,) or str, default=None
            Weights, or the name of their column.

        Returns
        -------
        score : float
        """
        table = None if type(X) is np.ndarray else table_rows(X, y)
        if table is not None:
            X, y = table, table.column(y, "y")
            sample_weight = table.column(sample_weight, "sample_weight")
        return super().score(X, y, sample_weight)
