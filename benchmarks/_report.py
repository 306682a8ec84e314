# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmarks share: options, one thread, turns, tables, the machine."""

import argparse
import os
import platform
from time import perf_counter

import numpy as np
import scipy
import sklearn
from threadpoolctl import threadpool_limits

import skpulsar
from skpulsar._kernels import _core


def parser(doc):
    """A parser with the option --quick."""
    made = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--quick", action="store_true", help="smaller and fewer runs")
    return made


def begin(title, threads=1):
    """So many threads from here on; a heading and the machine."""
    threadpool_limits(limits=threads)
    print(f"### {title}\n\n{machine()}\n", flush=True)


def machine():
    return (
        f"{_cpu()}, {os.cpu_count()} cores, instruction set {_core.LEVELS[0]}; Python "
        f"{platform.python_version()}, skpulsar {skpulsar.__version__}, scikit-learn "
        f"{sklearn.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    )


def _cpu():
    try:
        with open("/proc/cpuinfo") as lines:
            named = [line for line in lines if line.startswith("model name")]
    except OSError:
        named = []
    if named:
        return named[0].split(":")[1].strip()
    return platform.processor() or platform.machine()


def in_turns(actions, n_rounds, clock=perf_counter):
    """Seconds of every action in every round by a clock, (n_rounds, n_actions).

    The actions take turns (A B C, then C B A), so that what else the machine does meets
    all of them; a ratio is to be formed within a round, and its median taken.
    """
    seconds = np.empty((n_rounds, len(actions)))
    for action in actions:
        action()
    for turn in range(n_rounds):
        order = range(len(actions))
        for k in order if turn % 2 == 0 else reversed(order):
            began = clock()
            actions[k]()
            seconds[turn, k] = clock() - began
    return seconds


def short(number):
    """Three digits, or all before the point."""
    return f"{number:,.0f}" if number >= 99.95 else f"{number:.3g}"


def table(header, rows):
    """Print a Markdown table, the first column to the left."""
    print(f"| {' | '.join(header)} |")
    print(f"| --- |{' ---: |' * (len(header) - 1)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)
    print(flush=True)
