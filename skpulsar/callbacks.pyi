# SPDX-License-Identifier: BSD-3-Clause
"""Types of the callbacks; what scikit-learn hands to them has none."""

from os import PathLike
from typing import Any

class Checkpoint:
    path: str | PathLike[str]
    every_n_epochs: int | None
    every_n_seconds: float | None
    def __init__(
        self,
        path: str | PathLike[str],
        *,
        every_n_epochs: int | None = 1,
        every_n_seconds: float | None = None,
    ) -> None: ...
    def setup(self, estimator: Any, context: Any) -> None: ...
    def teardown(self, estimator: Any, context: Any) -> None: ...
    def on_fit_task_begin(self, estimator: Any, context: Any) -> None: ...
    def on_fit_task_end(
        self, estimator: Any, context: Any, *, fitted_estimator: Any
    ) -> None: ...
