# SPDX-License-Identifier: BSD-3-Clause
"""Folds that hold every row out once, for models that are trained side by side."""

from dataclasses import replace

import numpy as np

from skpulsar._estimator._class_weights import ClassStatistics, class_factors
from skpulsar._estimator._prior import prior_shift
from skpulsar._estimator._seed import draw_seed
from skpulsar._estimator._solver_choice import choose_solver
from skpulsar._problem._sample_moments import sample_moments
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.many._grid import Grid


class Partition:
    """Some folds of a problem, of two classes, that hold every row out once.

    Parameters
    ----------
    problem : Problem

    rows : Rows
        All rows used, with their sample weights.

    run : list of int
        The numbers of these folds.

    Attributes
    ----------
    fold : ndarray of int of shape (n_rows,)
        Which of these folds holds a row out.

    starts : list of list of LinearClassifierFitResult
        By weighting of the classes, and by fold left out and none: what the other rows
        tell of the classes.

    grid : Grid
        The models.
    """

    def __init__(self, problem, rows, run):
        # In as few bytes as twice a fold needs, which is faster to sort and to count.
        fold = np.empty(problem.folds.n_rows, np.min_scalar_type(2 * len(run)))
        for j, k in enumerate(run):
            fold[problem.folds.test[k]] = j
        self.fold, self.n_folds = fold[problem.folds.used], len(run)
        # The folds outside each, and outside none.
        self._others = np.arange(len(run)) != np.arange(len(run) + 1)[:, np.newaxis]
        moments, deviation = [None] * len(self._others), None
        if problem.candidates[0].standardize:
            moments = self._moments(rows, problem.sample_weight)
            deviation = np.stack([each.deviation() for each in moments])
        totals = self._totals(problem)
        found = [
            [
                _start(candidate, problem.start, *of_set)
                for of_set in zip(*totals, moments, strict=True)
            ]
            for candidate in problem.candidates
        ]
        self.starts = [[start for start, _ in of_candidate] for of_candidate in found]
        factors = [[factor for _, factor in of_candidate] for of_candidate in found]
        corrected = bool(problem.candidates[0].prior_correction)
        self.grid = Grid(problem.alphas, np.array(factors), deviation, corrected)

    def _totals(self, problem):
        """Rows and weights of both classes outside every fold, and outside none."""
        used, weight, largest = problem.folds.used, problem.sample_weight, 1.0
        if weight is not None:
            largest = weight.max()  # Sums of huge weights overflow.
            weight = weight[used] / largest
        place = 2 * self.fold + problem.target[used].astype(self.fold.dtype)
        n_rows, total = (
            np.bincount(place, each, minlength=2 * self.n_folds).reshape(-1, 2)
            for each in (None, weight)
        )
        n_rows, total = (
            [by_fold[others].sum(axis=0) for others in self._others]
            for by_fold in (n_rows, total)
        )
        return n_rows, [largest * of_set for of_set in total]

    def _moments(self, rows, sample_weight):
        """Moments of the columns outside every fold, and outside none."""
        by_fold = [
            sample_moments(rows.at(np.flatnonzero(self.fold == j)), sample_weight)
            for j in range(self.n_folds)
        ]
        merged = []
        for others in self._others:
            first, *more = (by_fold[j] for j in np.flatnonzero(others))
            for other in more:
                first = first.merge(other)
            merged.append(first)
        return merged


def _start(candidate, start, n_rows, weight, moments):
    """What rows with these totals of both classes tell, and the factors of these."""
    class_weight, sampling = candidate._by_class(start.classes)
    if class_weight is not None:
        n_rows = np.where(class_weight > 0, n_rows, 0)
        weight = np.where(class_weight > 0, weight, 0.0)
    empty = ClassStatistics.empty()
    seen = empty.merge(n_rows, weight / n_rows.sum()) if n_rows.any() else empty
    _, factor = class_factors(class_weight, seen, sampling)
    shift = prior_shift(candidate.prior_correction, factor, seen.weight, start.classes)
    result = replace(
        start,
        class_count=weight,
        seen=seen,
        prior_shift=shift,
        moments=moments,
        solver=choose_solver(candidate),
        state=SolverState(seed=draw_seed(candidate.random_state)),
    )
    candidate._check_seen(result)
    return result, factor
