# SPDX-License-Identifier: BSD-3-Clause
"""Labels in, numbers of classes out."""

import numpy as np
from sklearn.utils.multiclass import check_classification_targets

from skpulsar._estimator._input_checks import check_readable
from skpulsar._problem._threads import threads


def shown(classes):
    """Classes as an error message shows them."""
    return f"{classes.tolist()!s:.80}"


def check_labels(labels, name):
    """Refuse missing labels, and labels of types that have no order.

    Numbers are left to scikit-learn, which finds NaN among them.
    """
    if getattr(getattr(labels, "dtype", None), "kind", "-") in "biufc":
        return
    array = np.asarray(labels)
    if array.dtype.kind == "U" and isinstance(labels, (list, tuple)):
        array = np.asarray(labels, dtype=object)  # NumPy makes NaN among text "nan".
    if array.ndim == 0 or array.dtype.kind not in "OMm":
        return
    labels = array.ravel()
    others = [label for label in labels if not isinstance(label, str)]
    if any(map(is_missing, others)):
        place = next(k for k, label in enumerate(labels) if is_missing(label))
        row = place // (labels.size // len(array))
        raise ValueError(
            f"Input {name} contains NaN: a label is missing, first in row {row} "
            f"({labels[place]!s:.20}). Leave such rows out, or give them a label."
        )
    if 0 < len(others) < len(labels):
        types = sorted({type(label).__name__ for label in labels})
        raise TypeError(
            f"{name} mixes labels of the types {types!s:.100}, which have no order: "
            "make them all of one type."
        )


def is_missing(label):
    """Whether a label is None, NaN, NaT or pandas.NA."""
    if label is None:
        return True
    unequal = label != label  # NaN and NaT give True, pandas.NA gives pandas.NA.
    if isinstance(unequal, (bool, np.bool_)):
        return bool(unequal)
    return unequal is label


def find_classes(y):
    """The sorted classes of y.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)

    Returns
    -------
    classes : ndarray of shape (n_classes,), of the dtype of y

    Raises
    ------
    ValueError
        If y is no classification target.
    """
    if y.dtype.kind in "biuf":  # of two classes a sort would cost more than training
        low, high = y.min(), y.max()
        whole = y.dtype.kind != "f" or (
            float(low).is_integer() and float(high).is_integer()
        )
        if whole and np.count_nonzero(y == low) + np.count_nonzero(y == high) >= len(y):
            return np.unique([low, high])
    classes = np.unique(y)
    # Integers are classes; scikit-learn, which is asked of others, takes as long as a
    # small fit, and warns if most rows have a class of their own.
    if y.dtype.kind not in "biu" or 2 * len(classes) > len(y):
        check_classification_targets(y)
    return classes


def known_classes(classes, before):
    """The classes of a stream of labels.

    Parameters
    ----------
    classes : array-like of shape (n_classes,), or None
        Those given to this call.

    before : ndarray of shape (n_classes,), or None
        Those of earlier calls; None on the first.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.

    Raises
    ------
    ValueError
        If classes are missing on the first call, are fewer than two, or differ from
        those before.
    """
    if classes is None:
        if before is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return before
    check_readable(classes, "classes")
    check_labels(classes, "classes")
    classes = np.unique(classes)
    if len(classes) == 0:
        raise ValueError("classes is empty: it must hold the labels.")
    if classes.dtype.kind == "f" and not np.isfinite(classes).all():
        raise ValueError(f"classes={shown(classes)} holds NaN or infinity.")
    if len(classes) < 2:
        raise ValueError(
            f"classes must hold at least 2 labels, got {shown(classes)}. List all the "
            "labels that later calls may bring."
        )
    if before is not None and not np.array_equal(classes, before):
        raise ValueError(
            f"classes={shown(classes)} is not the same as on the first call to "
            f"partial_fit: {shown(before)}."
        )
    return classes


def by_label(given, classes, name):
    """Values of a dict for every class.

    Parameters
    ----------
    given : dict
        Values by label. Labels are looked up as they are, without conversion.

    classes : ndarray of shape (n_classes,)
        The labels.

    name : str
        Name of the parameter, for the error.

    Returns
    -------
    values : list of length n_classes
        The value is None for a class that is not in the dict.

    Raises
    ------
    ValueError
        If a class has no value while a key is not a class. If all classes have one,
        other keys are ignored, as in scikit-learn.
    """
    without = np.array([label not in given for label in classes])
    strange = [key for key in given if key not in set(classes)]
    if strange and without.any():
        raise ValueError(
            f"The classes, {shown(classes[without])}, are not in {name}, and its keys "
            f"{strange!s:.80} are no classes of y. Write every key as the label is in "
            "y, of the same type."
        )
    return [given.get(label) for label in classes]


def encode(y, classes):
    """Targets: the numbers of the classes, as float64.

    Raises
    ------
    ValueError
        If a label is none of the classes.
    """
    if len(classes) == 2:
        target = np.empty(len(y))

        def strange_of_part(first, stop):
            part, positive = y[first:stop], target[first:stop]
            positive[:] = part == classes[1]
            return first + np.flatnonzero((positive == 0) & (part != classes[0]))

        parts = threads().parts(len(y))
        strange = np.concatenate(threads().map(strange_of_part, parts))
    else:
        places = np.searchsorted(classes, y).clip(max=len(classes) - 1)
        target = places.astype(np.float64)
        strange = np.flatnonzero(classes[places] != y)
    if len(strange):
        raise ValueError(
            f"y holds the label {y[strange[0]]!s:.60}, which is not among the classes "
            f"seen before: {shown(classes)}."
        )
    return target
