# SPDX-License-Identifier: BSD-3-Clause
"""All models of a grid, fitted one after the other."""

import warnings
from copy import copy
from dataclasses import replace

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skpulsar._classifier import LinearClassifierFitResult
from skpulsar._model_selection._models import TrainedModels
from skpulsar._solvers._protocol import SolverState


def fit_one_by_one(problem, task):
    """Fit every model as SLPClassifier does with its rows alone.

    A fold leaves rows out by weights of 0, without a copy of X. Every fit starts from
    nothing: one that started from the model of another alpha would stop too near to it,
    and one from the model of all rows has seen the rows held out.

    Parameters
    ----------
    problem : Problem

    task : FitTask or NoTask
        What is told of every model, and how many there are. It cannot stop this: a
        search needs all models.

    Returns
    -------
    models : TrainedModels
    """
    with task.divided("models", int(np.prod(problem.shape))):
        return _fitted(problem, task)


def _fitted(problem, task):
    loss, gap = np.empty((2, *problem.shape))
    converged = np.empty(problem.shape, bool)
    n_weightings, n_folds, n_alphas = problem.shape
    starts = [[None] * n_folds for _ in range(n_weightings)]
    weights, n_iter = {}, 0
    for v, k, a in np.ndindex(problem.shape):
        task.begin("model")
        model = copy(problem.candidates[v]).set_params(alpha=float(problem.alphas[a]))
        converged[v, k, a] = _fit(model, problem, k)
        result = LinearClassifierFitResult.of(model)
        loss[v, k, a], gap[v, k, a] = model.loss_, model.objective_gap_
        weights[v, k, a], n_iter = result.weights, n_iter + model.n_iter_
        seed = SolverState(seed=result.state.seed)
        starts[v][k] = replace(result, state=seed)
        task.end()
        if problem.verbose and a == n_alphas - 1:
            print(f"{problem.name(k)}: {n_alphas} models")
    weights = np.array(list(weights.values()))
    weights = weights.reshape(*problem.shape, *weights.shape[1:])
    return TrainedModels(
        problem.candidates, problem.alphas, starts, weights, loss, gap, converged,
        n_iter,
    )  # fmt: skip


def _fit(model, problem, k):
    """Fit a model without fold k; return whether it reached its minimum.

    Its warnings are of one model among many: they are told of all of them at once.
    """
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model.fit(problem.X, problem.labels, problem.weight(k))
    return not any(issubclass(each.category, ConvergenceWarning) for each in said)
