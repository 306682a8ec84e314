# SPDX-License-Identifier: BSD-3-Clause
"""Whether objective_gap_ is true, over random problems whose minimum is proved.

A gap is true where F, the objective, is evaluated in long double, less its minimum
(see _minimum.py). A problem whose minimum is not proved to 1e-10 F is dropped. A fit is
silent where it ends without a warning and its true gap is over 10 tol F, or alpha is 0
and there is no minimum; tol counts at least 1e-9 (None too), F at least 1e-9 of that
without columns. Claims are compared where the true gap is over 1e-9 F, and what is
claimed is less than F.

The problems are fixed ones that were wrong once and then those of the seeds from
--start on; a seed always makes the same problem. Exits with 1 if a fit is silent, more
than 5 % of the claims are too small by more than 5 times or .5 % by more than 10, or
more than 5 % are too large by more than 30. With more than two classes more than 5 %
must not be off by more than 5 times, either way. Of fewer than 1,000 claims, chance may
exceed a share: these fail only if so many had less than 1 % of probability, were the
true share the one that is allowed. Chunks fed to partial_fit are reported apart.

    python benchmarks/certificate.py [--quick] [--jobs N] [--classes two more]
        [--problems N] [--start SEED] [--families NAME,NAME] [--named] [--seed SEED]
"""

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from os import cpu_count

import numpy as np
from _certificates import (
    ALLOWED,
    ALLOWED_MORE,
    End,
    Outcome,
    missed,
    print_one,
    print_tables,
)
from _families import FAMILIES
from _minimum import MIN_SHARE_OF_NULL
from _named_problems import NAMED
from _newton import NoProof
from _random_problems import family_of, problem
from _report import begin, parser
from scipy.linalg import LinAlgError
from threadpoolctl import threadpool_limits

from skpulsar import SLPClassifier

TWO, MORE = "two", "more"  # classes
PROBLEMS, QUICK = 3000, {TWO: 150, MORE: 40}


def main():
    options = parser(__doc__)
    options.add_argument("--jobs", type=int, default=cpu_count(), help="processes")
    options.add_argument(
        "--classes",
        nargs="+",
        choices=(TWO, MORE),
        default=(TWO, MORE),
        help="how many",
    )
    options.add_argument("--problems", type=int, help="how many random ones")
    options.add_argument("--start", type=int, default=0, metavar="SEED")
    options.add_argument("--families", metavar="NAME,NAME", help=", ".join(FAMILIES))
    options.add_argument("--named", action="store_true", help="the fixed ones alone")
    options.add_argument("--seed", type=int, help="this one alone, described")
    arguments = options.parse_args()
    begin("Certificates")
    failed = False
    with ProcessPoolExecutor(
        arguments.jobs, initializer=threadpool_limits, initargs=(1,)
    ) as pool:
        for classes in arguments.classes:
            keys, more = chosen(arguments, classes), classes == MORE
            outcomes = list(pool.map(partial(run, more=more), keys))
            print("More than two classes\n" if more else "Two classes\n")
            if arguments.seed is not None:
                print_one(*outcomes)
                continue
            allowed = ALLOWED_MORE if more else ALLOWED
            print_tables(outcomes, allowed)
            failed |= missed(outcomes, allowed)
    sys.exit(failed)


def chosen(arguments, classes):
    """Names and seeds."""
    named = list(NAMED) if classes == TWO else []
    if arguments.seed is not None:
        return [arguments.seed]
    if arguments.named:
        return named
    number = arguments.problems or (QUICK[classes] if arguments.quick else PROBLEMS)
    keys, seed = [] if arguments.families else named, arguments.start
    families = arguments.families.split(",") if arguments.families else FAMILIES
    unknown = sorted(set(families) - set(FAMILIES))
    if unknown:
        sys.exit(f"No such family: {', '.join(unknown)}")
    number += len(keys)
    while len(keys) < number:
        if family_of(seed) in families:
            keys.append(seed)
        seed += 1
    return keys


def run(key, more):
    """The outcome of a name or a seed."""
    made = NAMED[key]() if key in NAMED else problem(key, more)
    objective = made.objective
    outcome = Outcome(key, made.family, str(made))
    try:
        least = made.minimum(objective)
        fit, *streamed = (end_of(made, objective, least, feed) for feed in feeds(made))
    except (NoProof, LinAlgError) as error:
        return outcome._replace(dropped=f"{type(error).__name__}: {error}")
    except Exception as error:
        error.add_note(f"Problem {key}: {made}")
        raise
    return outcome._replace(
        tol=max(made.parameters.get("tol", 1e-4) or 0.0, 1e-9),
        scale=float(max(least.value, MIN_SHARE_OF_NULL * objective.null)),
        attained=least.attained,
        fit=fit,
        stream=streamed[0] if streamed else None,
    )


def feeds(made):
    """Ways to train on a problem: fit, and partial_fit where it has chunks."""
    yield fit
    if made.n_chunks:
        yield fit_chunks


def end_of(made, objective, least, feed):
    model = SLPClassifier(**made.parameters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        feed(model, made)
    gap = float(objective(model.coef_, model.intercept_) - least.value)
    if least.attained and gap < -least.bound - 1e-12 * least.value:
        raise NoProof("the fit is below the minimum")
    warned = any(issubclass(warning.category, UserWarning) for warning in caught)
    return End(gap, model.objective_gap_, warned, model.n_iter_)


def fit(model, made):
    model.fit(made.X, made.y, made.sample_weight)


def fit_chunks(model, made):
    order = np.random.default_rng(0).permutation(len(made.y))
    for rows in np.array_split(order, made.n_chunks):
        weight = None if made.sample_weight is None else made.sample_weight[rows]
        model.partial_fit(made.X[rows], made.y[rows], [0, 1], weight)


if __name__ == "__main__":
    main()
