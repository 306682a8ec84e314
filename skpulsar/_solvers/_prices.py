# SPDX-License-Identifier: BSD-3-Clause
"""What things cost, in readings of all rows: one entry of X read is 1."""


class Prices:
    """Prices of a reading, a curvature and a minibatch of given rows."""

    def __init__(self, rows):
        size = rows.n_columns + 1
        if isinstance(rows.matrix, tuple):
            self.row = 1.5 * rows.entries_per_row + 10
            self.pair = rows.entries_per_row**2 / 2
        else:
            self.row, self.pair = rows.n_columns + 10, size * size / 16
        self.factor = size**3 / 24
        self.reading = rows.n_rows * self.row

    def curvature(self, m):
        return m * self.pair + self.factor

    def minibatch(self, m, refactor):
        steps = 6 if refactor else 1
        return (10 * m * self.row + steps * self.curvature(m)) / self.reading
