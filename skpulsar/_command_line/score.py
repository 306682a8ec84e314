# SPDX-License-Identifier: BSD-3-Clause
"""``skpulsar score``: what a model says of every row of a table."""

from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skpulsar._command_line import CommandError
from skpulsar._command_line.answers import answers_of
from skpulsar._command_line.features import Features
from skpulsar._command_line.messages import tell
from skpulsar._command_line.model_file import loaded
from skpulsar._command_line.scores import check_place, writer_to
from skpulsar._command_line.tables import find, table_of


def score(arguments):
    """Score a table, batch by batch, in constant memory.

    Parameters
    ----------
    arguments : argparse.Namespace
        What `parse` returns for ``score``.

    Raises
    ------
    CommandError, ValueError
        If model, table or output are of no use.
    """
    if arguments.output is not None:
        check_place(arguments.output, arguments.table, arguments.model)
    model, names = loaded(arguments.model)
    answers = answers_of(model)
    begin = perf_counter()
    with table_of(arguments.table, arguments.format, arguments.names) as table:
        features = Features(find(names, table), table.name, arguments.missing == "skip")
        kept = find(arguments.keep, table)
        _check_names([*kept, *answers.names])
        scored = _scored(table, features, kept, answers)
        first = next(scored)
        with writer_to(arguments.output, first.schema) as write:
            write(first)
            n_positive = 0
            for batch in scored:
                write(batch)
                if answers.positive is not None:
                    n_positive += _count(batch.column("prediction"), answers.positive)
    _tell(features, answers.positive, n_positive, perf_counter() - begin)


def _tell(features, positive, n_positive, seconds):
    """Tell what was scored, and how fast."""
    n_scored = features.n_rows - features.n_skipped
    found = ""
    if positive is not None:
        found = f", {n_positive:,} of them predicted {positive!r}"
    skipped = f", {features.n_skipped:,} skipped" if features.n_skipped else ""
    tell(
        f"scored {n_scored:,} candidates in {seconds:.3g} s, "
        f"{n_scored / seconds:,.0f} a second{found}{skipped}"
    )


def _count(values, value):
    """How many of some values are this one."""
    return pc.sum(pc.equal(values, value)).as_py() or 0


def _scored(table, features, kept, answers):
    """Yield record batches of the columns that are kept, and of the answers. The first
    has no rows."""
    texts = [name for name in kept if name not in features.names]
    for batch in table.batches(features.names, texts):
        X, batch = features.of(batch)
        arrays = answers(X) if len(X) else _no_rows(answers, X)
        arrays = [*map(batch.column, kept), *arrays]
        yield pa.RecordBatch.from_arrays(arrays, names=[*kept, *answers.names])


def _no_rows(answers, X):
    """The columns that it has, without rows: models refuse arrays that have none."""
    return [array[:0] for array in answers(np.zeros((1, X.shape[1]), X.dtype))]


def _check_names(names):
    """Refuse names of columns that are there twice in the output."""
    for name in names:
        if names.count(name) > 1:
            raise CommandError(
                f"--keep {name!r:.80}: the output would have two columns of this name"
            )
