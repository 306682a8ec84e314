# SPDX-License-Identifier: BSD-3-Clause
"""summary: coefficients, and how exactly the rows tell them."""

import warnings
from dataclasses import dataclass
from numbers import Real

import numpy as np
from scipy.special import ndtri, stdtrit
from sklearn.utils.validation import check_is_fitted

from skpulsar._classifier import SLPClassifier
from skpulsar._estimator._linear_weights import weights_of
from skpulsar._estimator._mlp import BaseMLP
from skpulsar._estimator._parameters import Number, check_parameter
from skpulsar._inference._covariance import estimates
from skpulsar._inference._distance import warn_if_far
from skpulsar._inference._layer_table import NetworkSummary
from skpulsar._inference._objectives import of_classifier, of_regressor
from skpulsar._inference._table import Summary
from skpulsar._regressor import SLPRegressor

OPEN_UNIT = Number(Real, 0, 1, "()")
MOST_WEIGHTS = 5000  # More would take minutes, in which Ctrl-C waits.


def summary(estimator, X=None, y=None, sample_weight=None, *, confidence_level=0.95):
    """Coefficients with standard errors and intervals; or the layers of a network.

    Parameters
    ----------
    estimator : SLPClassifier, SLPRegressor, MLPClassifier or MLPRegressor
        A fitted estimator. For the last step of a pipeline, give the rows as that step
        sees them. Its parameters must be those of the fit. For a network give no rows.

    X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
        The rows that it was fitted to, as they are: without copies by a sampler.

    y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        Their targets.

    sample_weight : array-like of shape (n_samples,), default=None
        Their sample weights. They count as copies: a row of weight 2 is two rows.

    confidence_level : float in (0, 1), default=0.95
        That of every interval on its own.

    Returns
    -------
    table : Summary or NetworkSummary
        Of a network the shape, the units and the number of parameters of every layer,
        and `n_parameters`. Of one layer the arrays `name`, `coefficient`,
        `per_deviation`, `standard_error`, `low` and `high`, and `output` if there are
        several outputs. Printed, it is a table; ``pandas.DataFrame(table)`` and
        ``table.to_frame()`` make a data frame of it.

    Raises
    ------
    ValueError
        If the rows do not fit the estimator, or it has more than 5,000
        coefficients; rows are missing, or given with a network; a class has no row, or
        sample weights sum to more than 1e150.
    TypeError
        If the estimator is another one.

    Warns
    -----
    UserWarning
        Where the estimator is more than a tenth of a standard error from the minimum
        of these rows: by ``2 n objective_gap_`` or by the slope found here, if that is
        above 0.01. Fit with ``tol=1e-8``, for at the default `tol` coefficients may
        stand more than a standard error from the minimum.
    UserWarning
        Where the rows do not determine a coefficient, since columns are constant or
        depend on each other, or no row of a label is in doubt. Its standard error is
        then infinite, even if the penalty chose a value.

    Notes
    -----
    Let m be the sample weight of a row, c the factor of its class by `class_weight` and
    `sampling`, a its columns and a 1, r and h the first and second derivative of its
    loss by the logit, and P the curvature of the penalty. With ``S = sum of m c``, S
    times the objective has the curvature ``H = sum of m c h a a' + S P``, and the
    weights have the covariance ``inverse(H) J inverse(H)``, where J is the covariance
    of the slope [1]_:

    - Without factors, ``J = sum of m h a a'``, times the mean squared error over the
      degrees of freedom for SLPRegressor. It assumes that the model is true. At
      ``alpha=0`` the covariance is ``inverse(H)``, that of maximum likelihood.
    - With a `class_weight` that is given, ``J = sum of m s s'``, ``s = c (r a + P w)``
      (the sandwich, which does not assume that the model is true [2]_).
    - With ``class_weight="balanced"`` and with `sampling`, c follows from the number
      of rows of each class. The objective is then that of classes of known shares, and
      only the variation of ``c r a`` within the classes counts. So it does with a share
      of the population as `prior_correction`: rows were sampled by class [3]_.

    The row of the intercept is about `intercept_` as it is. After balancing without
    prior correction, that is the intercept of a population of balanced classes. With
    ``prior_correction=True`` it is that of the population which the rows are a sample
    of, and its variance includes that of the log-odds of the classes,
    ``1 / n_0 + 1 / n_1``. A share that is given is taken as known.

    All this assumes rows that are independent of each other, many for every weight (for
    every weight, and in the rarest class), and a penalty that was not chosen by these
    rows. Intervals are about what the penalised objective of infinitely many rows
    would give: where `alpha` shrinks a coefficient, its interval moves with it. Several
    labels or targets are taken one at a time. Intervals are those of the normal
    distribution, for SLPRegressor of Student's t.

    The weights of K > 2 classes, and their errors, are those of the gauge in which they
    sum to 0 over the classes.

    Curvature is measured in columns that are centred (dense ones) and scaled, so that
    units do not matter; columns depend on each other where less than some 1e-6 of the
    deviation of one is its own.

    References
    ----------
    .. [1] R. J. Gray, "Flexible methods for analyzing survival data using splines, with
       applications to breast cancer prognosis", JASA 87, 1992.
    .. [2] H. White, "Maximum likelihood estimation of misspecified models",
       Econometrica 50, 1982.
    .. [3] R. L. Prentice, R. Pyke, "Logistic disease incidence models and case-control
       studies", Biometrika 66, 1979.

    Examples
    --------
    >>> from skpulsar import SLPClassifier, summary
    >>> from skpulsar.datasets import make_pulsars
    >>> X, y = make_pulsars(random_state=0)
    >>> model = SLPClassifier(alpha=1e-6, tol=1e-8, random_state=0).fit(X[:, :3], y)
    >>> summary(model, X[:, :3], y)
    name       coefficient  ...

    >>> from skpulsar import MLPClassifier
    >>> model = MLPClassifier(hidden_layer_sizes=(34, 17), max_iter=1, tol=None)
    >>> summary(model.fit(X, y))
    layer  weights  units     parameters
    1      8 x 34   relu             306
    2      34 x 17  relu             595
    3      17 x 1   logistic          18
    all                              919
    """
    check_parameter("confidence_level", confidence_level, [OPEN_UNIT], "summary")
    if isinstance(estimator, BaseMLP):
        return _layers(estimator, X, y, sample_weight)
    is_classifier = isinstance(estimator, SLPClassifier)
    if not (is_classifier or isinstance(estimator, SLPRegressor)):
        raise TypeError(
            "summary takes an estimator of skpulsar. Got "
            f"{type(estimator).__name__}: of a pipeline or a search give the fitted "
            "step, and the rows as that step sees them."
        )
    check_is_fitted(estimator)
    if X is None or y is None:
        raise ValueError(
            "summary of one layer needs the rows of its fit: summary(estimator, X, y)."
        )
    if (n_weights := estimator.coef_.size) > MOST_WEIGHTS:
        raise ValueError(
            f"The estimator has {n_weights} coefficients, and summary inverts a matrix "
            f"of as many rows: it takes at most {MOST_WEIGHTS}."
        )
    X, y = estimator._validate(X, y, reset=False)
    objectives_of = of_classifier if is_classifier else of_regressor
    data, objectives = objectives_of(estimator, X, y, sample_weight)
    results = [_result(objective) for objective in objectives]
    n_rows = float(data.weight.sum())
    gap = 2 * n_rows * estimator.objective_gap_ / min(r.dispersion for r in results)
    warn_if_far(np.fmax(gap, max(r.decrement for r in results)))
    error = np.concatenate([r.standard_error for r in results])
    reach = np.concatenate([r.reach(confidence_level) for r in results])
    table = _table(estimator, data.moments, error, reach, confidence_level)
    _warn_of_undetermined(table)
    return table


def _layers(estimator, *rows):
    """The table of a network."""
    check_is_fitted(estimator)
    if any(each is not None for each in rows):
        raise ValueError(
            "summary of a network counts its parameters, and reads no rows: call "
            "summary(estimator). There are no standard errors of its weights."
        )
    shapes = tuple([coef.shape for coef in estimator.coefs_])
    hidden = (estimator.activation,) * (len(shapes) - 1)
    return NetworkSummary(shapes, (*hidden, estimator.out_activation_))


@dataclass(frozen=True)
class Result:
    """What the rows tell of the weights of one objective.

    Parameters
    ----------
    standard_error : ndarray of shape (n_outputs, n_columns + 1)

    decrement : float
        Twice the distance of n times the objective from its minimum.

    dispersion : float
        The variance of the targets about the model; 1 for classes.

    freedom : float
        Degrees of freedom that the dispersion has; infinite where it is known.
    """

    standard_error: np.ndarray
    decrement: float
    dispersion: float = 1.0
    freedom: float = np.inf

    def reach(self, confidence_level):
        """How far an interval reaches to either side."""
        tail = (1 - confidence_level) / 2
        if np.isinf(self.freedom):
            return -ndtri(tail) * self.standard_error
        return -stdtrit(self.freedom, tail) * self.standard_error


def _result(objective):
    scores = objective.scores
    found = estimates(scores, objective.variation(), objective.intercept_variance)
    error = np.sqrt(found.variance)
    n_rows = scores.count.sum()
    decrement = found.decrement * n_rows / scores.total
    if scores.design.loss.tag != "squared":
        return Result(error, decrement)
    freedom = n_rows - found.n_determined
    if freedom <= 0:
        raise ValueError(
            f"{n_rows:.6g} rows leave nothing over from {found.n_determined} weights "
            "to tell the variance of the targets by: give more rows, or fewer columns."
        )
    dispersion = scores.sum_of_squares() / freedom
    error = error * np.sqrt(dispersion)
    return Result(error, decrement / (dispersion or 1.0), dispersion or 1.0, freedom)


def _table(estimator, moments, error, reach, confidence_level):
    """All outputs, one below the other."""
    weights = weights_of(estimator)
    n_outputs, size = weights.shape
    names = getattr(estimator, "feature_names_in_", [f"x{j}" for j in range(size - 1)])
    names = np.array([*names, "intercept"], dtype=object)
    unit = np.append(moments.deviation(), np.nan)
    if not estimator.fit_intercept:
        kept = slice(size - 1)
        names, unit = names[kept], unit[kept]
        weights, error, reach = weights[:, kept], error[:, kept], reach[:, kept]
    outputs = None
    if n_outputs > 1:
        labels = getattr(estimator, "classes_", np.arange(n_outputs))
        outputs = np.repeat(labels, len(names))
    return Summary(
        name=np.tile(names, n_outputs),
        coefficient=weights.ravel(),
        per_deviation=(weights * unit).ravel(),
        standard_error=error.ravel(),
        low=(weights - reach).ravel(),
        high=(weights + reach).ravel(),
        output=outputs,
        deviation=np.tile(unit, n_outputs),
        confidence_level=float(confidence_level),
    )


def _warn_of_undetermined(table):
    """Warn of infinite standard errors."""
    unknown = np.unique(table.name[np.isinf(table.standard_error)])
    if len(unknown):
        shown = ", ".join(f"{name:.30}" for name in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        warnings.warn(
            f"The rows do not determine {shown}{more}: columns are constant or "
            "depend on each other, or no probability is in doubt. Leave some out.",
            UserWarning,
            stacklevel=3,
        )
