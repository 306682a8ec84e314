# SPDX-License-Identifier: BSD-3-Clause
"""python -m skpulsar: the pulsar study from end to end."""

import argparse
import os
import sys
from pathlib import Path

from skpulsar._study import balance, peers, repeats, textbook
from skpulsar._study.candidates import N_LEAST, read_candidates
from skpulsar._study.tables import write_csv

BAD_INPUT = 2  # argparse's own status
INTERRUPTED = 130  # what shells give for SIGINT and SIGPIPE
PIPE_CLOSED = 141


class StudyError(Exception):
    """What keeps the study from its end, in one line for the user."""


def main(argv=None):
    """Run the study.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments of the command line; by default those of the process.

    Returns
    -------
    status : int
        0; 2 where the input is of no use or the output has no place; 130 after Ctrl-C;
        141 where nobody reads standard output any longer.
    """
    arguments = _parser().parse_args(argv)
    try:
        _study(arguments)
        sys.stdout.flush()  # here: at exit nobody could catch what it raises
    except StudyError as error:
        return _refuse(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:  # of standard output
        # The interpreter flushes once more at exit; that must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return PIPE_CLOSED
        return _refuse(f"cannot write the report: {error.strerror or error}")
    return 0


def _refuse(error):
    print(f"skpulsar: error: {error}", file=sys.stderr)
    return BAD_INPUT


def _parser():
    parser = argparse.ArgumentParser(
        prog="skpulsar",
        description="The pulsar study: a textbook's perceptron, repeated pulsars done "
        "right and wrong, SLPClassifier beside its peers, and ways to balance it.",
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
        "--seed",
        type=_integer(0, 2**32 - 1),
        default=0,
        metavar="N",
        help="of every split, order and draw (default: %(default)s)",
    )
    parser.add_argument(
        "--epochs",
        type=_integer(1),
        default=10,
        metavar="N",
        help="of the textbook's run (default: %(default)s)",
    )
    parser.add_argument(
        "--report",
        type=_integer(0),
        default=1,
        metavar="N",
        help="a line every N epochs, 0 for none (default: %(default)s)",
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="folder for the tables as CSV files"
    )
    return parser


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


def _study(arguments):
    """Print the report, section by section; a section's table is saved at its end."""
    seed, epochs, folder = arguments.seed, arguments.epochs, arguments.output
    X, y, origin = _read(arguments.csv, seed)
    if folder is not None:
        _make_folder(folder)
    n_pulsars = int(y.sum())
    print(
        f"Data: {origin}\n{len(y)} candidates, {n_pulsars} of them pulsars "
        f"({n_pulsars / len(y):.2%}); seed {seed}."
    )
    sections = {
        "textbook": lambda: textbook.report(
            X, y, seed=seed, epochs=epochs, every=arguments.report
        ),
        "repeats": lambda: repeats.report(X, y, seed=seed, epochs=epochs),
        "peers": lambda: peers.report(X, y, seed=seed),
        "balance": lambda: balance.report(X, y, seed=seed),
    }
    for name, section in sections.items():
        try:
            records = section()
        except ValueError as error:  # training overflows, or all candidates are alike
            raise StudyError(f"cannot go on with these data: {error}") from error
        if folder is not None:
            _save(folder / f"{name}.csv", records)
    if folder is not None:
        print(f"\nTables: {', '.join(sections)}, as .csv in {str(folder)!r}.")


def _read(path, seed):
    try:
        X, y, origin = read_candidates(path, seed)
    except OSError as error:
        raise StudyError(f"cannot read {path!r}: {error.strerror or error}") from error
    except ValueError as error:
        raise StudyError(error) from error
    n_pulsars = int(y.sum())
    if min(n_pulsars, len(y) - n_pulsars) < N_LEAST:
        raise StudyError(
            f"the study needs {N_LEAST} pulsars and {N_LEAST} others at least, "
            f"found {n_pulsars} and {len(y) - n_pulsars}"
        )
    return X, y, origin


def _make_folder(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(
            f"cannot make the folder {str(folder)!r}: {error.strerror or error}"
        ) from error


def _save(path, records):
    try:
        write_csv(path, records)
    except OSError as error:
        reason = error.strerror or error
        raise StudyError(f"cannot write {str(path)!r}: {reason}") from error


if __name__ == "__main__":
    sys.exit(main())
