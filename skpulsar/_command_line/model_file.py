# SPDX-License-Identifier: BSD-3-Clause
"""The file of a model: an estimator that `skpulsar.save` wrote."""

import skpulsar
from skpulsar._command_line import CommandError


def loaded(path):
    """The fitted estimator of a file, and the names of its features.

    The names are taken from it: it is asked for arrays, whose columns are in their
    order.

    Raises
    ------
    CommandError
        If the file cannot be read, or the estimator is of no use for a table.
    """
    try:
        model = skpulsar.load(path)
    except OSError as error:
        raise CommandError(
            f"cannot read the model {path!r}: {error.strerror or error}"
        ) from error
    except ValueError as error:
        raise CommandError(str(error)) from error
    kind = type(model).__name__
    if not hasattr(model, "n_features_in_"):
        raise CommandError(f"the {kind} in {path!r} has not been trained")
    if not hasattr(model, "feature_names_in_"):
        raise CommandError(
            f"the {kind} in {path!r} knows no names of columns: it was trained on an "
            "array; train it on a dataframe, on skpulsar.rows, or by skpulsar train"
        )
    names = model.feature_names_in_.tolist()
    del model.feature_names_in_
    return model, names


def save(model, path):
    """Write it, whole or not at all.

    Raises
    ------
    CommandError
        If it cannot be written.
    """
    try:
        skpulsar.save(model, path)
    except OSError as error:
        raise CommandError(
            f"cannot write the model {path!r}: {error.strerror or error}"
        ) from error
