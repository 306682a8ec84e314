# SPDX-License-Identifier: BSD-3-Clause
"""Calls that train an estimator: one at a time, each wholly or not at all."""

import os
from threading import Lock
from weakref import finalize

import numpy as np

_locks = {}  # of estimators, by their id, as long as they live

if hasattr(os, "register_at_fork"):  # the threads that hold them are not in the child
    os.register_at_fork(after_in_child=_locks.clear)


def exclusive(estimator):
    """The lock of an estimator, to be held by a with statement while a call trains it.

    It is not an attribute, so that pickles, clones and copies know nothing of it. It is
    CPython's own, because the with statement then lets go of it whatever happens and
    wherever Ctrl-C arrives, which no `__exit__` written in Python can promise. Of two
    calls that find it free in the same instant, the second waits.

    Raises
    ------
    RuntimeError
        If another call holds it, of this thread or another.
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
    """Whatever is raised inside leaves the estimator as it was before.

    Only Ctrl-C after a finished epoch leaves it at that epoch.
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
        self.estimator.__dict__ = self.before  # in one step: Ctrl-C may come twice
        if self.random:
            self.random.set_state(self.drawn)

    def _trained(self):
        state = vars(self.estimator).get("_state")
        return state is not self.before.get("_state") and state.n_epochs > 0
