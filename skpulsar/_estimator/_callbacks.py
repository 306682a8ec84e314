# SPDX-License-Identifier: BSD-3-Clause
"""The bridge to scikit-learn's callbacks."""

from contextlib import contextmanager, nullcontext

# What scikit-learn notes on an estimator until its fit ends
OF_THE_FIT = "_callback_fit_ctx", "_parent_callback_ctx", "_skl_callbacks_to_teardown"

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # They are experimental in scikit-learn 1.9.

    def with_callbacks(method):
        """Stands for scikit-learn's, which nothing calls then."""
        return method

    class CallbackSupport:
        """Stands for scikit-learn's support where there is none."""

else:

    class CallbackSupport(CallbackSupportMixin):
        """scikit-learn's support of callbacks, which costs nothing unless some are set.

        A context of callbacks is made of objects in cycles. To make one for every fit,
        and to collect it, would take a twentieth of a small fit.
        """

        def set_callbacks(self, *callbacks):
            """Set callbacks that `fit` calls before and after every epoch, or in
            SLPClassifierCV every reading of the rows.

            `partial_fit` calls none. A callback whose `on_fit_task_end` returns True
            after one of these ends training.

            Parameters
            ----------
            *callbacks : callback instances
                Objects with the methods of :class:`sklearn.callback.FitCallback`; none
                to remove those set before.

            Returns
            -------
            self : estimator
                The same estimator.
            """
            super().set_callbacks(*callbacks)
            vars(self).pop("_has_callbacks", None)
            if callbacks:
                self._has_callbacks = True
            return self

        def __copy__(self):
            """A copy that has the callbacks, and nothing of the fit they are called in:
            scikit-learn gives callbacks such a copy as the fitted estimator."""
            copied = super().__copy__()
            for name in OF_THE_FIT:
                vars(copied).pop(name, None)
            return copied

        def __sklearn_clone__(self):
            """A clone with the same callbacks, as scikit-learn makes it."""
            clone = super().__sklearn_clone__()
            if hasattr(self, "_has_callbacks"):
                clone._has_callbacks = True
            return clone


class FitTask:
    """A fit, and the parts of it, as callbacks see them.

    Parameters
    ----------
    estimator : estimator
        The estimator that is trained.

    X, y, sample_weight : array-like
        What `fit` was given.

    n_parts : int or None
        How many parts there are at most, if that is known.
    """

    def __init__(self, estimator, X, y, sample_weight, n_parts):
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self.arguments = {
            "estimator": estimator, "X": X, "y": y, "metadata": metadata,
        }  # fmt: skip
        self.fit = estimator._init_callback_context(max_subtasks=n_parts)
        self.whole = self.fit
        self.fit.call_on_fit_task_begin(**self.arguments)

    def begin(self, name):
        """Tell callbacks that a part begins."""
        self.part = self.whole.subcontext(task_name=name)
        self.part.call_on_fit_task_begin(**self.arguments)

    def end(self, attributes=None):
        """Tell callbacks that it has ended, and what gives the attributes of an
        estimator that is ready to predict, if there are any; return whether one asks to
        stop."""
        return self.part.call_on_fit_task_end(
            **self.arguments, reconstruction_attributes=attributes
        )

    @contextmanager
    def divided(self, name, n_parts):
        """What happens in here is a part of its own, of so many parts at most."""
        self.whole = self.fit.subcontext(task_name=name, max_subtasks=n_parts)
        self.whole.call_on_fit_task_begin(**self.arguments)
        yield
        self.whole.call_on_fit_task_end(
            **self.arguments, reconstruction_attributes=None
        )
        self.whole = self.fit

    def end_fit(self, attributes):
        self.fit.call_on_fit_task_end(
            **self.arguments, reconstruction_attributes=attributes
        )


class NoTask:
    """Training without callbacks."""

    def begin(self, name):
        pass

    def end(self, attributes=None):
        return False

    def divided(self, name, n_parts):
        return nullcontext()


NO_TASK = NoTask()


def with_task(estimator, X, y, sample_weight, train, n_parts=None):
    """Call ``train(task)``, which returns what gives the attributes that training has
    set, with the task of the estimator's callbacks, or `NO_TASK`."""
    if hasattr(estimator, "_has_callbacks"):
        _with_fit_task(estimator, X, y, sample_weight, train, n_parts)
    else:
        train(NO_TASK)


@with_callbacks
def _with_fit_task(estimator, X, y, sample_weight, train, n_parts):
    task = FitTask(estimator, X, y, sample_weight, n_parts)
    task.end_fit(train(task))
