# SPDX-License-Identifier: BSD-3-Clause
"""The textbook's run: plain minibatch SGD on raw features, epoch by epoch."""

from sklearn.model_selection import train_test_split

from skpulsar import SLPClassifier
from skpulsar._study.scores import NAMES, RATES, rates
from skpulsar._study.tables import layout

BATCH_SIZE = 10
RATE = 0.001
HELD_OUT = 0.2

PARTS = {"train": "training", "test": "held-out"}

WIDTHS = {"accuracy": 10, "precision": 11, "recall": 8, "f1": 8}

# These figures are the textbook's, of its own run on its own data.
PRINTED_BY_TEXTBOOK = [
    "textbook's figures",
    *("10", "0.138", "0.131", "0.975", "-", "-", "-"),
]


def make_model(*, seed, epochs):
    """Return the textbook's model: no momentum, no penalty, no scaling, no stopping."""
    return SLPClassifier(
        solver="sgd",
        batch_size=BATCH_SIZE,
        learning_rate_init=RATE,
        momentum=0.0,
        alpha=0.0,
        max_iter=epochs,
        tol=None,
        random_state=seed,
    )


def run(X, y, *, seed, epochs):
    """Train on four fifths of the rows, and yield a record after every epoch."""
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=HELD_OUT, stratify=y, random_state=seed
    )
    parts = ((X_train, y_train), (X_test, y_test))
    model = make_model(seed=seed, epochs=epochs)
    for epoch in range(1, epochs + 1):
        model.partial_fit(X_train, y_train, classes=[0, 1])
        record = {"epoch": epoch, "loss": float(model.loss_curve_[-1])}
        for part, rows in zip(PARTS, parts, strict=True):
            for name, value in rates(model, *rows).items():
                record[f"{part}_{name}"] = value
        yield record


def report(X, y, *, seed, epochs, every):
    """Print the run, a line every so many epochs and one at its end.

    Returns
    -------
    records : list of dict
        One per epoch, whether it was printed or not.
    """
    print(
        f"\n1. The textbook's run: plain SGD on raw features, minibatches of "
        f"{BATCH_SIZE}, rate {RATE}\n"
    )
    if every:
        print(_heading())
    records = []
    for record in run(X, y, seed=seed, epochs=epochs):
        records.append(record)
        if every and record["epoch"] % every == 0:
            print(_line(record))
    print(
        f"\n{_result(records)}\n"
        "The textbook's figures are what it prints of its own run, on its own data."
    )
    return records


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


def _result(records):
    """Return the final test result, the textbook's beside it."""
    first, last = records[0], records[-1]
    losses = (f"{record['loss']:#.4g}" for record in (first, last))
    values = (f"{last[f'test_{name}']:.4f}" for name in RATES)
    names = (NAMES[name] for name in RATES)
    return layout(
        [
            ["final test result", "epochs", "first loss", "last loss", *names],
            ["this run", str(len(records)), *losses, *values],
            PRINTED_BY_TEXTBOOK,
        ]
    )
