# SPDX-License-Identifier: BSD-3-Clause
"""MLPRegressor: a network of layers with squared error."""

from typing import ClassVar

from skpulsar._estimator._layer_weights import LayerWeights
from skpulsar._estimator._mlp import BaseMLP
from skpulsar._estimator._network_parameters import NETWORK_PARAMETERS
from skpulsar._estimator._standardized_targets import (
    StandardizedFitResult,
    StandardizedTargets,
)
from skpulsar._estimator._transaction import exclusive, unchanged_on_error


class NetworkRegressorFitResult(LayerWeights, StandardizedFitResult):
    """Where the training of a regressor of several layers stands."""

    out_activation = "identity"

    @staticmethod
    def has_one_column(estimator):
        """Whether y had one dimension."""
        return estimator._one_column

    def attributes(self):
        """The attributes of an estimator with this result, by name."""
        return {**super().attributes(), "_one_column": self.one_column}


class MLPRegressor(StandardizedTargets, BaseMLP):
    """Multilayer perceptron: hidden layers of units below linear outputs with squared
    error, trained by minibatches.

    It has the names and the defaults of scikit-learn's MLPRegressor. What differs is
    the first parameter, which is `loss` there, `alpha`, the penalty of the mean loss,
    `tol`, relative to the objective, early stopping, which watches the loss, the
    schedules of the rate, the first weights, and that columns and targets are
    standardised inside; the Notes say how. It minimises

    ``F(W) = sum_i s_i |(z_i - y_i) / d|^2 / (2 sum_i s_i) + alpha / 2 sum_l |W_l|^2``

    where z_i is what the network gives for a row and ``s_i`` its sample weight, and d
    are the standard deviations of the targets, each its own. The weights W of the first
    layer are those of standardised columns, and those of the last layer give
    standardised targets: neither the units of X nor those of y change what `alpha`,
    `tol` and the rate mean. To predict every target's mean has a loss of 1/2 for each.

    Parameters
    ----------
    hidden_layer_sizes : list of int, or int, default=(100,)
        Number of units of every hidden layer; () for none.

    activation : {"identity", "logistic", "tanh", "relu"}, default="relu"
        What hidden units give.

    dropout : float in [0, 1) or list of these, default=0.0
        Share of the units of the hidden layers, or of each of them, that training
        leaves out at every visit of a row, at random [4]_. The others are enlarged, so
        that nothing needs to be done to predict.

    standardize : bool, default=True
        Whether columns and targets are centred and divided by their standard deviations
        inside. `coefs_`, `intercepts_` and predictions are those of columns and targets
        as they are; X is not copied, and no scaler or TransformedTargetRegressor is
        needed. Deviations are weighted by `sample_weight`. Those of the columns cover
        all rows seen so far; a column that is constant by StandardScaler's rule has
        weights of 0, and starts from drawn ones once it varies. Deviations of the
        targets are those of the first call; a target that is constant is predicted as
        that, and counts in its own units until it varies. With False, d is 1 in the
        objective, and rates are for columns and targets as they are.

    solver : {"sgd", "adam", "rmsprop"}, default="adam"
        "sgd" is minibatch SGD with momentum, "adam" the method of Kingma and Ba [1]_,
        "rmsprop" is "adam" without its first moment (``beta_1 = 0``) [2]_.

    alpha : float, default=1e-4
        Strength of the L2 penalty on all weights but the biases, those of standardised
        columns and targets.

    batch_size : int or "auto", default="auto"
        Number of rows in a minibatch; "auto" is ``min(200, n_samples)``.

    learning_rate : {"constant", "invscaling", "adaptive"}, default="constant"
        Schedule of the rate, with every solver. "invscaling" divides the first rate by
        ``t ** power_t`` at update t. "adaptive" divides it by 5 where "constant" would
        stop, and stops once it is a millionth of the first; it acts in `fit`, unless
        `tol` is None.

    learning_rate_init : float, default=0.001
        The first rate.

    power_t : float, default=0.5
        Exponent of the "invscaling" schedule.

    max_iter : int, default=200
        Maximum number of epochs.

    shuffle : bool, default=True
        Whether to shuffle the rows anew before every epoch.

    random_state : int, RandomState instance or None, default=None
        Seed of the initial weights, the order of the rows and dropout.

    tol : float or None, default=1e-4
        Training stops once the objective, as the epochs met it, has not fallen by `tol`
        times itself for `n_iter_no_change` epochs in a row, and for as many updates as
        sgd's momentum takes to fade. None runs `max_iter` epochs.

    verbose : int, default=0
        With k a line is printed for every k-th epoch and the last.

    warm_start : bool, default=False
        Whether `fit` starts from the present weights. The counters and the optimiser's
        state start anew.

    momentum : float in [0, 1), default=0.9
        Share of the last step that the next one of "sgd" keeps.

    nesterovs_momentum : bool, default=True
        Whether "sgd" uses Nesterov's momentum.

    early_stopping : bool, default=False
        Whether a validation set ends training, where the first score of `scoring` has
        not improved by `tol` (relative for the loss) for `n_iter_no_change` epochs in a
        row. The weights of the best epoch are kept. The set is `X_val` and `y_val` of
        `fit`, or else a share of the rows, `validation_fraction`, is held out.
        `partial_fit` has none, and raises a ValueError.

    validation_fraction : float in (0, 1), default=0.1
        Share of the rows that `early_stopping` holds out.

    beta_1, beta_2 : float in [0, 1), default=0.9 and 0.999
        Decay rates of "adam"'s first and second moment of the gradient.

    epsilon : float, default=1e-8
        Number added to the root of the second moment.

    n_iter_no_change : int, default=10
        Number of epochs without progress after which training stops; see `tol`.

    scoring : str, callable, list, dict or None, default="loss"
        Scores that are recorded after every epoch, as for SLPRegressor.

    return_train_score : bool, default=False
        Whether these scores are recorded of the training rows, too.

    Attributes
    ----------
    coefs_, intercepts_ : list of ndarray
        Weights, of shape (units below, units), and biases of every layer, float64.

    n_layers_ : int
        Number of layers, that of the features and that of the outputs included.

    n_outputs_ : int
        Number of outputs.

    out_activation_ : str
        "identity".

    n_iter_ : int
        Number of epochs run.

    t_ : int
        Number of samples seen by the weights that are kept. A row counts each time it
        is visited.

    loss_, best_loss_ : float
        The last and the smallest value of `loss_curve_`.

    loss_curve_ : list of float
        Objective of every epoch: the mean loss of the minibatches, each at the weights
        of its time, plus the penalty at the end of the epoch. It is in units of the
        targets' variances, and so is the loss of a validation set.

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
        1), "loss", "penalty" (part of the loss), "learning_rate" (that of the last
        step), "n_rows" (rows read) and "seconds" (without scores); then
        "validation_loss", or ``"validation_"`` and the name of every other score, and
        the same with ``"train_"``.

    solver_ : str
        The solver that ran.

    n_features_in_ : int
        Number of features.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if X has feature names that are all strings.

    See Also
    --------
    SLPRegressor : One layer, with a minimum, and its distance from it.
    sklearn.neural_network.MLPRegressor : The same names.

    Notes
    -----
    The weights start uniformly within ``sqrt(6 / (units below + units))``, and biases
    at 0 [3]_; without hidden layers all start at 0.

    float32 X is trained in float32, other X in float64; losses, rates and predictions
    are float64. An int `random_state` gives the same bits on every run and every x86-64
    CPU, and dropout depends on it and on the number of a visit alone.

    Differences from scikit-learn's estimator of this name:

    - `alpha` is the penalty of the mean loss; there it is divided by the rows of a
      batch: ``alpha / batch_size`` gives its penalty.
    - `tol` is relative to the objective, and early stopping watches the loss.
    - `learning_rate` and `power_t` act with every solver; there with "sgd" alone.
      "invscaling" counts updates, at each of them; there the rate changes once an
      epoch, by the samples seen, and is far lower. "adaptive" stops at a millionth of
      the first rate; there at a rate of 1e-6.
    - Columns and targets are standardised inside.
    - Biases start at 0, and weights of logistic units within the bound of others; there
      biases are drawn, and the bound of logistic units is ``sqrt(2 / ...)``.
    - The first parameter is `hidden_layer_sizes`; there it is `loss`, "squared_error"
      or "poisson", and here the loss is the squared error.
    - Predictions have the shape of y, (n_samples, 1) too, which there become one
      dimension.
    - `sample_weight` of `partial_fit` is given by name.
    - There is no "lbfgs", and no `max_fun`.

    A parameter that is set and does not act with the solver, or without hidden layers,
    causes a UserWarning, for instance ``momentum=0.5`` with "adam".

    Batch normalisation, lists of layers and other losses are out of scope: for these
    there are deep-learning libraries.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
    .. [2] T. Tieleman, G. Hinton, "Lecture 6.5 - RMSprop", COURSERA, 2012.
    .. [3] X. Glorot, Y. Bengio, "Understanding the Difficulty of Training Deep
       Feedforward Neural Networks", AISTATS 2010.
    .. [4] N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov,
       "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15,
       2014.

    Examples
    --------
    >>> import numpy as np
    >>> from skpulsar import MLPRegressor
    >>> X = np.linspace(-3, 3, 400)[:, np.newaxis]
    >>> y = np.sin(X[:, 0])
    >>> model = MLPRegressor(
    ...     hidden_layer_sizes=(20,), learning_rate_init=0.02, batch_size=50,
    ...     random_state=0,
    ... ).fit(X, y)
    >>> print(f"R2 {model.score(X, y):.2f}")
    R2 1.00
    """

    _parameters: ClassVar[dict] = NETWORK_PARAMETERS

    _Result = NetworkRegressorFitResult

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        activation="relu",
        *,
        dropout=0.0,
        standardize=True,
        solver="adam",
        alpha=1e-4,
        batch_size="auto",
        learning_rate="constant",
        learning_rate_init=0.001,
        power_t=0.5,
        max_iter=200,
        shuffle=True,
        random_state=None,
        tol=1e-4,
        verbose=0,
        warm_start=False,
        momentum=0.9,
        nesterovs_momentum=True,
        early_stopping=False,
        validation_fraction=0.1,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        n_iter_no_change=10,
        scoring="loss",
        return_train_score=False,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.dropout = dropout
        self.standardize = standardize
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.scoring = scoring
        self.return_train_score = return_train_score

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
        """Train until the objective no longer falls, or for `max_iter` epochs.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features. C-contiguous and CSR input of float32 or float64 is read without
            a copy.

        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of every row, at least 0. Rows of weight 0 are left out.

        X_val, y_val : array-like, default=None
            Validation set, like X and y, that is scored after every epoch; see
            `scoring` and `early_stopping`. Without `early_stopping` it changes nothing
            else.

        sample_weight_val : array-like, default=None
            Weight of every row of the validation set, at least 0.

        Returns
        -------
        self : MLPRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range, the data are not finite or too
            large to be squared, no row has a positive weight, or training overflows.
            The estimator is then as it was.
        RuntimeError
            If another call is training the estimator.
        KeyboardInterrupt
            On Ctrl-C. The estimator then stands at its last finished epoch, or is as it
            was if no epoch had finished.
        """
        with exclusive(self), unchanged_on_error(self):
            self._fit(X, y, sample_weight, X_val, y_val, sample_weight_val)
        return self

    def partial_fit(self, X, y, *, sample_weight=None):
        """Continue training with one epoch over more rows; see MLPClassifier.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features.

        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets, of the same number as before.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of every row, at least 0. If all are 0, the call only registers the
            number of features.

        Returns
        -------
        self : MLPRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            As for `fit`; also if the number of targets or `hidden_layer_sizes` changes,
            or if `early_stopping` is set. The estimator is then as it was.
        RuntimeError
            As for `fit`.
        """
        with exclusive(self), unchanged_on_error(self):
            self._partial_fit(X, y, sample_weight)
        return self
