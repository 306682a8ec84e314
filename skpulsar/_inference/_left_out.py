# SPDX-License-Identifier: BSD-3-Clause
"""The result that `skpulsar.diagnostics.leave_one_out` returns."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True, eq=False, repr=False)
class LeaveOneOut:
    """What a model is without each of its rows; made by `leave_one_out`.

    Attributes
    ----------
    leverage : ndarray of shape (n_samples,)
        The share of a row's fit that is its own, from 0 to 1. The sum is the effective
        number of weights.

    influence : ndarray of shape (n_samples,)
        Cook's distance: how far leaving out the row moves the weights. NaN where the
        rows of a regressor leave nothing over to tell the variance of the targets by.

    decision : ndarray of shape (n_samples,)
        What the model without the row gives it: the logit, as `decision_function` of a
        classifier, or the number, as `predict` of a regressor.

    shift : ndarray of shape (n_samples,)
        `decision`, less what the model with the row gives it.

    residual : ndarray of shape (n_samples,)
        The deviance residual of `decision`: of a classifier ``sqrt(2 loss)``, where the
        loss is the log loss of the row, positive for rows of ``classes_[1]`` and
        negative for others; of a regressor ``y - decision``.

    refitted : ndarray of bool of shape (n_samples,)
        The rows that were left out by Newton's method, and not to first order.

    mean_loss : float
        The mean by `sample_weight` of the log loss, or squared error, that `decision`
        has: an estimate of the loss of other rows.

    Examples
    --------
    >>> from skpulsar import SLPClassifier
    >>> from skpulsar.datasets import make_pulsars
    >>> from skpulsar.diagnostics import leave_one_out
    >>> X, y = make_pulsars(n_samples=2000, random_state=0)
    >>> model = SLPClassifier(alpha=1e-4, tol=1e-8, random_state=0).fit(X, y)
    >>> leave_one_out(model, X, y)
    LeaveOneOut(2000 rows, ... of them refitted; effective number of weights ...)
    """

    leverage: np.ndarray
    influence: np.ndarray
    decision: np.ndarray
    shift: np.ndarray
    residual: np.ndarray
    refitted: np.ndarray
    mean_loss: float

    def __len__(self):
        return len(self.leverage)

    def to_frame(self):
        """The arrays as a pandas DataFrame with a column for each.

        Returns
        -------
        pandas.DataFrame of shape (n_samples, 6)
        """
        from pandas import DataFrame

        names = [field.name for field in fields(self) if field.name != "mean_loss"]
        return DataFrame({name: getattr(self, name) for name in names})

    def __repr__(self):
        return (
            f"LeaveOneOut({len(self)} rows, {np.count_nonzero(self.refitted)} of them "
            f"refitted; effective number of weights {self.leverage.sum():.4g}, mean "
            f"loss {self.mean_loss:.4g})"
        )
