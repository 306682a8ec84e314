# SPDX-License-Identifier: BSD-3-Clause
"""The cut-off that a model is used at, and where it is kept."""

from dataclasses import asdict, dataclass

from skpulsar._command_line import CommandError

ATTRIBUTE = "cutoff_"


@dataclass(frozen=True)
class ModelCutoff:
    """The logit from which on a row is predicted positive.

    It is an attribute of the estimator, as a dict, and so a part of its file.

    Parameters
    ----------
    threshold : float
        The least logit of the positive class that is predicted positive.

    positive : int, float, bool or str
        The label of the positive class.

    rule : str
        What it was chosen for, in words.

    precision, recall, f1, fpr : float
        What cut-offs chosen so reach on rows that did not choose them, nor trained the
        model.

    intercept : list of float
        That of the model it was chosen for: one that was trained again has another.
    """

    threshold: float
    positive: object
    rule: str
    precision: float
    recall: float
    f1: float
    fpr: float
    intercept: list

    def attach(self, model):
        """Keep it in a model."""
        setattr(model, ATTRIBUTE, asdict(self))

    @classmethod
    def of(cls, model):
        """That of a model; None if it has none.

        Raises
        ------
        CommandError
            If the model was trained again after it was chosen.
        """
        kept = getattr(model, ATTRIBUTE, None)
        if kept is None:
            return None
        cutoff = cls(**kept)
        if cutoff.intercept != model.intercept_.tolist():
            raise CommandError(
                "the model was trained again after its cut-off was chosen: run "
                f"skpulsar train, or delete {ATTRIBUTE} to predict at a logit of 0"
            )
        return cutoff
