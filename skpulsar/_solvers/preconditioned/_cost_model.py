# SPDX-License-Identifier: BSD-3-Clause
"""What a fit does on subsamples of its rows, by what it costs."""

from math import inf

from skpulsar._problem._importance_sampling import ALL, MAX_ROWS, MIN_ROWS

SMALL = 1e7  # A curvature of all rows may cost so many entries at every step.
MAX_INITIAL_COST = 5  # The initial subsample may cost so many full passes,
MAX_SUMMED_COST = 2  # The products of a row may cost so many rows that are read.
MAX_QUADRATIC_COST = 100  # and so many of squared error, which it nearly solves.
CACHED = 0.6  # An entry in the cache costs this share of one in memory.
MAX_SPAN_COST = 500  # The minimum in the span of the rows may cost so many full passes.
SPAN_STEPS = 8  # Newton takes about so many steps in the span of the rows.


class CostModel:
    """Costs, in units of one entry of X that is read, and what they decide.

    Attributes
    ----------
    m : int
        Rows of the initial subsample.

    dense : bool
        Whether CSR rows that are drawn are best kept as an array.

    refactor : bool
        Whether the minimum of a subsample is sought with a new curvature at every step.

    subsampled : bool
        Whether a subsample comes before the first full pass.

    summed : bool
        Whether products of the columns of all rows cost no more than the passes that a
        subsample leaves to squared error.
    """

    def __init__(self, rows, quadratic=False):
        n, size = rows.n_rows, rows.n_columns + 1
        row, pair = rows.n_columns + 10, size * size / 16
        self.drawn_pair, self.size, self.sparse = pair, size, rows.sparse
        if rows.sparse:
            row = 1.5 * rows.entries_per_row + 10
            pair = rows.entries_per_row**2 / 2
        self.dense = self.drawn_pair < pair
        self.drawn_pair = min(self.drawn_pair, pair)
        self.n_rows, self.row, self.pair, self.factor = n, row, pair, size**3 / 24
        self.m = m = min(n, max(8 * size, min(max(n // 10, MIN_ROWS), MAX_ROWS)))
        curvature = self._curvature(m)
        takes_all = self.takes_all(m)
        small = takes_all and curvature <= SMALL
        self.refactor = small or curvature <= 10 * m * row
        few = not rows.sparse and pair <= MAX_SUMMED_COST * row
        self.summed = few and not takes_all
        most = MAX_QUADRATIC_COST if quadratic else MAX_INITIAL_COST
        self.subsampled = self.refactor or self.subsample_cost(m) <= most

    def takes_all(self, m):
        """Whether a subsample of m rows would be most of them, and so takes all."""
        return m >= ALL * self.n_rows

    def subsample_cost(self, m):
        """The cost of a subsample of m rows and its minimum, in full passes."""
        steps, share = (6, 1) if self.refactor else (1, CACHED)
        full_pass = self.n_rows * self.row
        return share * (10 * m * self.row + steps * self._curvature(m)) / full_pass

    def span_cost(self):
        """The cost of the minimum in the span of the rows, in full passes; infinite
        where it is not worth while."""
        n = self.n_rows
        if self.sparse or n >= self.size:
            return inf
        products, steps = n * n * self.size / 16, SPAN_STEPS * n**3 / 8
        cost = (products + steps) / (n * self.row)
        return cost if cost <= MAX_SPAN_COST else inf

    def _curvature(self, m):
        pair = self.pair if self.takes_all(m) else self.drawn_pair
        return m * pair + self.factor
