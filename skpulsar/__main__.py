# SPDX-License-Identifier: BSD-3-Clause
"""python -m skpulsar: the pulsar study from end to end."""

import io
import os
import sys

from skpulsar._study import StudyError

BAD_INPUT = 2  # argparse uses this status, too.
INTERRUPTED = 130  # what shells give for SIGINT and SIGPIPE
PIPE_CLOSED = 141


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
    if sys.stdout is None:
        return _refuse("cannot write the report: standard output is closed")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # In a pipe too every line is seen at once, and no name of a file is an error.
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    try:
        try:
            _run(argv)
        finally:
            sys.stdout.flush()  # here: at exit nobody could catch what it raises
    except StudyError as error:
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
        return _refuse(f"cannot write the report: {error.strerror or error}")
    return 0


def _run(argv):
    # What takes a second to import is imported here, where Ctrl-C is answered, and
    # after --help.
    from skpulsar._study.arguments import parse

    arguments = parse(argv)
    from skpulsar._study.report import print_report

    print_report(arguments)


def _refuse(error):
    print(f"skpulsar: error: {error}", file=sys.stderr)
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
