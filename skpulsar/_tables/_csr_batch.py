# SPDX-License-Identifier: BSD-3-Clause
"""A batch of CSR rows."""


class CsrBatch:
    """A `Batch` over rows of a CSR matrix of SciPy, which nobody has checked.

    Attributes
    ----------
    block : csr_array or csr_matrix
        Rows from `start` up to `start + n_rows` of it are the batch. To take them out
        of it is not safe before its structure has been checked.
    """

    sparse = True

    def __init__(self, block, start, n_rows, where):
        self.block, self.start = block, start
        self.n_rows, self.where = n_rows, where
