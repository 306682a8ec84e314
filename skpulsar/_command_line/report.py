# SPDX-License-Identifier: BSD-3-Clause
"""What `skpulsar train` prints of what was measured on rows held out."""

from sklearn.metrics import precision_recall_fscore_support

from skpulsar.losses import sigmoid

HELD_OUT = "(every row by a model that was not trained on it"


def print_cutoff(cutoff):
    """Print a cut-off and what it reaches."""
    print(
        f"cut-off: {cutoff.rule}\n"
        f"predicted {cutoff.positive!r} from a logit of {cutoff.threshold:.4g} on, a "
        f"probability of {sigmoid(cutoff.threshold):.3g}\n"
        f"precision {cutoff.precision:.3f}, recall {cutoff.recall:.3f}, "
        f"F1 {cutoff.f1:.3f}, false-positive rate {cutoff.fpr:.4f}\n"
        f"{HELD_OUT}, at a cut-off chosen on other rows)"
    )


def print_classes(y, predicted):
    """Print precision, recall and F1 of every class."""
    labels = sorted(set(y.tolist()))
    scores = precision_recall_fscore_support(
        y, predicted, labels=labels, zero_division=0
    )
    for label, precision, recall, f1, n_rows in zip(labels, *scores, strict=True):
        print(
            f"{label!r}: {n_rows:,} rows, precision {precision:.3f}, recall "
            f"{recall:.3f}, F1 {f1:.3f}"
        )
    print(f"{HELD_OUT})")
