# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
from scipy.sparse import csr_array

from skpulsar._tables._csr_batch import CsrBatch


def test_a_malformed_block_is_handed_on_untouched():
    """Whoever takes rows out of it checks it before."""
    block = csr_array(np.eye(4))
    block.indices[2] = 10**6
    batch = CsrBatch(block, 1, 2, "row 3 of blocks")
    assert batch.sparse and batch.block is block
    assert (batch.start, batch.n_rows, batch.where) == (1, 2, "row 3 of blocks")
