# SPDX-License-Identifier: BSD-3-Clause
"""Training calls of an estimator run one at a time, and completely or not at all."""

import os
from threading import Lock
from weakref import finalize

import numpy as np

_locks = {}  # Locks of living estimators, by id.

if hasattr(os, "register_at_fork"):  # A child has none of the threads that hold them.
    os.register_at_fork(after_in_child=_locks.clear)


def exclusive(estimator):
    """The lock of an estimator, which a with statement holds while a call trains it.

    The lock is not an attribute, so that pickles, clones and copies are free of it. It
    is CPython's own, because the with statement then releases it whatever happens and
    wherever Ctrl-C arrives, which no `__exit__` written in Python can promise. If two
    calls find it free in the same instant, the second waits.

    Raises
    ------
    RuntimeError
        If another call, of this thread or another, holds the lock.
    """
    key = id(estimator)
    if key not in _locks:
        finalize(estimator, _locks.pop, key, None)
    lock = _locks.setdefault(key, Lock())
    if lock.locked():
        raise RuntimeError(
            f"This {type(estimator).__name__} is being trained by another call, which "
            "has not ended yet. Train one estimator a thread, for instance clones by "
            "sklearn.base.clone, or hold a lock of your own."
        )
    return lock


class unchanged_on_error:
    """A context that restores the estimator after any exception.

    The one exception is Ctrl-C after a finished epoch, which leaves it at that epoch.
    """

    def __init__(self, estimator):
        self.estimator = estimator

    def __enter__(self):
        self.before = vars(self.estimator).copy()
        random = self.before["random_state"]
        if not isinstance(random, np.random.RandomState):
            random = None
        self.random, self.drawn = random, random and random.get_state()

    def __exit__(self, kind, error, traceback):
        if kind is None or (kind is KeyboardInterrupt and self._trained()):
            return
        self.estimator.__dict__ = self.before  # One step, as Ctrl-C may come twice.
        if self.random:
            self.random.set_state(self.drawn)

    def _trained(self):
        state = vars(self.estimator).get("_state")
        return state is not self.before.get("_state") and state.n_epochs > 0
