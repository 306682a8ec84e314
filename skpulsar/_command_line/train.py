# SPDX-License-Identifier: BSD-3-Clause
"""``skpulsar train``: a model of a table, its cut-off, and a report of both."""

import math
from pathlib import Path
from time import perf_counter

import numpy as np

from skpulsar import SLPClassifier
from skpulsar._command_line import CommandError
from skpulsar._command_line.cutoff import ModelCutoff
from skpulsar._command_line.held_out import folds_of, held_out_logits, measured
from skpulsar._command_line.model_file import save
from skpulsar._command_line.report import print_classes, print_cutoff
from skpulsar._command_line.rule import CONSTRAINTS, Rule
from skpulsar._command_line.scores import check_place
from skpulsar._command_line.tables import table_of
from skpulsar._command_line.training_table import training_rows
from skpulsar.thresholds import cutoffs


def train(arguments):
    """Train a model on a table, choose its cut-off, save it and print a report.

    Parameters
    ----------
    arguments : argparse.Namespace
        What `parse` returns for ``train``.

    Raises
    ------
    CommandError, TypeError, ValueError
        If the table is of no use, or the constraint cannot be met.
    """
    check_place(arguments.output, arguments.table)
    if not Path(arguments.output).absolute().parent.is_dir():
        raise CommandError(
            f"no folder for the model {arguments.output!r}: make it first"
        )
    begin = perf_counter()
    model = _trained(arguments)
    save(model, arguments.output)
    print(f"saved in {arguments.output!r} after {perf_counter() - begin:.2g} s")


def _trained(arguments):
    """The model with its cut-off; what is known of them is printed."""
    with table_of(arguments.table, arguments.format, arguments.names) as table:
        rows, y, names, n_skipped = training_rows(
            table,
            arguments.table,
            arguments.label,
            arguments.drop,
            arguments.missing == "skip",
        )
        skipped = f"; skipped {n_skipped:,} without a value" if n_skipped else ""
        print(f"{len(y):,} rows of {table.name}, {len(names)} features{skipped}")
    fold = folds_of(y, arguments.random_state)
    positive = _positive(np.unique(y).tolist(), arguments)
    model = SLPClassifier(
        alpha=arguments.alpha,
        standardize=arguments.standardize,
        class_weight=arguments.class_weight,
        sampling=arguments.sampling,
        prior_correction=arguments.prior_correction,
        random_state=arguments.random_state,
    )
    logits = held_out_logits(model, rows, y, fold)
    model.fit(rows, y)
    print(
        f"objective {model.loss_:.6g}, by estimate {model.objective_gap_:.2g} above "
        f"its minimum; epochs: {model.n_iter_}"
    )
    if positive is None:
        print_classes(y, model.classes_[logits.argmax(axis=1)])
        return model
    rule = _rule(arguments, len(y))
    if positive == model.classes_[0]:
        logits = -logits
    cutoff = _cutoff(model, rule, positive, y == positive, logits, fold)
    print_cutoff(cutoff)
    cutoff.attach(model)
    return model


def _cutoff(model, rule, positive, y, logits, fold):
    """The cut-off chosen by logits of rows held out."""
    threshold = rule.choose(cutoffs(y, logits)).threshold
    if threshold == math.inf:
        raise CommandError(
            f"no cut-off selects a row, and has {rule}: relax the constraint, or give "
            "more rows"
        )
    tp, fp = measured(rule, y, logits, fold)
    n_positive = int(np.count_nonzero(y))
    return ModelCutoff(
        threshold,
        positive,
        str(rule),
        precision=tp / (tp + fp) if tp + fp else math.nan,
        recall=tp / n_positive,
        f1=2 * tp / (tp + fp + n_positive),
        fpr=fp / (len(y) - n_positive),
        intercept=model.intercept_.tolist(),
    )


def _positive(labels, arguments):
    """The label that is looked for; None where there are more than two."""
    names = *CONSTRAINTS, "positive"
    given = [name for name in names if getattr(arguments, name) is not None]
    if len(labels) > 2:
        if given:
            raise CommandError(
                f"--{given[0].replace('_', '-')} is for two classes, and there are "
                f"{len(labels)}: {', '.join(map(repr, labels)):.100}"
            )
        return None
    if arguments.positive is None:
        if labels[1] == 1 and labels[0] in (0, -1):
            return labels[1]
        raise CommandError(
            f"the labels are {labels[0]!r:.60} and {labels[1]!r:.60}: say by "
            "--positive which is looked for"
        )
    given = arguments.positive.strip()  # Labels are without spaces, too.
    for label in labels:
        if str(label) in (given, f"{given}.0"):
            return label
    raise CommandError(
        f"--positive {arguments.positive!r:.60} is no label: they are "
        f"{labels[0]!r:.60} and {labels[1]!r:.60}"
    )


def _rule(arguments, n_rows):
    """The rule by which the cut-off is chosen."""
    for name in CONSTRAINTS:
        share = getattr(arguments, name)
        if share is not None:
            return Rule(name, _of_all(arguments, n_rows) if name == "budget" else share)
    return Rule()


def _of_all(arguments, n_rows):
    """The share of all candidates that the budget is."""
    budget, out_of = arguments.budget, arguments.out_of or n_rows
    if budget > out_of:
        raise CommandError(
            f"--budget: {budget:g} is more than all {out_of:,g} candidates: give a "
            "smaller one, or --out-of how many there are"
        )
    return budget / out_of
