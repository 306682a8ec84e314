# SPDX-License-Identifier: BSD-3-Clause
"""What releases have written is read: files of `save`, and pickles."""

import pickle
from contextlib import nullcontext
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import is_regressor
from sklearn.exceptions import InconsistentVersionWarning

import skpulsar

RELEASES = sorted(Path(__file__).parent.glob("releases/*.zip"))


@pytest.fixture(scope="module", params=RELEASES, ids=lambda path: path.stem)
def release(request):
    """The version, the contents of its archive by name, what was predicted, by name of
    the estimator, and the rows."""
    with ZipFile(request.param) as archive:
        with archive.open("predictions.npz") as file:
            predictions = dict(np.load(file))
        contents = {name: archive.read(name) for name in archive.namelist()}
    X = predictions.pop("X")
    return request.param.stem, contents, predictions, X


def of_version(version):
    """Our own warning of another version, for each estimator; none of scikit-learn's,
    whatever version of that wrote them."""
    if version == skpulsar.__version__:
        return nullcontext([])
    words = f"from version skpulsar {version} when using version skpulsar "
    return pytest.warns(InconsistentVersionWarning, match=words)


def check(model, expected, X):
    """It predicts what it did, and can be trained further."""
    predict = getattr(model, "predict_proba", model.predict)
    assert_allclose(predict(X), expected, rtol=1e-12)
    if hasattr(model, "partial_fit") and not getattr(model, "multilabel_", False):
        model.set_params(early_stopping=False)
        y = expected if is_regressor(model) else model.predict(X)
        seen = model.t_
        assert model.partial_fit(X, y).t_ > seen


def test_this_version_and_those_before_are_there():
    assert skpulsar.__version__ in [path.stem for path in RELEASES]


def test_files_are_read(release, tmp_path):
    version, contents, predictions, X = release
    for name, expected in predictions.items():
        path = tmp_path / name
        path.write_bytes(contents[f"{name}.skp"])
        with of_version(version) as caught:
            model = skpulsar.load(path)
        assert len(caught) == (version != skpulsar.__version__)
        check(model, expected, X)


def test_pickles_are_read(release):
    version, contents, predictions, X = release
    with of_version(version) as caught:
        models = pickle.loads(contents["all.pickle"])
    others = len(models) + 1  # A search holds the estimator that it chose.
    assert len(caught) == (others if version != skpulsar.__version__ else 0)
    assert models.keys() == predictions.keys()
    for name, model in models.items():
        check(model, predictions[name], X)
