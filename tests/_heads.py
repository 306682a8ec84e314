# SPDX-License-Identifier: BSD-3-Clause
"""Every loss with one output and with several, for the tests of the kernel."""

from skpulsar._kernels import reference

COUPLED = "softmax"
# Loss, outputs, and whether each has targets and weights of its own
HEADS = [
    (loss, n_outputs, own)
    for loss in reference.LOSSES
    if loss != COUPLED
    for n_outputs, own in [(1, False), (3, False), (2, True)]
]
INDEPENDENT = sorted({loss for loss, *_ in HEADS})
HEADS += [(COUPLED, n_classes, False) for n_classes in (2, 3, 10)]
