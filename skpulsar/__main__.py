# SPDX-License-Identifier: BSD-3-Clause
"""skpulsar, or python -m skpulsar: the pulsar study, training and scoring."""

import io
import os
import signal
import sys
import threading
from contextlib import contextmanager

from skpulsar._command_line import CommandError
from skpulsar._command_line.messages import warnings_told
from skpulsar._study import StudyError

BAD_INPUT = 2  # argparse uses this status, too.
INTERRUPTED = 130  # what shells give for SIGINT and SIGPIPE
PIPE_CLOSED = 141


def main(argv=None):
    """Run a command; without the name of one, the study.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments of the command line; by default those of the process.

    Returns
    -------
    status : int
        0; 2 where the input is of no use or the output has no place; 130 after Ctrl-C
        or SIGTERM; 141 where nobody reads standard output any longer.
    """
    argv = sys.argv[1:] if argv is None else argv
    run = COMMANDS.get(argv[0]) if argv else None
    printed = "the scores" if run is _score else "the report"
    if sys.stdout is None:
        return _refuse(f"cannot write {printed}: standard output is closed")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # In a pipe too every line is seen at once, and no name of a file is an error.
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    try:
        try:
            with _terminated_by_interrupt():
                _study(argv) if run is None else run(argv[1:])
        finally:
            sys.stdout.flush()  # here: at exit nobody could catch what it raises
    except (CommandError, StudyError) as error:
        return _refuse(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except MemoryError:
        return _refuse("not enough memory")
    except OSError as error:  # of standard output
        # The interpreter flushes once more at exit; that must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return PIPE_CLOSED
        return _refuse(f"cannot write {printed}: {error.strerror or error}")
    return 0


# What takes a second to import is imported in these, where Ctrl-C is answered, and
# after --help.


def _study(argv):
    from skpulsar._study.arguments import parse

    arguments = parse(argv)
    from skpulsar._study.report import print_report

    print_report(arguments)


def _train(argv):
    from skpulsar._command_line.arguments import parse_train

    arguments = parse_train(argv)
    with _faults_of_input():
        from skpulsar._command_line.train import train

        train(arguments)


def _score(argv):
    from skpulsar._command_line.arguments import parse_score

    arguments = parse_score(argv)
    with _faults_of_input():
        from skpulsar._command_line.score import score

        score(arguments)


COMMANDS = {"study": _study, "train": _train, "score": _score}


@contextmanager
def _terminated_by_interrupt():
    """Let SIGTERM, by which batch systems end a job, be Ctrl-C: files that are half
    written go."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python has signals in that one only.
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _faults_of_input():
    """What the library says of a table is an error of the command, or a warning."""
    try:
        with warnings_told():
            yield
    except ModuleNotFoundError as error:
        raise CommandError(
            f"{error.name} is not installed, which reads tables: pip install "
            "'skpulsar[files]'"
        ) from error
    except (ValueError, TypeError, ImportError, NotImplementedError) as error:
        raise CommandError(" ".join(str(error).split())) from error


def _refuse(error):
    print(f"skpulsar: error: {error}", file=sys.stderr)
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
