# SPDX-License-Identifier: BSD-3-Clause
"""The kernel's functions in NumPy: what `_core` computes, written to be read.

Every public function of `_core`, and every method of its classes, has its twin here, in
the plain mathematical form of its formula. The tests hold the compiled code against
it; results differ by rounding alone, except for those in whole numbers (`shuffled`,
`csr_pointers`), which are equal. Nothing else imports this package, whose files are
named as the folders of the C headers.

A matrix is an array ``(n_rows, n_columns)`` or the tuple ``(data, indices, indptr,
n_columns)`` of CSR rows. The records are those of `_core`.
"""

from skpulsar._kernels.reference.arithmetic import (
    dot,
    dots,
    factorise,
    inverse_power,
    log,
    padded,
    precondition,
    precondition_each,
    total,
)
from skpulsar._kernels.reference.dataset import Dataset
from skpulsar._kernels.reference.losses import (
    LOSSES,
    class_totals,
    cross_entropy,
    probabilities,
    softmax,
)
from skpulsar._kernels.reference.networks import ACTIVATIONS, Network
from skpulsar._kernels.reference.rows import (
    csr_ascends,
    csr_columns,
    csr_pointers,
    dense,
    logits,
    norms,
    stack_columns,
)
from skpulsar._kernels.reference.training import (
    KEY_WORDS,
    OPTIMIZERS,
    draw,
    expected,
    probability,
    shuffled,
)

__all__ = [
    "ACTIVATIONS",
    "KEY_WORDS",
    "LOSSES",
    "OPTIMIZERS",
    "Dataset",
    "Network",
    "class_totals",
    "cross_entropy",
    "csr_ascends",
    "csr_columns",
    "csr_pointers",
    "dense",
    "dot",
    "dots",
    "draw",
    "expected",
    "factorise",
    "inverse_power",
    "log",
    "logits",
    "norms",
    "padded",
    "precondition",
    "precondition_each",
    "probabilities",
    "probability",
    "shuffled",
    "softmax",
    "stack_columns",
    "total",
]
