# SPDX-License-Identifier: BSD-3-Clause
"""Classes that rows are nearly done with, and the gradient without them."""

import numpy as np

from skpulsar._kernels import _core


class SaturatedClasses:
    """Which classes of which rows are left out of a softmax, where the rows are.

    None are at first.

    Parameters
    ----------
    passes : SoftmaxPass
        What has the residuals of the point where steps begin.
    """

    def __init__(self, passes):
        self.passes, self.any = passes, False
        self.left_out = self.held = np.zeros(passes.residual.shape, bool)

    def sums(self, centre, total):
        """What they add to the gradient of the mean loss, by weights of (x - centre,
        1)."""
        passes = self.passes
        sums = np.zeros((len(self.left_out), passes.rows.n_columns + 1))
        if not self.any:
            return sums
        lost, own = self._lost(), passes.own_classes()
        lost[own] = -sum(lost)
        for of_class, each in zip(sums, passes.weighted(lost, total), strict=True):
            of_class[:-1] = passes.rows.column_sums(centre, each)[0]
            of_class[-1] = _core.total(each)
        return sums

    def residuals(self, places):
        """The residuals of a sample without them."""
        if not self.any:
            return self.passes.residuals(places)
        lost, own = self._lost(), self.passes.own_classes()
        kept = self.passes.residual - lost
        kept[own] = np.maximum(kept[own] - sum(lost), 0.0)
        return kept[:, places]

    def choose(self, weights, least, total, spared):
        """Leave out what a step of these weights makes vanish; return whether it is
        something else than before.

        Parameters
        ----------
        weights : ndarray of shape (n_classes, n_columns + 1)
            What is subtracted.

        least : float
            The logarithm of a probability that vanishes falls by so much.

        total, spared : float
            All of them add no more than `spared` to the loss, its sum being divided by
            `total`: those of the smallest losses are left out.
        """
        found, falls = vanishing(self.passes, weights, least)
        if not (self.any or found.any()):  # This is the usual case.
            return False
        self.held = self.held | self.left_out & (falls < 0)  # They would come back.
        losses = self.passes.weighted(self.passes.residual, total)
        before, chosen = self.left_out, _cheapest(losses, found & ~self.held, spared)
        self.left_out, self.any = chosen, bool(chosen.any())
        return not np.array_equal(before, chosen)

    def _lost(self):
        return np.where(self.left_out, self.passes.residual, 0.0)


def vanishing(passes, weights, least):
    """Which probabilities, below 1/2 and not those of the rows' own classes, have a
    logarithm from which a step of these weights takes so much; and what it takes. Both
    are of shape (n_classes, n_rows)."""
    moved = np.ascontiguousarray(passes.rows.logits(weights).T)
    p = passes.probabilities()
    falls = moved - sum(share * by for share, by in zip(p, moved, strict=True))
    found = (p < 0.5) & (p > 0) & (falls >= least)
    found[passes.own_classes()] = False
    return found, falls


def _cheapest(losses, pairs, spared):
    """Those of some pairs whose losses, the least first, come to `spared` at most."""
    places = np.flatnonzero(pairs)
    places = places[np.argsort(losses.flat[places], kind="stable")]
    chosen = np.zeros(pairs.shape, bool)
    chosen.flat[places[np.cumsum(losses.flat[places]) <= spared]] = True
    return chosen
