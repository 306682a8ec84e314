# SPDX-License-Identifier: BSD-3-Clause
"""Saving an estimator to a file, and loading it."""

import json
import os
from functools import cache
from pathlib import Path

import numpy as np

from skpulsar._estimator._portable import warn_of_version
from skpulsar._persistence import _arrays
from skpulsar._persistence._archive import archive, members_of
from skpulsar._persistence._estimators import estimator_of, plain
from skpulsar._persistence._values import Decoder, Encoder, Unsaved
from skpulsar._replace import replace
from skpulsar._version import __version__

DOCUMENT = "estimator.json"
PLAIN = "numbers, strings, arrays, lists, tuples and dicts"
REMEDIES = {
    "parameters": "Give it a plain value, or None, and set it again after load.",
    "attributes": "Delete it from this estimator before you save that.",
}


def save(estimator, path):
    """Save an estimator to a file: its complete state, without pickles.

    `load` gives an equal estimator, to the last bit, and training goes on with it as it
    would have gone on with this one.

    The file is written completely or not at all: a process that is killed, or a disk
    that is full, leaves the file that was there before. It is a zip archive of JSON and
    arrays, which other tools can look into, and its checksum shows every byte that
    changes.

    Parameters
    ----------
    estimator : estimator of skpulsar
        An estimator, fitted or not. Its class must be one of the library's.

    path : str or path-like
        The file. One that is there is replaced and keeps its permissions.

    Raises
    ------
    TypeError
        If `estimator` is none of skpulsar's, or has a parameter or an attribute that is
        no plain value, for instance a function. Nothing is written.
    OSError
        If the file cannot be written. What was there before is still there.

    See Also
    --------
    load : The inverse.

    Notes
    -----
    What the state is depends on how the estimator was trained: with psgd, `partial_fit`
    keeps rows of X (see `SLPClassifier.remove_data`), and so does the file. Callbacks
    are not saved, and neither is a subclass of your own.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import skpulsar
    >>> from skpulsar.datasets import make_pulsars
    >>> X, y = make_pulsars(n_samples=1000, random_state=0)
    >>> model = skpulsar.SLPClassifier(random_state=0).fit(X, y)
    >>> with TemporaryDirectory() as folder:
    ...     skpulsar.save(model, Path(folder, "model.skp"))
    ...     again = skpulsar.load(Path(folder, "model.skp"))
    >>> bool((again.predict_proba(X) == model.predict_proba(X)).all())
    True
    """
    replace(path, content_of(estimator))


def load(path):
    """Load an estimator that `save` has written.

    No file can make this function run code of its own, or take memory out of proportion
    to its size.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    estimator : estimator of skpulsar
        An estimator equal to the one that was saved.

    Raises
    ------
    ValueError
        If the file is damaged, was not written by `save`, or is of a newer format than
        this version of skpulsar reads.
    OSError
        If the file cannot be read.

    Warns
    -----
    InconsistentVersionWarning
        If another version of skpulsar wrote the file.

    See Also
    --------
    save : The inverse.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import skpulsar
    >>> X, y = [[0.0], [1.0], [2.0], [4.0]], [0, 0, 1, 1]
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.skp")
    ...     skpulsar.save(skpulsar.SLPClassifier(random_state=0).fit(X, y), path)
    ...     model = skpulsar.load(path)
    >>> model.predict([[0.0], [4.0]])
    array([0, 1])
    """
    content = Path(path).read_bytes()
    try:
        members, written = members_of(content, DOCUMENT, __version__)
        array = cache(lambda number: _arrays.loads(members[f"{number:d}.npy"]))
        decoder = Decoder(estimator_of, array)
        estimator = estimator_of(decoder.decode(json.loads(members[DOCUMENT])))
    except Exception as error:  # Whatever the content makes Python say of it.
        why = f"{error!s:.170}"
        if not isinstance(error, ValueError):
            kind = type(error).__name__
            why = f"it holds what save does not write ({kind:.40}: {why:.90})"
        raise ValueError(f"{_shown(path)} cannot be loaded: {why}.") from error
    warn_of_version(estimator, written, level=3)
    return estimator


def content_of(estimator):
    """The bytes of the file of an estimator.

    Raises
    ------
    TypeError
        If it cannot be saved; see `save`.
    """
    encoder = Encoder(plain)
    try:
        values = plain(estimator)
    except Unsaved:
        raise TypeError(refusal_of(estimator)) from None
    document = _document(values, encoder)
    members = {DOCUMENT: json.dumps(document, allow_nan=False).encode()}
    for number, array in enumerate(encoder.arrays):
        members[f"{number}.npy"] = _arrays.dumps(array)
    return archive(members, __version__)


def refusal_of(value):
    """Why a value is no estimator that can be saved, and what to do."""
    if isinstance(value, type):
        return f"save takes an estimator and got a class: make one, {value.__name__}()."
    return (
        f"save takes an estimator of skpulsar and got a {type(value).__name__}. Save "
        "the step of a pipeline, or the best_estimator_ of a search, that is one; for "
        "others there are skops.io and joblib."
    )


def _document(values, encoder):
    """The values of an estimator as `json.dumps` takes them."""
    document = dict(values)
    for part, remedy in REMEDIES.items():
        document[part] = {}
        for name, value in values[part].items():
            try:
                document[part][name] = encoder.encode(value)
            except Unsaved as unsaved:
                which = f"The {name!r:.60} {part[:-1]} of {values['class']}"
                why = f"{which} cannot be saved: it is or holds {_named(unsaved.value)}"
                raise TypeError(f"{why}, and files hold {PLAIN}. {remedy}") from None
    return document


def _named(value):
    """A value in a few words."""
    if callable(value):
        return f"the callable {getattr(value, '__name__', type(value).__name__):.40}"
    if type(value) is np.random.RandomState:  # Others than the usual ones.
        return f"a RandomState of {value.get_state(legacy=False)['bit_generator']:.40}"
    if type(value) is np.ndarray:
        return f"an array of {value.dtype!s:.40}"
    return f"a {type(value).__name__:.40}"


def _shown(path):
    """The end of a path, for a message."""
    path = str(os.fspath(path))
    return path if len(path) <= 80 else f"...{path[-77:]}"
