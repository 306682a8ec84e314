# SPDX-License-Identifier: BSD-3-Clause
"""Time of an epoch of MLPClassifier, against scikit-learn's of the same name.

Both run the same number of epochs by whole calls of `fit`, on made rows of the sizes of
known data sets; both are timed with float64 and float32 rows, one thread, process time.
The ratio compares with the faster of scikit-learn's two; above 1, ours is faster.

    python benchmarks/networks.py [--quick] [--level v3]
"""

import warnings
from functools import partial
from time import process_time

import numpy as np
from _report import begin, in_turns, parser, short, table
from sklearn.neural_network import MLPClassifier as Peer

from skpulsar import MLPClassifier
from skpulsar._kernels import _core

# Rows, columns, units of the hidden layers, classes, rows of a batch, epochs, turns
SHAPES = {
    "thoracic surgery": (470, 17, (34, 17), 2, 20, 40, 9),
    "HTRU2": (17_898, 8, (16,), 2, 32, 20, 5),
    "Fashion-MNIST": (9_600, 784, (100,), 10, 32, 20, 3),
    "Fashion-MNIST, batches of 200": (9_600, 784, (100,), 10, 200, 20, 3),
}


def main():
    options = parser(__doc__)
    options.add_argument("--level", choices=_core.LEVELS, default=_core.LEVELS[0])
    arguments = options.parse_args()
    _core.use_level(arguments.level)  # scikit-learn's BLAS stays at the CPU's own
    begin("Time of an epoch of a network")
    warnings.simplefilter("ignore")  # None of them has converged after so few epochs.
    rows = []
    for name, (n, d, hidden, n_classes, batch, epochs, turns) in SHAPES.items():
        if arguments.quick:
            epochs, turns = 2, 2
        random = np.random.default_rng(0)
        X, y = random.standard_normal((n, d)), random.integers(0, n_classes, n)
        common = {"hidden_layer_sizes": hidden, "batch_size": batch, "max_iter": epochs}
        double, single, *peers = in_turns(fits(X, y, common), turns, process_time).T
        peer = np.minimum(*peers)
        for dtype, own in (("float64", double), ("float32", single)):
            both = (1e3 * np.median(seconds) / epochs for seconds in (own, peer))
            ratio = f"{np.median(peer / own):.1f}"
            rows.append((name, dtype, *map(short, both), ratio))
    table(("", "rows", "ours, ms", "scikit-learn's, ms", "times faster"), rows)


def fits(X, y, common):
    """Calls of `fit`: ours with float64 and float32 rows, then scikit-learn's."""
    ours = MLPClassifier(tol=None, random_state=0, **common)
    peer = Peer(tol=0.0, n_iter_no_change=10**6, random_state=0, **common)
    rows = X, X.astype(np.float32)
    return [partial(model.fit, each, y) for model in (ours, peer) for each in rows]


if __name__ == "__main__":
    main()
