# SPDX-License-Identifier: BSD-3-Clause
"""The peers, each set up for the same objective, and the ladder of their settings.

The objective is the mean cross-entropy + alpha/2 |w|^2 with a free intercept. liblinear
and snapml penalise the intercept; `intercept_scaling` keeps that below notice. Where
the columns of dense rows are on scales more than ten times apart, the peers that this
may slow down run behind a StandardScaler too, whose time counts, unless the optimum
there, where the penalty is another one, is further than 1 % from the problem's. With
more than two classes it is the softmax's, and those that fit it take part; the others
fit one class against the rest, another objective.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import product

import numpy as np
from _vowpal import fit_vowpal, prepare_vowpal
from scipy import sparse
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

MAX_METRIC = 2_000  # unknowns up to which a dense Hessian is offered to a peer
MAX_TEXT = 5_000_000  # entries up to which Vowpal Wabbit's text file is written

TOLERANCES = (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
FINE = tuple(s * t for t in TOLERANCES[1:] for s in (1, 0.3))
ITERATIONS = (3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 50, 60, 75, 90, 110, 135)
ITERATIONS += (165, 200, 250, 300, 400, 500, 700, 1_000, 1_400, 2_000, 3_000, 5_000)
RATES = (0.01, 0.1, 1.0)
PATIENCE = ((1, 1e-2), (1, 1e-3), (3, 1e-2), (3, 1e-3), (3, 1e-4), (3, 1e-5), (5, 1e-6))
EPOCHS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500)
INTERCEPT_SCALING = 100.0


@dataclass(frozen=True)
class Peer:
    """`fit(X, y, alpha, setting, seed)` returns coefficients, intercepts and passes.

    `ladder` holds the settings, cheapest first; what `prepare` makes of a problem,
    untimed, comes in place of X.
    """

    name: str
    fit: Callable
    ladder: tuple
    suits: Callable = lambda problem: True
    prepare: Callable = lambda problem: problem.X
    softmax: bool = False

    def takes(self, problem):
        """Whether it minimises the objective of a problem of classes."""
        return (self.softmax or problem.n_outputs == 1) and self.suits(problem)


def peers(threads):
    """Every peer that is installed; prints which of the optional ones are."""
    found = [
        *_with_scaler(
            "lbfgs", partial(_logistic, "lbfgs", "max_iter"), ITERATIONS, softmax=True
        ),
        Peer(
            "newton-cholesky",
            partial(_logistic, "newton-cholesky", "tol"),
            TOLERANCES,
            _narrow,
            softmax=True,
        ),
        *_with_scaler(
            "newton-cg",
            partial(_logistic, "newton-cg", "tol"),
            TOLERANCES,
            softmax=True,
        ),
        *_with_scaler("liblinear", partial(_logistic, "liblinear", "tol"), FINE),
        *_with_scaler(
            "sag", partial(_logistic, "sag", "max_iter"), EPOCHS, softmax=True
        ),
        *_with_scaler(
            "saga", partial(_logistic, "saga", "max_iter"), EPOCHS, softmax=True
        ),
        *_with_scaler("SGD", _adaptive, tuple(product(PATIENCE, RATES))),
        *_with_scaler(
            "averaged SGD", _averaged, tuple(product(EPOCHS, (0.001, 0.01, 0.1)))
        ),
        *_with_scaler("MLP lbfgs", _mlp_lbfgs, ITERATIONS, softmax=True),
        *_with_scaler(
            "MLP adam", _mlp_adam, tuple(product(EPOCHS, (1e-3, 1e-2))), softmax=True
        ),
    ]
    extras = {
        "scikit-learn-intelex": _sklearnex,
        "glum": _glum,
        "snapml": _snapml,
        "vowpalwabbit": _vowpal,
    }
    for package, make in extras.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found += make(threads)
            print(f"- {package} {version(package)}")
        except ImportError:
            print(f"- {package} is not installed")
    print()
    return found


def _with_scaler(name, fit, ladder, softmax=False):
    """The peer on the rows as they are, and behind a StandardScaler."""
    scaled = partial(_scaled, fit)
    return (
        Peer(name, fit, ladder, softmax=softmax),
        Peer(f"{name} + scaler", scaled, ladder, _uneven, _aside, softmax),
    )


def _uneven(problem):
    if sparse.issparse(problem.X):
        return False
    if problem.scales.max() <= 10 * problem.scales.min():
        return False
    _, gap = problem.scaled
    return gap <= 1e-2


def _aside(problem):
    alpha, _ = problem.scaled
    return problem.X, alpha


def _scaled(fit, prepared, y, alpha, setting, seed):
    """Fit on a standardised copy; the weights are those of the columns as they were."""
    X, alpha = prepared
    scaler = StandardScaler()
    coef, intercept, passes = fit(scaler.fit_transform(X), y, alpha, setting, seed)
    coef = coef / scaler.scale_
    return coef, intercept - coef @ scaler.mean_, passes


def _narrow(problem):
    return problem.X.shape[1] * problem.n_outputs <= MAX_METRIC


def _short(problem):
    X = problem.X
    return (X.nnz if sparse.issparse(X) else X.size) <= MAX_TEXT


def _weights(model):
    passes = np.max(model.n_iter_)
    return np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_), passes


def _logistic(solver, knob, X, y, alpha, setting, seed, made=LogisticRegression):
    stop = {"tol": 1e-14, "max_iter": 10_000, knob: setting}
    free = {"intercept_scaling": INTERCEPT_SCALING} if solver == "liblinear" else {}
    if solver in ("sag", "saga"):
        free = {"random_state": seed}
    model = made(C=1 / (alpha * len(y)), solver=solver, **stop, **free)
    return _weights(model.fit(X, y))


def _sgd(X, y, alpha, seed, **parameters):
    model = SGDClassifier(loss="log_loss", alpha=alpha, random_state=seed, **parameters)
    return _weights(model.fit(X, y))


def _adaptive(X, y, alpha, setting, seed):
    (patience, tol), eta0 = setting
    stop = {"n_iter_no_change": patience, "tol": tol}
    return _sgd(X, y, alpha, seed, learning_rate="adaptive", eta0=eta0, **stop)


def _averaged(X, y, alpha, setting, seed):
    n_epochs, eta0 = setting
    stop = {"max_iter": n_epochs, "tol": None}
    constant = {"learning_rate": "constant", "eta0": eta0}
    return _sgd(X, y, alpha, seed, average=True, **constant, **stop)


def _mlp(X, y, **parameters):
    model = MLPClassifier((), tol=0.0, **parameters).fit(X, y)
    return model.coefs_[0].T, model.intercepts_[0], model.n_iter_


def _mlp_lbfgs(X, y, alpha, setting, seed):
    return _mlp(
        X,
        y,
        solver="lbfgs",
        alpha=alpha * len(y),  # MLPClassifier divides it by the rows of a batch
        max_iter=setting,
        max_fun=10 * setting,
        random_state=seed,
    )


def _mlp_adam(X, y, alpha, setting, seed):
    n_epochs, rate = setting
    return _mlp(
        X,
        y,
        alpha=alpha * min(200, len(y)),
        max_iter=n_epochs,
        n_iter_no_change=n_epochs,
        learning_rate_init=rate,
        random_state=seed,
    )


def _sklearnex(threads):
    from daal4py import daalinit
    from sklearnex.linear_model import LogisticRegression as Theirs

    daalinit(threads)
    lbfgs = partial(_logistic, "lbfgs", "max_iter", made=Theirs)
    cholesky = partial(_logistic, "newton-cholesky", "tol", made=Theirs)
    return (
        Peer("sklearnex lbfgs", lbfgs, ITERATIONS, softmax=True),
        Peer("sklearnex newton-cholesky", cholesky, TOLERANCES, _narrow),
    )


def _glum(threads):
    from glum import GeneralizedLinearRegressor

    def fit(X, y, alpha, setting, seed):
        model = GeneralizedLinearRegressor(
            family="binomial",
            alpha=alpha,
            l1_ratio=0,
            gradient_tol=setting,
            max_iter=1_000,
        )
        return _weights(model.fit(X, y))

    return (Peer("glum", fit, TOLERANCES[2:], _narrow),)


def _snapml(threads):
    import snapml

    def fit(X, y, alpha, setting, seed):
        model = snapml.LogisticRegression(
            regularizer=alpha * len(y),
            fit_intercept=True,
            intercept_scaling=10,
            max_iter=setting,
            tol=1e-12,
            n_jobs=threads,
            random_state=seed,
        )
        coef, intercept, passes = _weights(model.fit(X, y))
        return coef[:, : X.shape[1]], intercept * model.intercept_scaling, passes

    return _with_scaler("snapml", fit, EPOCHS)


def _vowpal(threads):
    import vowpalwabbit  # noqa: F401

    sgd, bfgs = partial(fit_vowpal, False), partial(fit_vowpal, True)
    return (
        Peer("vowpal sgd", sgd, EPOCHS, _short, prepare_vowpal),
        Peer("vowpal bfgs", bfgs, EPOCHS[1:], _short, prepare_vowpal),
    )
