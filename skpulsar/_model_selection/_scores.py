# SPDX-License-Identifier: BSD-3-Clause
"""Scores of all models, each on the rows that its fold holds out."""

import numpy as np

from skpulsar._estimator._validation import value_of
from skpulsar._model_selection._ranking import Ranking


def held_out_scores(problem, models, scorers, for_scorers):
    """All scores of all models.

    Parameters
    ----------
    problem : Problem

    models : TrainedModels

    scorers : dict
        By name, one of `OF_LOGITS` or a scorer.

    for_scorers : dict of dict
        By name, arrays as long as the data, or other values, that a scorer wants.

    Returns
    -------
    scores : dict of ndarray of shape (n_folds, n_weightings, n_alphas)
    """
    n_weightings, n_sets, n_alphas = problem.shape
    shape = n_sets - 1, n_weightings, n_alphas
    scores = {name: np.empty(shape) for name in scorers}
    for k in range(n_sets - 1):
        for name, values in _of_logits(problem, models, scorers, k):
            scores[name][k] = values.reshape(shape[1:])
        for name, scorer in scorers.items():
            if not isinstance(scorer, str):
                wanted = for_scorers.get(name)
                scores[name][k] = _from_outside(
                    problem, models, scorer, name, wanted, k
                )
    return scores


def _of_logits(problem, models, scorers, k):
    """Yield names and values, one weighting after the other, of the scores that are
    computed here."""
    kinds = {name: kind for name, kind in scorers.items() if isinstance(kind, str)}
    if kinds:
        weights = [models.shown(v, k) for v in range(problem.shape[0])]
        scores = problem.held_out(k).scores(
            sorted(set(kinds.values())), np.concatenate(weights)
        )
        yield from ((name, scores[kind]) for name, kind in kinds.items())


def _from_outside(problem, models, scorer, name, wanted, k):
    """Values of a scorer, of shape (n_weightings, n_alphas)."""
    test, n_rows = problem.folds.test[k], len(problem.labels)
    X, y = problem.X[test], problem.labels[test]
    if wanted is None:  # a score of two classes, which takes weights as ours do
        weight = problem.sample_weight
        wanted = {} if weight is None else {"sample_weight": weight}
    wanted = {
        key: np.asarray(value)[test] if len(np.atleast_1d(value)) == n_rows else value
        for key, value in wanted.items()
    }
    n_weightings, _, n_alphas = problem.shape
    return [
        [
            value_of(scorer, name, models.estimator(v, k, a), X, y, wanted)
            for a in range(n_alphas)
        ]
        for v in range(n_weightings)
    ]


def best_cutoff(problem, models, v, a):
    """The logit from which on the rows held out, each by the model of its fold, have
    the best F1."""
    parts = []
    for k in range(len(problem.folds)):
        held_out = problem.held_out(k)
        logits = held_out.logits(models.shown(v, k)[[a]])[0]
        of_weights = held_out.by_class(held_out.weight)
        parts.append([*held_out.by_class(logits), *of_weights])
    joined = [
        None if values[0] is None else np.concatenate(values, axis=-1)
        for values in zip(*parts, strict=True)
    ]
    return Ranking(*joined).best_f1()[1].item()
