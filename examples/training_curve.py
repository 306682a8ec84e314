# SPDX-License-Identifier: BSD-3-Clause
"""Accuracy of training and of held-out rows after every epoch: TrainingCurveDisplay.

The textbook draws this picture of plain minibatch SGD on raw columns, and it jumps from
epoch to epoch: what the last minibatches held decides where the run ends. A history may
come from anywhere: here it is collected between calls of `partial_fit`.

    python examples/training_curve.py [--quick] [--output FILE]
"""

from _pictures import options_of, pulsars, show

from skpulsar import SLPClassifier
from skpulsar.displays import TrainingCurveDisplay

N_EPOCHS = 20


def main():
    options = options_of(__doc__)
    X_train, X_test, y_train, y_test = pulsars(options.quick)
    model = SLPClassifier(
        solver="sgd", batch_size=10, learning_rate_init=0.001, momentum=0.0, alpha=0.0,
        random_state=0,
    )  # fmt: skip
    history = {"epoch": [], "loss": [], "train_accuracy": [], "validation_accuracy": []}
    print(f"{'epoch':>5} {'loss':>8} {'training':>9} {'held out':>9}")
    for epoch in range(1, N_EPOCHS + 1):
        model.partial_fit(X_train, y_train, classes=[0, 1])
        scores = model.score(X_train, y_train), model.score(X_test, y_test)
        record = epoch, model.loss_, *scores
        for values, value in zip(history.values(), record, strict=True):
            values.append(value)
        print("{:5d} {:8.4f} {:9.4f} {:9.4f}".format(*record))
    held_out = history["validation_accuracy"]
    best = 1 + held_out.index(max(held_out))
    print(f"\nBest on held-out rows: epoch {best}")
    display = TrainingCurveDisplay.from_history(
        history, metric="accuracy", best_iter=best
    )
    show(display, options.output)


if __name__ == "__main__":
    main()
