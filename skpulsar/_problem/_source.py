# SPDX-License-Identifier: BSD-3-Clause
"""The protocols by which solvers read rows, wherever these are stored.

A `RowSource` has all rows, and `Passes` over them. What they return does not grow with
the rows: numbers, arrays as long as the columns, chunks of an order, and samples. A
`Sample` is in memory and shows its arrays. `Rows` in `_memory.py` is all of it.
"""

from typing import Protocol


class RowSource(Protocol):
    """Rows with targets and weights.

    The place of a row is its number among the rows of positive weight, in the order of
    the source. A random number for a row is a hash of its place, and is therefore the
    same however the rows are read. Sums are pairwise sums over leaves of a fixed size,
    so that they have the same bits however the leaves are distributed.

    Attributes
    ----------
    n_rows, n_columns : int
        The shape.

    n_targets : int
        How many outputs have a target of their own; 0 if one target serves all.

    weighs_outputs : bool
        Whether every output has weights of its own.

    sparse : bool
        Whether the rows are CSR.

    dtype : dtype
        That of the entries, float32 or float64.

    entries_per_row : float
        Mean number of stored entries of a row, which its cost depends on.

    is_part : bool
        Whether rows of the data are left out. Nobody has checked the values of these.

    chunked : bool
        Whether every pass reads the rows anew: a draw costs nothing then if it is made
        along with the pass before, of which `RepeatedPasses.expect` tells.

    order : EveryRow or Sampled
        The order in which an epoch visits the rows, and how often: `counts`,
        `frequency` and `chunks`.
    """

    # Statistics

    def moments(self):
        """Weighted mean and variance of every column, as `Moments`."""

    def moments_about(self, shift):
        """Moments by sums of deviations from a shift."""

    def sums(self, shift):
        """Weighted sums of ``(x - shift, 1)``."""

    def total(self):
        """The sum of the weights."""

    def class_totals(self, n_classes):
        """The sum of the weights of every class."""

    def target_sum(self):
        """The weighted sum of the targets."""

    def target_squares(self, mean):
        """The weighted sum of ``(target - mean)^2``."""

    def largest(self):
        """Column and value of the entry that is largest in magnitude."""

    def extremes(self, target):
        """The smallest and the largest entry of every column in one class."""

    # The same rows otherwise

    def outputs(self):
        """The same rows for every output alone, as a list."""

    def of_outputs(self, outputs):
        """The same rows, with the targets and weights of some outputs, or of one."""

    def of_class(self, k):
        """The rows of one class."""

    def dense_where_full(self):
        """The same rows, as an array if CSR rows store every entry."""

    # For minibatches

    def smoothness(self, centre, scale):
        """Mean and maximum of a row's weighted squared norm in scaled columns."""

    def in_any_order(self, centre, fit_intercept, loss):
        """The kernel's `Dataset` for minibatches."""

    def order_of(self, places):
        """The row numbers, in that dataset, of these places."""

    def objective(self, weights, loss, penalty):
        """The objective at given weights."""

    def mean_loss(self, model, loss):
        """The mean loss of a model, `Linear` or `Layers`."""

    # For full passes, and draws

    def full_pass(self, centre, fit_intercept, loss):
        """What makes full passes: `Passes`."""

    def moments_and_norms(self, shift, precision, draw=None):
        """Moments, and every dense row's sum of ``precision (x - shift)^2``, which
        `leverages` takes and nobody else reads. A `FirstDraw` tells what for."""

    def leverages(self, centre, precision, begun=None):
        """Every row's weight times ``1 + sum of precision (x - centre)^2``, which
        `Passes.draw` takes and nobody else reads."""

    # Samples

    def at(self, places):
        """Some of the rows, with their weights."""

    def part(self, places, weight):
        """Some of the rows, with other weights: many, and not copied if there is
        another way."""

    def take(self, places, weight):
        """A copy of some of the rows, with other weights."""

    def entries(self, places):
        """Some of the rows, as an array."""

    def in_memory(self):
        """All rows: for sources of about as few rows as a sample has."""


class Passes(Protocol):
    """Full passes over all rows of a source, by one loss. They keep the residuals
    ``|p_i - z_i|`` at the point of the last pass where the rows are."""

    def objective(self, weights, diagonal=False):
        """One pass: sums of the weighted losses and of their gradient, and of the
        diagonal of the curvature or None, at weights of (x - centre, 1)."""

    def products(self, shift):
        """Weighted sums of the products of (x - centre, 1, targets - shift), for dense
        rows: the lower half of a matrix."""

    def predict_mean(self, mean):
        """Take the residuals of a model that predicts the same for all rows."""

    def follow(self, passes, k):
        """Take the residuals of an output of other passes, which several share."""

    def separated(self):
        """Whether the prediction of every row is on its side."""

    def margin_gains(self, weights):
        """The least and the largest increase of a margin by a step of these weights."""

    def curvature_along(self, weights, total):
        """The second derivative of the loss along these weights, over `total`."""

    def draw(self, norms, m, key):
        """About m rows by size of the residual times norm: places and weights."""

    def residuals(self, places=None):
        """The residuals of a sample; None: of all rows as a sample."""


class CoupledPasses(Passes, Protocol):
    """Passes by a loss that all outputs of a row have in common: one a class."""

    def saturated_classes(self):
        """`SaturatedClasses` of the last pass, none at first: `choose` them along a
        step, their `sums` in the gradient, and the `residuals` of a sample without."""


class RepeatedPasses(Passes, Protocol):
    """Full passes over a source that is chunked."""

    def expect(self, norms, m, key):
        """Tell of the draw that may follow the next pass."""


class Sample(RowSource, Protocol):
    """Rows in memory: a subsample, those that a stream keeps, or a chunk of a stream.

    Its arrays are as long as itself, even where it is all rows. Its `full_pass` returns
    a `FullPass`, whose attributes may be read.
    """

    def targets(self):
        """Target of every row, of shape (n_rows,) or (n_outputs, n_rows)."""

    def sample_weight(self):
        """Weight of every row; None stands for ones."""

    def logits(self, weights):
        """``x . w + b`` of every row."""

    def norms(self, centre, precision):
        """The sum of ``precision (x - centre)^2`` for every row."""

    def column_sums(self, shift, weight):
        """Sums of deviations from a shift and of their squares."""

    def weighing(self, weight):
        """The same rows with other weights."""

    def append(self, other, buffer):
        """These rows followed by others, and the buffer that holds them."""

    def convert(self, other):
        """Other rows in the form of these, dense or CSR."""

    def dense(self):
        """The same rows as an array."""
