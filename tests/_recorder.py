# SPDX-License-Identifier: BSD-3-Clause
"""Callbacks that write down what they see."""


class Recorder:
    """Writes down the hooks that are called; stops or fails where it is told to."""

    def __init__(self, stop_at=None, fail_in=None):
        self.calls, self.models = [], []
        self.stop_at, self.fail_in = stop_at, fail_in

    def record(self, name, context):
        self.calls.append((name, context.task_name, context.task_id))
        if self.fail_in == (name, context.task_name):
            raise ZeroDivisionError

    def setup(self, estimator, context):
        self.record("setup", context)

    def teardown(self, estimator, context):
        self.record("teardown", context)

    def on_fit_task_begin(self, estimator, context):
        self.record("begin", context)

    def on_fit_task_end(self, estimator, context, *, X, y, metadata, fitted_estimator):
        self.record("end", context)
        self.models.append(fitted_estimator)
        self.given = X, y, metadata
        return context.task_name == "epoch" and context.task_id + 1 == self.stop_at


class Propagating(Recorder):
    """The same for an estimator and what is in it."""

    max_propagation_depth = None
