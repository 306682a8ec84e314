# SPDX-License-Identifier: BSD-3-Clause
"""The arguments of ``python -m skpulsar``."""

import argparse
from pathlib import Path


def parse(argv=None):
    """Return the arguments of the command line, those of the process by default."""
    parser = argparse.ArgumentParser(
        prog="skpulsar",
        description="The pulsar study: a textbook's perceptron, the rarer class "
        "repeated right and wrong, SLPClassifier beside its peers, and ways to balance "
        "it. For tables of your own: skpulsar train --help, skpulsar score --help.",
        epilog="Without CSV the study takes HTRU2 from scikit-learn's data home if it "
        "is there, and else a synthetic twin of it. All figures but times and memory "
        "depend on the data and the seed alone.",
    )
    parser.add_argument(
        "csv",
        nargs="?",
        metavar="CSV",
        help="pulsar candidates in HTRU2's format, with a header line or without",
    )
    parser.add_argument(
        "--drop-incomplete",
        action="store_true",
        help="leave out rows of CSV that lack a value",
    )
    parser.add_argument(
        "--seed",
        type=_integer(0, 2**32 - 1),
        default=0,
        metavar="N",
        help="of every split, order and draw (default: %(default)s)",
    )
    _add_textbook(parser)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="folder for the tables as CSV files, and a page of pictures (matplotlib)",
    )
    return parser.parse_args(argv)


def _add_textbook(parser):
    """Add the options of the textbook's run."""
    parser.add_argument(
        "--epochs",
        type=_integer(1),
        default=10,
        metavar="N",
        help="of the textbook's run (default: %(default)s)",
    )
    parser.add_argument(
        "--batch-size",
        type=_integer(1),
        default=10,
        metavar="N",
        help="of its minibatches (default: %(default)s)",
    )
    parser.add_argument(
        "--balance",
        action="store_true",
        help="repeat the rarer class in the textbook's run until it equals the other, "
        "once before the split and once in training rows only",
    )
    parser.add_argument(
        "--report",
        type=_integer(0),
        default=1,
        metavar="N",
        help="a line every N epochs, 0 for none (default: %(default)s)",
    )


def _integer(low, high=None):
    """Return a type for argparse: an int from low to high."""
    bounds = f"at least {low}" if high is None else f"from {low} to {high}"

    def convert(text):
        try:
            value = int(text)
        except ValueError:
            value = None
        if value is None or value < low or (high is not None and value > high):
            raise argparse.ArgumentTypeError(f"{text!r} is not an integer {bounds}")
        return value

    return convert
