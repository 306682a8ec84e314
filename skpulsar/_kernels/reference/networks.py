# SPDX-License-Identifier: BSD-3-Clause
"""Networks of layers."""

import numpy as np
from scipy.special import expit

from skpulsar._kernels.reference.arithmetic import splitmix

ACTIVATIONS = {  # what units give, and its derivative
    "identity": (lambda z: z, lambda z: np.ones_like(z)),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(z.dtype)),
    "logistic": (expit, lambda z: expit(z) * expit(-z)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
}


class Network:
    """Layers W of shape (units below + 1, units), the biases last or apart. With scaled
    rows

        a_0  =  scale (x - centre),    z_l  =  (a_l, 1) W_l,    a_(l + 1)  =  f(z_l)

    the last z are the logits. Training minimises

        F(W)  =  mean of s_i l(logits of row i, target_i)
                 + alpha / 2 sum of w^2, without the biases

    An output leaves as middle + unit z in raw weights, and as z else.
    """

    def __init__(
        self, weights, m=None, v=None, powers=(1.0, 1.0), *, biases=None,
        activation="relu", scale=None, middle=None, unit=None, dropout=None, alpha=0,
        key=0,
    ):  # fmt: skip
        if biases is not None:
            weights = [np.vstack(both) for both in zip(weights, biases, strict=True)]
        zeros = [np.zeros_like(layer) for layer in weights]
        arrays = {"weights": weights, "m": m or zeros, "v": v or zeros, "sums": zeros}
        self._arrays = {k: [w.copy() for w in each] for k, each in arrays.items()}
        self.powers = np.array(powers)
        self.activate, self.slope = ACTIVATIONS[activation]
        self.scale = np.ones(len(weights[0]) - 1) if scale is None else scale
        self.middle = 0.0 if middle is None else middle
        self.unit = 1.0 if unit is None else unit
        self.dropout = np.zeros(len(weights) - 1) if dropout is None else dropout
        self.alpha, self.key = alpha, key

    def layers(self, name):
        """A copy of the "weights" of all layers, of "m" or of "v"."""
        return tuple(layer.copy() for layer in self._arrays[name])

    def raw(self, dataset):
        """Weights of all layers for columns and outputs as they are, float64; the sum
        of the squares of those in the network's units, without the biases; and whether
        all are finite. The network goes on as one that has taken them."""
        layers = [layer.astype(np.float64) for layer in self._arrays["weights"]]
        squares = sum(np.sum(layer[:-1] ** 2) for layer in layers)
        layers[0][:-1] *= self.scale[:, np.newaxis]
        layers[0][-1] -= dataset.centre @ layers[0][:-1]
        layers[-1] *= self.unit
        layers[-1][-1] += self.middle
        self.take(layers, dataset)
        return tuple(layers), squares, all(np.isfinite(w).all() for w in layers)

    def take(self, layers, dataset, scale=None):
        """Take such weights: what they are in the network's units, or in those of
        another scale and this dataset's centre."""
        layers = [layer.copy() for layer in layers]
        first, last = layers[0], layers[-1]
        last[-1] -= self.middle
        last /= self.unit
        first[-1] += dataset.centre @ first[:-1]
        scale = (self.scale if scale is None else scale)[:, np.newaxis]
        first[:-1] = np.divide(
            first[:-1], scale, out=np.zeros_like(first[:-1]), where=scale > 0
        )
        for own, given in zip(self._arrays["weights"], layers, strict=True):
            own[:] = given

    def logits(self, dataset, first, n, out=None):
        """Logits of n rows of a dataset, of shape (n, n_outputs)."""
        rows = dataset.rows()[first : first + n, :-1] * self.scale
        found = self._forward(rows)[-1]
        if out is None:
            return found
        out[:] = found
        return out

    def train(self, dataset, optimizer, order, bounds, rates, visits):
        """Minibatch steps; batches, sums and results are those of `minibatches`.

        Every step is that of `minibatches` with a scale of 1. `visits` rows were
        visited before.
        """
        rows = dataset.rows()[:, :-1] * self.scale
        weights, sums = self._arrays["weights"], self._arrays["sums"]
        value, begin = 0.0, 0
        with np.errstate(all="ignore"):
            for b, end in enumerate([*bounds[1:], len(order)]):
                at = order[begin:end]
                visit, begin = np.arange(visits + begin, visits + end), end
                *signals, logits = self._forward(rows[at], visit)
                losses, slopes = dataset.head(logits.T, at)
                value += np.sum(losses)
                self._add_gradients(signals, slopes.T)
                if b == len(rates):
                    break
                self._step(optimizer, rates[b], end - bounds[b])
                for layer in sums:
                    layer[:] = 0
                if not np.isfinite(value):
                    return b, value
        finite = all(np.isfinite(layer).all() for layer in weights)
        return len(rates) - (not finite and len(rates) > 0), value

    def _forward(self, rows, visits=None):
        """What enters every layer, (a, 1) and the derivatives by z; the logits last."""
        weights = self._arrays["weights"]
        a, slope, signals = rows.astype(weights[0].dtype), None, []
        for number, layer in enumerate(weights):
            a = np.column_stack([a, np.ones(len(a), a.dtype)])
            signals.append((a, slope))
            z = a @ layer
            if number < len(weights) - 1:
                kept = self._kept(number, z.shape[1], visits).astype(z.dtype)
                a, slope = self.activate(z) * kept, self.slope(z) * kept
        return [*signals, z]

    def _kept(self, number, n_units, visits):
        """Factors of the units of a hidden layer: 0 for those that are dropped. Every
        unit takes 16 bits of a hash of the key, the layer and the row's visit."""
        threshold = int(self.dropout[number] * 65536 + 0.5)
        if visits is None or threshold == 0:
            return np.ones(1)
        key, words = np.array([self.key], dtype=np.uint64), -(-n_units // 4)
        key = splitmix(key, np.uint64(number))
        places = visits[:, np.newaxis] * words + np.arange(words)
        bits = splitmix(key, places.astype(np.uint64))[..., np.newaxis]
        bits = bits >> (np.uint64(16) * np.arange(4, dtype=np.uint64))
        bits = (bits & np.uint64(65535)).reshape(len(visits), 4 * words)[:, :n_units]
        return np.where(bits < threshold, 0.0, 65536 / (65536 - threshold))

    def _add_gradients(self, signals, delta):
        """Back-propagation of the slopes by the logits."""
        weights, sums = self._arrays["weights"], self._arrays["sums"]
        for number in reversed(range(len(weights))):
            a, slope = signals[number]
            delta = delta.astype(a.dtype)
            sums[number] += a.T @ delta
            if number > 0:
                delta = delta @ weights[number][:-1].T * slope

    def _step(self, optimizer, rate, n):
        """One step by the sums of n rows."""
        name, nesterov, beta_1, beta_2, epsilon = optimizer
        if name == "adam":
            self.powers *= beta_1, beta_2
        for w, m, v, g in zip(*self._arrays.values(), strict=True):
            penalised = np.ones((len(w), 1), w.dtype)
            penalised[-1] = 0
            g = g / n + self.alpha * penalised * w
            if name == "adam":
                m[:] = beta_1 * m + (1 - beta_1) * g
                v[:] = beta_2 * v + (1 - beta_2) * g**2
                mean, square = m / (1 - self.powers[0]), v / (1 - self.powers[1])
                eps = epsilon / np.sqrt(1 - self.powers[1])
                w -= rate * mean / (np.sqrt(square) + eps)
            else:
                m[:] = beta_1 * m - rate * g
                w += beta_1 * m - rate * g if nesterov else m
