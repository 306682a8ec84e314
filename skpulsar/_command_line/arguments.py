# SPDX-License-Identifier: BSD-3-Clause
"""The arguments of ``skpulsar train`` and ``skpulsar score``."""

import argparse

HONESTLY = (
    "The cut-off is chosen on logits that five models give, each to the fifth of the "
    "rows that it was not trained on, and holds for the model of all rows. The figures "
    "that are printed count every row at a cut-off that was chosen without its fifth: "
    "they are what other candidates like these can be expected to show."
)


def parse_train(argv):
    """Return the arguments of ``skpulsar train``."""
    parser = _train_parser()
    arguments = parser.parse_args(argv)
    if arguments.out_of is not None and arguments.budget is None:
        parser.error("--out-of is the number of candidates that --budget is a part of")
    return arguments


def parse_score(argv):
    """Return the arguments of ``skpulsar score``."""
    return _score_parser().parse_args(argv)


def _train_parser():
    parser = argparse.ArgumentParser(
        prog="skpulsar train",
        description="Train SLPClassifier on a table of labelled candidates, and choose "
        "the cut-off from which on a candidate is predicted positive.",
        epilog=HONESTLY,
    )
    _add_table(parser)
    parser.add_argument(
        "--label", required=True, metavar="NAME", help="the column of labels"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="MODEL", help="the file to write"
    )
    parser.add_argument(
        "--positive",
        metavar="LABEL",
        help="the label that is looked for (default: 1, where labels are 0 and 1)",
    )
    parser.add_argument(
        "--drop",
        action="append",
        default=[],
        metavar="NAME",
        help="a column that is no feature; may be given again",
    )
    _add_model(parser.add_argument_group("the model (parameters of SLPClassifier)"))
    _add_constraints(parser.add_argument_group("the cut-off (at most one constraint)"))
    return parser


def _add_model(group):
    group.add_argument(
        "--alpha",
        type=_number(0, closed=True),
        default=1e-4,
        metavar="A",
        help="strength of the penalty (default: %(default)s)",
    )
    group.add_argument(
        "--standardize",
        action="store_true",
        help="penalise coefficients in units of the columns' deviations",
    )
    group.add_argument("--class-weight", choices=["balanced"], help="of every class")
    group.add_argument(
        "--sampling",
        type=_sampling,
        metavar="SHARE",
        help="'balanced', or the share of the rarer class that training sees",
    )
    group.add_argument(
        "--prior-correction",
        action="store_true",
        help="take out of the probabilities what the two options above put into them",
    )
    group.add_argument(
        "--random-state",
        type=_seed,
        default=0,
        metavar="N",
        help="of draws and folds (default: %(default)s)",
    )


def _add_constraints(group):
    one = group.add_mutually_exclusive_group()
    share = _number(0, 1)
    one.add_argument(
        "--max-fpr",
        type=share,
        metavar="R",
        help="most recall with a false-positive rate of at most R",
    )
    one.add_argument(
        "--min-recall",
        type=share,
        metavar="R",
        help="most precision with a recall of at least R",
    )
    one.add_argument(
        "--min-precision",
        type=share,
        metavar="P",
        help="most recall with a precision of at least P",
    )
    one.add_argument(
        "--budget",
        type=_number(0),
        metavar="N",
        help="select as many candidates as can be followed up: N of as many as TABLE "
        "has, or of --out-of",
    )
    group.add_argument(
        "--out-of",
        type=_number(0),
        metavar="M",
        help="the number of candidates of which --budget can be followed up",
    )


def _score_parser():
    parser = argparse.ArgumentParser(
        prog="skpulsar score",
        description="Score every row of a table by a model: its logit, its "
        "probability, and the label predicted at the model's cut-off. Rows that come "
        "through a pipe are scored as they come.",
        epilog="Columns are found by their names, in any order; others are ignored. "
        "How many candidates were scored, and how many a second, is told on standard "
        "error.",
    )
    _add_table(parser)
    parser.add_argument(
        "-m", "--model", required=True, metavar="MODEL", help="a file of skpulsar train"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="the file to write, Parquet if it ends in .parquet, else CSV; it appears "
        "when it is complete (default: CSV to standard output)",
    )
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="NAME",
        help="a column of TABLE to copy in front of the scores; may be given again. "
        "'%%' has the comments at the end of the rows of ARFF",
    )
    return parser


def _add_table(parser):
    parser.add_argument(
        "table",
        metavar="TABLE",
        help="a file, .csv, .arff (both also .gz) or .parquet; - is standard input",
    )
    parser.add_argument(
        "--format",
        choices=["csv", "arff", "parquet"],
        help="of TABLE, where its name does not say it (standard input: csv)",
    )
    parser.add_argument(
        "--names",
        type=lambda text: [name.strip() for name in text.split(",")],
        metavar="NAME,...",
        help="the columns of CSV without a line of names",
    )
    parser.add_argument(
        "--missing",
        choices=["error", "skip"],
        default="error",
        help="what to do about rows that lack a value (default: %(default)s)",
    )


def _number(low, high=None, *, closed=False):
    """Return a type for argparse: a float above low, or from low on, below high."""
    words = f"{'at least' if closed else 'above'} {low}"
    words += "" if high is None else f" and below {high}"

    def convert(text):
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        inside = value >= low if closed else value > low
        if not inside or value >= (float("inf") if high is None else high):
            raise argparse.ArgumentTypeError(f"{text!r} is not a number {words}")
        return value

    return convert


def _sampling(text):
    return text if text == "balanced" else _number(0, 1)(text)


def _seed(text):
    if text.isdecimal() and int(text) < 2**32:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text!r} is not an integer from 0 to {2**32 - 1}"
    )
