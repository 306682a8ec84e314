# SPDX-License-Identifier: BSD-3-Clause
"""The layouts of rows that the kernel reads."""

import numpy as np
from scipy.sparse import csr_array


def layouts(X):
    """The same rows in every layout that the kernel reads, by name."""
    for real in (np.float64, np.float32):
        values = X.astype(real)
        yield f"dense {real.__name__}", values
        rows = csr_array(values)
        for index in (np.int32, np.int64):
            pointers = rows.indices.astype(index), rows.indptr.astype(index)
            name = f"csr {real.__name__} {index.__name__}"
            yield name, (rows.data, *pointers, X.shape[1])


LAYOUTS = [name for name, _ in layouts(np.eye(2))]
