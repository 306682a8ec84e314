# SPDX-License-Identifier: BSD-3-Clause
"""Time of an epoch of MLPClassifier, against scikit-learn and PyTorch.

All run the same number of epochs of adam by whole calls of `fit`, on made rows of the
sizes of known data sets; all are timed with float64 and float32 rows, one thread,
process time. Ratios compare with the peer's rows of the same dtype, and with the faster
of its two; above 1, ours is faster.
PyTorch takes part if it is installed.

    python benchmarks/networks.py [--quick] [--level v3] [--only NAME ...]
"""

import warnings
from functools import partial
from time import process_time

import _torch
import numpy as np
from _report import begin, in_turns, parser, short, table
from sklearn.neural_network import MLPClassifier as Peer

from skpulsar import MLPClassifier
from skpulsar._kernels import _core

DTYPES = "float64", "float32"
PEERS = ["scikit-learn"]
if _torch.torch is not None:
    PEERS.append(f"PyTorch {_torch.torch.__version__}")

# Rows, columns, units of the hidden layers, classes, rows of a batch, epochs, turns
SHAPES = {
    "thoracic surgery": (470, 17, (34, 17), 2, 20, 40, 9),
    "HTRU2": (17_898, 8, (16,), 2, 32, 20, 5),
    "Fashion-MNIST": (9_600, 784, (100,), 10, 32, 20, 3),
    "Fashion-MNIST, batches of 200": (9_600, 784, (100,), 10, 200, 20, 3),
    "the same, 500 units": (9_600, 784, (500,), 10, 200, 20, 2),
}


def main():
    options = parser(__doc__)
    options.add_argument("--level", choices=_core.LEVELS, default=_core.LEVELS[0])
    options.add_argument("--only", nargs="+", metavar="NAME", default=tuple(SHAPES))
    arguments = options.parse_args()
    _core.use_level(arguments.level)  # scikit-learn's BLAS stays at the CPU's own
    begin("Time of an epoch of a network")
    warnings.simplefilter("ignore")  # None of them has converged after so few epochs.
    rows = []
    for name in arguments.only:
        n, d, hidden, n_classes, batch, epochs, turns = SHAPES[name]
        if arguments.quick:
            epochs, turns = 2, 2
        random = np.random.default_rng(0)
        X, y = random.standard_normal((n, d)), random.integers(0, n_classes, n)
        common = {"hidden_layer_sizes": hidden, "batch_size": batch, "max_iter": epochs}
        calls = fits(X, y, common, n_classes)
        seconds = in_turns(calls, turns, process_time).T
        ours, *peers = seconds.reshape(-1, 2, turns)  # by dtype
        for own, *same, dtype in zip(ours, *peers, DTYPES, strict=True):
            row = [name, dtype, short(1e3 * np.median(own) / epochs)]
            for peer, both in zip(same, peers, strict=True):
                row.append(short(1e3 * np.median(peer) / epochs))
                row += [f"{np.median(t / own):.1f}" for t in (peer, both.min(axis=0))]
            rows.append(row)
    head = ["", "rows", "ours, ms"]
    for peer in PEERS:
        head += [f"{peer}'s, ms", "times faster", "than its faster"]
    table(head, rows)


def fits(X, y, common, n_classes):
    """Calls of `fit`: ours with float64 and float32 rows, scikit-learn's, PyTorch's."""
    ours = MLPClassifier(tol=None, random_state=0, **common)
    peer = Peer(tol=0.0, n_iter_no_change=10**6, random_state=0, **common)
    models = [ours.fit, peer.fit]
    if _torch.torch is not None:
        models.append(partial(_torch.fit, **common, n_classes=n_classes))
    rows = X, X.astype(np.float32)
    return [partial(fit, each, y) for fit in models for each in rows]


if __name__ == "__main__":
    main()
