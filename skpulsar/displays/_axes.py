# SPDX-License-Identifier: BSD-3-Clause
"""Axes to draw on, and the colours of all displays."""

from skpulsar._inference._table import printable

# Those of M. Okabe and K. Ito, which the colour-blind tell apart
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, PURPLE, SKY = "#E69F00", "#CC79A7", "#56B4E9"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, "#000000", "#F0E442")
GREY = "0.45"

WIDTH, HEIGHT = 4.8, 3.4  # inches; text stays legible in one column of a paper


def axes_for(display, ax=None, height=HEIGHT):
    """The axes given, or new ones; as a matplotlib Axes.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{type(display).__name__}.plot needs matplotlib, which cannot be imported "
            f'({error!s:.100}). Install it: pip install "skpulsar[plot]".'
        ) from error
    if ax is None:
        _, ax = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(color="0.9", linewidth=0.6)
    ax.set_axisbelow(True)
    return ax


def keywords(defaults, given):
    """Keywords of lines: those given, some by short names such as "lw", before the
    defaults."""
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.lines import Line2D

    return defaults | normalize_kwargs(given, Line2D)


def literal(name):
    """A name as matplotlib draws it on one line, without reading formulas in it."""
    return printable(str(name)).replace("$", r"\$")


def legend(ax, **options):
    """A legend that hides little."""
    defaults = {"frameon": True, "framealpha": 0.85, "edgecolor": "none"}
    return ax.legend(
        **(defaults | {"fontsize": "small", "handlelength": 1.6} | options)
    )
