# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifier: labels in, logits and probabilities out."""

from dataclasses import replace
from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from skpulsar._estimator._base import PARAMETERS, BaseSLP
from skpulsar._estimator._class_weights import Seen, given_class_weight, weigh
from skpulsar._estimator._classifier_fit_result import ClassifierFitResult
from skpulsar._estimator._labels import (
    check_labels,
    check_one_output,
    encode,
    find_classes,
    known_classes,
    shown,
)
from skpulsar._estimator._parameters import BOOL, NONE, Instance, Number, Options
from skpulsar._estimator._prediction import decision
from skpulsar._estimator._prior import SHARE, prior_shift
from skpulsar._estimator._transaction import exclusive, unchanged_on_error
from skpulsar._problem._losses import LOGISTIC, Softmax
from skpulsar._problem._matrix import kernel_matrix, sum_repeated
from skpulsar._problem._memory import Rows


class SLPClassifier(ClassifierMixin, BaseSLP):
    """Single-layer perceptron: a logistic unit trained by minibatches.

    Nothing needs to be tuned, and no feature to be scaled, to reach the minimum: by
    default it takes two or three readings of the rows, and `objective_gap_` tells how
    far it is. What the minimum is does depend on the units of the features, by the
    penalty, unless ``standardize=True``.

    Minimises the mean sigmoid cross-entropy with an L2 penalty,

    ``F(w, b) = sum_i s_i l(w.x_i + b, y_i) / sum_i s_i + alpha / 2 |w|^2``,

    ``l(x, z) = max(x, 0) - x z + log(1 + exp(-|x|))``, with ``s_i`` the product of a
    row's sample weight, its class's weight and what `sampling` makes of its class; with
    ``standardize=True`` the penalty is ``alpha / 2 sum_j (deviation_j w_j)^2``. The
    intercept is not penalised. The solver, its rates and its batches change the path,
    not this destination.

    Parameters
    ----------
    alpha : float, default=1e-4
        Strength of the L2 penalty, independent of the number of samples and of the
        scale of the weights. LogisticRegression's is ``alpha = 1 / (C * sum_i s_i)``,
        ``s_i`` being sample weight times class weight: without weights ``1 / (C *
        n_samples)``. SGDClassifier's is the same `alpha` without weights; with weights
        divide it by their mean.

    standardize : bool, default=False
        Whether the penalty takes every coefficient in units of its column's standard
        deviation, as behind a StandardScaler: the model is then the same whatever the
        units of the columns. X is not copied, sparse rows stay sparse, and `coef_` is
        that of the columns as they are. Deviations are about the mean, without an
        intercept too, weighted by `sample_weight` alone, over the rows seen so far; a
        column that is constant by StandardScaler's rule has coefficient 0. See Notes
        for when to use it.

    solver : {"auto", "psgd", "sgd", "adam", "rmsprop"}, default="auto"
        "psgd" is preconditioned SGD: one minibatch of a few thousand rows, drawn by
        residual times leverage, gives the weights and the curvature, and full readings
        correct and certify them in that metric [6]_. "sgd" is minibatch SGD with
        momentum, "adam" the method of Kingma and Ba [1]_, "rmsprop" the same without
        its first moment (``beta_1 = 0``; Tieleman and Hinton [2]_ leave out the
        correction of the first steps, which this keeps). "auto" is "psgd", and "sgd" as
        soon as a parameter that acts with sgd alone among the two is set (see Notes):
        who asks for minibatches of 10 gets them.

    batch_size : int or "auto", default="auto"
        Rows of a minibatch; "auto" is ``min(200, n_samples)``.

    learning_rate : {"constant", "invscaling", "adaptive"}, default="constant"
        Schedule of the rate. "invscaling" divides it by ``t ** power_t`` at update t.
        "adaptive" divides it by 5 where "constant" would stop, and stops once it is
        a millionth of the first; it acts in `fit`, where `tol` is not None.

    learning_rate_init : float or "auto", default="auto"
        The first rate. "auto" trains in columns that are centred and divided by
        ``sqrt(variance + 4 alpha)``: for sgd with ``(1 - momentum) / L``, L being the
        expected smoothness of a minibatch [3]_, for adam and rmsprop with 0.01. (With
        `standardize` 4 alpha is multiplied by the squares of its deviations. Without an
        intercept columns are not centred, and their mean square stands for the
        variance.) A number is taken as it is, the same for every column.

    power_t : float, default=0.5
        Exponent of "invscaling".

    momentum : float in [0, 1), default=0.9
        Share of the last step that the next one keeps.

    nesterovs_momentum : bool, default=True
        Whether to use Nesterov's momentum.

    beta_1, beta_2 : float in [0, 1), default=0.9 and 0.999
        Decay of the first and second moment of the gradient.

    epsilon : float, default=1e-8
        Added to the root of the second moment.

    average : bool or int, default=False
        Whether `coef_` and `intercept_` are the means of the weights after every step
        (Polyak and Juditsky [4]_); a number greater than 1 is the number of samples
        seen at which averaging begins. `partial_fit` then goes on from the last step,
        not from `coef_`.

    max_iter : int, default=100
        The most epochs; of psgd the most full readings.

    tol : float or None, default=1e-4
        How close to the minimum to stop, as a share of the objective. psgd stops where
        `objective_gap_` is below that share (a third of it with many columns, where the
        claim is rougher); below what rounding allows, or for None, it stops at
        rounding. Coefficients differ between seeds by more than the objective does: on
        HTRU2 by some tenth of their standard errors, for 1e-8 by a thousandth. The
        others stop once the objective, as the epochs met it, has not fallen by this
        share of itself for `n_iter_no_change` epochs in a row, and for as many updates
        as sgd's momentum takes to fade; for None they run `max_iter` epochs.

    n_iter_no_change : int, default=5
        See `tol`.

    shuffle : bool, default=True
        Whether every epoch has a new order of the rows.

    fit_intercept : bool, default=True
        Whether there is an intercept.

    class_weight : dict, "balanced" or None, default=None
        Weights of the classes: a dict by label, each key as the label is in y, 1 for a
        class without a key. "balanced" makes them inversely proportional to the
        classes' shares, in `partial_fit` those of all rows seen so far. They are the
        shares of the rows as given: `sampling` multiplies with it.

    sampling : float in (0, 1), "balanced" or None, default=None
        Share of the rarer class in what training sees, "balanced" for 0.5; None takes
        the rows as they are. With sgd, adam and rmsprop every minibatch holds that
        share of rows, rounded up or down at random: an epoch visits each row of the
        larger class once, in a new order, and cycles through orders of the smaller,
        from one epoch into the next. Rows are visited by index; none is copied. It is
        the share of the sample weights too: the minimum is that with the weights of
        each class multiplied by the share asked for over its own, which is what psgd
        does instead of drawing. In `partial_fit` every call is sampled within itself,
        and which class is the rarer is that of all rows seen so far; in a call with
        rows of one class alone these are multiplied so instead. Of two equal classes
        the second counts as the rarer.

    prior_correction : bool, dict or float in (0, 1), default=False
        Whether to take out of the intercept what `sampling` and `class_weight` put into
        it, so that probabilities are those of the population [5]_. True: the population
        is that of the rows given, as their sample weights count them. Where the rows
        were resampled before they came here, the shares of the classes in the
        population: ``{label: share}`` for one class or both, or a float for that of
        ``classes_[1]``, the label that sorts last (of "pulsar" and "star" it is
        "star"). See Notes.

    warm_start : bool, default=False
        Whether `fit` starts from the present weights; counters and optimiser state
        start anew. psgd then goes without its first minibatch.

    random_state : int, RandomState instance or None, default=None
        Seed of the order of the rows, and of psgd's minibatches.

    verbose : int, default=0
        1 prints a line every epoch, with the objective, of psgd its gap, the rate and
        the time; any greater number adds how many rows were read and sampled.

    Attributes
    ----------
    coef_ : ndarray of shape (1, n_features)
        Weights.

    intercept_ : ndarray of shape (1,)
        Intercept.

    classes_ : ndarray of shape (2,)
        The classes; a positive logit means the second.

    class_count_ : ndarray of shape (2,)
        Sum of the sample weights of each class, over all rows seen.

    n_iter_ : int
        Epochs run: full readings of the rows, the one that certifies included.

    objective_gap_ : float
        psgd: how far the objective is above its minimum, by the Newton decrement in the
        metric at hand and how fast it falls: an estimate, no bound. NaN with the other
        solvers, and where there is no metric yet (one class, or no reading that was
        better).

    t_ : int
        Samples seen, every visit counted.

    sampling_counts_ : ndarray of shape (2,), int
        How many of these were of each class; psgd reads every row once an epoch.

    prior_shift_ : float
        Log-odds that `prior_correction` took out of the intercept: `intercept_` is the
        trained one less this. 0.0 without it, and until rows of both classes were seen.

    loss_, best_loss_ : float
        The last and the least of `loss_curve_`.

    loss_curve_ : list of float
        Objective of every epoch: the mean loss of its minibatches, each at the weights
        of its time, plus the penalty at its end; of psgd the objective, exactly, at the
        best weights read so far.

    history_ : dict of lists
        A number for every epoch: "loss", "learning_rate" (of the last step, before any
        column's scale), "n_rows" (rows read), "seconds", "n_sampled" (rows of psgd's
        minibatches besides, every time counted) and "objective_gap". Its lists, and
        `loss_curve_`, are made anew at every access.

    solver_ : str
        The solver used.

    n_features_in_ : int
        Number of features.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, where X has some that are all strings.

    See Also
    --------
    sklearn.linear_model.LogisticRegression : The same objective, by full readings.
    sklearn.linear_model.SGDClassifier : The same model, one row at a time.
    sklearn.neural_network.MLPClassifier : With ``hidden_layer_sizes=()``, the same
        model; its parameters keep their names here.

    Notes
    -----
    These parameters act with some solvers only; one that is set and does not act with
    the solver that runs is a UserWarning.

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

    The penalty bears on a column by its unit: one of small numbers needs a large
    coefficient, which costs much. Where that leaves less than a tenth of what the same
    step from the null model would gain without a penalty, `fit` with psgd tells so in a
    UserWarning. ``standardize=True`` is for dense columns of unlike units, or of units
    that nobody chose. It is not for words and rare levels of categories: a column that
    is 1 in few rows has a small deviation, so that what few rows say of it, mostly
    noise, would cost next to nothing.

    Let `sampling` and `class_weight` multiply the weights of the two classes by ``f_0``
    and ``f_1``. Every row's odds of the second class are then ``f_1 / f_0`` times those
    in the population, so that the logarithm of this ratio is the shift of the intercept
    and of nothing else. Where the population's share of the second class is given as p,
    the shift is ``log(a / (1 - a)) - log(p / (1 - p))`` with a its share of the weights
    in the objective. This is the prior correction of King and Zeng ([5]_, section 4.1).
    It assumes that rows were taken, left out or weighted by their class alone, and that
    the logits of the population are linear in the features; then it is exact but for
    the error of estimation and what `alpha` shrinks. That holds for weights and for
    random over- and undersampling. After samplers that make up or choose rows by their
    features, such as SMOTE, it is an approximation. `predict` follows the corrected
    logits: choose its threshold apart, with
    :class:`~sklearn.model_selection.FixedThresholdClassifier` or
    :class:`~sklearn.model_selection.TunedThresholdClassifierCV`. Training goes on, in
    `partial_fit` and with `warm_start`, from the uncorrected intercept.

    C-contiguous float32 and float64 arrays, and CSR matrices whose rows' columns
    ascend, are read without a copy; all sums, and the weights, are double. An int
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

    The same model in other units:

    >>> model = SLPClassifier(standardize=True, random_state=0).fit(X_train, y_train)
    >>> other = SLPClassifier(standardize=True, random_state=0)
    >>> other = other.fit(X_train / 1000, y_train)
    >>> print((other.predict(X_test / 1000) == model.predict(X_test)).mean())
    1.0
    """

    _parameters: ClassVar[dict] = {
        **PARAMETERS,
        "class_weight": (
            Options(("balanced",)),
            Instance((dict,), "an instance of dict"),
            NONE,
        ),
        "sampling": (Options(("balanced",)), Number(Real, 0, 1, "()"), NONE),
        "prior_correction": (
            BOOL,
            SHARE,
            Instance((dict,), "a dict of shares by label (a float is of classes_[1])"),
        ),
    }

    _Result = ClassifierFitResult

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
        warm_start=False,
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
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y, sample_weight=None):
        """Train to the minimum as far as `tol` asks, or for `max_iter` epochs.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features; float32 and float64, C order and CSR are read without a copy.

        y : array-like of shape (n_samples,)
            Labels of two classes.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of every row, at least 0; rows of weight 0 are left out.

        Returns
        -------
        self : SLPClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range, the data are not finite, a label is
            missing, y has not two classes, no weight is positive, or training
            overflows. The estimator is then as it was.
        RuntimeError
            If another call is training the estimator: `fit` and `partial_fit` are for
            one thread at a time. It goes on undisturbed.
        KeyboardInterrupt
            On Ctrl-C; the estimator then stands at its last finished epoch, or is as it
            was if there is none.
        """
        with exclusive(self), unchanged_on_error(self):
            self._fit(X, y, sample_weight)
        return self

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Go on with more rows, from where training stands.

        psgd minimises the objective of all rows seen so far, each seen once. For that
        the estimator keeps rows of X, and a pickle of it holds them: all rows up to
        8192, or 8 a weight if these are more, and beyond that a weighted sample of
        them, with what the others said of value and gradient as a linear term (see
        Notes). `fit` keeps none, and `remove_data` drops them.

        sgd, adam and rmsprop do one epoch over the given rows. Optimiser state,
        counters, column scales and the order's random numbers go on from call to call:
        k calls on the same rows give the bits of ``fit`` with ``max_iter=k, tol=None``
        and the same int `random_state` (but `fit` undoes what ended above its start,
        with a ConvergenceWarning). Scales are those of all rows seen so far, and so are
        the deviations of ``standardize=True``; set it before the first rows.

        With every solver the weights of the classes are, for
        ``class_weight="balanced"``, `sampling` and `prior_correction`, those of all
        rows seen so far: psgd weighs all rows by the newest, the others only the new
        rows. After a change to another solver, sgd, adam and rmsprop go on from the
        weights; psgd knows of no rows before, and ends at the minimum over those given
        since. The rows of a `fit` keep the `alpha`, intercept and class weights of
        then: to change these, call `fit` again.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        y : array-like of shape (n_samples,)
            Labels; one class alone is fine.

        classes : array-like of shape (2,), default=None
            The two classes, on the first call; may be left out later.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of every row, at least 0. Where all are 0 the call only makes the
            classes and the number of features known.

        Returns
        -------
        self : SLPClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            As for `fit`, and if `classes` is missing on the first call or changes
            later, or y holds another label. The estimator is then as it was.
        RuntimeError
            As for `fit`.

        Notes
        -----
        For psgd every call ends where a tenth of `tol` is left of what the kept rows
        can tell (a third, for 2000 columns or more). Where there are too many, rows
        stay with probability proportional to residual times leverage, weighted by its
        inverse, and the gradient at the present weights is put right: the sample then
        moves the minimum in second order only. In shuffled streams of real data the
        objective ends within 0.02 % of the least; with 2000 columns or more, of which
        few rows say anything each, within a few percent. Order costs little more, but
        where nearly all rows of one class come before the first of the other: the
        sample could not know which of them would count (13 % with 283,000 rows of one
        class before 2,700 of the other).

        `loss_` is the objective of all rows seen, as the sample tells, at the new
        weights; `objective_gap_` is what the call left of it; `n_sampled` in `history_`
        counts how often kept rows were read. Row weights of different calls compare.

        After `fit` or `remove_data`, the rows before are a quadratic about the weights,
        with the curvature found there: rows of the same kind add to it as if all had
        been kept, rows of another kind less exactly. Beyond 1024 columns, and
        where `fit` knew no more itself (many columns for the rows), only the diagonal
        of the curvature is kept, and much of what the fit knew of columns that
        depend on each other is lost: feed such rows by `partial_fit` from the start.
        `fit` itself always starts anew. After `remove_data` class weights still follow
        the stream, in the value and the gradient of the rows before.
        """
        with exclusive(self), unchanged_on_error(self):
            self._partial_fit(X, y, sample_weight, classes)
        return self

    def _check_targets(self, y):
        """Refuse several columns of labels, and labels that are missing."""
        check_one_output(y)
        check_labels(y, "y")

    def _loss_of(self, result):
        """One logit for two classes, one for each of more."""
        return loss_of(result.classes)

    def _n_classes(self, result):
        return len(result.classes)

    def _first_result(self, y, n_columns, before):
        """What is known before the first epoch of a fit, of its classes above all."""
        classes = find_classes(y)
        if len(classes) < 2:
            raise ValueError(
                f"{type(self).__name__} needs samples of at least 2 classes in the "
                f"data, got 1 class: {classes[0]!s:.60}."
            )
        if before is None:
            return untrained(classes, n_columns)
        if not np.array_equal(classes, before.classes):
            raise ValueError(
                f"warm_start=True goes on with the classes {shown(before.classes)}, "
                f"but y holds {shown(classes)}. Set warm_start=False."
            )
        return untrained(classes, n_columns, before.weights)

    def _next_result(self, y, n_columns, before, classes):
        """What is known before a call of `partial_fit`."""
        known = known_classes(classes, None if before is None else before.classes)
        find_classes(y)  # which refuses targets of no classification
        return untrained(known, n_columns) if before is None else before

    def _weighted_rows(self, X, y, sample_weight, start, solver):
        """Rows of positive weight; the result with what they tell of the classes; and
        what a stream has to know of these."""
        class_weight = None
        if self.class_weight != "balanced":
            class_weight = given_class_weight(self.class_weight, start.classes)
        target = encode(y, start.classes)
        weighing = weigh(
            target,
            sample_weight,
            class_weight,
            start.seen,
            self.sampling,
            draw=solver.draws_classes,
            apart=solver.weighs_classes,
        )
        matrix = kernel_matrix(sum_repeated(X))
        seen, order = weighing.seen, weighing.order(target)
        rows = Rows(matrix, target, weighing.weight, weighing.index, order)
        shift = prior_shift(
            self.prior_correction, weighing.factor, seen.weight, start.classes
        )
        result = replace(
            start,
            class_count=start.class_count + weighing.count,
            seen=seen,
            prior_shift=shift,
        )
        stream = {"class_factor": weighing.factor, "class_count": start.class_count}
        return rows, result, stream

    def _check_seen(self, result):
        """Refuse a fit without rows of both classes."""
        count = result.class_count
        if not count.any():
            raise ValueError(
                "Sample weights must contain at least one non-zero number, and so must "
                "their products with class_weight."
            )
        if not count.all():
            raise ValueError(
                f"{type(self).__name__} needs samples of every class in the data, but "
                f"all weights of class {result.classes[count == 0][0]!s:.60} are zero."
            )

    def decision_function(self, X):
        """Logits, ``X @ coef_[0] + intercept_[0]``.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        Returns
        -------
        logits : ndarray of shape (n_samples,), float64
            Log-odds of ``classes_[1]``, from the attributes as they are now.
        """
        check_is_fitted(self)
        logits = decision(self, X)
        return logits[:, 0] if logits.shape[1] == 1 else logits

    def predict(self, X):
        """The class: ``classes_[1]`` where the logit is greater than 0.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Labels.
        """
        logits = self.decision_function(X)
        number = logits > 0 if logits.ndim == 1 else logits.argmax(axis=1)
        return self.classes_.take(number)

    def predict_proba(self, X):
        """Probabilities, each computed on its own: none is 1 minus the other.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        Returns
        -------
        proba : ndarray of shape (n_samples, 2), float64
            ``sigmoid(-logit)`` and ``sigmoid(logit)``, in the order of `classes_`.
        """
        logits = self.decision_function(X)
        return loss_of(self.classes_).probabilities(logits)

    def predict_log_proba(self, X):
        """Logarithms of the probabilities, finite for every finite logit.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, 2), float64
            Logarithms, in the order of `classes_`.
        """
        logits = self.decision_function(X)
        return loss_of(self.classes_).probabilities(logits, logarithms=True)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def loss_of(classes):
    """The loss of so many classes."""
    return LOGISTIC if len(classes) == 2 else Softmax(len(classes))


def untrained(classes, n_columns, weights=None):
    """The result before the first epoch, by default from weights of zero."""
    n_classes = len(classes)
    if weights is None:
        weights = np.zeros((1 if n_classes == 2 else n_classes, n_columns + 1))
    return ClassifierFitResult(
        weights=weights,
        classes=classes,
        class_count=np.zeros(n_classes),
        seen=Seen.nothing(n_classes),
        prior_shift=0.0 if n_classes == 2 else np.zeros(n_classes),
    )
