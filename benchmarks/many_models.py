# SPDX-License-Identifier: BSD-3-Clause
"""Many models side by side: 5 folds x 20 alphas, and the 20 models of all rows.

Time: whole calls of SLPClassifierCV, in turns with five fits of SLPClassifier as it
stands; process time, one thread. Ratios are to these five fits: with the log loss as
the score, and the least and the most; with average precision and F1 at every cut-off
besides; with the log loss and three class weights.

Truth: how far models are above minima that are proved in long double, and what they
claim; and by how much the mean held-out log loss of an alpha is wrong, compared with
models to rounding, in standard errors of that mean.

Memory: the most that a whole call allocates beside X, with folds of its own, in numbers
(8 bytes) a row; and what is left of it without 60 numbers a weight and the factors of
curvatures.

Peers, with --peers and in place of the rest: whole calls that choose among the same
models by the same folds, and how many times as long they take. LogisticRegressionCV is
given the better of two solvers, and GridSearchCV over LogisticRegression the same one:
newton-cholesky, and lbfgs with a tol of 1e-6, since with 1e-4 some of its models end
further above their minima than ours. All but HTRU2 takes long.

    python benchmarks/many_models.py [--quick] [--peers] [--only NAME ...]
"""

import tracemalloc
import warnings
from functools import partial
from importlib.util import find_spec
from time import process_time

import numpy as np
from _data import add_argument, load, make
from _minimum import Objective, minimum
from _report import begin, in_turns, parser, short, table
from scipy import sparse
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import GridSearchCV, PredefinedSplit

from skpulsar import SLPClassifier, SLPClassifierCV
from skpulsar._problem._losses import Logistic
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._solvers.many._grid import Grid
from skpulsar._solvers.many._search import train

ALPHAS = np.logspace(-7, 0, 20)
N_FOLDS, TOL = 5, 1e-3
NAMES = ("HTRU2", "campaign", "shuttle", "ijcnn1", "a9a", "cover", "http", "w8a")
MADE = {"500,000x28": (500_000, 28), "60,000x500": (60_000, 500)}
RANKED = ["neg_log_loss", "average_precision", "f1_best"]
CLASS_WEIGHTS = [None, {1: 2}, "balanced"]
PROVED = 5e7  # No minimum is sought in long double of more products of columns.


def main():
    options = parser(__doc__)
    add_argument(options)
    options.add_argument("--peers", action="store_true", help="time peers instead")
    options.add_argument("--only", nargs="+", metavar="NAME", default=(*NAMES, *MADE))
    arguments = options.parse_args()
    quick = arguments.quick
    begin("Many models side by side")
    warnings.simplefilter("ignore")  # of convergence, of all
    names = NAMES[:1] if quick else arguments.only
    sets = ((*each, folds(each[-1])) for each in problems(names, arguments.data))
    if arguments.peers:
        found = [(name, *peer_cells(X, y, fold)) for name, X, y, fold in sets]
        table(("", *PEERS), found)
        return
    times, truths, memories = [], [], []
    for name, X, y, fold in sets:
        times.append((name, *time_cells(X, y, fold, 2 if quick else 7)))
        truths.append((name, *truth_cells(X, y, fold, quick)))
        memories.append((name, *memory_cells(X, y)))
    header = "five fits, ms", "all models, ms", "ratio", "least", "most"
    more = "with AP and F1", "3 class weights", "models read"
    table(("", *header, *more), times)
    header = "largest gap / F", "claimed", "gap / claim, median"
    table(("", *header, "error of scores, SE"), truths)
    table(("", "numbers a row", "without weights and factors"), memories)


def problems(names, folder):
    for name, X, y in load([name for name in NAMES if name in names], folder):
        X = X if sparse.issparse(X) else np.ascontiguousarray(X, dtype=np.float64)
        yield name, X, (y > 0).astype(float)
    for name in names:
        if name in MADE:
            yield f"made, {name}", *make(*MADE[name])


def folds(y):
    """The fold of every row: each class is dealt out in turn, shuffled."""
    fold, random = np.empty(len(y), np.int64), np.random.default_rng(0)
    for own in (np.flatnonzero(y == 0), np.flatnonzero(y == 1)):
        fold[random.permutation(own)] = np.arange(len(own)) % N_FOLDS
    return fold


def rows_of(X, y):
    return Rows(kernel_matrix(X) if sparse.issparse(X) else X, y)


def trained(X, y, fold, tol=TOL):
    rows = rows_of(X, y)
    grid = Grid(ALPHAS, np.ones((1, N_FOLDS + 1, 2)))
    options = {"fit_intercept": True, "tol": tol, "max_iter": 100, "seed": 0}
    *_, models = train(rows, fold, grid, **options)
    return models


def held_out(models, X, y, fold):
    """Mean log loss of the rows held out, of shape (N_FOLDS, n_alphas)."""
    found, d = np.empty((N_FOLDS, len(ALPHAS))), X.shape[1]
    rows = rows_of(X, y)
    for k in range(N_FOLDS):
        part = rows.at(np.flatnonzero(fold == k))
        dataset = part.full_pass(np.zeros(d), True, Logistic()).dataset
        weights = np.ascontiguousarray(models.weights[0, k].T)
        ends = np.array([0, part.n_rows])
        loss, _ = dataset.grid(weights, np.ones(d + 1), ends, sums="losses")
        found[k] = loss[0] / part.n_rows
    return found


def search(fold, **options):
    """What chooses the best alpha, and has its model of all rows."""
    cv = PredefinedSplit(fold)
    return SLPClassifierCV(ALPHAS, cv=cv, tol=TOL, random_state=0, **options)


def time_cells(X, y, fold, n_turns):
    models = [
        SLPClassifier(random_state=0),
        search(fold),
        search(fold, scoring=RANKED),
        search(fold, class_weights=CLASS_WEIGHTS, prior_correction=True),
    ]
    calls = [partial(model.fit, X, y) for model in models]
    seconds = in_turns(calls, n_turns, process_time)
    ratios = (seconds[:, 1:] / seconds[:, :1] / N_FOLDS).T
    fits, many = np.median(seconds[:, :2], axis=0) * 1e3
    read = ", ".join(map(str, trained(X, y, fold).n_models))
    found = [f(ratios[0]) for f in (np.median, min, max)]
    found += [np.median(ratio) for ratio in ratios[1:]]
    cells = (f"{ratio:.2f}" for ratio in found)
    return short(N_FOLDS * fits), short(many), *cells, read


def truth_cells(X, y, fold, quick):
    models, exact = trained(X, y, fold), trained(X, y, fold, 1e-10)
    scores = held_out(exact, X, y, fold)
    away = (held_out(models, X, y, fold) - scores).mean(axis=0)
    error = np.abs(away / (scores.std(axis=0, ddof=1) / np.sqrt(N_FOLDS))).max()
    if len(y) * (X.shape[1] + 1) ** 2 > PROVED:
        return "-", f"{(models.gap / models.loss).max():.1e}", "-", f"{error:.3f}"
    gaps, claims = [], []
    for k in (0, N_FOLDS):
        own = fold != k
        for a in range(0, len(ALPHAS), 10 if quick else 3):
            problem = Objective(X[own], y[own], np.ones(own.sum()), ALPHAS[a], True)
            weights, least = models.weights[0, k, a], minimum(problem).value
            value = problem(weights[np.newaxis, :-1], weights[-1:])
            gaps.append(float((value - least) / least))
            claims.append(models.gap[0, k, a] / models.loss[0, k, a])
    ratio = np.median(np.divide(gaps, claims))
    return f"{max(gaps):.1e}", f"{max(claims):.1e}", f"{ratio:.2f}", f"{error:.3f}"


def memory_cells(X, y):
    model = SLPClassifierCV(ALPHAS, cv=N_FOLDS, tol=TOL, random_state=0)
    tracemalloc.start()
    model.fit(X, y)
    numbers = tracemalloc.get_traced_memory()[1] / 8
    tracemalloc.stop()
    n_models, size = (N_FOLDS + 1) * len(ALPHAS), X.shape[1] + 1
    rest = numbers - 60 * n_models * size - len(ALPHAS) * size**2
    return f"{numbers / len(y):.1f}", f"{max(rest, 0) / len(y):.1f}"


def _path(solver, X, y, fold):
    LogisticRegressionCV(
        Cs=_strengths(y), cv=PredefinedSplit(fold), solver=solver, tol=SOLVERS[solver],
        scoring="neg_log_loss", max_iter=10_000,
    ).fit(X, y)  # fmt: skip


def _search(solver, X, y, fold):
    model = LogisticRegression(solver=solver, tol=SOLVERS[solver], max_iter=10_000)
    _chosen(model, {"C": _strengths(y)}, X, y, fold)


def _strengths(y):
    """C of the alphas, by the rows of a fold's training set."""
    return 1 / (ALPHAS * len(y) * (1 - 1 / N_FOLDS))


def _ours(X, y, fold):
    _chosen(SLPClassifier(random_state=0), {"alpha": ALPHAS}, X, y, fold)


def _chosen(model, grid, X, y, fold):
    cv = PredefinedSplit(fold)
    GridSearchCV(model, grid, cv=cv, scoring="neg_log_loss").fit(X, y)


def _glum(X, y, fold):
    from glum import GeneralizedLinearRegressorCV

    GeneralizedLinearRegressorCV(
        family="binomial", l1_ratio=0, alphas=ALPHAS[::-1], cv=PredefinedSplit(fold)
    ).fit(X, y)


SOLVERS = {"newton-cholesky": 1e-4, "lbfgs": 1e-6}  # with their tol
PEERS = (
    "LogisticRegressionCV",
    "GridSearchCV, LogisticRegression",
    "GridSearchCV, SLPClassifier",
    "glum, GeneralizedLinearRegressorCV",
)


def peer_cells(X, y, fold):
    """How many times as long every peer takes."""
    paths = {
        solver: times_as_long(partial(_path, solver), X, y, fold) for solver in SOLVERS
    }
    best = min(paths, key=paths.get)
    searches = partial(_search, best), _ours
    found = [paths[best], *(times_as_long(call, X, y, fold) for call in searches)]
    if find_spec("glum"):
        found.append(times_as_long(_glum, X, y, fold))
    cells = [f"{ratio:.0f}" for ratio in found]
    return cells + ["-"] * (len(PEERS) - len(cells))


def times_as_long(call, X, y, fold):
    """How many times as long a call takes as a search of ours, one before and one after
    it."""
    began = process_time()
    search(fold).fit(X, y)
    middle = process_time()
    call(X, y, fold)
    ended = process_time()
    search(fold).fit(X, y)
    return 2 * (ended - middle) / (middle - began + process_time() - ended)


if __name__ == "__main__":
    main()
