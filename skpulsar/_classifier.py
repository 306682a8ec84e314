# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifier: labels in, logits and probabilities out."""

from typing import ClassVar

from skpulsar._estimator._class_targets import CLASS_PARAMETERS, ClassTargets
from skpulsar._estimator._classifier_fit_result import ClassifierFitResult
from skpulsar._estimator._common_parameters import PARAMETERS
from skpulsar._estimator._linear_weights import LinearWeights
from skpulsar._estimator._slp import BaseSLP
from skpulsar._estimator._transaction import exclusive, unchanged_on_error


class LinearClassifierFitResult(LinearWeights, ClassifierFitResult):
    """Where the training of a classifier of one layer stands."""


class SLPClassifier(ClassTargets, BaseSLP):
    """Single-layer perceptron: a logistic unit, or a softmax layer for more than two
    classes, trained by minibatches.

    No parameter needs to be tuned, and no feature to be scaled, to reach the minimum:
    the default solver takes two or three full passes over the rows, and
    `objective_gap_` estimates how far above the minimum it ended. Where the minimum
    lies does depend on the units of the features, through the penalty, unless
    ``standardize=True``.

    The estimator minimises the mean sigmoid cross-entropy with an L2 penalty,

    ``F(w, b) = sum_i s_i l(w.x_i + b, y_i) / sum_i s_i + alpha / 2 |w|^2``,

    ``l(x, z) = max(x, 0) - x z + log(1 + exp(-|x|))``, where ``s_i`` is the product of
    a row's sample weight, the weight of its class and the factor by which `sampling`
    multiplies its class. With ``standardize=True`` the penalty is
    ``alpha / 2 sum_j (deviation_j w_j)^2``. The intercept is not penalised. The solver,
    its rates and its batches change the path, not this minimum.

    For K > 2 classes, l is the softmax cross-entropy of K logits, ``l(x, y) =
    log(sum_k exp(x_k)) - x_y``, and ``|W|^2`` is over the weights of all classes. The
    K rows of weights, and the intercepts, sum to 0.

    If y is an indicator matrix, 1 where a row has the label of the column, the columns
    are trained as independent labels, each by the first objective. `loss_`,
    `objective_gap_` and their kin are then sums over the labels, and psgd certifies
    each label by its own objective.

    Parameters
    ----------
    alpha : float, default=1e-4
        Strength of the L2 penalty. It depends neither on the number of samples nor on
        the scale of the weights. LogisticRegression's is ``alpha = 1 / (C * sum_i
        s_i)``, with ``s_i`` sample weight times class weight; without weights that is
        ``1 / (C * n_samples)``. SGDClassifier's is the same `alpha` without weights;
        with weights, divide SGDClassifier's by their mean.

    standardize : bool, default=False
        Whether the penalty measures every coefficient in units of its column's standard
        deviation, as behind a StandardScaler. The model is then the same whatever the
        units of the columns (see Notes for when to use it).

        - X is not copied, sparse rows stay sparse, and `coef_` refers to the columns
          as they are.
        - Deviations are taken about the mean, even without an intercept. They are
          weighted by `sample_weight` alone and cover all rows seen so far.
        - A column that is constant by StandardScaler's rule has coefficient 0.

    solver : {"auto", "psgd", "sgd", "adam", "rmsprop"}, default="auto"
        Algorithm that minimises the objective.

        - "auto" is "psgd", unless a parameter is set that acts with "sgd" and not with
          "psgd" (see Notes): setting `batch_size`, for example, selects "sgd".
        - "psgd" is preconditioned SGD: it fits a few thousand rows, drawn by residual
          times leverage; full passes, preconditioned by the curvature of these rows,
          then correct and certify the result [6]_.
        - "sgd" is minibatch SGD with momentum.
        - "adam" is the method of Kingma and Ba [1]_.
        - "rmsprop" is "adam" without its first moment (``beta_1 = 0``). It keeps the
          bias correction, which Tieleman and Hinton [2]_ leave out.

    batch_size : int or "auto", default="auto"
        Number of rows in a minibatch; "auto" is ``min(200, n_samples)``.

    learning_rate : {"constant", "invscaling", "adaptive"}, default="constant"
        Schedule of the rate.

        - "invscaling" divides the first rate by ``t ** power_t`` at update t.
        - "adaptive" divides the rate by 5 where "constant" would stop, and stops once
          the rate is a millionth of the first. It acts in `fit`, unless `tol` is None.

    learning_rate_init : float or "auto", default="auto"
        The first rate.

        - "auto" is ``(1 - momentum) / L`` for sgd, where L is the expected smoothness
          of a minibatch [3]_, and 0.01 for adam and rmsprop. Steps are then taken in
          columns that are centred and divided by ``sqrt(variance + 4 alpha)``. With
          `standardize`, ``4 alpha`` is multiplied by the squared deviation; without an
          intercept, columns are not centred and their mean square replaces the
          variance.
        - A number is the rate in the columns as they are, the same for every column.

    power_t : float, default=0.5
        Exponent of the "invscaling" schedule.

    momentum : float in [0, 1), default=0.9
        Share of the last step that the next one keeps.

    nesterovs_momentum : bool, default=True
        Whether to use Nesterov's momentum.

    beta_1, beta_2 : float in [0, 1), default=0.9 and 0.999
        Decay rates of the first and second moment of the gradient.

    epsilon : float, default=1e-8
        Number added to the root of the second moment.

    average : bool or int, default=False
        Whether `coef_` and `intercept_` are means of the weights after every step
        (Polyak and Juditsky [4]_). A number greater than 1 is the number of samples
        seen at which averaging begins. `partial_fit` then continues from the last step,
        not from `coef_`.

    max_iter : int, default=100
        Maximum number of epochs. An epoch of psgd is a full pass.

    tol : float or None, default=1e-4
        Tolerance of the stopping rule, relative to the objective.

        - psgd stops where `objective_gap_` is below `tol` times the objective, of every
          label if there are several (a third of that with many columns, where the
          estimate is rougher). If `tol` is None or below rounding error, it stops at
          rounding error. Coefficients differ between seeds by more than the objective
          does: on HTRU2 by some tenth of their standard errors; with ``tol=1e-8`` by a
          thousandth.
        - sgd, adam and rmsprop stop once the objective, as the epochs met it, has not
          fallen by `tol` times itself for `n_iter_no_change` epochs in a row, and for
          as many updates as sgd's momentum takes to fade. If `tol` is None, they run
          `max_iter` epochs.

    n_iter_no_change : int, default=5
        Number of epochs without progress after which training stops; see `tol`.

    shuffle : bool, default=True
        Whether to shuffle the rows anew before every epoch.

    fit_intercept : bool, default=True
        Whether the model has an intercept.

    class_weight : dict, list of dict, "balanced" or None, default=None
        Weights of the classes, which multiply with those of `sampling`.

        - A dict gives them by label. Each key is a label as it is in y; a class without
          a key has weight 1.
        - A list of one dict a column, ``{0: weight, 1: weight}``, is for an indicator
          matrix.
        - "balanced" makes them inversely proportional to the shares of the classes in
          the rows as given; in `partial_fit`, in all rows seen so far.

    sampling : float in (0, 1), "balanced", dict or None, default=None
        Target proportions of the classes in training. None takes the rows as they are.

        - "balanced" gives every class the same share.
        - A float is the share of the rarest class; the others keep their proportions.
          Of two equal classes, ``classes_[1]`` counts as the rarer.
        - A dict ``{label: share}`` gives the shares of all classes, or of all but one.

        sgd, adam and rmsprop fill every minibatch in these proportions, rounded up or
        down at random. An epoch takes each row of the largest class once, in a new
        order, and cycles through shuffled orders of the other classes, which go on from
        one epoch to the next. Rows are taken by index; none is copied.

        - psgd draws nothing for it: it multiplies the weights of each class by its
          target proportion over its own. The minimum is the same.
        - `partial_fit` samples within every call, but the rarest class is that of all
          rows seen so far. A call that lacks a class is weighted instead.
        - Labels of an indicator matrix do not exclude each other, and cannot be
          sampled: use `class_weight`.

    prior_correction : bool, dict or float in (0, 1), default=False
        Whether to remove from the intercept what `sampling` and `class_weight` added to
        it, so that probabilities are those of the population [5]_ (see Notes).

        - True takes the rows given, with their sample weights, as the population.
        - A dict ``{label: share}``, of all classes or all but one, gives the shares in
          the population where the rows were resampled beforehand.
        - A float is that share of ``classes_[1]``, the label that sorts last (of
          "pulsar" and "star" it is "star"), of two classes.
        - For an indicator matrix a dict ``{column: share}`` gives the shares of the
          rows that have a label; for other columns the rows are the population.

    early_stopping : bool, default=False
        Whether a validation set ends training, and which weights are kept.

        - Training ends where the monitored score, the first of `scoring`, has not
          improved by `tol` for `n_iter_no_change` epochs in a row. `tol` is relative
          for the loss, and absolute for scores; None runs all epochs.
        - The weights of the best epoch are kept, with the state that continues them,
          however training ends. `history_` has all epochs.
        - The validation set is `X_val` and `y_val` of `fit`. If these are not given, a
          share of the rows, `validation_fraction`, is held out of training.
        - "auto" is "sgd" then. psgd ends there too, or sooner at its own `tol`.
        - `partial_fit` neither validates nor stops, and raises a ValueError.

    validation_fraction : float in (0, 1), default=0.1
        Share of the rows that `early_stopping` holds out: the same of every class, but
        of an indicator matrix whatever chance draws.

    scoring : str, callable, list, dict or None, default="loss"
        Scores that are recorded after every epoch, of the validation set if there is
        one: "loss", which is the mean loss of the shown coefficients without the
        penalty; names of scikit-learn's scorers, scorers, or None for `score`. A list
        holds names, a dict scorers by name. With early stopping the first decides.

    return_train_score : bool, default=False
        Whether these scores are recorded of the training rows, too.

    warm_start : bool, default=False
        Whether `fit` starts from the present weights. The counters of epochs, updates
        and samples and the optimiser's state start anew, and psgd draws no initial
        subsample.

    n_jobs : int or None, default=None
        Number of threads, with the same bits for any. They share the passes over all
        rows, of `fit` and of predictions; minibatches run on one, and so does what has
        few entries, up to some millions. None is 1, unless ``joblib.parallel_config``
        says otherwise; -1 is all cores. Large tables are read by the current
        Dask client instead, if there is one.

    random_state : int, RandomState instance or None, default=None
        Seed for the order of the rows and for psgd's subsamples.

    verbose : int, default=0
        With k a line is printed for every k-th epoch and the last: the objective, the
        rate, the time, for psgd the gap, and the scores.

    Attributes
    ----------
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weights of the features, for more than two classes those of every class, for
        an indicator matrix those of every label.

    intercept_ : ndarray of shape (1,) or (n_classes,)
        Intercepts.

    classes_ : ndarray of shape (n_classes,)
        Labels of the classes; of two, a positive logit means the second. For an
        indicator matrix these are the numbers of its columns.

    multilabel_ : bool
        Whether y was an indicator matrix, so that the classes are labels of which a row
        may have several.

    class_count_ : ndarray of shape (n_classes,)
        Sum of the sample weights of each class, over all rows seen; for an indicator
        matrix of the rows that have each label.

    n_iter_ : int
        Number of epochs run. For psgd these are full passes, including the one that
        certifies the minimum.

    objective_gap_ : float
        For psgd, an estimate of how far the objective is above its minimum; it is no
        bound. It is the Newton decrement with the present preconditioner, enlarged by
        how slowly the decrement falls. It is NaN with the other solvers, and where
        there is no preconditioner yet (only one class was seen, or no full pass lowered
        the objective).

    t_ : int
        Number of samples seen by the weights that are kept. A row counts each time it
        is visited.

    sampling_counts_ : ndarray of shape (n_classes,), int, or None
        How many of these samples were of each class; psgd sees every row once an epoch.
        It is None for an indicator matrix.

    prior_shift_ : float, or ndarray of shape (n_classes,)
        Log-odds that `prior_correction` took out of the intercept, or out of each where
        there are several: `intercept_` is the trained intercept minus this. It is 0.0
        without the correction, and until rows of all classes were seen.

    loss_, best_loss_ : float
        The last and the smallest value of `loss_curve_`.

    loss_curve_ : list of float
        Objective of every epoch. For sgd, adam and rmsprop it is the mean loss of the
        minibatches, each at the weights of its time, plus the penalty at the end of the
        epoch. For psgd it is exact, at the best weights evaluated so far.

    best_iter_ : int
        Number of the best epoch, from 1: the first with the best monitored score of the
        validation set, or without one, with the lowest loss. 0 if all scores are NaN.

    validation_scores_ : list of float, or None
        The monitored score of every epoch, greater being better: of "loss" it is minus
        the loss. None without a validation set.

    best_validation_score_ : float or None
        The best of these; NaN if all are.

    history_ : dict of lists
        One number for every epoch, for instance for ``pandas.DataFrame``: "epoch" (from
        1), "loss", "penalty" (part of the loss), "learning_rate" (the rate of the last
        step, before any column's scale), "n_rows" (rows read), "seconds" (without
        scores), "n_sampled" (rows that psgd read in subsamples besides, counted every
        time) and "objective_gap"; then "validation_loss", or ``"validation_"`` and the
        name of every other score, and the same with ``"train_"``. Its lists, and
        `loss_curve_`, are made anew at every access.

    solver_ : str
        The solver that ran.

    n_features_in_ : int
        Number of features.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if X has feature names that are all strings.

    See Also
    --------
    sklearn.linear_model.LogisticRegression : The same objective, by full passes.
    sklearn.linear_model.SGDClassifier : The same model, one row at a time.
    MLPClassifier : Hidden layers below; with ``hidden_layer_sizes=()`` the same model.

    Notes
    -----
    The following parameters act with some solvers only. A parameter that is set and
    does not act with the solver that runs causes a UserWarning.

    ==================== ==== === ==== =======
    parameter            psgd sgd adam rmsprop
    ==================== ==== === ==== =======
    batch_size           no   yes yes  yes
    learning_rate        no   yes yes  yes
    learning_rate_init   no   yes yes  yes
    power_t              no   yes yes  yes
    average              no   yes yes  yes
    shuffle              no   yes yes  yes
    n_iter_no_change     no   yes yes  yes
    momentum             no   yes no   no
    nesterovs_momentum   no   yes no   no
    beta_1               no   no  yes  no
    beta_2               no   no  yes  yes
    epsilon              no   no  yes  yes
    ==================== ==== === ==== =======

    With ``early_stopping=True``, `n_iter_no_change` acts with psgd, too.

    The penalty depends on the unit of a column: a column of small numbers needs a large
    coefficient, which costs much. `fit` with psgd warns (UserWarning) where the penalty
    leaves less than a tenth of what the same step from the null model would gain
    without it. ``standardize=True`` is for dense columns of unlike units, or of units
    that nobody chose. It is not for words and rare levels of categories: a column that
    is 1 in few rows has a small deviation, so that its coefficient, which is mostly
    noise, would cost next to nothing.

    Let `sampling` and `class_weight` multiply the weights of the two classes by ``f_0``
    and ``f_1``. Every row's odds of the second class are then ``f_1 / f_0`` times those
    in the population, and the logarithm of this ratio shifts the intercept and nothing
    else. If the population's share of the second class is given as p, the shift is
    ``log(a / (1 - a)) - log(p / (1 - p))``, where a is its share of the weights in the
    objective. This is the prior correction of King and Zeng ([5]_, section 4.1). For
    more classes each intercept is shifted by ``log(f_k)``, or ``log(a_k / p_k)``, less
    the mean of these.

    - The correction assumes that rows were taken, left out or weighted by their class
      alone, and that the logits of the population are linear in the features. Then it
      is exact but for the error of estimation and what `alpha` shrinks.
    - It holds for weights and for random over- and undersampling. After samplers that
      make up or choose rows by their features, such as SMOTE, it is an approximation.
    - `predict` follows the corrected logits. Choose its threshold separately, with
      :class:`~sklearn.model_selection.FixedThresholdClassifier` or
      :class:`~sklearn.model_selection.TunedThresholdClassifierCV`.
    - Training continues, in `partial_fit` and with `warm_start`, from the uncorrected
      intercept.

    C-contiguous float32 and float64 arrays, and CSR matrices whose rows' columns
    ascend, are read without a copy. All sums, and the weights, are double. An int
    `random_state` gives the same bits on every run and every x86-64 CPU.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
    .. [2] T. Tieleman, G. Hinton, "Lecture 6.5 - RMSprop", COURSERA, 2012.
    .. [3] R. M. Gower, N. Loizou, X. Qian, A. Sailanbayev, E. Shulgin, P. Richtarik,
       "SGD: General Analysis and Improved Rates", ICML 2019.
    .. [4] B. T. Polyak, A. B. Juditsky, "Acceleration of Stochastic Approximation by
       Averaging", SIAM Journal on Control and Optimization 30, 1992.
    .. [5] G. King, L. Zeng, "Logistic Regression in Rare Events Data", Political
       Analysis 9(2), 137-163, 2001. https://doi.org/10.1093/oxfordjournals.pan.a004868
    .. [6] H. Wang, R. Zhu, P. Ma, "Optimal Subsampling for Large Sample Logistic
       Regression", JASA 113, 2018; R. H. Byrd, G. M. Chin, W. Neveitt, J. Nocedal, "On
       the Use of Stochastic Hessian Information in Optimization Methods for Machine
       Learning", SIAM Journal on Optimization 21, 2011. The page docs/solver.md of the
       project explains the whole.

    Examples
    --------
    >>> from sklearn.metrics import f1_score
    >>> from sklearn.model_selection import train_test_split
    >>> from skpulsar import SLPClassifier
    >>> from skpulsar.datasets import make_pulsars
    >>> X, y = make_pulsars(random_state=0)
    >>> X_train, X_test, y_train, y_test = train_test_split(
    ...     X, y, stratify=y, random_state=0
    ... )
    >>> model = SLPClassifier(random_state=0).fit(X_train, y_train)
    >>> print(f"F1 {f1_score(y_test, model.predict(X_test)):.2f}")
    F1 0.89

    Half pulsars in every minibatch, and probabilities of the population:

    >>> model = SLPClassifier(
    ...     sampling="balanced", prior_correction=True, random_state=0
    ... )
    >>> proba = model.fit(X_train, y_train).predict_proba(X_test)[:, 1]
    >>> print(f"{proba.mean():.2f} on average, {y_test.mean():.2f} are pulsars")
    0.09 on average, 0.09 are pulsars

    More than two classes:

    >>> from sklearn.datasets import load_iris
    >>> flowers, species = load_iris(return_X_y=True)
    >>> SLPClassifier().fit(flowers, species).predict_proba(flowers[:1]).round(3)
    array([[1., 0., 0.]])

    Several labels at once:

    >>> import numpy as np
    >>> labels = np.column_stack([species > 0, flowers[:, 3] > 1.5, species == 1])
    >>> model = SLPClassifier().fit(flowers, labels)
    >>> model.predict(flowers[[0, 60, 149]])
    array([[0, 0, 0],
           [1, 0, 1],
           [1, 1, 0]])

    The same model in other units:

    >>> model = SLPClassifier(standardize=True, random_state=0).fit(X_train, y_train)
    >>> other = SLPClassifier(standardize=True, random_state=0)
    >>> other = other.fit(X_train / 1000, y_train)
    >>> print((other.predict(X_test / 1000) == model.predict(X_test)).mean())
    1.0
    """

    _parameters: ClassVar[dict] = {**PARAMETERS, **CLASS_PARAMETERS}

    _Result = LinearClassifierFitResult

    def __init__(
        self,
        *,
        alpha=1e-4,
        standardize=False,
        solver="auto",
        batch_size="auto",
        learning_rate="constant",
        learning_rate_init="auto",
        power_t=0.5,
        momentum=0.9,
        nesterovs_momentum=True,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        average=False,
        max_iter=100,
        tol=1e-4,
        n_iter_no_change=5,
        shuffle=True,
        fit_intercept=True,
        class_weight=None,
        sampling=None,
        prior_correction=False,
        early_stopping=False,
        validation_fraction=0.1,
        scoring="loss",
        return_train_score=False,
        warm_start=False,
        n_jobs=None,
        random_state=None,
        verbose=0,
    ):
        self.alpha = alpha
        self.standardize = standardize
        self.solver = solver
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.average = average
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.shuffle = shuffle
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.sampling = sampling
        self.prior_correction = prior_correction
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.scoring = scoring
        self.return_train_score = return_train_score
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X,
        y,
        sample_weight=None,
        *,
        X_val=None,
        y_val=None,
        sample_weight_val=None,
    ):
        """Train to the minimum within `tol`, or for `max_iter` epochs.

        Parameters
        ----------
        X : {array-like, sparse matrix, table} of shape (n_samples, n_features)
            Features. C-contiguous and CSR input of float32 or float64 is read without
            a copy. A table is what :func:`rows` returns or takes, but for paths.

        y : array-like of shape (n_samples,) or (n_samples, n_classes), or str
            Labels of two or more classes; or an indicator matrix of 0 and 1, dense or
            sparse, with two or more columns. A UserWarning names a column of it that is
            constant: psgd gives such a label the intercept that makes it certain, and
            no other weights. Of a table, the name of a column or an array of labels;
            one beyond 128 MiB is for psgd and two classes (see docs/large_data.md).

        sample_weight : array-like of shape (n_samples,) or str, default=None
            Weight of every row, at least 0, or its column in a table. Rows of weight 0
            are left out.

        X_val, y_val : array-like, default=None
            Validation set, like X and y, that is scored after every epoch; see
            `scoring` and `early_stopping`. Without `early_stopping` it changes nothing
            else. A :class:`~sklearn.pipeline.Pipeline` with
            ``transform_input=["X_val"]`` transforms it as it does X, if metadata
            routing is enabled.

        sample_weight_val : array-like, default=None
            Weight of every row of the validation set, at least 0.

        Returns
        -------
        self : SLPClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range, the data are not finite, a label is
            missing, y has one class alone, a class has no positive weight, or training
            overflows. The estimator is then as it was.
        RuntimeError
            If another call is training the estimator: `fit` and `partial_fit` are for
            one thread at a time. The other call goes on undisturbed.
        KeyboardInterrupt
            On Ctrl-C. The estimator then stands at its last finished epoch, or is as it
            was if no epoch had finished.
        """
        with exclusive(self), unchanged_on_error(self):
            self._fit(X, y, sample_weight, X_val, y_val, sample_weight_val)
        return self

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Continue training with more rows.

        - psgd minimises the objective of all rows seen so far, each given once. For
          that the estimator keeps rows of X, and a pickle of it holds them: all rows up
          to 8192, or 8 per weight if that is more; beyond that a weighted sample, with
          a linear term for the value and the gradient of the others (see Notes). `fit`
          keeps no rows, and `remove_data` drops them. Of K > 2 classes, there are ``(K
          - 1) (n_features + 1)`` weights, and no more than 32768 rows are kept. With
          more than ``5e6 / K^2 - 1`` features "auto" is "sgd" here, and psgd is
          refused.
        - sgd, adam and rmsprop run one epoch over the given rows. The optimiser's
          state, the counters, the column scales and the random numbers of the order
          continue from call to call: k calls on the same rows give the bits of ``fit``
          with ``max_iter=k, tol=None`` and the same int `random_state` (except that
          `fit` undoes a training that ended above its start, with a
          ConvergenceWarning). The scales are those of all rows seen so far.
        - For an indicator matrix "auto" is "sgd" here, and psgd is refused.

        With every solver, the deviations of ``standardize=True`` are those of all rows
        seen so far; set it before the first rows. So are the class weights of
        ``class_weight="balanced"``, `sampling` and `prior_correction`: psgd applies the
        newest to all rows, the others apply them to the new rows only.

        After a change of solver, sgd, adam and rmsprop continue from the weights; psgd
        knows of no rows before the change, and ends at the minimum over those given
        since. The rows of a `fit` keep the `alpha`, the intercept and the class weights
        of that fit: to change these, call `fit` again.

        Parameters
        ----------
        X : {array-like, sparse matrix, table} of shape (n_samples, n_features)
            Features. A table (see :func:`rows`) is given 65,536 rows a call.

        y : array-like of shape (n_samples,) or (n_samples, n_classes), or str
            Labels, which may be of one class alone, or an indicator matrix. Of a table,
            the name of a column or an array of labels.

        classes : array-like of shape (n_classes,), default=None
            All classes; for an indicator matrix the numbers of its columns, from 0 on.
            The first call needs them; later calls may omit them.

        sample_weight : array-like of shape (n_samples,) or str, default=None
            Weight of every row, at least 0, or its column in a table. If all are 0, the
            call only registers the classes and the number of features.

        Returns
        -------
        self : SLPClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            As for `fit`; also if `classes` is missing on the first call or changes
            later, if y holds another label, or if `early_stopping` is set. The
            estimator is then as it was.
        RuntimeError
            As for `fit`.

        Notes
        -----
        With psgd every call ends where the gap is a tenth of `tol`, as far as the kept
        rows can tell (a third, for 2000 columns or more). If there are too many rows to
        keep, a row stays with a probability proportional to residual times leverage and
        is weighted by its inverse, and a linear term corrects the gradient at the
        present weights: the sample then moves the minimum in second order only.

        - In shuffled streams of real data the objective ends within 0.02 % of the
          minimum. With 2000 columns or more, of which few rows say anything each, it
          ends within a few percent.
        - The order of the rows costs little more, unless nearly all rows of one class
          come before the first of the other: the sample could not know which of them
          would count (13 % with 283,000 rows of one class before 2,700 of the other).

        - Of more than two classes, rows in the order of their classes cost up to some
          2 %. A class without rows counts as half a row at the mean of all others,
          until it has one; `objective_gap_` is NaN as long.

        `loss_` is the objective of all rows seen, as estimated by the sample, at the
        new weights. `objective_gap_` is the gap that the call left of it. `n_sampled`
        in `history_` counts how often kept rows were read. Row weights of different
        calls are on one scale.

        After `fit` or `remove_data` a quadratic about the weights, with the curvature
        found there, stands for the rows before. Rows of the same kind add to it as if
        all had been kept; rows of another kind add less exactly.

        - Beyond 1024 columns, and where `fit` itself knew no more (many columns for the
          rows), only the diagonal of the curvature is kept, and much of what the fit
          knew of columns that depend on each other is lost. Give such rows to
          `partial_fit` from the start. Of K > 2 classes, these are 1024 weights of
          K - 1 classes; a `fit` with more of them keeps a curvature for every class,
          made of few rows, where ``K (n_features + 1)^2`` is at most a million.
        - `fit` itself always starts anew.
        - After `remove_data` class weights still follow the stream, in the value and
          the gradient of the rows before.
        """
        with exclusive(self), unchanged_on_error(self):
            self._partial_fit(X, y, sample_weight, classes)
        return self
