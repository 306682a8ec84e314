# SPDX-License-Identifier: BSD-3-Clause
"""What decisions and probabilities are worth, by every practice against imbalance.

Repeated stratified splits: 60 % of the rows train, 20 % choose the cut-off of the best
F1 (`skpulsar.thresholds.cutoffs`), 20 % score. A practice with a tuned threshold takes
the first two parts together (5 folds; from 20,000 rows on, one fifth held out). All
models are linear: BalancedBaggingClassifier bags LogisticRegression. Peers have a
scaler before them, SLPClassifier has the columns as they are.

Tables have medians over splits. "Best" is the practice of the best mean; of the
difference of two (within a split) there is the mean and its 95 % interval, with the
variance corrected for overlapping splits (C. Nadeau, Y. Bengio, "Inference for the
Generalization Error", Machine Learning 52, 2003).

    python benchmarks/decision_quality.py [--data DIR] [--quick] [--only NAME ...]
        [--tol 1e-4] [--save FILE]
"""

import json
import warnings
from pathlib import Path
from time import perf_counter

import numpy as np
from _balance import TABLES, balance
from _data import add_argument, load, make
from _practices import ours, peers
from _report import begin, parser, table
from scipy import sparse, stats
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    log_loss,
    recall_score,
)
from sklearn.model_selection import StratifiedShuffleSplit, TunedThresholdClassifierCV

from skpulsar.thresholds import cutoffs

# Name to number of splits
SETS = {
    "thoracic": 20,
    "HTRU2": 20,
    "campaign": 10,
    "shuttle": 10,
    "a9a": 10,
    "ijcnn1": 10,
    "w8a": 10,
    "cover": 6,
    "http": 6,
}
METRICS = ("average precision", "F1 at 0.5", "F1 at the cut", "log loss", "Brier")
METRICS = (*METRICS, "recall at 0.5", "fit, ms")
TEST, TUNE = 0.2, 0.25  # of all rows, and of those left


def main():
    options = parser(__doc__)
    add_argument(options)
    options.add_argument("--only", nargs="+", metavar="NAME", choices=SETS)
    options.add_argument(
        "--tol", type=float, default=1e-4, help="of what meets the balanced optimum"
    )
    options.add_argument(
        "--save", type=Path, help="JSON: sets already in it are not run again"
    )
    arguments = options.parse_args()
    begin("Decision quality")
    warnings.simplefilter("ignore", ConvergenceWarning)
    records = {}
    if arguments.save and arguments.save.exists():
        records = json.loads(arguments.save.read_text())
    wanted = [name for name in arguments.only or SETS if name not in records]
    sets = [("made", *make(3_000, 8, offset=-3))] if arguments.quick else None
    for name, X, y in sets or load(wanted, arguments.data):
        began = perf_counter()
        n_splits = SETS.get(name, 2)
        records[name] = measure(X, (y > 0).astype(np.int64), n_splits, arguments.tol)
        print_set(name, records[name])
        print(f"{perf_counter() - began:.0f} s\n", flush=True)
        if arguments.save:
            arguments.save.write_text(json.dumps(records))
    if records:
        for metric in METRICS:
            print_metric(records, metric)
        for metric in ("average precision", "F1 at the cut"):
            print_best(records, metric)
        print_balancing(records)
        print_balance(records)


def measure(X, y, n_splits, tol):
    """Values of every metric, practice and split, and what balancing does."""
    record = {"shape": X.shape, "positive": y.mean(), "ours": {}, "peers": {}}
    record["balance"] = {}
    outer = StratifiedShuffleSplit(n_splits, test_size=TEST, random_state=0)
    inner = StratifiedShuffleSplit(1, test_size=TUNE, random_state=0)
    for seed, (rest, test) in enumerate(outer.split(X, y)):
        train, tune = (rest[part] for part in next(inner.split(X[rest], y[rest])))
        parts = [(X[rows], y[rows]) for rows in (train, tune, test)]
        for group, made in (("ours", ours(X, seed)), ("peers", peers(X, seed))):
            for name, model in made.items():
                values = scores(model, *parts)
                record[group].setdefault(name, []).append(values)
        for name, value in balance(parts[0], parts[2], seed, tol).items():
            record["balance"].setdefault(name, []).append(value)
    return record


def scores(model, train, tune, test):
    """Values of METRICS."""
    tunes = isinstance(model, TunedThresholdClassifierCV)
    if tunes:
        train = stacked(train, tune)
    began = perf_counter()
    model = clone(model).fit(*train)
    seconds = perf_counter() - began
    X, y = test
    logits, proba = model.decision_function(X), model.predict_proba(X)[:, 1]
    positive = model.predict(X) if tunes else logits >= cut(model, *tune)
    return (
        average_precision_score(y, logits),
        f1_score(y, proba > 0.5),
        f1_score(y, positive),
        log_loss(y, proba),
        brier_score_loss(y, proba),
        recall_score(y, proba > 0.5),
        1e3 * seconds,
    )


def stacked(*parts):
    X, y = zip(*parts, strict=True)
    stack = sparse.vstack if sparse.issparse(X[0]) else np.vstack
    X = stack(X)
    return (X.tocsr() if sparse.issparse(X) else X), np.concatenate(y)


def cut(model, X, y):
    return cutoffs(y, model.decision_function(X)).best(lambda c: c.fbeta(1.0)).threshold


def print_set(name, record):
    (n_rows, n_columns), n_splits = record["shape"], len(record["ours"]["default"])
    title = f"{name}, {n_rows:,} x {n_columns}, {record['positive']:.2%} positive"
    print(f"{title}; medians of {n_splits} splits:\n")
    rows = [
        (label, *map(digits, np.median(values, axis=0)))
        for label, values in practices(record)
    ]
    table(("", *METRICS), rows)


def practices(record):
    return [pair for group in ("ours", "peers") for pair in record[group].items()]


def digits(value):
    return f"{value:.4f}" if 0.1 <= value < 1 else f"{value:,.3g}"


def print_metric(records, metric):
    """Practices by sets."""
    print(f"{metric}, median:\n")
    columns = [
        [digits(np.median(values, axis=0)[METRICS.index(metric)]) for values in found]
        for found in (
            [values for _, values in practices(record)] for record in records.values()
        )
    ]
    labels = [label for label, _ in practices(next(iter(records.values())))]
    table(("", *records), list(zip(labels, *columns, strict=True)))


def print_best(records, metric):
    print(f"{metric}, mean: the best of ours less the best of the peers:\n")
    column = METRICS.index(metric)
    rows = []
    for name, record in records.items():
        values, names = [], []
        for group in ("ours", "peers"):
            found = {k: np.array(v)[:, column] for k, v in record[group].items()}
            best = max(found, key=lambda k: found[k].mean())
            names.append(f"{best}: {found[best].mean():.4f}")
            values.append(found[best])
        rows.append((name, *names, *compared(*values)))
    table(("", "ours", "peers", "difference (95 %)", ""), rows)


def print_balancing(records):
    print("sampling='balanced' less the default, mean:\n")
    metrics = "average precision", "F1 at the cut"
    rows = []
    for name, record in records.items():
        cells = []
        for column in map(METRICS.index, metrics):
            balanced, plain = (
                np.array(record["ours"][key])[:, column]
                for key in ("sampling", "default")
            )
            cells.extend(compared(balanced, plain))
        rows.append((name, *cells))
    table(("", metrics[0], "", metrics[1], ""), rows)


def compared(first, second):
    """Difference with its interval, and what that says, as text."""
    mean, half = interval(first - second)
    verdict = "below" if mean + half < 0 else "above" if mean > half else "equal"
    return f"{mean:+.4f} ({mean - half:+.4f} to {mean + half:+.4f})", verdict


def interval(differences):
    """Mean and half of the 95 % interval."""
    n = len(differences)
    train = (1 - TEST) * (1 - TUNE)
    spread = np.sqrt(differences.var(ddof=1) * (1 / n + TEST / train))
    return differences.mean(), stats.t.ppf(0.975, n - 1) * spread


def print_balance(records):
    for title, names in TABLES.items():
        print(f"{title}:\n")
        print_columns(records, names)


def print_columns(records, names):
    rows = []
    for name, record in records.items():
        found = record["balance"]
        rows.append((name, *(f"{reduce(found[key]):.3g}" for key, reduce in names)))
    table(("", *(key for key, _ in names)), rows)


if __name__ == "__main__":
    main()
