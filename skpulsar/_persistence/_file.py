# SPDX-License-Identifier: BSD-3-Clause
"""Saving an estimator to a file, and loading it."""

import json
import os
from functools import cache
from pathlib import Path

from skpulsar._estimator._portable import warn_of_version
from skpulsar._persistence import _arrays
from skpulsar._persistence._archive import archive, members_of
from skpulsar._persistence._estimators import estimator_of, plain
from skpulsar._persistence._values import Decoder, Encoder
from skpulsar._replace import replace
from skpulsar._version import __version__

DOCUMENT = "estimator.json"


def save(estimator, path):
    """Save an estimator to a file, without pickles."""
    encoder = Encoder(plain)
    values = plain(estimator)
    document = json.dumps(encoder.encode(values), allow_nan=False)
    members = {DOCUMENT: document.encode()}
    for number, array in enumerate(encoder.arrays):
        members[f"{number}.npy"] = _arrays.dumps(array)
    replace(path, archive(members, __version__))


def load(path):
    """Load an estimator that `save` has written."""
    content = Path(path).read_bytes()
    try:
        members, written = members_of(content, DOCUMENT, __version__)
        array = cache(lambda number: _arrays.loads(members[f"{number:d}.npy"]))
        decoder = Decoder(estimator_of, array)
        estimator = estimator_of(decoder.decode(json.loads(members[DOCUMENT])))
    except Exception as error:  # Whatever the content makes Python say of it.
        raise ValueError(f"{os.fspath(path)!s:.100} {error!s:.190}.") from error
    warn_of_version(estimator, written, level=3)
    return estimator
