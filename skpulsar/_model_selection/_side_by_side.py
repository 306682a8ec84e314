# SPDX-License-Identifier: BSD-3-Clause
"""All models of a grid, trained in the same readings of the rows."""

import numpy as np

from skpulsar._estimator._seed import draw_seed
from skpulsar._model_selection._models import TrainedModels
from skpulsar._model_selection._partition import Partition
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._problem._sample_weights import WeightStatistics, weigh
from skpulsar._solvers.many._search import are_shared, train

ROUNDED = 1e-9  # of the objective: a gap that rounding may leave
MOST_SUMS = 2e7  # Sums by fold of more numbers would take too much memory.
NONE = 1e-12  # a mean loss that rows leave only if they are separable


def train_side_by_side(problem, task):
    """Train every model to its own minimum, all in the same readings.

    Folds that hold every row out several times are as many searches.

    Parameters
    ----------
    problem : Problem

    task : FitTask or NoTask
        What is told of every reading. If it asks to stop, the models stay as they are.

    Returns
    -------
    models : TrainedModels, or None
        None if there are more than two classes, folds that do not divide the rows, or
        so many columns or folds that models are better fitted one after the other.
    """
    start, runs = problem.start, problem.folds.partitions()
    if start.multilabel or len(start.classes) > 2 or runs is None:
        return None
    index, weight, _ = weigh(
        problem.sample_weight, problem.folds.n_rows, WeightStatistics()
    )
    rows = Rows(kernel_matrix(problem.X), problem.target, weight, index)
    if not are_shared(rows) or _n_sums(problem, rows) > MOST_SUMS:
        return None
    weights = np.empty((*problem.shape, rows.n_columns + 1))
    loss, gap = np.empty((2, *problem.shape))
    starts, n_iter = [[None] * problem.shape[1] for _ in problem.candidates], 0
    for run in runs:
        partition = Partition(problem, rows, run)
        models = _trained(problem, rows, partition, task)
        places = [*run, len(problem.folds)]
        weights[:, places] = models.weights
        loss[:, places], gap[:, places] = models.loss, models.gap
        for of_candidate, found in zip(starts, partition.starts, strict=True):
            for place, of_fold in zip(places, found, strict=True):
                of_candidate[place] = of_fold
        n_iter += len(models.n_models)
    tol = problem.candidates[0].tol
    converged = gap <= max(tol or 0.0, ROUNDED) * loss
    # Without a penalty, a loss of nothing is that of weights that grow for ever.
    converged &= (problem.alphas > 0) | (loss > NONE)
    return TrainedModels(
        problem.candidates, problem.alphas, starts, weights[:, :, :, np.newaxis], loss,
        gap, converged, n_iter,
    )  # fmt: skip


def _n_sums(problem, rows):
    """How many numbers the gradients of all models are, by fold and class."""
    return 2 * len(problem.folds) * np.prod(problem.shape) * (rows.n_columns + 1)


def _trained(problem, rows, partition, task):
    """The last of what training yields."""
    first = problem.candidates[0]
    readings = train(
        rows,
        partition.fold,
        partition.grid,
        fit_intercept=bool(first.fit_intercept),
        tol=None if first.tol is None else float(first.tol),
        max_iter=int(first.max_iter),
        seed=draw_seed(first.random_state),
    )
    task.begin("reading")
    for models in readings:
        if problem.verbose:
            print(f"reading {len(models.n_models)}: {models.n_models[-1]} models")
        if task.end():
            break
        if not models.is_last:
            task.begin("reading")
    return models
