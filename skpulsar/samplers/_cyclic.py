# SPDX-License-Identifier: BSD-3-Clause
"""Over-sampling by repeating rows in their order."""

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_target_type
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import validate_data


class CyclicOverSampler(BaseOverSampler):
    r"""Over-sample classes by repeating their rows in order.

    The textbook's way of balancing: the pulsars are repeated, first to last and
    over again, until they equal the stars. Nothing is drawn at random, so the same
    data always give the same rows.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        How large the classes become, as in every over-sampler of imbalanced-learn:

        - float: the wanted size of the minority class over that of the majority
          class, in (0, 1]; for two classes only;
        - str: the classes that grow to the size of the largest one: `"minority"`,
          `"not minority"`, `"not majority"`, `"all"`, or `"auto"`, which means
          `"not majority"`;
        - dict: the wanted number of rows of each class named;
        - callable: a function of `y` that returns such a dict.

    Attributes
    ----------
    sampling_strategy_ : dict
        The number of rows to add to each class that is to grow, sorted by class.
    sample_indices_ : ndarray of shape (n_samples_new,)
        The rows of the result, as indices into the `X` given.
    n_features_in_ : int
        Number of features seen during `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during `fit`. Defined only when `X` has feature
        names that are all strings.

    See Also
    --------
    imblearn.over_sampling.RandomOverSampler : Draws the rows to repeat at random.
    imblearn.pipeline.make_pipeline : A pipeline that resamples in `fit` only.
    skpulsar.SLPClassifier : Its `class_weight="balanced"` gives both classes the same
        weight without copying a row.

    Notes
    -----
    Let :math:`r_0 < r_1 < \ldots < r_{n-1}` be the rows of a class. The `k`-th row
    added to it, counted from 0, is

    .. math:: r_{k \bmod n},

    so two rows of a class appear equally often or differ by one copy. The result is
    `X[sample_indices_]`: all rows of `X` in their order, then the added rows, class
    by class in the order of `sampling_strategy_`. Rows are only indexed, never
    looked into: missing values, strings and object columns pass. A data frame
    keeps its columns and their types and gets a new index.

    Repeat rows in the training folds only. Copies made before the data are split end
    up on both sides of the split, where a model is tested on rows it has seen, and
    its scores come out too high [1]_. A pipeline of imbalanced-learn does it right:
    it resamples in `fit` and leaves the rows alone in `predict` and `score` [2]_.

    References
    ----------
    .. [1] M. S. Santos, J. P. Soares, P. H. Abreu, H. Araujo, J. Santos,
       "Cross-validation for imbalanced datasets: avoiding overoptimistic and
       overfitting approaches", IEEE Computational Intelligence Magazine 13(4),
       59-76, 2018. https://doi.org/10.1109/MCI.2018.2866730
    .. [2] "Common pitfalls and recommended practices", imbalanced-learn.
       https://imbalanced-learn.org/stable/common_pitfalls.html

    Examples
    --------
    >>> from skpulsar.samplers import CyclicOverSampler
    >>> X = [[0.0], [0.1], [0.2], [0.3], [0.4], [0.5], [0.6]]
    >>> y = ["star", "pulsar", "star", "star", "pulsar", "star", "star"]
    >>> sampler = CyclicOverSampler()
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> sampler.sample_indices_
    array([0, 1, 2, 3, 4, 5, 6, 1, 4, 1])
    >>> y_res.count("star"), y_res.count("pulsar")
    (5, 5)

    In a pipeline only the training folds are balanced:

    >>> from imblearn.pipeline import make_pipeline
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import cross_validate
    >>> X, y = make_classification(
    ...     n_samples=500, weights=[0.9], class_sep=2.0, random_state=0
    ... )
    >>> model = make_pipeline(CyclicOverSampler(), LogisticRegression())
    >>> scores = cross_validate(model, X, y, scoring="recall")
    >>> bool(scores["test_score"].mean() > 0.8)
    True
    """

    def __init__(self, *, sampling_strategy="auto"):
        super().__init__(sampling_strategy=sampling_strategy)

    # The base class checks parameters, target and strategy and restores the
    # containers; it asks its subclasses for the next two methods.

    def _check_X_y(self, X, y):
        y, binarize_y = check_target_type(y, indicate_one_vs_all=True)
        # A data frame stays as it is: as an array its columns would lose their types.
        if not _is_frame(X):
            X = check_array(
                X, accept_sparse=["csr", "csc"], dtype=None, ensure_all_finite=False
            )
        check_consistent_length(X, y)
        X, y = validate_data(self, X=X, y=y, skip_check_array=True)
        return X, y, binarize_y

    def _fit_resample(self, X, y):
        # np.resize fills the new length with the rows, over and over.
        repeats = [
            np.resize(np.flatnonzero(y == label), n_new)
            for label, n_new in self.sampling_strategy_.items()
        ]
        indices = np.concatenate([np.arange(len(y)), *repeats])
        self.sample_indices_ = indices
        if _is_frame(X):
            # A new index: with the old one, labels of repeated rows would be double.
            return X.iloc[indices].reset_index(drop=True), y[indices]
        return X[indices], y[indices]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.sampler_tags.sample_indices = True
        return tags


def _is_frame(X):
    return hasattr(X, "iloc") and hasattr(X, "columns")
