# SPDX-License-Identifier: BSD-3-Clause
"""Rows far out that bar the way to a better point."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._moments import EPSILON

OWNED = 0.5  # of the curvature along a direction, by the rows that lie farthest out
MOST_MARGIN = 64  # a margin is doubled this often at most


def free(objective, point, metric):
    """A better point than one just read, beyond rows far out; or None.

    Such rows, on their side already, hold a direction with all its curvature until
    their loss is next to nothing: Newton's steps then move their logits by 1 or 2 each,
    and the decrement sees nothing of what lies behind. So steps are tried that multiply
    the margin of the farthest row.
    """
    if metric is None or objective.norms is None:
        return None
    residual = objective.residual
    on_its_side = (residual < 0.5) & (residual > EPSILON)  # and of some loss still
    row = int(np.where(on_its_side, objective.norms, 0.0).argmax())
    away = objective.row(row)
    step = metric.solve(away)
    moved = _core.dot(away, step)
    if not (on_its_side[row] and moved > 0):
        return None
    step *= (2 * objective.target[row] - 1) / moved  # its margin grows by 1
    if objective.share_of_far_rows(step) < OWNED:
        return None
    best, freed = objective.read(point)[0], None
    for k in range(2, MOST_MARGIN):
        value = objective.read(point + 2.0**k * step)[0]
        if not value < best:
            break
        best, freed = value, point + 2.0**k * step
    return freed
