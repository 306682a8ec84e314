# SPDX-License-Identifier: BSD-3-Clause
"""What training on files costs, beside reading them once, and that it changes no bit.

A scan is one reading of a Parquet file by pyarrow on one thread,
``ParquetFile.iter_batches(use_threads=False)``, in turns with the fits. Files of random
rows, 28 columns and a label, are written into a temporary folder and deleted at the
end; they are in the cache of the system when they are read. The peak is that of a
process of its own beyond what it held after its imports. "Full readings" are of all
rows with their features: one for the moments of the columns, and the full passes.
"Rows read" counts the few rows of the first look and of later draws as well, and what
is decoded before them. "Of the processor" are the seconds that a fit keeps processors
busy, by those of a scan, which other load on the machine hardly changes.

    python benchmarks/stream.py [--quick] [--rows N ...] [--only costs ...]
"""

import json
import os
import shutil
import tempfile
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from _parquet import FORMATS, LABEL, counted, read, scan, write, write_random
from _problems import make_correlated, make_rows
from _process import begin_peak, in_a_process, peak
from _report import begin, in_turns, parser, short, table
from _row_sources import sources
from _stream_peers import FITS

from skpulsar import SLPClassifier, rows

QUICK = {"float64": 640_000, "float32, plain": 1_300_000}  # just beyond 128 MiB
CACHED = 2_000_000  # rows of files that are read through a cache
SECTIONS = "costs", "memory", "cache", "readings", "bits", "peers"


def main():
    options = parser(__doc__)
    options.add_argument("--rows", type=int, nargs="+", default=[5_000_000, 10_000_000])
    options.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS)
    options.add_argument("--case", nargs=2, help="name of a fit, path: inside")
    arguments = options.parse_args()
    if arguments.case:
        print(json.dumps(measure(*arguments.case)))
        return
    begin("Files")
    print(f"Load of the last minute when this began: {os.getloadavg()[0]:.1f}\n")
    quick, only = arguments.quick, arguments.only
    with tempfile.TemporaryDirectory() as folder:
        if "costs" in only:
            print_costs(folder, arguments.rows, quick)
        if "memory" in only:
            print_memory(folder, [QUICK["float64"]] if quick else arguments.rows)
        if "cache" in only:
            print_cache(folder, quick)
        if "readings" in only:
            print_readings(folder)
        if "bits" in only:
            print_bits(folder)
        if "peers" in only:
            print_peers(folder, QUICK["float64"] if quick else min(arguments.rows))


def print_costs(folder, sizes, quick):
    header = (
        "", "MB", "scan, ns a row", "full pass, scans", "fit, scans", "least", "most",
        "n_jobs=2", "of the processor", "full passes", "full readings", "rows read",
        "peak, MiB",
    )  # fmt: skip
    table(header, of_files(folder, sizes, quick))


def of_files(folder, sizes, quick):
    """Rows of the table of costs, a file each."""
    path = Path(folder, "rows.parquet")
    for form in FORMATS:
        for n_rows in [QUICK[form]] if quick else sizes:
            write_random(path, n_rows, form)
            yield f"{n_rows:,} rows, {form}", *costs(path, 2 if quick else 3)


def costs(path, n_rounds):
    """What a scan, passes and fits of a file cost."""
    models = [SLPClassifier(n_jobs=n_jobs, random_state=0) for n_jobs in (1, 2)]
    tables = []

    def fit():
        source, read = counted(path)
        tables.append(read)
        models[0].fit(source, y=LABEL)

    def fit_by_two():
        models[1].fit(counted(path)[0], y=LABEL)

    seconds = in_turns([partial(scan, path), fit, fit_by_two], n_rounds)
    scans, last = seconds[:, 0], tables[-1]
    passes = [np.median(read.full[1:]) for read in tables[1:]] / scans
    fits, by_two = seconds[:, 1] / scans, seconds[:, 2] / scans
    found = in_a_process(__file__, "fit_ours", path, reuse=True)
    return (
        short(path.stat().st_size / 1e6),
        short(np.median(scans) / last.n_rows * 1e9),
        *(f"{x:.2f}" for x in (np.median(passes), np.median(fits))),
        *(f"{x:.2f}" for x in (fits.min(), fits.max(), np.median(by_two))),
        f"{found['busy']:.2f}",
        models[0].n_iter_,
        len(last.full),
        f"{last.n_read / last.n_rows:.2f}",
        mebibytes(found["peak"]),
    )


def print_memory(folder, sizes):
    """The peak of fits of files of several lengths."""
    path, lines = Path(folder, "rows.parquet"), []
    for n_rows in sizes:
        write_random(path, n_rows, "float64")
        found = in_a_process(__file__, "fit_ours", path, reuse=True)
        megabytes = short(path.stat().st_size / 1e6)
        took = short(found["seconds"]), mebibytes(found["peak"])
        lines.append((f"{n_rows:,} rows, float64", megabytes, *took))
    table(("", "MB", "seconds", "peak, MiB"), lines)


def print_cache(folder, quick):
    """Fits of files in scans: without a cache, with one that is made, and after it."""
    path, cache, lines = Path(folder, "rows.parquet"), Path(folder, "cache"), []

    def fit(cache=None):
        source = rows(path, cache=cache)
        SLPClassifier(random_state=0).fit(source, y=LABEL)

    def fit_anew():
        shutil.rmtree(cache, ignore_errors=True)
        fit(cache)

    for form in FORMATS:
        n_rows = QUICK[form] if quick else CACHED
        write_random(path, n_rows, form)
        actions = partial(scan, path), fit, fit_anew, partial(fit, cache)
        seconds = in_turns(actions, 2 if quick else 5)
        scans = np.median(seconds[:, 1:] / seconds[:, :1], axis=0)
        (entry,) = cache.iterdir()
        sizes = (f"{file.stat().st_size / 1e6:.0f}" for file in (path, entry))
        lines.append((f"{n_rows:,} rows, {form}", *sizes, *(f"{x:.2f}" for x in scans)))
    shutil.rmtree(cache)
    header = "", "MB", "MB of the cache", "fit, scans", "first with a cache", "later"
    table(header, lines)


def print_readings(folder):
    """Full readings of made rows as they are, and sorted."""
    n_rows = QUICK["float64"]
    made = {"independent": make_rows, "correlated": make_correlated}
    lines = []
    for name, make in made.items():
        X, y = make(n_rows, 28)
        orders = {
            "as they are": np.arange(n_rows),
            "by class": np.argsort(y, kind="stable"),
            "by a column": np.argsort(X[:, 0], kind="stable"),
        }
        for order, places in orders.items():
            path = Path(folder, "rows.parquet")
            write(path, [(X[places], y[places])], row_group_size=65_536)
            source, read = counted(path)
            model = SLPClassifier(random_state=0).fit(source, y=LABEL)
            share = f"{read.n_read / n_rows:.2f}"
            title = f"{name}, {n_rows:,} x 28, {order}"
            lines.append((title, model.n_iter_, len(read.full), share, read.n_light))
    table(("", "full passes", "full readings", "rows read", "of labels alone"), lines)


def print_bits(folder):
    """Fits of the same rows from everything that has them."""
    path, same = Path(folder, "rows.parquet"), {}
    for form, n_rows in QUICK.items():
        write_random(path, n_rows, form)
        X, y = read(path)
        expected = found(SLPClassifier(random_state=0).fit(X, y), X)
        for name, source, target in sources(folder, path, X, y):
            for n_jobs in (1, 2):
                model = SLPClassifier(n_jobs=n_jobs, random_state=0)
                bits = found(model.fit(source, target), source)
                same.setdefault(name, []).append(bits == expected)
    kinds = [f"{form}, n_jobs={n_jobs}" for form in QUICK for n_jobs in (1, 2)]
    print("Whether fits and probabilities have the bits of those from an array:\n")
    words = {True: "yes", False: "NO"}
    table(("", *kinds), [(name, *map(words.get, all_)) for name, all_ in same.items()])
    if not all(map(all, same.values())):
        raise AssertionError("bits differ")


def found(model, X):
    """All that a fit has found, but for seconds."""
    history = {k: v for k, v in model.history_.items() if k != "seconds"}
    arrays = model.coef_, model.intercept_, model.predict_proba(X)
    return [array.tobytes() for array in arrays], repr(history)


def print_peers(folder, n_rows):
    """Whole fits of others, each in a process of its own."""
    path = Path(folder, "rows.parquet")
    write_random(path, n_rows, "float64")
    lines = []
    for name, fit in FITS.items():
        got = in_a_process(__file__, name, path, reuse=True)
        if "error" in got:
            print(f"{fit.__doc__} is skipped: {got['error']}\n")
            continue
        took = short(got["seconds"]), f"{got['scans']:.1f}", f"{got['busy']:.1f}"
        lines.append((fit.__doc__, *took, mebibytes(got["peak"])))
    print(f"{n_rows:,} rows, float64, one thread:\n")
    table(("", "seconds", "scans", "of the processor", "peak, MiB"), lines)


def measure(name, path):
    """What a fit in this process takes: seconds, scans by the clock and by the
    processor, and bytes."""
    started = begin_peak()
    try:
        seconds, busy = timed(FITS[name], path)
    except (ImportError, AttributeError, TypeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    most = peak() - started
    of_scan, busy_scan = timed(scan, path)
    return {
        "seconds": seconds,
        "scans": seconds / of_scan,
        "busy": busy / busy_scan,
        "peak": most,
    }


def timed(action, path):
    """Seconds of the clock and of the processor."""
    began, before = perf_counter(), process_time()
    action(path)
    return perf_counter() - began, process_time() - before


def mebibytes(n_bytes):
    return short(n_bytes / 2**20)


if __name__ == "__main__":
    main()
