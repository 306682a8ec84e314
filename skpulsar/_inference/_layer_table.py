# SPDX-License-Identifier: BSD-3-Clause
"""The table of layers that `skpulsar.summary` returns of a network."""

from dataclasses import dataclass

HEADINGS = ("layer", "weights", "units", "parameters")


@dataclass(frozen=True, repr=False)
class NetworkSummary:
    """The layers of a network; made by `skpulsar.summary`.

    Iterating gives a dict a layer, so that ``pandas.DataFrame(table)`` has a column for
    every one of "layer", "weights" (their shape), "units" and "parameters" (weights and
    biases).

    Attributes
    ----------
    shapes : tuple of (int, int)
        Shape of the weights of every layer: units below, units.

    units : tuple of str
        What the units of every layer give.
    """

    shapes: tuple[tuple[int, int], ...]
    units: tuple[str, ...]

    @property
    def n_parameters(self):
        """Number of all weights and biases."""
        return sum((below + 1) * units for below, units in self.shapes)

    def __len__(self):
        return len(self.shapes)

    def __iter__(self):
        layers = zip(self.shapes, self.units, strict=True)
        for number, (shape, unit) in enumerate(layers, 1):
            values = (number, shape, unit, (shape[0] + 1) * shape[1])
            yield dict(zip(HEADINGS, values, strict=True))

    def to_frame(self):
        """The table as a pandas DataFrame."""
        from pandas import DataFrame

        return DataFrame(list(self))

    def __repr__(self):
        rows = [HEADINGS]
        for layer in self:
            number, (below, units), unit, count = layer.values()
            rows.append((str(number), f"{below} x {units}", unit, f"{count:,}"))
        rows.append(("all", "", "", f"{self.n_parameters:,}"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(
                [cell.ljust(w) for cell, w in zip(row[:-1], widths, strict=False)]
                + [row[-1].rjust(widths[-1])]
            )
            for row in rows
        )
