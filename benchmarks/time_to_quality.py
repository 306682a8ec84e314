# SPDX-License-Identifier: BSD-3-Clause
"""Time to come within 1 %, 0.1 % and 0.01 % of the optimum, against every peer.

A quality is reached where F / F* - 1 is at most that much, F* from a reference solve to
1e-12. Timed are whole `fit` calls on prepared arrays; a fifth of the rows is held out.
SLPClassifier, or SLPRegressor where targets are numbers, has its defaults but for tol,
a tenth of the quality (so the default for 0.1 %), and must reach it with each of five
seeds. A peer climbs its ladder of settings until it has reached every quality, and the
cheapest setting for each counts; its search ends where a fit takes more than --hopeless
times the fastest fit to that quality, or all fits together ten times that or --cap.
Peers within three times the fastest peer are timed again, in turns with ours; medians
count, and ratios are medians of the ratios within a turn.

Beyond scikit-learn, scikit-learn-intelex, glum, snapml and vowpalwabbit take part if
they are installed.

    python benchmarks/time_to_quality.py [--data DIR] [--quick] [--only NAME ...]
        [--scaling raw standardised] [--alpha 1e-4 1e-6] [--threads 1]
        [--peers NAME ...] [--cap SECONDS] [--hopeless TIMES] [--save FILE]
        [--picture FILE]
"""

import warnings
from functools import partial
from itertools import chain, cycle
from time import perf_counter
from typing import NamedTuple

import numpy as np
from _data import add_argument
from _peers import peers
from _problems import NAMES, QUICK, SMALL, problems
from _regression import NAMES as REGRESSIONS
from _regression import regressions, ridges
from _report import begin, in_turns, parser
from _results import HOPELESS, OURS, QUALITIES, Results, print_tables
from sklearn.exceptions import ConvergenceWarning

SEEDS = range(5)
SEARCH = 10  # times what makes a fit hopeless: what a peer may spend on a quality
CONTENDER = 3  # times the fastest peer: timed again, in turns
TURNS = (3, 15)
TURNS_SECONDS = 10


class Run(NamedTuple):
    """A setting that reaches a quality: its fit, and what one call took."""

    fit: partial
    seconds: float
    passes: float


def main():
    options = parser(__doc__)
    add_argument(options)
    options.add_argument(
        "--only", nargs="+", metavar="NAME", choices=(*NAMES, *REGRESSIONS, *SMALL)
    )
    scalings = ("raw", "standardised")
    options.add_argument("--scaling", nargs="+", default=["raw"], choices=scalings)
    options.add_argument("--alpha", nargs="+", type=float, default=[1e-4])
    options.add_argument("--threads", type=int, default=1, help="of all, BLAS and ours")
    options.add_argument("--peers", nargs="*", metavar="NAME", help="default: all")
    options.add_argument("--solver", default="auto", help="of SLPClassifier")
    options.add_argument(
        "--cap", type=float, default=25.0, help="seconds of a peer's search, a problem"
    )
    options.add_argument(
        "--hopeless",
        type=float,
        default=HOPELESS,
        metavar="TIMES",
        help="the fastest fit to a quality, that a fit of a peer may take",
    )
    options.add_argument(
        "--save",
        metavar="FILE",
        help="JSON: problems already in it are not run again, and are in the tables",
    )
    options.add_argument(
        "--picture", metavar="FILE", help="performance profile (needs matplotlib)"
    )
    arguments = options.parse_args()
    begin(f"Time to a quality, BLAS threads: {arguments.threads}", arguments.threads)
    warnings.simplefilter("ignore", ConvergenceWarning)  # the ladders stop early

    cap, hopeless = 0.3 if arguments.quick else arguments.cap, arguments.hopeless
    everything = (*QUICK, "diabetes") if arguments.quick else (*NAMES, *REGRESSIONS)
    names = arguments.only or everything
    rivals = chosen(peers(arguments.threads), arguments.peers)
    of_numbers = chosen(ridges(), arguments.peers)
    results = Results(arguments.save, arguments.threads, arguments.solver)
    with_peers = chain(
        (
            (problem, [peer for peer in rivals if peer.takes(problem)])
            for problem in problems(
                [name for name in names if name not in REGRESSIONS],
                arguments.scaling, arguments.alpha, arguments.data, results.records,
            )
        ),
        (
            (problem, [peer for peer in of_numbers if peer.suits(problem)])
            for problem in regressions(
                [name for name in names if name in REGRESSIONS],
                arguments.alpha, arguments.data, results.records,
            )
        ),
    )  # fmt: skip
    for problem, suitable in with_peers:
        began = perf_counter()
        given = {"solver": arguments.solver, "n_jobs": arguments.threads}
        record = measure(problem, suitable, given, cap, hopeless)
        results.add(problem.name, record)
        print(f"{problem.name}: {perf_counter() - began:.0f} s", flush=True)
    print()
    if results.records:
        print_tables(results.records)
        if arguments.picture:
            from _profile import draw

            draw(results.records, arguments.picture)


def chosen(found, names):
    if names is None:
        return found
    return [peer for peer in found if peer.name.removesuffix(" + scaler") in names]


def measure(problem, rivals, given, cap, hopeless):
    """The record of a problem, fitted with given parameters; see _results.py."""
    record = {
        "group": problem.group,
        "shape": problem.shape,
        "best": problem.best,
        "best_test": problem.best_test,
    }
    runs = {OURS: {}}
    for quality in QUALITIES:
        tol = quality / 10
        run, fitted = ours(problem, given, tol)
        if max(fitted["gaps"]) <= quality:
            runs[OURS][quality] = run
        if tol == problem.estimator().tol:
            record |= fitted
    fastest = {quality: run.seconds for quality, run in runs[OURS].items()}
    for peer in rivals:
        runs[peer.name] = climb(peer, problem, fastest, cap, hopeless)
    record["times"], record["ratio"], record["rival"] = timed_again(runs)
    return record


def ours(problem, given, tol):
    """The run of SLPClassifier, and how its fits with every seed ended."""
    seconds, models = [], []
    for seed in SEEDS:
        model = problem.estimator(
            alpha=problem.alpha, tol=tol, random_state=seed, **given
        )
        began = perf_counter()
        models.append(model.fit(problem.X, problem.y))
        seconds.append(perf_counter() - began)
    weights = [(model.coef_, model.intercept_) for model in models]
    held_out = problem.X_test, problem.y_test
    passes = [float(model.n_iter_) for model in models]
    fitted = {
        "gaps": [float(problem.gap(*w)) for w in weights],
        "claims": [float(getattr(m, "objective_gap_", np.nan)) for m in models],
        "passes": passes,
        "tests": [float(problem.loss(*held_out, *w)) for w in weights],
    }
    seeds = cycle(SEEDS)

    def fit():
        problem.estimator(
            alpha=problem.alpha, tol=tol, random_state=next(seeds), **given
        ).fit(problem.X, problem.y)

    return Run(fit, float(np.median(seconds)), float(np.median(passes))), fitted


def climb(peer, problem, fastest, cap, hopeless):
    """The cheapest run of a peer for every quality that it reaches."""
    found, spent = {}, 0.0
    prepared = peer.prepare(problem)
    for setting in peer.ladder:
        fit = partial(peer.fit, prepared, problem.y, problem.alpha, setting, 0)
        began = perf_counter()
        *weights, passes = fit()
        seconds = perf_counter() - began
        spent += seconds
        gap = problem.gap(*weights)
        for quality in QUALITIES:
            if gap <= quality and quality not in found:
                found[quality] = Run(fit, seconds, float(passes))
                fastest[quality] = min(seconds, fastest.get(quality, seconds))
        missing = [quality for quality in QUALITIES if quality not in found]
        if not missing:
            break
        most = hopeless * fastest.get(missing[0], np.inf)
        if seconds > most or spent + seconds > min(cap, SEARCH * most):
            break
    return found


def timed_again(runs):
    """Seconds and passes by solver and quality; the ratio at 0.1 % and its peer."""
    theirs = [found for name, found in runs.items() if name != OURS]
    limits = {
        quality: CONTENDER
        * min(found[quality].seconds for found in theirs if quality in found)
        for quality in QUALITIES
        if any(quality in found for found in theirs)
    }
    again = {
        (name, run.fit): run
        for name, found in runs.items()
        for quality, run in found.items()
        if name == OURS or run.seconds <= limits[quality]
    }
    total = sum(run.seconds for run in again.values())
    n_turns = int(np.clip(TURNS_SECONDS / max(total, 1e-9), *TURNS))
    actions = [fit for _, fit in again]
    seconds = dict(zip(again, in_turns(actions, n_turns).T, strict=True))

    times = {}
    for name, found in runs.items():
        times[name] = {
            str(quality): [
                float(np.median(seconds.get((name, run.fit), run.seconds))),
                run.passes,
            ]
            for quality, run in found.items()
        }
    return times, *ratio(runs, times, seconds)


def ratio(runs, times, seconds, quality=1e-3):
    rivals = {
        name: taken[str(quality)][0]
        for name, taken in times.items()
        if name != OURS and str(quality) in taken
    }
    if not rivals or quality not in runs[OURS]:
        return None, min(rivals, key=rivals.get, default=None)
    best = min(rivals, key=rivals.get)
    theirs = seconds[best, runs[best][quality].fit]
    return float(np.median(theirs / seconds[OURS, runs[OURS][quality].fit])), best


if __name__ == "__main__":
    main()
