# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifierCV: the penalty, and weights of the classes, chosen by rows held out."""

from functools import partial
from typing import ClassVar

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from skpulsar._classifier import LinearClassifierFitResult
from skpulsar._estimator._callbacks import CallbackSupport, with_task
from skpulsar._estimator._class_targets import CLASS_PARAMETERS, ClassTargets
from skpulsar._estimator._common_parameters import PARAMETERS
from skpulsar._estimator._input_checks import check_weight
from skpulsar._estimator._linear_weights import OneLayer
from skpulsar._estimator._parameters import NONE, Instance, Options, check_parameters
from skpulsar._estimator._portable import Portable
from skpulsar._estimator._transaction import exclusive, unchanged_on_error
from skpulsar._estimator._validated_input import ValidatedInput
from skpulsar._model_selection._attributes import attributes_of, warn_of_unconverged
from skpulsar._model_selection._candidates import given_alphas
from skpulsar._model_selection._choice import SELECTIONS
from skpulsar._model_selection._routing import routed, router_of
from skpulsar._model_selection._scoring import scorers_from_outside
from skpulsar._model_selection._search import search

GRID = (Instance((list, tuple), "a list"), NONE)
COMMON = ("standardize", "max_iter", "tol", "fit_intercept", "random_state", "verbose")


class SLPClassifierCV(
    ClassTargets, OneLayer, CallbackSupport, Portable, ValidatedInput, BaseEstimator
):
    """SLPClassifier with the strength of its penalty chosen by cross-validation, and if
    wanted the weights of the classes.

    Every model of every fold, and those of all rows, are trained to their own minimum,
    and scored by the rows that their fold holds out. The model of all rows at the
    chosen `alpha_` is one of those trained: nothing is fitted again.

    Of two classes, with folds that hold every row out equally often, all models are
    trained side by side, in a few readings of the rows. More classes, several labels,
    other folds, and more columns than 1024 or than rows are fitted one after the other.

    Parameters
    ----------
    alphas : int or array-like of shape (n_alphas,), default=20
        Strengths of the penalty, in any order; or how many. A number of them fall in
        equal ratios from one that leaves nothing of the coefficients to one that leaves
        nothing of the penalty, by the rows given (see Notes).

    cv : int, splitter, iterable or None, default=None
        Which rows are held out, as everywhere in scikit-learn
        (:func:`sklearn.model_selection.check_cv`): None is 5 stratified folds.

    scoring : str, callable, list of str, dict or None, default=None
        Score of the rows held out, which chooses; greater is better.

        - None is "neg_log_loss": minus the log loss of the logits. scikit-learn's
          metric clips probabilities, and differs where a logit is beyond 36.
        - "average_precision", "roc_auc" and "f1", the F1 of logits above 0, are
          scikit-learn's, of ``classes_[1]``. "f1_best" is the F1 of the best cut-off of
          each fold, which is found in the rows that it is scored by, and so a little
          too high; `cutoff_` is then that of all rows held out.
        - Other names of scorers, and scorers, get a fitted SLPClassifier and the rows
          held out as arrays.
        - A list or a dict, ``{name: scorer}``, records all; the first chooses.

    selection : {"best", "one_standard_error"}, default="best"
        "best" chooses the best mean score. "one_standard_error" chooses the largest
        alpha whose mean score is within one standard error of it, that of the best mean
        itself (`standard_errors_`). It says how far the score of another sample may be,
        and moves alpha by decades where `paired_standard_errors_`, those of the
        differences between alphas on the same rows, tell them apart.

    class_weights : list or None, default=None
        Values of `class_weight` to choose from, together with the alphas. With a
        score that looks at probabilities, such as the log loss, set `prior_correction`.

    samplings : list or None, default=None
        Values of `sampling` to choose from, together with all others.

    standardize : bool, default=False
        As for `SLPClassifier`; every fold takes the deviations of its own rows.

    max_iter : int, default=100
        Maximum number of full passes of a model.

    tol : float or None, default=1e-3
        How far a model may be above its minimum, as a share of its objective.

    fit_intercept, class_weight, sampling, prior_correction
        As for `SLPClassifier`. Scores are those after prior correction.

    random_state : int, RandomState instance or None, default=None
        Seed for the subsamples of training. Folds have a seed of their own.

    verbose : int, default=0
        If not 0, a line is printed for every reading of the rows, or for every fold
        where models are fitted one after the other.

    Attributes
    ----------
    alpha_ : float
        The chosen strength of the penalty.

    class_weight_, sampling_ : object
        What was chosen of `class_weights` and `samplings`, or was given.

    alphas_ : ndarray of shape (n_alphas,)
        The strengths tried.

    best_index_ : int, or tuple of (class weight, sampling, alpha)
        The place of what was chosen; a tuple with `class_weights` or `samplings`.

    best_score_ : float
        The mean over the folds of its score.

    scores_ : ndarray of shape (n_folds, n_alphas)
        The score that chooses, of the rows held out. With `class_weights` or
        `samplings` the shape is (n_folds, n_class_weights, n_samplings, n_alphas), and
        so for all that follow: two axes more before that of the alphas.

    all_scores_ : dict of ndarray
        All scores by name, each like `scores_`.

    standard_errors_ : ndarray of shape (n_alphas,)
        Of the means over the folds: ``std(ddof=1) / sqrt(n_folds)``.

    paired_standard_errors_ : ndarray of shape (n_alphas,)
        The same of the differences, fold by fold, to the best mean.

    cutoff_ : float or None
        With "f1_best": the logit from which on the rows held out, each by the chosen
        model of its own fold, have the best F1. `predict` cuts at 0 all the same: give
        it to :class:`~sklearn.model_selection.FixedThresholdClassifier`.

    coefs_paths_ : ndarray of shape (n_folds, n_alphas, n_features + 1)
        Coefficients of all models, the intercept last, after prior correction; with
        more outputs than one (n_folds, n_alphas, n_outputs, n_features + 1).

    coef_path_ : ndarray of shape (n_alphas, n_features + 1)
        The same of the models of all rows.

    objective_gaps_ : ndarray of shape (n_folds + 1, n_alphas)
        Estimates of how far every model is above its minimum, see
        `SLPClassifier.objective_gap_`; those of all rows are last.

    estimator_ : SLPClassifier
        The chosen model. Its history is one record, and `partial_fit` starts from its
        weights, as a stream that has seen no rows yet.

    coef_, intercept_, classes_, class_count_, multilabel_, prior_shift_, loss_, \
objective_gap_
        Those of the chosen model.

    n_iter_ : int
        Number of full passes over the rows, each for many models. Where these are
        fitted one after the other, that of all fits together.

    n_splits_ : int
        Number of folds.

    n_features_in_ : int
        Number of features.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if X has feature names that are all strings.

    See Also
    --------
    SLPClassifier : The model.
    sklearn.linear_model.LogisticRegressionCV : The same search by other solvers.
    skpulsar.displays.CoefficientPathDisplay : Draws coefficients and scores over alpha.

    Notes
    -----
    The grid: with the gradient g of the null model, which has no coefficients, and its
    loss L, coefficients gain at most ``|g|^2 / (2 alpha)``. At the largest alpha that
    is a hundredth of L. At the smallest, ``alpha s^2`` is 1e-8 for a coefficient s
    that moves the logit by 1 for a deviation of its column, in the geometric mean over
    the columns.

    Neighbouring alphas, mostly the smallest, have one model where it makes no
    difference which of them the penalty has: less than a hundredth of what `tol`
    allows, and of the penalty. It is that of the largest, whose gap is known for each.

    Among equal mean scores the largest alpha is chosen, and the first class weight and
    sampling. A mean that is NaN is never chosen.

    Rows of weight 0 are in no fold that a number makes. A splitter sees them, and its
    folds lose them afterwards. Rows held out count by their sample weights, and not by
    the weights of their classes.

    References
    ----------
    T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning",
    section 7.10 (the rule of one standard error).

    Examples
    --------
    >>> from skpulsar import SLPClassifierCV
    >>> from skpulsar.datasets import make_pulsars
    >>> X, y = make_pulsars(n_samples=2000, random_state=0)
    >>> model = SLPClassifierCV(
    ...     [1e-4, 1e-2, 1], scoring=["average_precision", "f1_best"], random_state=0
    ... ).fit(X, y)
    >>> model.scores_.shape, model.alpha_
    ((5, 3), 0.0001)

    A weight of the pulsars is chosen with it, by the log loss of the population:

    >>> model = SLPClassifierCV(
    ...     [1e-4, 1e-2, 1],
    ...     class_weights=[None, {1: 3}, "balanced"],
    ...     prior_correction=True,
    ...     random_state=0,
    ... ).fit(X, y)
    >>> model.scores_.shape, model.class_weight_
    ((5, 3, 1, 3), {1: 3})
    """

    _parameters: ClassVar[dict] = {
        "scoring": PARAMETERS["scoring"],
        "selection": (Options(SELECTIONS),),
        "class_weights": GRID,
        "samplings": GRID,
        **{name: PARAMETERS[name] for name in COMMON},
        **CLASS_PARAMETERS,
    }

    _Result = LinearClassifierFitResult

    def __init__(
        self,
        alphas=20,
        *,
        cv=None,
        scoring=None,
        selection="best",
        class_weights=None,
        samplings=None,
        standardize=False,
        max_iter=100,
        tol=1e-3,
        fit_intercept=True,
        class_weight=None,
        sampling=None,
        prior_correction=False,
        random_state=None,
        verbose=0,
    ):
        self.alphas = alphas
        self.cv = cv
        self.scoring = scoring
        self.selection = selection
        self.class_weights = class_weights
        self.samplings = samplings
        self.standardize = standardize
        self.max_iter = max_iter
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.sampling = sampling
        self.prior_correction = prior_correction
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y, sample_weight=None, **params):
        """Train all models, and choose one.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features. C-contiguous and CSR input of float32 or float64 is read without
            a copy.

        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels of two or more classes, or an indicator matrix.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of every row, at least 0, in training and in scores. Rows of weight 0
            are left out.

        **params : dict
            `groups` for the splitter. With metadata routing enabled, whatever the
            splitter and the scorers request; scorers from outside then get sample
            weights only if they request them.

        Returns
        -------
        self : SLPClassifierCV
            The fitted estimator.

        Raises
        ------
        ValueError
            As for `SLPClassifier.fit`; also if a fold trains without a class, or holds
            none out where the score needs it. The estimator is then as it was.
        RuntimeError
            If another call is training the estimator.
        KeyboardInterrupt
            On Ctrl-C. The estimator is then as it was.

        Warns
        -----
        ConvergenceWarning
            If models did not reach their minimum; the first of them are named.
        """
        with exclusive(self), unchanged_on_error(self):
            self._fit(X, y, sample_weight, params)
        return self

    def _fit(self, X, y, sample_weight, params):
        check_parameters(self, self._parameters)
        given_alphas(self.alphas)  # This refuses what is no alpha.
        train = partial(self._search, X, y, sample_weight, params)
        with_task(self, X, y, sample_weight, train)

    def _search(self, X, y, sample_weight, params, task):
        """Search, tell the callbacks' task of every reading of the rows, and return
        what gives the attributes that were found."""
        scorers = scorers_from_outside(self.scoring)
        X, y = self._validate(X, y, reset=True)
        sample_weight = check_weight(sample_weight, X.shape[0])
        metadata = routed(self, scorers, sample_weight, params)
        found = search(self, X, y, sample_weight, *metadata, task)
        attributes = partial(attributes_of, found, self)
        vars(self).update(attributes())
        warn_of_unconverged(found, self.max_iter)
        return attributes

    def get_metadata_routing(self):
        """The routing of metadata: `fit` hands it to the splitter and to scorers.

        Returns
        -------
        routing : MetadataRouter
        """
        return router_of(self, scorers_from_outside(self.scoring))

    def to_sklearn(self):
        """The chosen model as a LogisticRegression; see `SLPClassifier.to_sklearn`.

        Returns
        -------
        estimator : LogisticRegression or OneVsRestClassifier
        """
        check_is_fitted(self)
        return self.estimator_.to_sklearn()
