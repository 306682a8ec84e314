# SPDX-License-Identifier: BSD-3-Clause
"""The textbook's run: plain minibatch SGD on raw features, epoch by epoch."""

from sklearn.dummy import DummyClassifier
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split

from skpulsar import SLPClassifier
from skpulsar._study.candidates import by_rarity
from skpulsar._study.scores import NAMES, RATES, rates
from skpulsar._study.tables import layout
from skpulsar.samplers import CyclicOverSampler

BATCH_SIZE = 10
RATE = 0.001
HELD_OUT = 0.2

# When the rarer class is repeated until it equals the other
NEVER, BEFORE_SPLIT, IN_TRAINING = "never", "before split", "in training"
LABELS = {
    NEVER: "this run",
    BEFORE_SPLIT: "before split (leaky)",
    IN_TRAINING: "in training rows",
}

PARTS = {"train": "training", "test": "held-out"}
COUNTS = ("tn", "fp", "fn", "tp")  # as scikit-learn's confusion matrix has them

WIDTHS = {"accuracy": 10, "precision": 11, "recall": 8, "f1": 8}

# These figures are the textbook's, of its own runs on its own data.
PRINTED_BY_TEXTBOOK = [
    ["textbook's figures", *("10", "0.138", "0.131", "0.975", "-", "-", "-")],
    ["textbook's other run", *("-", "-", "-", "0.976", "-", "-", "-")],
]


def make_model(*, seed, epochs, batch_size=BATCH_SIZE):
    """Return the textbook's model: no momentum, no penalty, no scaling, no stopping."""
    return SLPClassifier(
        solver="sgd",
        batch_size=batch_size,
        learning_rate_init=RATE,
        momentum=0.0,
        alpha=0.0,
        max_iter=epochs,
        tol=None,
        random_state=seed,
    )


def divide(X, y, *, seed, repeated=NEVER):
    """Return training and held-out rows, each as (X, y)."""
    if repeated == BEFORE_SPLIT:
        X, y = CyclicOverSampler().fit_resample(X, y)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=HELD_OUT, stratify=y, random_state=seed
    )
    if repeated == IN_TRAINING:
        X_train, y_train = CyclicOverSampler().fit_resample(X_train, y_train)
    return (X_train, y_train), (X_test, y_test)


def run(X, y, *, seed, epochs, batch_size=BATCH_SIZE, repeated=NEVER):
    """Train on four fifths of the rows, and yield a record after every epoch."""
    parts = divide(X, y, seed=seed, repeated=repeated)
    model = make_model(seed=seed, epochs=epochs, batch_size=batch_size)
    for epoch in range(1, epochs + 1):
        model.partial_fit(*parts[0], classes=[0, 1])
        loss = float(model.loss_curve_[-1])
        record = {"repeated": repeated, "epoch": epoch, "loss": loss}
        for part, rows in zip(PARTS, parts, strict=True):
            for name, value in rates(model, *rows).items():
                record[f"{part}_{name}"] = value
        yield record | _counts(model, *parts[1])


def report(X, y, *, seed, epochs, every, batch_size=BATCH_SIZE, balance=False):
    """Print the run, a line every so many epochs and one at its end; to `balance`, two
    runs, with the rarer class repeated wrong and right.

    Returns
    -------
    records : list of dict
        One per run and epoch, whether it was printed or not.
    """
    print(
        f"\n1. The textbook's run: plain SGD on raw features, minibatches of "
        f"{batch_size}, rate {RATE}"
    )
    records, last = [], []
    for repeated in (BEFORE_SPLIT, IN_TRAINING) if balance else (NEVER,):
        if balance:
            print(f"\n{by_rarity(y)[0].capitalize()} repeated {LABELS[repeated]}:")
        if every:
            print(f"\n{_heading()}")
        for record in run(
            X, y, seed=seed, epochs=epochs, batch_size=batch_size, repeated=repeated
        ):
            records.append(record)
            if every and record["epoch"] % every == 0:
                print(_line(record))
        last.append(record)
    never = _always_no(X, y, seed)
    print(
        f"\n{_results(records, last, never)}\n"
        "The textbook's figures are what it prints of its own runs, on its own data.\n"
        f"\n{_confusions([*last, never])}"
    )
    return records


def _always_no(X, y, seed):
    """The record of a model that finds no pulsar, on rows as they were found."""
    _, held_out = divide(X, y, seed=seed)
    model = DummyClassifier(strategy="constant", constant=0).fit([[0], [0]], [0, 1])
    of_rates = {f"test_{name}": v for name, v in rates(model, *held_out).items()}
    return {"repeated": "always no"} | of_rates | _counts(model, *held_out)


def _counts(model, X, y):
    """The confusion matrix, by the names of its entries."""
    counts = confusion_matrix(y, model.predict(X), labels=[0, 1]).ravel().tolist()
    return {f"test_{name}": n for name, n in zip(COUNTS, counts, strict=True)}


def _heading():
    columns = "".join(f"{NAMES[name]:>{width}}" for name, width in WIDTHS.items())
    total = sum(WIDTHS.values())
    parts = "".join(f"{f'{part} rows':>{total}}" for part in PARTS.values())
    return f"{'':14}{parts}\n{'epoch':>5}{'loss':>9}{columns * len(PARTS)}"


def _line(record):
    values = "".join(
        f"{record[f'{part}_{name}']:{width}.4f}"
        for part in PARTS
        for name, width in WIDTHS.items()
    )
    return f"{record['epoch']:5d}{record['loss']:#9.4g}{values}"


def _results(records, last, never):
    """Return the final results on held-out rows, the textbook's beside them."""
    names = (NAMES[name] for name in RATES)
    rows = [["final test result", "epochs", "first loss", "last loss", *names]]
    for record in last:
        first = next(r for r in records if r["repeated"] == record["repeated"])
        losses = (f"{r['loss']:#.4g}" for r in (first, record))
        label = LABELS[record["repeated"]]
        rows.append([label, str(record["epoch"]), *losses, *_rates(record)])
    rows.append([never["repeated"], "-", "-", "-", *_rates(never)])
    return layout(rows + PRINTED_BY_TEXTBOOK)


def _rates(record):
    return [f"{record[f'test_{name}']:.4f}" for name in RATES]


def _confusions(records):
    """Return how many held-out rows each of the models told right and wrong."""
    rows = [["held-out rows", *(name.upper() for name in reversed(COUNTS))]]
    for record in records:
        label = LABELS.get(record["repeated"], record["repeated"])
        counts = (str(record[f"test_{name}"]) for name in reversed(COUNTS))
        rows.append([label, *counts])
    return layout(rows)
