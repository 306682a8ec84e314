# SPDX-License-Identifier: BSD-3-Clause
"""What a softmax fit does on subsamples of its rows, by what it costs."""

from math import inf

from skpulsar._problem._importance_sampling import ALL, MAX_ROWS, MIN_ROWS

SMALL = 1e7  # A curvature of all rows may cost so many nanoseconds at every step.
# Nanoseconds, measured with AVX-512, of which only the ratios count:
ENTRY, ENTRY_AND_CLASS, CLASS = 0.5, 0.12, 8.0  # a dense row, by entries and classes
STORED, STORED_AND_CLASS = 4.0, 0.8  # an entry of a CSR row, and for every class
PASS = 2e5  # a full pass, besides its rows
PAIR, FACTOR = 0.035, 0.02  # two entries of a curvature, and of a factor
NEWTON_STEPS, DESCENT_STEPS = 6, 25  # to the minimum of a subsample, roughly
ROWS_PER_COLUMN = 2, 8  # A factor of a class is made of so many rows a column:
FACTORS_PASSES = 2  # more than the least if those of all cost no more full passes.
WORTH = 100  # A curvature of a subsample may cost so many full passes.
MAX_NEWTON_COST = 500  # A search that is slow may cost so many full passes at once,
MAX_UNKNOWNS = 3000  # and so many unknowns: their curvature is 72 MB.
AT_ONCE = 40  # Other methods take so many passes over rows wider than they are many.
MAX_COPY = 1e7  # entries of the array that CSR rows are copied into for their span
SPAN_STEPS = 8  # Newton takes about so many steps in the span of the rows.


class SoftmaxCost:
    """Costs in nanoseconds, and what they decide.

    Parameters
    ----------
    rows, n_classes : RowSource, int
        What is fitted.

    penalised : bool
        Whether F is that of the rows and a penalty on every column: then there is a
        minimum in the span of the rows.

    Attributes
    ----------
    m : int
        Rows of the initial subsample.

    newton : bool
        Whether the minimum of a subsample is sought by Newton's method.

    diagonal : bool
        Whether only the diagonal of the curvature is worth its cost.

    in_span : bool
        Whether Newton's method has as many unknowns a class as there are rows.

    class_rows : int
        Rows that the factor of a class is made of.
    """

    def __init__(self, rows, n_classes, penalised=False):
        n, size, K = rows.n_rows, rows.n_columns + 1, n_classes
        self.n_rows, entries = n, rows.entries_per_row
        self.size, self.sparse = size, rows.sparse
        self.penalised, self.in_span = penalised, False
        if rows.sparse:
            self.row = (STORED + STORED_AND_CLASS * K) * entries + CLASS * K
            # Rows without entries have the intercept.
            pair = min(max(entries**2, PAIR), size * size * PAIR)
        else:
            self.row = (ENTRY + ENTRY_AND_CLASS * K) * size + CLASS * K
            pair = size * size * PAIR
        self.full_pass = n * self.row + PASS
        most = min(max(n // 10, MIN_ROWS), MAX_ROWS)
        self.m = m = min(n, max(8 * size, int(1.5 * (K - 1) * size), most))
        self.pair, self.pairs = pair, K * (K - 1) / 2
        self.unknowns = (K - 1) * size
        self.factor = self.unknowns**3 * FACTOR
        least, most = (per_column * size for per_column in ROWS_PER_COLUMN)
        cheap = int(FACTORS_PASSES * n * self.row / (K * pair))
        self.class_rows = min(max(least, cheap), most)
        self.thinned = K * (self.class_rows * pair + size**3 * FACTOR)
        small = SMALL if self.takes_all(m) else 0
        self.newton = self._curvature(m) <= max(10 * m * self.row, small)
        too_much = m * pair + self.thinned > WORTH * self.full_pass
        self.diagonal = not self.newton and too_much
        if not self.newton and self.span_cost() <= AT_ONCE:
            self.enter_span()

    def takes_all(self, m):
        """Whether a subsample of m rows would be most of them, and so takes all."""
        return self.in_span or m >= ALL * self.n_rows

    def enter_span(self):
        """Newton's method takes all rows, in their span, from now on."""
        self.in_span = self.newton = True
        self.diagonal = False

    def subsample_cost(self, m):
        """The cost of a subsample of m rows and its minimum, in full passes."""
        if self.in_span:
            return self.span_cost()
        if self.newton:
            return self._newton_cost(m)
        return DESCENT_STEPS * m / self.n_rows

    def span_cost(self):
        """The cost of the minimum in the span of the rows, in full passes; infinite
        where it is not worth while."""
        n, unknowns = self.n_rows, self.unknowns // self.size * self.n_rows
        if not self.penalised or n >= self.size or unknowns > MAX_UNKNOWNS:
            return inf
        if self.sparse and n * self.size > MAX_COPY:
            return inf
        step = self.pairs * n**3 * PAIR + unknowns**3 * FACTOR
        cost = (n * n * self.size * PAIR + SPAN_STEPS * step) / self.full_pass
        return cost if cost <= MAX_NEWTON_COST else inf

    def can_afford_newton(self, m):
        """Whether Newton's method may take the place of what has proved to be slow."""
        return self.unknowns <= MAX_UNKNOWNS and self._newton_cost(m) <= MAX_NEWTON_COST

    def newton_step_cost(self, m):
        """The cost of one of Newton's steps on m rows, in full passes."""
        return self._curvature(m) / self.full_pass

    def preconditioner_cost(self):
        """The cost of the factors of all classes, in full passes."""
        return self.thinned / self.full_pass

    def _newton_cost(self, m):
        reading = 10 * m * self.row / self.full_pass
        return reading + NEWTON_STEPS * self.newton_step_cost(m)

    def _curvature(self, m):
        return m * self.pairs * self.pair + self.factor
