# SPDX-License-Identifier: BSD-3-Clause
"""Results of time_to_quality.py: one record a problem, kept in a file, and the tables.

A record: group, shape, best (the optimum), best_test (its log loss on the rows held
out); gaps, claims (`objective_gap_`), passes, tests of SLPClassifier by seed, at its
default tol; times {solver: {quality: [seconds, passes]}}; rival, the fastest peer at
0.1 %, and ratio, its time in SLPClassifier's.
"""

import json
from pathlib import Path

import numpy as np
from _problems import GROUPS
from _report import short, table

OURS = "skpulsar"
QUALITIES = (1e-2, 1e-3, 1e-4)
EXACT = 1e-12  # of the optimum: what the reference solve leaves open
HOPELESS = 10  # times the fastest fit to a quality: a peer's search ends there


class Results:
    """Records by problem; a file, if one is named, holds them from run to run."""

    def __init__(self, path, threads, solver):
        self.path = None if path is None else Path(path)
        self.head = {"threads": threads, "solver": solver}
        self.records = {}
        if self.path is not None and self.path.exists():
            kept = json.loads(self.path.read_text())
            self.records = kept.pop("records")
            if kept != self.head:
                raise ValueError(f"{path} holds results of {kept}, not of {self.head}")

    def add(self, name, record):
        self.records[name] = record
        if self.path is not None:
            content = {**self.head, "records": self.records}
            self.path.write_text(json.dumps(content, indent=1))


def print_tables(records):
    print_against_best(records)
    print_summary(records)
    print_certificates(records)
    print_all(records)


def print_against_best(records):
    print("Within 0.1 % of the optimum, against the fastest peer:\n")
    rows = [
        (
            name
            if record["shape"].removesuffix(" CSR") in name
            else f"{name}, {record['shape']}",
            record["rival"] or "-",
            _milliseconds(record, record["rival"]),
            _milliseconds(record, OURS),
            _ratio(record),
            f"{100 * max(record['gaps']):.2g}",
            f"{np.median(record['passes']):.0f}",
            f"{np.median(record['tests']):.5g}",
            f"{record['best_test']:.5g}",
        )
        for name, record in records.items()
    ]
    header = ("", "fastest peer", "its ms", "ms", "times faster", "worst gap, %")
    table((*header, "full passes", "test log loss", "the optimum's"), rows)


def print_summary(records):
    print("By kind of data:\n")
    rows = []
    for group in (*GROUPS, "all"):
        chosen = [r for r in records.values() if group in (r["group"], "all")]
        if not chosen:
            continue
        ratios = [r["ratio"] for r in chosen if r["ratio"] is not None]
        gaps = np.concatenate([r["gaps"] for r in chosen])
        rows.append(
            (
                group,
                len(chosen),
                len(ratios),
                *(f"{f(ratios):.1f}" if ratios else "-" for f in (np.median, min, max)),
                f"{np.median(np.concatenate([r['passes'] for r in chosen])):.1f}",
                f"{100 * gaps.max():.2g}",
            )
        )
    header = ("", "problems", "with both at 0.1 %", "times faster, median", "least")
    table((*header, "most", "full passes, median", "worst gap, %"), rows)


def print_certificates(records):
    """True gap over claimed; what the reference leaves open, EXACT, counts as a gap."""
    gaps = np.concatenate([r["gaps"] for r in records.values()])
    claims = np.concatenate(
        [np.divide(r["claims"], r["best"]) for r in records.values()]
    )
    n_known = np.isfinite(claims).sum()
    told = np.isfinite(claims) & (claims > EXACT)  # of less the reference cannot judge
    if not told.any():
        print(f"Certificates of {n_known} fits: none claims more than {EXACT:g}.\n")
        return
    off = np.maximum(gaps[told], EXACT) / claims[told]
    low, middle, high = np.quantile(off, (0.05, 0.5, 0.95))
    share = np.mean((off >= 1 / 5) & (off <= 5))
    print(
        f"Certificates of {n_known} fits, {n_known - told.sum()} of them left out that "
        f"claim at most {EXACT:g} of the optimum: {share:.1%} within a factor of 5; "
        f"true gap over claimed: 5 % {low:.2g}, median {middle:.2g}, 95 % {high:.2g}, "
        f"max {off.max():.2g}.\n"
    )


def print_all(records):
    print("Every solver: ms (passes) to each quality, - where it was not reached:\n")
    rows = []
    for name, record in records.items():
        reached = {solver: t for solver, t in record["times"].items() if t}
        rows += [
            (name, solver, *(_cell(taken.get(str(quality))) for quality in QUALITIES))
            for solver, taken in sorted(reached.items(), key=_order)
        ]
        none = [solver for solver, taken in record["times"].items() if not taken]
        if none:
            rows.append((name, f"none: {', '.join(none)}", "-", "-", "-"))
    table(("", "solver", *(f"{100 * quality:g} %" for quality in QUALITIES)), rows)


def _order(item):
    """Fastest to 0.1 % first."""
    taken = item[1]
    return [taken.get(str(q), [np.inf])[0] for q in (1e-3, 1e-2, 1e-4)]


def _cell(taken):
    return "-" if taken is None else f"{short(taken[0] * 1e3)} ({taken[1]:.0f})"


def _milliseconds(record, solver, quality=1e-3):
    taken = record["times"].get(solver, {}).get(str(quality))
    return "-" if taken is None else short(taken[0] * 1e3)


def _ratio(record):
    return "-" if record["ratio"] is None else f"{record['ratio']:.1f}"
