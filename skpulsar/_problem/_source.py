# SPDX-License-Identifier: BSD-3-Clause
"""What a solver may ask of its rows, wherever these are."""

from typing import Protocol


class RowSource(Protocol):
    """Rows with targets and weights; `Rows` in `_memory.py` has them in memory.

    Places are the numbers of the rows of positive weight, in the order of the source:
    a coin that is tossed for a row hashes its place, and so is the same however the
    rows are read. Sums are joined as a binary tree over leaves of a fixed size, so that
    they have the same bits however the leaves are handed out.

    Attributes
    ----------
    n_rows, n_columns : int
        The shape.

    sparse : bool
        Whether the rows are CSR.

    entries_per_row : float
        Stored entries of a row, in the mean: what it costs to read.

    is_part : bool
        Whether rows of the data are left out, which nobody has looked at.

    order : EveryRow or Sampled
        In which order an epoch visits the rows, and how often.
    """

    # What every solver asks

    def moments(self):
        """Weighted mean and variance of every column, as `Moments`."""

    def sample_weight(self):
        """Weight of every row, or None."""

    def targets(self):
        """Target of every row, of shape (n_rows,) or (n_outputs, n_rows)."""

    def total(self):
        """The sum of the weights."""

    def largest(self):
        """Column and value of the entry that is largest in magnitude."""

    # Minibatches

    def smoothness(self, centre, scale):
        """Mean and maximum of a row's weighted squared norm in scaled columns."""

    def in_any_order(self, centre, fit_intercept, loss):
        """The kernel's `Dataset` for minibatches."""

    def order_of(self, places):
        """The numbers of rows in that dataset."""

    def objective(self, weights, loss, penalty):
        """The objective at given weights."""

    # Full passes

    def dataset(self, centre, fit_intercept, loss):
        """A `Dataset` of the kernel, or what has its methods, for full passes."""

    def logits(self, weights):
        """``x . w + b`` of every row."""

    def moments_about(self, shift, precision=None, norms=None):
        """Moments by sums of deviations from a shift."""

    def column_sums(self, shift, weight, precision=None, norms=None):
        """Sums of deviations from a shift and of their squares."""

    def sums(self, shift):
        """Weighted sums of ``(x - shift, 1)``."""

    def norms(self, centre, precision):
        """``sum of precision (x - centre)^2`` of every row."""

    def extremes(self, target):
        """The least and the largest entry of every column in one class."""

    # Other rows

    def at(self, places):
        """Some of the rows, with their weights, where they lie."""

    def part(self, places, weight):
        """Some of the rows, with other weights, where they lie."""

    def take(self, places, weight):
        """Some of the rows, with other weights, in memory."""

    def entries(self, places):
        """Some of the rows, as an array."""

    def weighing(self, weight):
        """The same rows with other weights."""

    def append(self, other, buffer):
        """These rows and others behind them, and the buffer that holds them."""

    def convert(self, other):
        """Other rows in the form of these, dense or CSR."""

    def dense(self):
        """The same rows as an array."""

    def dense_where_full(self):
        """The same rows, as an array if CSR rows store every entry."""
