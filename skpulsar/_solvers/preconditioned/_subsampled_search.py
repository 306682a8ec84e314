# SPDX-License-Identifier: BSD-3-Clause
"""The search over all rows whose steps may end at minima of subsamples."""

from math import inf

from skpulsar._solvers.quadratic._minimise import Search


class SubsampledSearch(Search):
    """What a search does with points that are worse than the best.

    Attributes
    ----------
    subsampler : Subsampler or SoftmaxSubsampler
        What draws subsamples and finds their minima.

    start_value : float
        What the first point must not exceed, else the null model is next.

    start_loss : float
        The objective of the null model.

    resample_next : bool
        Whether the next point is the minimum of a new subsample, not the end of an
        L-BFGS step. Until that point is accepted or rejected, it says so of the point.
    """

    def __init__(self, tie):
        super().__init__(tie)
        self.subsampler, self.start_value, self.resample_next = None, inf, False
        self.start_loss = inf

    @property
    def loss(self):
        """The objective at the best point, or that of the null model before there is
        one."""
        return self.start_loss if self.lbfgs.point is None else self.lbfgs.value

    @property
    def share(self):
        """How much of the step is taken."""
        return self.lbfgs.share

    @property
    def n_sampled(self):
        """Rows read so far, apart from full passes."""
        return self.subsampler.n_sampled

    def is_worse(self, value):
        if self.lbfgs.point is None:
            return not value <= self.start_value
        return super().is_worse(value)

    def reject(self):
        if self.lbfgs.point is None:
            return None  # The null model is next.
        if self.resample_next and not self.subsampler.exact:
            self.subsampler.grow()  # The subsample was too small for so long a step.
            return None
        self.resample_next = False
        return super().reject()
