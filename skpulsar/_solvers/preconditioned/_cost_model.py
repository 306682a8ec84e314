# SPDX-License-Identifier: BSD-3-Clause
"""What a fit of given rows does on minibatches, by its price."""

from math import inf

LEAST_BATCH, MOST_BATCH = 4096, 8192  # rows, where 8 a column are fewer
ALL = 0.7  # of the rows: a minibatch takes them all
SMALL = 1e7  # entries that a curvature of all rows may cost at every step
PILOT_PRICE = 5  # readings that a pilot may cost
CACHED = 0.6  # price of reading a minibatch from the cache, not from memory
SPAN_PRICE = 500  # readings that the minimum in the span of the rows may cost
SPAN_STEPS = 8  # of Newton, in the span of the rows


class CostModel:
    """Prices, where one entry of X read is 1, and what they decide.

    Attributes
    ----------
    m : int
        Rows of the first minibatch.

    dense : bool
        Whether CSR rows that are drawn are best kept as an array.

    refactor : bool
        Whether the minimum of a minibatch is sought with a new curvature at every step.

    subsampled : bool
        Whether a minibatch comes before the first reading.
    """

    def __init__(self, rows):
        n, size = rows.n_rows, rows.n_columns + 1
        row, pair = rows.n_columns + 10, size * size / 16
        self.drawn_pair, self.size, self.sparse = pair, size, rows.sparse
        if rows.sparse:
            row = 1.5 * rows.entries_per_row + 10
            pair = rows.entries_per_row**2 / 2
        self.dense = self.drawn_pair < pair
        self.drawn_pair = min(self.drawn_pair, pair)
        self.n_rows, self.row, self.pair, self.factor = n, row, pair, size**3 / 24
        self.m = m = min(n, max(8 * size, min(max(n // 10, LEAST_BATCH), MOST_BATCH)))
        curvature = self._curvature(m)
        small = self.takes_all(m) and curvature <= SMALL
        self.refactor = small or curvature <= 10 * m * row
        self.subsampled = self.refactor or self.price(m) <= PILOT_PRICE

    def takes_all(self, m):
        """Whether a minibatch of m rows would be most of them: then it is all."""
        return m >= ALL * self.n_rows

    def price(self, m):
        """Of a minibatch of m rows, in readings of all rows."""
        steps, share = (6, 1) if self.refactor else (1, CACHED)
        reading = self.n_rows * self.row
        return share * (10 * m * self.row + steps * self._curvature(m)) / reading

    def span_price(self):
        """Of the minimum in the span of the rows, in readings; infinite where it is not
        worth while."""
        n = self.n_rows
        if self.sparse or n >= self.size:
            return inf
        products, steps = n * n * self.size / 16, SPAN_STEPS * n**3 / 8
        price = (products + steps) / (n * self.row)
        return price if price <= SPAN_PRICE else inf

    def _curvature(self, m):
        pair = self.pair if self.takes_all(m) else self.drawn_pair
        return m * pair + self.factor
