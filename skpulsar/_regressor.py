# SPDX-License-Identifier: BSD-3-Clause
"""SLPRegressor: linear units with squared error."""

from dataclasses import dataclass, replace
from typing import ClassVar

from skpulsar._estimator._common_parameters import PARAMETERS
from skpulsar._estimator._linear_weights import LinearWeights
from skpulsar._estimator._number_targets import NumberTargets
from skpulsar._estimator._regressor_fit_result import RegressorFitResult
from skpulsar._estimator._slp import BaseSLP
from skpulsar._estimator._transaction import exclusive, unchanged_on_error


@dataclass(frozen=True, kw_only=True)
class LinearRegressorFitResult(LinearWeights, RegressorFitResult):
    """Where the training of a regressor of one layer stands, shown in the shapes of
    scikit-learn's Ridge.

    Parameters
    ----------
    fit_intercept : bool
        Whether the model has intercepts.
    """

    fit_intercept: bool = True

    @classmethod
    def of(cls, estimator):
        """The result that the attributes of a fitted estimator hold."""
        return replace(super().of(estimator), fit_intercept=estimator.fit_intercept)

    @staticmethod
    def has_one_column(estimator):
        """Whether y had one dimension."""
        return estimator.coef_.ndim == 1

    def weight_attributes(self):
        """Attributes of one dimension less where y has one."""
        shown = super().weight_attributes()
        if self.one_column:
            shown["coef_"] = shown["coef_"][0]
            shown["intercept_"] = float(shown["intercept_"][0])
        if not self.fit_intercept:
            shown["intercept_"] = 0.0
        return shown


class SLPRegressor(NumberTargets, BaseSLP):
    """Single-layer perceptron for regression: linear units with squared error.

    The estimator minimises, for every target,

    ``F(w, b) = sum_i s_i (y_i - w.x_i - b)^2 / 2 / sum_i s_i + alpha / 2 |w|^2``,

    where ``s_i`` is a row's sample weight. With ``standardize=True`` the penalty is
    ``alpha / 2 sum_j (deviation_j w_j)^2``. The intercept is not penalised. The solver,
    its rates and its batches change the path, not this minimum. No parameter needs to
    be tuned, and no feature to be scaled, to reach it with the default solver.

    Parameters
    ----------
    alpha : float, default=1e-4
        Strength of the L2 penalty. It depends neither on the number of samples nor on
        the scale of the weights. SGDRegressor's is the same; Ridge's is ``alpha *
        sum_i s_i``, without weights ``alpha * n_samples``.

    standardize : bool, default=False
        Whether the penalty measures every coefficient in units of its column's standard
        deviation, as behind a StandardScaler; `coef_` refers to the columns as they
        are. See SLPClassifier.

    solver : {"auto", "psgd", "sgd", "adam", "rmsprop"}, default="auto"
        Algorithm that minimises the objective.

        - "auto" is "psgd", unless a parameter is set that acts with "sgd" and not with
          "psgd" (see Notes): setting `batch_size`, for example, selects "sgd".
        - "psgd" solves the normal equations of a few thousand rows, drawn by residual
          times leverage, or of all rows if they are few; full passes, preconditioned by
          these equations, then correct and certify the result.
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
          of a minibatch [3]_, and 0.01 times the deviation of y for adam and rmsprop.
          Steps are then taken in columns that are centred and divided by
          ``sqrt(variance + alpha)``. With `standardize`, ``alpha`` is multiplied by the
          squared deviation; without an intercept, columns are not centred and their
          mean square replaces the variance.
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
        Number added to the root of the second moment, in units of the deviation of y
        where the rate is "auto".

    average : bool or int, default=False
        Whether `coef_` and `intercept_` are means of the weights after every step
        (Polyak and Juditsky [4]_). A number greater than 1 is the number of samples
        seen at which averaging begins. `partial_fit` then continues from the last step,
        not from `coef_`.

    max_iter : int, default=100
        Maximum number of epochs. An epoch of psgd is a full pass.

    tol : float or None, default=1e-4
        Tolerance of the stopping rule, relative to the objective.

        - psgd stops where `objective_gap_` is below `tol` times the objective (a third
          of that with many columns, where the estimate is rougher). If `tol` is None or
          below rounding error, it stops at rounding error. Coefficients differ between
          seeds by more than the objective does.
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
        Share of the rows that `early_stopping` holds out.

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
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Weights of the features; of one dimension if y has one.

    intercept_ : float or ndarray of shape (n_targets,)
        Intercepts; 0.0 with ``fit_intercept=False``.

    n_iter_ : int
        Number of epochs run. For psgd these are full passes, including the one that
        certifies the minimum.

    objective_gap_ : float
        For psgd, an estimate of how far the objective is above its minimum, summed over
        the targets; each of them has reached `tol` of its own objective. It is no
        bound. It is NaN with the other solvers, and where no full pass lowered the
        objective.

    t_ : int
        Number of samples seen by the weights that are kept. A row counts each time it
        is visited.

    loss_, best_loss_ : float
        The last and the smallest value of `loss_curve_`.

    loss_curve_ : list of float
        Objective of every epoch, summed over the targets; see SLPClassifier.

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
    SLPClassifier : The same for classes.
    sklearn.linear_model.Ridge : The same objective, by direct solvers.
    sklearn.linear_model.SGDRegressor : The same model, one row at a time.

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

    Several targets are trained in the same passes, each with its own objective. adam
    and rmsprop take steps of one size for all of them: bring targets of unlike units to
    one unit for these.

    sgd, adam and rmsprop begin a hundredth of a deviation from the mean of the first
    targets. A `fit` that ends above the objective of the means themselves, at whatever
    rate, ends at the means, with a ConvergenceWarning.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
    .. [2] T. Tieleman, G. Hinton, "Lecture 6.5 - RMSprop", COURSERA, 2012.
    .. [3] R. M. Gower, N. Loizou, X. Qian, A. Sailanbayev, E. Shulgin, P. Richtarik,
       "SGD: General Analysis and Improved Rates", ICML 2019.
    .. [4] B. T. Polyak, A. B. Juditsky, "Acceleration of Stochastic Approximation by
       Averaging", SIAM Journal on Control and Optimization 30, 1992.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skpulsar import SLPRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = SLPRegressor(random_state=0).fit(X, y)
    >>> print(f"R2 {model.score(X, y):.2f}")
    R2 0.51

    The same minimum as Ridge's:

    >>> from sklearn.linear_model import Ridge
    >>> ridge = Ridge(alpha=1e-4 * len(y)).fit(X, y)
    >>> print(abs(model.predict(X) - ridge.predict(X)).max() < 0.01 * y.std())
    True
    """

    _parameters: ClassVar[dict] = PARAMETERS
    _Result = LinearRegressorFitResult

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

        y : array-like of shape (n_samples,) or (n_samples, n_targets), or str
            Targets. Of a table, the name of a column or an array of numbers; one beyond
            128 MiB is for psgd and one target (see docs/large_data.md).

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
        self : SLPRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range, the data are not finite or too large to
            be squared, no row has a positive weight, or training overflows. The
            estimator is then as it was.
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

    def partial_fit(self, X, y, sample_weight=None):
        """Continue training with more rows.

        - psgd minimises the objective of all rows seen so far, each given once. It
          keeps the products of their columns, which are all that squared error needs
          to know, and none of the rows. Of more than 2000 columns "auto" is "sgd" here,
          and psgd is refused.
        - sgd, adam and rmsprop run one epoch over the given rows; see SLPClassifier.

        The rows of a `fit` keep the `alpha` and the intercept of that fit: to change
        these, call `fit` again.

        Parameters
        ----------
        X : {array-like, sparse matrix, table} of shape (n_samples, n_features)
            Features. A table (see :func:`rows`) is given 65,536 rows a call.

        y : array-like of shape (n_samples,) or (n_samples, n_targets), or str
            Targets, of the same number as before. Of a table, the name of a column or
            an array of numbers.

        sample_weight : array-like of shape (n_samples,) or str, default=None
            Weight of every row, at least 0, or its column in a table. If all are 0, the
            call only registers the number of features.

        Returns
        -------
        self : SLPRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            As for `fit`; also if the number of targets changes, or if `early_stopping`
            is set. The estimator is then as it was.
        RuntimeError
            As for `fit`.
        """
        with exclusive(self), unchanged_on_error(self):
            self._partial_fit(X, y, sample_weight)
        return self

    def _first_result(self, y, n_columns, before):
        start = super()._first_result(y, n_columns, before)
        return replace(start, fit_intercept=bool(self.fit_intercept))
