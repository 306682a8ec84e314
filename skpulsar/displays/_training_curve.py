# SPDX-License-Identifier: BSD-3-Clause
"""TrainingCurveDisplay: the loss, or a score, of every epoch."""

import numpy as np

from skpulsar.displays._axes import (
    BLUE,
    GREY,
    VERMILION,
    axes_for,
    keywords,
    legend,
    literal,
)

FEW_EPOCHS = 40  # Up to so many are drawn as points as well.
WIDE = 10.0  # Losses that differ by this factor are drawn on a logarithmic axis.


class TrainingCurveDisplay:
    """Loss or score over the epochs of a training.

    Use `from_estimator` or `from_history` to make one.

    Parameters
    ----------
    epochs : ndarray of shape (n_epochs,)
        Numbers of the epochs.

    training : ndarray of shape (n_epochs,) or None
        The loss or score of the training rows.

    validation : ndarray of shape (n_epochs,) or None
        The same of the validation rows; NaN in epochs that have none.

    metric : str
        What it is.

    best_iter : int or None
        The epoch to mark.

    training_label : str
        What the legend calls the training rows' curve.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure

    line_, validation_line_ : matplotlib Line2D or None
        The curves.

    best_line_ : matplotlib Line2D or None
        The mark of the best epoch.

    See Also
    --------
    sklearn.model_selection.LearningCurveDisplay : Scores by the number of rows.

    Examples
    --------
    >>> from skpulsar.displays import TrainingCurveDisplay
    >>> history = {
    ...     "epoch": [1, 2, 3],
    ...     "loss": [0.7, 0.4, 0.35],
    ...     "validation_loss": [0.6, 0.4, 0.5],
    ... }
    >>> display = TrainingCurveDisplay.from_history(history, best_iter=2)
    >>> display.validation_line_.get_ydata().tolist()
    [0.6, 0.4, 0.5]
    """

    def __init__(
        self,
        *,
        epochs,
        training,
        validation,
        metric,
        best_iter=None,
        training_label="training",
    ):
        self.epochs, self.metric, self.best_iter = epochs, metric, best_iter
        self.training, self.validation = training, validation
        self.training_label = training_label

    @classmethod
    def from_estimator(
        cls, estimator, *, metric="loss", log_scale="auto", ax=None, line_kw=None
    ):
        """Draw the history of a fitted estimator.

        Parameters
        ----------
        estimator : estimator
            With `history_`, and `best_iter_` if an epoch is to be marked.

        metric, log_scale, ax, line_kw
            As for `from_history`.

        Returns
        -------
        display : TrainingCurveDisplay
        """
        history = getattr(estimator, "history_", None)
        if history is None:
            raise ValueError(
                f"{type(estimator).__name__} has no history_: give a fitted estimator "
                "of skpulsar; of a pipeline or a search, the fitted step."
            )
        return cls.from_history(
            history,
            best_iter=getattr(estimator, "best_iter_", None) or None,
            metric=metric,
            log_scale=log_scale,
            ax=ax,
            line_kw=line_kw,
        )

    @classmethod
    def from_history(
        cls,
        history,
        *,
        best_iter=None,
        metric="loss",
        log_scale="auto",
        ax=None,
        line_kw=None,
    ):
        """Draw a history.

        Parameters
        ----------
        history : dict of lists
            Of one length: ``metric`` or ``f"train_{metric}"``, and
            ``f"validation_{metric}"``; either may be missing. "epoch" has the numbers
            of the epochs, from 1 on by default. `history_` of an estimator is of this
            kind.

        best_iter : int, default=None
            The epoch to mark.

        metric : str, default="loss"
            "loss" is the objective, with its penalty if any, beside the log loss of the
            validation rows; any other name is that of a score that was recorded.

        log_scale : bool or "auto", default="auto"
            Whether the vertical axis is logarithmic; "auto": where a loss differs by
            more than a factor of ten.

        ax : matplotlib Axes, default=None
            Axes to draw on; None makes new ones.

        line_kw : dict, default=None
            Keywords for matplotlib's `plot`, of both curves.

        Returns
        -------
        display : TrainingCurveDisplay
        """
        names = (f"train_{metric}", metric)
        training = next((history[name] for name in names if name in history), None)
        validation = history.get(f"validation_{metric}")
        if training is None and validation is None:
            raise ValueError(
                f"The history has no {metric!r:.40}. It has {sorted(history)!s:.200}."
            )
        training, validation = (
            None if values is None else np.asarray(values, dtype=float)
            for values in (training, validation)
        )
        n_epochs = len(validation if training is None else training)
        epochs = np.asarray(history.get("epoch", np.arange(1, n_epochs + 1)))
        for name, values in (("epoch", epochs), (f"validation_{metric}", validation)):
            if values is not None and len(values) != n_epochs:
                raise ValueError(
                    f"{name!r:.60} has {len(values)} values, and the history of "
                    f"{metric!r:.60} has {n_epochs}: give one for every epoch."
                )
        objective = metric == "loss" and "train_loss" not in history
        penalised = objective and any(history.get("penalty", ()))
        display = cls(
            epochs=epochs,
            training=training,
            validation=validation,
            metric=metric,
            best_iter=best_iter,
            training_label="training, with penalty" if penalised else "training",
        )
        return display.plot(ax, log_scale=log_scale, line_kw=line_kw)

    def plot(self, ax=None, *, log_scale="auto", line_kw=None):
        """Draw the curves.

        Parameters
        ----------
        ax, log_scale, line_kw
            As for `from_history`.

        Returns
        -------
        display : TrainingCurveDisplay
        """
        self.ax_ = axes_for(self, ax)
        self.figure_ = self.ax_.figure
        style = keywords({"linewidth": 1.5, "markersize": 3.8}, line_kw)
        few = len(self.epochs) <= FEW_EPOCHS
        own = {"marker": "o" if few else "", "color": BLUE}
        of_validation = {"color": VERMILION, "linestyle": "-" if few else "--"}
        of_validation |= {"marker": "s" if few else "", "markerfacecolor": "white"}
        own["label"] = self.training_label
        self.line_ = self._curve(self.training, own | style)
        self.validation_line_ = self._curve(
            self.validation, {"label": "validation"} | of_validation | style
        )
        self._mark_best()
        self.ax_.set_xlabel("epoch")
        self.ax_.set_ylabel(literal(self.metric.replace("_", " ")))
        self.ax_.xaxis.get_major_locator().set_params(integer=True)
        if log_scale == "auto":
            log_scale = self.metric.endswith("loss") and self._spread() > WIDE
        if log_scale:
            self.ax_.set_yscale("log")
        if len(self.ax_.get_legend_handles_labels()[0]) > 1:
            legend(self.ax_)
        return self

    def _curve(self, values, style):
        """Draw one curve over the epochs that have a value."""
        if values is None:
            return None
        there = ~np.isnan(values)
        (line,) = self.ax_.plot(self.epochs[there], values[there], **style)
        return line

    def _mark_best(self):
        self.best_line_ = None
        if self.best_iter is not None:
            style = {"color": GREY, "linestyle": ":", "linewidth": 1.2, "zorder": 1}
            label = f"best epoch, {self.best_iter}"
            self.best_line_ = self.ax_.axvline(self.best_iter, label=label, **style)

    def _spread(self):
        """The largest over the smallest value; 1 if a value is not positive."""
        curves = [c for c in (self.training, self.validation) if c is not None]
        values = np.concatenate(curves)
        values = values[np.isfinite(values)]
        return (
            values.max() / values.min() if (values > 0).all() and len(values) else 1.0
        )
