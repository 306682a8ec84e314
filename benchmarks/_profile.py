# SPDX-License-Identifier: BSD-3-Clause
"""The performance profile of time_to_quality.py's records (Dolan & Moré, 2002)."""

import numpy as np
from _results import HOPELESS, OURS, QUALITIES
from matplotlib.figure import Figure

STYLES = ("-", "--", ":")


def draw(records, path):
    """Share of the problems that a solver solves within t times the fastest."""
    seconds = [best_of_both(record["times"]) for record in records.values()]
    solvers = sorted({name for taken in seconds for name in taken if name != OURS})
    figure = Figure(figsize=(13, 4.5), layout="constrained")
    panels = figure.subplots(1, len(QUALITIES), sharey=True)
    for axes, quality in zip(panels, QUALITIES, strict=True):
        for k, name in enumerate((*solvers, OURS)):
            t, share = profile(seconds, name, quality)
            style = {"color": f"C{k % 10}", "linestyle": STYLES[k // 10], "lw": 1.4}
            if name == OURS:
                style = {"color": "black", "lw": 3}
            axes.step(t, share, where="post", label=name, **style)
        axes.set(
            xscale="log",
            xlim=(1, HOPELESS),
            ylim=(0, 1.02),
            title=f"within {100 * quality:g} % of the optimum",
            xlabel="t",
            xticks=(1, 2, 5, HOPELESS),
            xticklabels=("1", "2", "5", str(HOPELESS)),
        )
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    panels[0].set_ylabel(
        f"share of {len(seconds)} problems solved\nwithin t times the fastest"
    )
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside right center", fontsize=9)
    figure.savefig(path, dpi=120)


def best_of_both(times):
    """Seconds by solver and quality; with a scaler and without is one solver."""
    best = {}
    for name, taken in times.items():
        merged = best.setdefault(name.removesuffix(" + scaler"), {})
        for quality, (seconds, _) in taken.items():
            merged[quality] = min(seconds, merged.get(quality, np.inf))
    return best


def profile(seconds, name, quality):
    """Steps of the curve: times the fastest, and the share of problems up to there."""
    times = []
    for taken in seconds:
        every = [found.get(str(quality), np.inf) for found in taken.values()]
        own = taken.get(name, {}).get(str(quality), np.inf)
        times.append(own / min(every) if np.isfinite(own) else np.inf)
    times = np.sort(times)
    share = np.arange(1, len(times) + 1) / len(times)
    share = np.concatenate([[0.0], share[times <= HOPELESS]])
    t = np.concatenate([[1.0], times[times <= HOPELESS], [HOPELESS]])
    return t, np.append(share, share[-1])
