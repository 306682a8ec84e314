# SPDX-License-Identifier: BSD-3-Clause
"""Callbacks for training: scikit-learn's protocol, set by `set_callbacks`."""

import warnings
from numbers import Integral, Real
from pathlib import Path
from time import monotonic

from skpulsar._estimator._parameters import NONE, Number, check_parameter
from skpulsar._persistence._file import content_of, save

__all__ = ["Checkpoint"]


class Checkpoint:
    """A callback that saves the estimator to a file while it is trained.

    After a crash, `skpulsar.load` gives the estimator as it was at the last epoch that
    was saved, and `partial_fit` trains the epochs that are left. With sgd, adam and
    rmsprop, ``tol=None`` and no validation set these are the bits of the unbroken
    `fit`.

    Parameters
    ----------
    path : str or path-like
        The file, which `skpulsar.save` writes: a process that is killed while it writes
        leaves the file that was there before. Fits that run at once need a file each.

    every_n_epochs : int or None, default=1
        The number of epochs between two files. With None only the time counts.

    every_n_seconds : float or None, default=None
        The time between two files, if that is sooner. An epoch in which it has passed
        is finished first.

    See Also
    --------
    skpulsar.load : Loads what was saved.
    sklearn.callback.FitCallback : The protocol.

    Notes
    -----
    A file that cannot be written, for instance because the disk is full, is a
    UserWarning, and training goes on. An estimator that `skpulsar.save` refuses, for
    instance with a function as `scoring`, is a TypeError before training.

    The file holds what the estimator would be if training ended there, and at the end
    what it is: with ``early_stopping=True`` the best weights so far, and the state that
    continues them, once `early_stopping` is set to False. `partial_fit` calls no
    callbacks: save after it. `SLPClassifierCV` is saved at its end alone: before that
    it has chosen no model.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import skpulsar
    >>> from skpulsar.callbacks import Checkpoint
    >>> from skpulsar.datasets import make_pulsars
    >>> X, y = make_pulsars(n_samples=1000, random_state=0)
    >>> model = skpulsar.SLPClassifier(
    ...     solver="sgd", max_iter=5, tol=None, random_state=0
    ... )
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.skp")
    ...     model = model.set_callbacks(Checkpoint(path, every_n_epochs=2)).fit(X, y)
    ...     again = skpulsar.load(path)
    >>> bool((again.coef_ == model.coef_).all())
    True
    """

    def __init__(self, path, *, every_n_epochs=1, every_n_seconds=None):
        for name, value, kind in (
            ("every_n_epochs", every_n_epochs, Integral),
            ("every_n_seconds", every_n_seconds, Real),
        ):
            allowed = Number(kind, 0, closed="()"), NONE
            check_parameter(name, value, allowed, type(self).__name__)
        self.path = path
        self.every_n_epochs = every_n_epochs
        self.every_n_seconds = every_n_seconds

    def setup(self, estimator, context):
        """Begin to count, and refuse what would fail only after training."""
        path = Path(self.path).resolve()
        if path.is_dir():
            raise IsADirectoryError(
                f"path={str(self.path)!r:.200} is a folder: name a file in it."
            )
        if not path.parent.is_dir():
            raise FileNotFoundError(
                f"path={str(self.path)!r:.200} is in a folder that does not exist. "
                "Make the folder first."
            )
        content_of(estimator)  # It raises if there can be no file of it.
        self._start_anew()

    def teardown(self, estimator, context):
        """Nothing is left to do."""

    def on_fit_task_begin(self, estimator, context):
        """Nothing is to be saved yet."""

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        """Save the estimator after an epoch, if it is time, and at the end."""
        if fitted_estimator is None:  # A search has no model before its end.
            return
        is_epoch = context.task_name == "epoch"
        self._n_epochs += is_epoch
        if not is_epoch or self._is_due():
            try:
                save(fitted_estimator, self.path)
            except OSError as error:  # A full disk need not cost the training, too.
                warnings.warn(
                    "The estimator could not be saved, and training goes on: "
                    f"{error!s:.200}",
                    UserWarning,
                    stacklevel=2,
                )
            self._start_anew()

    def _is_due(self):
        epochs, seconds = self.every_n_epochs, self.every_n_seconds
        by_epochs = epochs is not None and self._n_epochs >= epochs
        return by_epochs or (
            seconds is not None and monotonic() - self._saved >= seconds
        )

    def _start_anew(self):
        self._n_epochs, self._saved = 0, monotonic()
