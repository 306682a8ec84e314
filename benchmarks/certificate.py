# SPDX-License-Identifier: BSD-3-Clause
"""How true objective_gap_ is, over random problems whose minimum is proved.

python benchmarks/certificate.py [--quick] [--jobs 2] [--problems 3000] [--start 0]
    [--families NAME,NAME] [--named] [--seed SEED]
"""

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np
from _families import FAMILIES
from _minimum import LEAST, NoProof, minimum
from _random_problems import family_of, problem
from _report import begin, parser, table
from threadpoolctl import threadpool_limits

from skpulsar import SLPClassifier


class Outcome(NamedTuple):
    seed: int
    family: str
    text: str
    scale: float  # of the objective, at least LEAST of the null model's
    gap: float  # true
    claim: float
    tol: float  # at least 1e-9
    attained: bool
    warned: bool
    n_iter: int
    streamed: tuple | None  # the same of partial_fit: gap and whether it warned

    @property
    def silent(self):
        return not self.warned and (
            not self.attained or self.gap > 10 * self.tol * self.scale
        )

    @property
    def counts(self):
        return self.attained and self.gap > 1e-9 * self.scale

    @property
    def ratio(self):
        return self.gap / self.claim


def run(seed):
    made = problem(seed)
    objective = made.objective
    model, warned = fitted(made)
    value = objective(model.coef_[0], model.intercept_[0])
    try:
        least = minimum(objective)
    except NoProof:
        return seed, made.family, str(made)
    gap = float(value - least.value)
    scale = float(max(least.value, LEAST * objective.null))
    streamed = None
    if made.n_chunks:
        stream, told = streamed_fit(made)
        there = objective(stream.coef_[0], stream.intercept_[0])
        streamed = float(there - least.value), told
    tol = max(made.parameters.get("tol", 1e-4) or 0, 1e-9)
    return Outcome(
        seed,
        made.family,
        str(made),
        scale,
        gap,
        model.objective_gap_,
        tol,
        least.attained,
        warned,
        model.n_iter_,
        streamed,
    )


def fitted(made):
    model = SLPClassifier(**made.parameters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(made.X, made.y, made.sample_weight)
    return model, any(issubclass(w.category, UserWarning) for w in caught)


def streamed_fit(made):
    model, weight = SLPClassifier(**made.parameters), made.sample_weight
    order = np.random.default_rng(0).permutation(len(made.y))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for rows in np.array_split(order, made.n_chunks):
            model.partial_fit(
                made.X[rows],
                made.y[rows],
                [0, 1],
                None if weight is None else weight[rows],
            )
    return model, any(issubclass(w.category, UserWarning) for w in caught)


def main():
    options = parser(__doc__)
    options.add_argument("--problems", type=int, default=3000)
    options.add_argument("--start", type=int, default=0)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--families")
    options.add_argument("--seed", type=int)
    arguments = options.parse_args()
    begin("Certificates")
    if arguments.seed is not None:
        print(problem(arguments.seed))
        print(run(arguments.seed))
        return
    names = arguments.families.split(",") if arguments.families else FAMILIES
    seeds, seed = [], arguments.start
    while len(seeds) < arguments.problems:
        if family_of(seed) in names:
            seeds.append(seed)
        seed += 1
    with ProcessPoolExecutor(
        arguments.jobs, initializer=threadpool_limits, initargs=(1,)
    ) as pool:
        found = list(pool.map(run, seeds, chunksize=4))
    out = [f for f in found if isinstance(f, Outcome)]
    dropped = [f for f in found if not isinstance(f, Outcome)]
    rows = []
    for name in [*FAMILIES, None]:
        of = [o for o in out if name in (None, o.family)]
        if not of:
            continue
        r = np.array([o.ratio for o in of if o.counts])
        rows.append(
            (
                name or "all",
                len(of),
                sum(d[1] == name or not name for d in dropped),
                sum(o.silent for o in of),
                sum(o.warned for o in of),
                len(r),
                *(
                    f"{100 * np.mean(r > k):.1f}" if len(r) else "-"
                    for k in (5, 10, 20)
                ),
                f"{100 * np.mean(r < 1 / 30):.1f}" if len(r) else "-",
                np.median([o.n_iter for o in of]),
                sum(o.streamed is not None for o in of),
            )
        )
    table(
        (
            "",
            "fits",
            "dropped",
            "silent",
            "warned",
            "gaps",
            "> 5",
            "> 10",
            "> 20",
            "< 1/30",
            "readings",
            "streamed",
        ),
        rows,
    )
    for o in out:
        if o.silent:
            print(
                "silent",
                o.seed,
                f"{o.gap / o.scale:.2g} claim {o.claim / o.scale:.2g}",
                o.attained,
                o.text,
            )
        if o.gap < -1e-11 * o.scale:
            print("NEGATIVE", o.seed, o.gap / o.scale, o.text)
    for d in dropped:
        print("dropped", *d)
    sys.exit(any(o.silent for o in out))


if __name__ == "__main__":
    main()
