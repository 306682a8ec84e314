# SPDX-License-Identifier: BSD-3-Clause
"""The assertion that a call raises and changes nothing, and its parametrisations."""

import pickle
from pathlib import Path

import pytest

import skpulsar

PACKAGE = Path(skpulsar.__file__).parent

in_either_state = pytest.mark.parametrize(
    "fitted", [False, True], ids=["new", "fitted"]
)
by_fit_and_partial_fit = pytest.mark.parametrize("method", ["fit", "partial_fit"])


def kinds(*groups):
    """A parametrisation over (error, words, change)."""
    cases = [
        pytest.param(error, words, change, id=kind)
        for error, words, changes in groups
        for kind, change in changes.items()
    ]
    return pytest.mark.parametrize("error, words, change", cases)


def refuses(error, words, model, method, *arguments, **options):
    """Assert that the call raises as promised and leaves every bit of the estimator."""
    before = pickle.dumps(vars(model))
    if method == "partial_fit":
        options.setdefault("classes", [0, 1])
    with pytest.raises(error, match=words) as caught:
        getattr(model, method)(*arguments, **options)
    if Path(caught.traceback[-1].path).is_relative_to(PACKAGE):
        assert len(str(caught.value)) <= 300
    assert pickle.dumps(vars(model)) == before
