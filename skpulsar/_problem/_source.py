# SPDX-License-Identifier: BSD-3-Clause
"""The protocol by which solvers read rows, wherever these are stored."""

from typing import Protocol


class RowSource(Protocol):
    """Rows with targets and weights; `Rows` in `_memory.py` has them in memory.

    The place of a row is its number among the rows of positive weight, in the order of
    the source. A random number for a row is a hash of its place, and is therefore the
    same however the rows are read. Sums are pairwise sums over leaves of a fixed size,
    so that they have the same bits however the leaves are distributed.

    Attributes
    ----------
    n_rows, n_columns : int
        The shape.

    sparse : bool
        Whether the rows are CSR.

    entries_per_row : float
        Mean number of stored entries of a row, which its cost depends on.

    is_part : bool
        Whether rows of the data are left out. Nobody has checked the values of these.

    order : EveryRow or Sampled
        The order in which an epoch visits the rows, and how often.
    """

    # For every solver

    def moments(self):
        """Weighted mean and variance of every column, as `Moments`."""

    def sample_weight(self):
        """Weight of every row; None stands for ones."""

    def targets(self):
        """Target of every row, of shape (n_rows,) or (n_outputs, n_rows)."""

    def total(self):
        """The sum of the weights."""

    def largest(self):
        """Column and value of the entry that is largest in magnitude."""

    # For minibatches

    def smoothness(self, centre, scale):
        """Mean and maximum of a row's weighted squared norm in scaled columns."""

    def in_any_order(self, centre, fit_intercept, loss):
        """The kernel's `Dataset` for minibatches."""

    def order_of(self, places):
        """The row numbers, in that dataset, of these places."""

    def objective(self, weights, loss, penalty):
        """The objective at given weights."""

    # For full passes

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
        """The sum of ``precision (x - centre)^2`` for every row."""

    def extremes(self, target):
        """The smallest and the largest entry of every column in one class."""

    def of_outputs(self, outputs):
        """The same rows, with the targets and weights of some outputs, or of one."""

    # For subsets of the rows, and streams

    def at(self, places):
        """Some of the rows, with their weights, without a copy."""

    def part(self, places, weight):
        """Some of the rows, with other weights, without a copy."""

    def take(self, places, weight):
        """Some of the rows, with other weights, in memory."""

    def entries(self, places):
        """Some of the rows, as an array."""

    def weighing(self, weight):
        """The same rows with other weights."""

    def append(self, other, buffer):
        """These rows followed by others, and the buffer that holds them."""

    def convert(self, other):
        """Other rows in the form of these, dense or CSR."""

    def dense(self):
        """The same rows as an array."""

    def dense_where_full(self):
        """The same rows, as an array if CSR rows store every entry."""
