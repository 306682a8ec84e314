# SPDX-License-Identifier: BSD-3-Clause
"""Ways to deal with a rare class: weights, sampling, copies, a threshold."""

import tracemalloc
import warnings

import numpy as np
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.model_selection import RepeatedStratifiedKFold, TunedThresholdClassifierCV
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier
from skpulsar._study import verdict
from skpulsar._study.candidates import N_FOLDS, by_rarity
from skpulsar._study.folds import score_folds
from skpulsar._study.scores import BUDGET, N_BINS, NAMES, mean_and_spread
from skpulsar._study.tables import layout, spread, wrapped
from skpulsar.samplers import CyclicOverSampler

N_REPEATS = 3

DECISIONS = {
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "budget_precision": f"P@{BUDGET}",
    "budget_recall": f"R@{BUDGET}",
}
PROBABILITIES = {
    "average_precision": "average prec.",
    "log_loss": "log loss",
    "brier": "Brier",
    "calibration": "ECE",
}
WITH_SPREAD = {"f1", "average_precision"}

INTRODUCTION = wrapped(
    f"{N_FOLDS} stratified folds, {N_REPEATS} times over, the same for all: means over "
    "the folds, in brackets their standard deviation. All but the last are "
    'SLPClassifier, on raw columns where nothing is scaled. "class_weight" is '
    "balanced, by the default solver, for which sampling would be the same; "
    '"sampling" is balanced, by solver="sgd": half pulsars in every minibatch. '
    '"corrected": prior_correction=True. "noisy copies": RandomOverSampler with this '
    f'shrinkage. "tuned": TunedThresholdClassifierCV for F1, over {N_FOLDS} inner '
    f"folds; so is LogisticRegression, scaled. P@{BUDGET}, R@{BUDGET}: precision and "
    f"recall of the best {BUDGET} candidates of a test fold."
)
COSTS = wrapped(
    f"ECE: expected calibration error, over {N_BINS} bins of equal width. Fit time: "
    'median over the folds; "tuned" counts its F1 itself, scoring="f1" takes longer. '
    "MiB: most that Python and NumPy hold, by tracemalloc, in "
    "one more fit, untimed."
)


def count_f1(y, predicted):
    """F1 of labels 0 and 1.

    The threshold is tuned over 100 cut-offs in every inner fold, where f1_score would
    spend nearly all the time of the fit on checks of its input.
    """
    hits = np.count_nonzero((y == 1) & (predicted == 1))
    total = np.count_nonzero(y == 1) + np.count_nonzero(predicted == 1)
    return 2 * hits / total if total else 0.0


def make_models(*, seed):
    """Return the models by name."""

    def perceptron(**parameters):
        return SLPClassifier(random_state=seed, **parameters)

    def after(sampler):
        return make_pipeline(sampler, perceptron())

    def copies(**parameters):
        return after(RandomOverSampler(random_state=seed, **parameters))

    def tuned(*steps):
        # On logits: probabilities of a fold may all be so near 0 that they count as
        # constant, which is an error there.
        return TunedThresholdClassifierCV(
            make_pipeline(*steps),
            scoring=make_scorer(count_f1),
            response_method="decision_function",
            cv=N_FOLDS,
            random_state=seed,
        )

    weights = {"class_weight": "balanced"}
    sampling = {"sampling": "balanced", "solver": "sgd"}
    corrected = {"prior_correction": True}
    return {
        "defaults": perceptron(),
        "defaults + corrected": perceptron(**corrected),
        "class_weight": perceptron(**weights),
        "class_weight + corrected": perceptron(**weights, **corrected),
        "sampling": perceptron(**sampling),
        "sampling + corrected": perceptron(**sampling, **corrected),
        "CyclicOverSampler": after(CyclicOverSampler()),
        "RandomOverSampler": copies(),
        "noisy copies (0.1)": copies(shrinkage=0.1),
        "noisy copies (1)": copies(shrinkage=1.0),
        "RandomUnderSampler": after(RandomUnderSampler(random_state=seed)),
        "SMOTE": after(SMOTE(random_state=seed)),
        "tuned": tuned(perceptron()),
        "scaled + tuned": tuned(StandardScaler(), perceptron()),
        verdict.PEER: tuned(StandardScaler(), LogisticRegression()),
    }


def measure(X, y, *, seed):
    """Cross-validate every model on the same folds.

    Returns
    -------
    scores : dict
        By model a dict of the scores of `NAMES`, one value per fold each.

    costs : dict
        By model a dict: median time of a fit, peak memory of one, and how many
        ConvergenceWarnings there were.
    """
    cv = RepeatedStratifiedKFold(
        n_splits=N_FOLDS, n_repeats=N_REPEATS, random_state=seed
    )
    train, _ = next(cv.split(X, y))
    scores, costs = {}, {}
    for label, model in make_models(seed=seed).items():
        result, n_warnings = score_folds(model, X, y, cv)
        scores[label] = {name: result[f"test_{name}"] for name in NAMES}
        costs[label] = {
            "fit_seconds_median": float(np.median(result["fit_time"])),
            "peak_bytes": peak_memory(model, X[train], y[train]),
            "convergence_warnings": n_warnings,
        }
    return scores, costs


def peak_memory(model, X, y):
    """Return the most bytes that a fit holds at a time, beside X and y."""
    with warnings.catch_warnings():  # those of the timed fits are counted
        warnings.simplefilter("ignore", ConvergenceWarning)
        tracemalloc.start()
        try:
            model.fit(X, y)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def report(X, y, *, seed):
    """Print the scores of every model, and what they say.

    Returns
    -------
    records : list of dict
        One per model.
    """
    rarer, _ = by_rarity(y)
    print(f"\n4. Ways to deal with rare {rarer}\n{INTRODUCTION}\n")
    scores, costs = measure(X, y, seed=seed)
    records = []
    for label, by_name in scores.items():
        record = {"model": label}
        for name, values in by_name.items():
            record |= mean_and_spread(name, values)
        records.append(record | costs[label])
    print(layout([["", *DECISIONS.values()], *_rows(records, DECISIONS)]))
    print(f"\n{COSTS}\n")
    rows = [["", *PROBABILITIES.values(), "fit, ms", "MiB"]]
    for row, record in zip(_rows(records, PROBABILITIES), records, strict=True):
        milliseconds = record["fit_seconds_median"] * 1e3
        mebibytes = record["peak_bytes"] / 2**20
        rows.append([*row, f"{milliseconds:.1f}", f"{mebibytes:.1f}"])
    print(layout(rows))
    print(
        f"\n{_unfinished(costs)}\n\n{verdict.PUBLISHED}\n\n{verdict.paragraph(scores)}"
    )
    return records


def _unfinished(costs):
    """Return a line on fits that had not converged."""
    counts = {label: cost["convergence_warnings"] for label, cost in costs.items()}
    found = [f"{label} {count}" for label, count in counts.items() if count]
    return f"Fits not converged: {', '.join(found) or 'none'}."


def _rows(records, names):
    return [
        [record["model"], *(_cell(record, name) for name in names)]
        for record in records
    ]


def _cell(record, name):
    if name in WITH_SPREAD:
        return spread(record, name)
    return f"{record[f'{name}_mean']:.4f}"
