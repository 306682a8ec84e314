# SPDX-License-Identifier: BSD-3-Clause
"""Vowpal Wabbit as a peer: it reads a text file, written untimed, through its cache."""

import atexit
import re
import tempfile
from io import BytesIO
from pathlib import Path

import numpy as np
from sklearn.datasets import dump_svmlight_file

BITS = 20  # of the table of weights; a feature's name is its index
CONSTANT = 11_650_396 % 2**BITS  # index of the intercept


def prepare_vowpal(problem):
    """Write the rows in its format; the path, and the number of columns."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    rows = BytesIO()
    dump_svmlight_file(problem.X, 2 * problem.y - 1, rows)
    path = Path(folder.name, "rows")
    path.write_bytes(re.sub(rb"(?m)^(\S+)", rb"\1 |", rows.getvalue()))
    return path, problem.X.shape[1]


def fit_vowpal(bfgs, prepared, y, alpha, setting, seed):
    """Weights, intercept and passes.

    bfgs adds its penalty once, to the sum of the losses. sgd goes without: with
    `--l2 alpha`, and with a hundredth of it, it diverged on scaled data.
    """
    from vowpalwabbit import Workspace

    path, n_columns = prepared
    how = f"--bfgs --termination 0 --l2 {alpha * len(y)}" if bfgs else ""
    model = Workspace(
        f"-d {path} -c -k --quiet --loss_function logistic --holdout_off "
        f"-b {BITS} --passes {setting} {how}"
    )
    coef = np.array([[model.get_weight(column) for column in range(n_columns)]])
    intercept = np.array([model.get_weight(CONSTANT)])
    model.finish()
    return coef, intercept, setting
