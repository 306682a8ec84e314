# SPDX-License-Identifier: BSD-3-Clause
"""The whole report: the data, then every section, whose tables are saved."""

import re
from tempfile import TemporaryFile

from skpulsar._replace import replace
from skpulsar._study import StudyError, balance, page, peers, repeats, textbook
from skpulsar._study.candidates import MIN_CLASS_COUNT, read_candidates
from skpulsar._study.tables import write_csv


def print_report(arguments):
    """Print the report, section by section; a section's table is saved at its end."""
    seed, epochs, folder = arguments.seed, arguments.epochs, arguments.output
    X, y, columns, origin = _read(arguments)
    if folder is not None:
        _make_folder(folder)
    n_pulsars = int(y.sum())
    print(
        f"Data: {origin}\n{len(y)} candidates, {n_pulsars} of them pulsars "
        f"({n_pulsars / len(y):.2%}); seed {seed}."
    )
    sections = {
        "textbook": lambda: textbook.report(
            X,
            y,
            seed=seed,
            epochs=epochs,
            every=arguments.report,
            batch_size=arguments.batch_size,
            balance=arguments.balance,
        ),
        "repeats": lambda: repeats.report(X, y, seed=seed, epochs=epochs),
        "peers": lambda: peers.report(X, y, seed=seed),
        "balance": lambda: balance.report(X, y, seed=seed),
    }
    records = {}
    for name, section in sections.items():
        records[name] = _on_these_data(section, columns)
        if folder is not None:
            _save(write_csv, folder / f"{name}.csv", records[name])
    if folder is not None:
        print(
            f"\nTables: {', '.join(sections)}, as .csv in {str(folder)!r}; "
            f"{_draw(folder / 'study.png', X, y, seed, records, columns)}."
        )


def _on_these_data(section, columns):
    """What a section returns; a ValueError ends the study."""
    try:
        return section()
    except ValueError as error:  # training overflows, or all candidates are alike
        raise StudyError(
            f"cannot go on with these data: {_by_column(str(error), columns)}"
        ) from error


def _draw(path, X, y, seed, records, columns):
    """Save the page of pictures; return a note of it."""
    try:
        picture = _on_these_data(
            lambda: page.draw(X, y, seed=seed, records=records), columns
        )
    except ImportError:
        return 'no pictures without matplotlib: pip install "skpulsar[plot]"'
    _save(replace, path, picture)
    return f"pictures: {path.name}"


def _by_column(message, columns):
    """Count an estimator's columns of X, which are indices, as those of a file are."""

    def in_file(found):
        index = int(found[1])
        return f"{index + 1} ({columns[index]!r})"

    return re.sub(r"(?<=olumn )(\d+) of X", in_file, message)


def _read(arguments):
    path = arguments.csv
    try:
        candidates = read_candidates(
            path, arguments.seed, drop_incomplete=arguments.drop_incomplete
        )
    except OSError as error:
        raise StudyError(f"cannot read {path!r}: {error.strerror or error}") from error
    except ValueError as error:
        raise StudyError(error) from error
    n_pulsars = int(candidates.y.sum())
    n_others = len(candidates.y) - n_pulsars
    if min(n_pulsars, n_others) < MIN_CLASS_COUNT:
        raise StudyError(
            f"the study needs {MIN_CLASS_COUNT} pulsars and {MIN_CLASS_COUNT} others "
            f"at least, found {n_pulsars} and {n_others}"
        )
    return candidates


def _make_folder(folder):
    """Make the folder, and write in it once: before the work, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except FileExistsError as error:
        raise StudyError(f"{str(folder)!r} is no folder for the tables") from error
    except OSError as error:
        raise StudyError(
            f"cannot write in the folder {str(folder)!r}: {error.strerror or error}"
        ) from error


def _save(write, path, content):
    try:
        write(path, content)
    except OSError as error:
        reason = error.strerror or error
        raise StudyError(f"cannot write {str(path)!r}: {reason}") from error
