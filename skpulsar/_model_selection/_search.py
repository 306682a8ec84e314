# SPDX-License-Identifier: BSD-3-Clause
"""The search: models of all folds and alphas, their scores, and the choice of one."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from skpulsar._estimator._seed import draw_seed
from skpulsar._estimator._solver_choice import choose_solver
from skpulsar._model_selection._alphas import automatic_alphas
from skpulsar._model_selection._candidates import (
    candidates_of,
    check_grids,
    given_alphas,
)
from skpulsar._model_selection._choice import Choice
from skpulsar._model_selection._folds import Folds
from skpulsar._model_selection._models import TrainedModels
from skpulsar._model_selection._one_by_one import fit_one_by_one
from skpulsar._model_selection._problem import Problem
from skpulsar._model_selection._scores import best_cutoff, held_out_scores
from skpulsar._model_selection._scoring import (
    BEST_F1,
    OF_CLASSES,
    of_more_classes,
    scores_of,
)
from skpulsar._model_selection._side_by_side import train_side_by_side
from skpulsar._problem._matrix import sum_repeated


@dataclass(frozen=True)
class Search:
    """What a search found.

    Parameters
    ----------
    problem : Problem

    models : TrainedModels

    scores : dict of ndarray of shape (n_folds, n_weightings, n_alphas)
        By name; the first decides.

    choice : Choice

    cutoff : float or None
        The cut-off of the best F1, if that was asked for.
    """

    problem: Problem
    models: TrainedModels
    scores: dict
    choice: Choice
    cutoff: float | None


def search(estimator, X, y, sample_weight, for_splitter, for_scorers, task):
    """Train and score all models, and choose one.

    Parameters
    ----------
    estimator : SLPClassifierCV
        Its parameters say what is searched.

    X, y, sample_weight : ndarray or CSR matrix, ndarray, and ndarray or None
        What `fit` was given, after validation.

    for_splitter : dict
        Metadata of the rows for the splitter.

    for_scorers : dict of dict
        The same for scorers, by their names.

    task : FitTask or NoTask
        What is told of every reading of the rows.

    Returns
    -------
    search : Search
    """
    start = estimator._first_result(y, X.shape[1], None)
    scorers = scores_of(estimator.scoring)
    if start.multilabel or len(start.classes) > 2:
        scorers = of_more_classes(scorers)
    problem = _problem(estimator, X, y, sample_weight, start, for_splitter)
    if not start.multilabel:
        of_classes = [kind for kind in scorers.values() if kind in OF_CLASSES]
        problem.folds.check_classes(problem.target, start.classes, of_classes)
    models = train_side_by_side(problem, task) or fit_one_by_one(problem, task)
    scores = held_out_scores(problem, models, scorers, for_scorers)
    deciding = next(iter(scores.values()))
    choice = Choice.of(deciding, problem.alphas, estimator.selection)
    cutoff = None
    if BEST_F1 in scorers.values():
        cutoff = best_cutoff(problem, models, *choice.chosen)
    return Search(problem, models, scores, choice, cutoff)


def _problem(estimator, X, y, sample_weight, start, for_splitter):
    """What is to be trained."""
    seed = estimator.random_state
    seed = int(seed) if isinstance(seed, Integral) else draw_seed(seed)
    candidates, X = candidates_of(estimator, seed), sum_repeated(X)
    if not start.multilabel:
        check_grids(estimator, start.classes)
    first, labels = candidates[0], estimator._labels(y)
    loss, alphas = _loss_and_alphas(estimator, first, X, y, sample_weight, start)
    used = None
    if sample_weight is not None:
        used = np.flatnonzero(sample_weight / sample_weight.max())
    target, numbers = first._targets(y, start), None
    if not start.multilabel:
        numbers = target.astype(np.min_scalar_type(len(start.classes)))
    folds = Folds.of(estimator.cv, X, labels, used, numbers, **for_splitter)
    return Problem(
        X, labels, target, sample_weight, start, loss, folds, candidates, alphas,
        estimator.verbose,
    )  # fmt: skip


def _loss_and_alphas(estimator, candidate, X, y, sample_weight, start):
    """What is minimised, and the strengths of the penalty that are tried."""
    alphas = given_alphas(estimator.alphas)
    solver = candidate._fits[choose_solver(candidate)]
    rows, result, _ = candidate._weighted_rows(X, y, sample_weight, start, solver)
    candidate._check_seen(result)
    loss, deviation = candidate._loss_of(result), None
    if alphas is None:
        if estimator.standardize:
            result = candidate._measure(rows, sample_weight, result)
            deviation = result.moments.deviation()
        fit_intercept = bool(estimator.fit_intercept)
        alphas = automatic_alphas(
            rows, loss, int(estimator.alphas), fit_intercept, deviation
        )
    return loss, alphas
