# SPDX-License-Identifier: BSD-3-Clause
"""What became of problems with a known minimum, and the tables of it."""

from typing import NamedTuple

import numpy as np
from _report import table
from scipy.stats import binom

ALLOWED = {  # share of the claims
    "too small by > 5": (0.05, lambda ratio: ratio > 5),
    "too small by > 10": (0.005, lambda ratio: ratio > 10),
    "too small by > 20": (1.0, lambda ratio: ratio > 20),
    "too large by > 30": (0.05, lambda ratio: ratio < 1 / 30),
}
ALLOWED_MORE = ALLOWED | {  # with more than two classes
    "off by > 5": (0.05, lambda ratio: (ratio > 5) | (ratio < 1 / 5)),
}
LARGE = 1000  # claims, from which on shares are taken at their word
CHANCE = 0.01  # of as many, were the share the allowed one: below that it is missed
N_WORST = 12


class End(NamedTuple):
    """Where a fit ended."""

    gap: float  # the true one
    claim: float
    warned: bool
    n_iter: int


class Outcome(NamedTuple):
    """A problem, and the ends of fit and of partial_fit; or why it was dropped."""

    key: int | str
    family: str
    text: str
    dropped: str = ""
    tol: float = np.nan  # at least 1e-9
    scale: float = np.nan  # the minimum, or as much of it as counts at least
    attained: bool = True  # whether there is a minimum
    fit: End | None = None
    stream: End | None = None

    def is_silent(self, end):
        far = end.gap > 10 * self.tol * self.scale
        return not end.warned and (far or not self.attained)

    def claims_nothing(self, end):
        """Whether the gap that is claimed is the whole objective."""
        return end.claim >= self.scale

    def ratio(self, end):
        """True over claimed gap, or NaN where they are not compared."""
        compared = self.attained and end.gap > 1e-9 * self.scale and end.claim > 0
        told = compared and not self.claims_nothing(end)
        return end.gap / end.claim if told else np.nan


def missed(outcomes, allowed):
    """Whether a fit is silent, or too many claims are wrong."""
    done = [outcome for outcome in outcomes if not outcome.dropped]
    if any(outcome.is_silent(outcome.fit) for outcome in done):
        return True
    ratios = _ratios(done)
    return any(
        _too_many(wrong(ratios).sum(), len(ratios), share)
        for share, wrong in allowed.values()
    )


def _too_many(count, total, share):
    if total < LARGE:
        return binom.sf(count - 1, total, share) < CHANCE
    return count > share * total


def print_tables(outcomes, allowed):
    done = [outcome for outcome in outcomes if not outcome.dropped]
    _print_families(outcomes, allowed)
    print("The verdict:\n")
    ratios = _ratios(done)
    n_silent = sum(outcome.is_silent(outcome.fit) for outcome in done)
    n_without = sum(outcome.claims_nothing(outcome.fit) for outcome in done)
    rows = [
        ("silent fits", n_silent, 0, "no" if n_silent else "yes"),
        ("fits that claim no gap below F", n_without, "any", "yes"),
    ]
    for name, (share, wrong) in allowed.items():
        count = wrong(ratios).sum()
        holds = "no" if _too_many(count, len(ratios), share) else "yes"
        found = f"{_percent(wrong(ratios))} % ({count} of {len(ratios)})"
        rows.append((f"claims {name}", found, f"{share:.1%}", holds))
    table(("", "found", "allowed", "holds"), rows)
    _print_silent(done)
    _print_worst(done)
    _print_streams(done)
    _print_dropped(outcomes)


def print_one(outcome):
    """The problem and what became of it."""
    print(f"{outcome.text}\n")
    if outcome.dropped:
        print(f"Dropped: {outcome.dropped}")
        return
    print(f"F {outcome.scale:.17g}, tol {outcome.tol:g}\n")
    for name in ("fit", "stream"):
        end = getattr(outcome, name)
        if end:
            print(f"{name}, {'silent' if outcome.is_silent(end) else 'not silent'}:\n")
            _print_ends([outcome], name)


def _print_families(outcomes, allowed):
    families = list(dict.fromkeys(outcome.family for outcome in outcomes))
    rows = []
    for family in [*families, "all"]:
        of = [outcome for outcome in outcomes if family in (outcome.family, "all")]
        done = [outcome for outcome in of if not outcome.dropped]
        ratios = _ratios(done)
        passes = [outcome.fit.n_iter for outcome in done]
        rows.append(
            (
                family,
                len(of),
                len(of) - len(done),
                sum(outcome.is_silent(outcome.fit) for outcome in done),
                sum(outcome.fit.warned for outcome in done),
                len(ratios),
                *(_percent(wrong(ratios)) for _, wrong in allowed.values()),
                f"{np.median(passes):.0f}" if passes else "-",
            )
        )
    print("By family; shares of the claims compared, in %:\n")
    header = (
        "problems",
        "dropped",
        "silent",
        "warned",
        "claims",
        *allowed,
        "full passes",
    )
    table(("", *header), rows)


def _print_silent(done):
    silent = [outcome for outcome in done if outcome.is_silent(outcome.fit)]
    if silent:
        print(
            "Silent fits, the furthest first; there is no minimum where it says so:\n"
        )
        silent.sort(key=lambda outcome: -outcome.fit.gap / outcome.scale)
        _print_ends(silent, "fit")


def _print_worst(done):
    compared = [outcome for outcome in done if outcome.ratio(outcome.fit) > 0]
    compared.sort(key=lambda outcome: outcome.ratio(outcome.fit))
    if compared:
        print("The claims that are the most too small:\n")
        _print_ends(compared[: -N_WORST - 1 : -1], "fit")
        print("The claims that are the most too large:\n")
        _print_ends(compared[: N_WORST // 2], "fit")


def _print_streams(done):
    done = [outcome for outcome in done if outcome.stream]
    if not done:
        return
    gaps = [outcome.stream.gap / outcome.scale for outcome in done if outcome.attained]
    silent = [outcome for outcome in done if outcome.is_silent(outcome.stream)]
    print(
        f"Fed to partial_fit in chunks were {len(done)}, of which {len(silent)} ended "
        f"silently; gap over F: median {np.median(gaps or np.nan):.1g}, of nine in ten "
        f"at most {np.quantile(gaps or np.nan, 0.9):.1g}.\n"
    )
    silent.sort(key=lambda outcome: -outcome.stream.gap / outcome.scale)
    if silent:
        print("The furthest:\n")
        _print_ends(silent[:N_WORST], "stream")


def _print_dropped(outcomes):
    rows = [
        (outcome.key, outcome.text, outcome.dropped)
        for outcome in outcomes
        if outcome.dropped
    ]
    if rows:
        print("Dropped:\n")
        table(("seed", "problem", "reason"), rows)


def _print_ends(outcomes, name):
    rows = []
    for outcome in outcomes:
        end = getattr(outcome, name)
        rows.append(
            (
                outcome.key,
                f"{end.gap / outcome.scale:.2g}" if outcome.attained else "no minimum",
                f"{end.claim / outcome.scale:.2g}",
                end.n_iter,
                "yes" if end.warned else "no",
                outcome.text,
            )
        )
    table(("seed", "gap / F", "claim / F", "full passes", "warned", "problem"), rows)


def _ratios(done):
    ratios = np.array([outcome.ratio(outcome.fit) for outcome in done])
    return ratios[np.isfinite(ratios)]


def _percent(wrong):
    return f"{100 * np.mean(wrong):.1f}" if len(wrong) else "-"
