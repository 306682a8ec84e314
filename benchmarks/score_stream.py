# SPDX-License-Identifier: BSD-3-Clause
"""Candidates a second of `skpulsar score`, from files of every format and a pipe.

Each run is a process of its own on one core. "told" is the figure that it prints: from
the opening of the table to the last row written, by the clock. "whole" counts from the
start of Python to its end. Other work on the machine slows both down; processor time
(user and system) is that of the process alone. "scoring" is processor time less that of
a run over no rows.

    python benchmarks/score_stream.py [--quick]
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pyarrow as pa
from _report import begin, parser, short, table
from pyarrow import csv, parquet

import skpulsar
from skpulsar.datasets import make_pulsars

NAMES = "mean", "std", "kurtosis", "skewness", "dm", "dm_std", "dm_kurt", "dm_skew"
RUNS = (  # the table, and the end of the output's name
    ("candidates.parquet", "parquet"),
    ("candidates.parquet", "csv"),
    ("candidates.csv", "parquet"),
    ("candidates.csv", "csv"),
    ("candidates.csv, by a pipe", "csv"),
    ("candidates.csv.gz", "csv"),
    ("candidates.arff", "csv"),
)


def main():
    arguments = parser(__doc__).parse_args()
    n_rows, n_rounds = (100_000, 1) if arguments.quick else (5_000_000, 2)
    begin(f"Scoring {n_rows:,} candidates of 8 columns")
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        make_files(n_rows)
        idle = min(run("none.csv", "csv")[2] for _ in range(n_rounds + 1))
        rows = []
        for name, end in RUNS:
            runs = np.array([run(name, end) for _ in range(n_rounds)])
            told = runs[:, 0].max()
            whole, used, peak = runs[:, 1:].min(axis=0)
            rates = told, n_rows / whole, n_rows / used, n_rows / (used - idle)
            size = os.path.getsize(name.partition(",")[0]) / 2**20
            rows.append((f"{name} to {end}", *map(shown, (size, *rates, peak / 2**20))))
    print(f"The best of {n_rounds} runs each. A run over no rows: {idle:.2f} s.\n")
    table(
        (
            *("", "table, MiB", "told, 1/s", "whole, 1/s"),
            *("processor, 1/s", "scoring, 1/s", "peak memory, MiB"),
        ),
        rows,
    )


def shown(number):
    """A rate of 0 rows, or less by the noise of quick runs, is none."""
    return short(number) if number > 0 else "-"


def make_files(n_rows):
    """The same candidates in every format, a file without any, and a model."""
    X, y = make_pulsars(n_samples=n_rows, random_state=0)
    candidates = pa.table(dict(zip(NAMES, X.T.copy(), strict=True)))
    model = skpulsar.SLPClassifier(random_state=0)
    few = candidates.slice(0, 20_000)
    skpulsar.save(model.fit(skpulsar.rows(few), y[:20_000]), "model.skp")
    parquet.write_table(candidates, "candidates.parquet")
    csv.write_csv(candidates, "candidates.csv")
    csv.write_csv(candidates.slice(0, 0), "none.csv")
    with pa.output_stream("candidates.csv.gz") as file:
        csv.write_csv(candidates, file)
    with open("candidates.arff", "wb") as file:
        file.write(b"@relation candidates\n")
        file.writelines(b"@attribute %b numeric\n" % name.encode() for name in NAMES)
        file.write(b"@data\n")
        csv.write_csv(candidates, file, csv.WriteOptions(include_header=False))


def run(name, end):
    """Candidates a second as printed; seconds by the clock and of the processor; the
    most bytes that the process held."""
    path, _, by_pipe = name.partition(",")
    output = f"scores.{end}"
    command = [sys.executable, "-P", "-m", "skpulsar", "score", "-m", "model.skp"]
    began = perf_counter()
    with subprocess.Popen(
        [*command, "-" if by_pipe else path, "-o", output],
        stdin=subprocess.PIPE if by_pipe else None,
        stderr=subprocess.PIPE,
        preexec_fn=on_one_core,
    ) as process:
        if by_pipe:
            with process.stdin, open(path, "rb") as file:
                while block := file.read(2**20):
                    process.stdin.write(block)
        said = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = perf_counter() - began
    if process.returncode:
        sys.exit(said)
    Path(output).unlink()
    told = float(re.search(r"([\d,]+) a second", said)[1].replace(",", ""))
    return told, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def on_one_core():
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, [max(os.sched_getaffinity(0))])


if __name__ == "__main__":
    main()
