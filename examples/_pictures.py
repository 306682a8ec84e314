# SPDX-License-Identifier: BSD-3-Clause
"""What the scripts that draw a display share: options, rows, a file or a window."""

import argparse

from sklearn.model_selection import train_test_split

from skpulsar.datasets import make_pulsars


def options_of(doc):
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rows")
    parser.add_argument(
        "--output", metavar="FILE", help="save the picture, instead of a window"
    )
    return parser.parse_args()


def pulsars(quick):
    """Candidates to train and to test on: X_train, X_test, y_train, y_test."""
    X, y = make_pulsars(n_samples=4000 if quick else 17898, random_state=0)
    return train_test_split(X, y, stratify=y, random_state=0)


def show(display, file):
    """Save the picture in a file, or open a window where there is a screen."""
    from matplotlib import pyplot

    if file is not None:
        display.figure_.savefig(file, dpi=150)
        print(f"\nSaved {file}")
    elif pyplot.get_backend().lower() != "agg":
        pyplot.show()
