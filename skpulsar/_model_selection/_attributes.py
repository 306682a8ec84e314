# SPDX-License-Identifier: BSD-3-Clause
"""What a search found, as the attributes of its estimator."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skpulsar._estimator._caller import caller_level
from skpulsar._model_selection._candidates import grid_shape

NAMED = 3  # So many models are named in a warning.
OF_THE_MODEL = (
    "coef_",
    "intercept_",
    "classes_",
    "class_count_",
    "multilabel_",
    "prior_shift_",
    "loss_",
    "objective_gap_",
)


def attributes_of(found, estimator):
    """Attributes by name.

    Parameters
    ----------
    found : Search

    estimator : SLPClassifierCV
        Whose attributes these are to be; it is not changed.
    """
    problem, models, choice = found.problem, found.models, found.choice
    grid, n_folds, (v, a) = grid_shape(estimator), len(problem.folds), choice.chosen

    def by_grid(values, axis):
        """One axis of weightings as two of class weights and samplings, or none."""
        shape = values.shape
        return values.reshape(*shape[:axis], *grid, *shape[axis + 1 :])

    fitted = models.estimator(v, n_folds, a)
    if hasattr(estimator, "feature_names_in_"):
        fitted.feature_names_in_ = estimator.feature_names_in_
    paths = models.all_shown()
    if paths.shape[3] == 1:
        paths = paths[:, :, :, 0]
    scores = {name: by_grid(values, 1) for name, values in found.scores.items()}
    place = (*np.unravel_index(v, grid), a) if grid else (a,)
    return {
        "estimator_": fitted,
        "alpha_": fitted.alpha,
        "class_weight_": fitted.class_weight,
        "sampling_": fitted.sampling,
        "alphas_": problem.alphas,
        "best_index_": tuple(map(int, place)) if grid else a,
        "best_score_": float(choice.mean[v, a]),
        "scores_": next(iter(scores.values())),
        "all_scores_": scores,
        "standard_errors_": by_grid(choice.standard_error, 0),
        "paired_standard_errors_": by_grid(choice.paired_standard_error, 0),
        "coefs_paths_": by_grid(np.swapaxes(paths[:, :-1], 0, 1), 1),
        "coef_path_": by_grid(paths[:, -1], 0),
        "objective_gaps_": by_grid(np.swapaxes(models.gap, 0, 1), 1),
        "n_iter_": models.n_iter,
        "n_splits_": n_folds,
        "cutoff_": found.cutoff,
        **{name: getattr(fitted, name) for name in OF_THE_MODEL},
    }


def warn_of_unconverged(found, max_iter):
    """Warn of models that are further from their minimum than was asked for."""
    problem, converged = found.problem, found.models.converged
    far = np.argwhere(~converged)
    if not len(far):
        return
    named = [
        f"{problem.name(k)}, alpha {problem.alphas[a]:.3g}" for _, k, a in far[:NAMED]
    ]
    more = f" and {len(far) - NAMED} more" if len(far) > NAMED else ""
    remedy = f"Raise max_iter={max_iter} or tol, or leave small alphas out."
    if found.models.n_iter < max_iter:
        remedy = "A callback ended training, or rounding did: tol is too small then."
    warnings.warn(
        f"{len(far)} of {converged.size} models had not converged after "
        f"{found.models.n_iter} full passes: {'; '.join(named)}{more}. objective_gaps_ "
        f"has their gaps. {remedy}",
        ConvergenceWarning,
        stacklevel=caller_level(),
    )
