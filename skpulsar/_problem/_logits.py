# SPDX-License-Identifier: BSD-3-Clause
"""Logits of many rows, computed in blocks so that Ctrl-C can interrupt."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._matrix import row_blocks
from skpulsar._problem._threads import threads

ENTRIES_AT_ONCE = 4_000_000  # Ctrl-C waits while the kernel reads this many.
SHARE = 4  # Of several threads each reads a part of these, so that none waits long.


def logits(matrix, model):
    """The logits of every row.

    Parameters
    ----------
    matrix : ndarray of shape (n_rows, n_columns), or tuple
        Rows as the kernel reads them (`kernel_matrix`).

    model : Linear or Layers
        What turns rows into logits.

    Returns
    -------
    logits : ndarray of shape (n_rows, n_outputs), float64
        Of one layer a row that is not finite has no finite logit.
    """
    n_rows = len(matrix[2]) - 1 if isinstance(matrix, tuple) else len(matrix)
    logits = np.empty((n_rows, model.n_outputs))

    def of_block(start, stop):
        model.logits(matrix, start, stop - start, out=logits[start:stop])

    n_entries = max(1, ENTRIES_AT_ONCE // model.cost)
    blocks = list(row_blocks(matrix, n_entries))
    if len(blocks) > 1 and threads().number > 1:
        blocks = list(row_blocks(matrix, max(1, n_entries // SHARE)))
    threads().map(of_block, blocks)
    return logits


def move_intercept(weights, by):
    """The same model for columns minus `by`: intercepts increase by ``w . by``, summed
    and rounded as a logit is, not as `Scaling` does it."""
    moved = weights.copy()
    moved[:, -1] = _core.logits(by[np.newaxis], 0, 1, weights)[0]
    return moved
