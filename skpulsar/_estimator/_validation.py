# SPDX-License-Identifier: BSD-3-Clause
"""Scores of the model after every epoch, on rows that training may not have seen."""

from copy import copy
from dataclasses import replace
from math import isnan

from skpulsar._estimator._scorer_names import by_name
from skpulsar._training._monitor import LOSS as TRAINING_LOSS
from skpulsar._training._monitor import Monitor

LOSS = "loss"  # The name of the one score that is not scikit-learn's.


class Validation:
    """What is recorded of the model after every epoch.

    Parameters
    ----------
    estimator : BasePerceptron
        Its parameter `scoring` names the scorers, of which the first is monitored.

    start : FitResult
        The result before the first epoch.

    loss : Logistic
        The loss that is trained.

    scored : list of ScoredRows
        The rows, those of the validation set first.
    """

    def __init__(self, estimator, start, loss, scored):
        self.scorers = scorers_of(estimator)
        self.estimator, self.start, self.loss = estimator, start, loss
        self.scored = scored
        name, scorer = next(iter(self.scorers.items()))
        self.monitor = TRAINING_LOSS
        if scored[0].kind == "validation":
            self.monitor = Monitor(f"validation_{name}", scorer != LOSS)

    def scores(self, weights):
        """All scores of these weights, by name.

        Raises
        ------
        ValueError
            If a scorer gives no number, or if the one that ends training gives NaN.
        """
        fitted, found = self._fitted(weights), {}
        for rows in self.scored:
            for name, scorer in self.scorers.items():
                if scorer == LOSS:
                    value = rows.mean_loss(fitted, self.loss)
                else:
                    value = value_of(scorer, name, fitted, *rows.for_scorers)
                found[f"{rows.kind}_{name}"] = value
        monitored = self.monitor.name
        if self.estimator.early_stopping and isnan(found[monitored]):
            raise ValueError(
                f"{monitored} is NaN, and early_stopping=True needs a number. Give the "
                "validation set rows of every class, or set scoring='loss'."
            )
        return found

    def _fitted(self, weights):
        """A copy of the estimator with these weights, for arrays without names."""
        fitted = copy(self.estimator)
        vars(fitted).update(replace(self.start, weights=weights).attributes())
        vars(fitted).pop("feature_names_in_", None)
        return fitted


def value_of(scorer, name, fitted, X, y, weighted):
    """The value of a scorer as a float."""
    try:
        value = scorer(fitted, X, y, **weighted)
    except TypeError as error:
        if "unexpected keyword argument 'sample_weight'" not in str(error):
            raise
        raise TypeError(
            f"The scorer {name!r:.60} of scoring takes no sample_weight, and rows to "
            "score have weights: give it that parameter, or choose another scorer."
        ) from error
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"The scorer {name!r} of scoring must give a number, and gave "
            f"{value!r:.80}. Give several scorers as a dict by name."
        ) from None


def scorers_of(estimator):
    """The scorers that `scoring` stands for, by name.

    Raises
    ------
    ValueError
        If there is none, or one that scikit-learn does not know.
    """
    return {
        name: LOSS if scorer == LOSS else _of_scikit_learn(estimator, scorer)
        for name, scorer in by_name(estimator.scoring).items()
    }


def _of_scikit_learn(estimator, scorer):
    from sklearn.metrics import check_scoring, get_scorer_names  # They take long.

    if not (scorer is None or callable(scorer) or scorer in get_scorer_names()):
        raise ValueError(
            f"scoring names {scorer!r:.60}, which is neither 'loss' nor among "
            "sklearn.metrics.get_scorer_names()."
        )
    return check_scoring(estimator, scorer)
