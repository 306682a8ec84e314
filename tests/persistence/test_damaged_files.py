# SPDX-License-Identifier: BSD-3-Clause
"""Files that are not what they should be are a ValueError, whatever is in them."""

import json
import warnings
import zipfile
from hashlib import sha256
from io import BytesIO

import numpy as np
import pytest
from _fitted import X, Y, assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import InconsistentVersionWarning

import skpulsar
from skpulsar import SLPClassifier, SLPRegressor
from skpulsar._persistence import _archive


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The smallest file of a fitted estimator, or nearly so."""
    path = tmp_path_factory.mktemp("small") / "model"
    model = SLPClassifier(solver="sgd", max_iter=1, tol=None)
    skpulsar.save(model.fit(X[:, :1], Y), path)
    return path.read_bytes()


def refused(content, folder, words="cannot be loaded: "):
    path = folder / "model.skp"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words) as caught:
        skpulsar.load(path)
    assert len(str(caught.value)) <= 300


def test_every_changed_byte_is_found(small, tmp_path):
    """One bit of it, or all of them."""
    random, path = np.random.default_rng(0), tmp_path / "model"
    path.write_bytes(small)
    with open(path, "r+b", buffering=0) as file:
        for place, byte in enumerate(small):
            changed = byte ^ (1 << random.integers(8) if place % 2 else 0xFF)
            file.seek(place)
            file.write(bytes([changed]))
            try:  # Not pytest.raises, which takes longer than all else.
                skpulsar.load(path)
            except ValueError as error:
                assert "cannot be loaded: it " in str(error)
            else:
                pytest.fail(f"byte {place} was changed, and nobody saw it")
            file.seek(place)
            file.write(bytes([byte]))
    assert skpulsar.load(path).n_iter_ == 1


def test_every_missing_or_added_end_is_found(small, tmp_path):
    for length in [*range(200), *range(200, len(small), 37), len(small) - 1]:
        refused(small[:length], tmp_path, "cut short|not written by")
    for more in (b"\0", small):
        refused(small + more, tmp_path)
    refused(small[1:], tmp_path, "damaged")


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x04K\x01.", b"PK\x05\x06" + bytes(18), b"\x93NUMPY" * 99]
)
def test_files_of_something_else_are_told(content, tmp_path):
    refused(content, tmp_path, "it was not written by skpulsar.save")


def sealed(content, **changes):
    """A file with some bytes of its comment changed and a right checksum."""
    body = bytes(content[:-64])
    for old, new in changes.values():
        assert len(old) == len(new) and old in body
        body = body.replace(old, new)
    return body + sha256(body).hexdigest().encode()


def test_a_newer_format_is_told(small, tmp_path):
    content = sealed(small, format=(b"format 1,", b"format 2,"))
    words = "written by skpulsar .* in format 2, and this is skpulsar .*: upgrade"
    refused(content, tmp_path, words)
    content = sealed(small, format=(b"format 1,", b"format 0,"))
    refused(content, tmp_path, "format 0, which does not exist")


def test_another_version_is_told_of(monkeypatch, tmp_path):
    model = SLPClassifier().fit(X, Y)
    with monkeypatch.context() as patch:
        patch.setattr("skpulsar._persistence._file.__version__", "0.0.1")
        skpulsar.save(model, tmp_path / "model")
    words = f"from version skpulsar 0.0.1 .* version skpulsar {skpulsar.__version__}"
    with pytest.warns(InconsistentVersionWarning, match=words) as caught:
        again = skpulsar.load(tmp_path / "model")
    assert len(caught) == 1 and caught[0].filename == __file__
    assert_same(vars(again), vars(model))


def members(content):
    with zipfile.ZipFile(BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def remade(content, change):
    """A file whose document a function has changed, with a right checksum."""
    parts = members(content)
    document = json.loads(parts["estimator.json"])
    change(document)
    parts["estimator.json"] = json.dumps(document).encode()
    return bytes(_archive.archive(parts, skpulsar.__version__))


@pytest.mark.parametrize(
    "words, change",
    [
        ("'Unheard' is no estimator", lambda d: d.update({"class": "Unheard"})),
        ("'save' is no estimator", lambda d: d.update({"class": "save"})),
        ("'sgd_steps' is unknown", lambda d: d["parameters"].update(sgd_steps=1)),
        ("'predict' is unknown", lambda d: d["attributes"].update(predict=1)),
        ("'__class__' is unknown", lambda d: d["attributes"].update(__class__=1)),
        ("'a b' is unknown", lambda d: d["attributes"].update({"a b": 1})),
        ("has no attribute '_state'", lambda d: d["attributes"].pop("_state")),
        ("KeyError: 'parameters'", lambda d: d.pop("parameters")),
        ("KeyError: '77.npy'", lambda d: d["attributes"].update(coef_={"$array": 77})),
        ("KeyError: 'pickle'", lambda d: d["attributes"].update(x_={"$pickle": ""})),
    ],
)
def test_strange_documents_are_refused(small, words, change, tmp_path):
    refused(remade(small, change), tmp_path, words)


def test_a_parameter_of_later_may_be_missing(small, tmp_path):
    """It has its default then."""
    content = remade(small, lambda document: document["parameters"].pop("verbose"))
    (tmp_path / "model").write_bytes(content)
    assert skpulsar.load(tmp_path / "model").verbose == 0


STRANGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda part: (
        st.lists(part, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["$array", "$scalar", "$tuple", "$dict", "$float", "$objects", "$bytes",
                 "$RandomState", "$estimator", "skpulsar.Rows", "skpulsar.History",
                 "skpulsar.Softmax", "a"]
            ),
            part,
            max_size=2,
        )
    ),
    max_leaves=8,
)  # fmt: skip


def places(value, path=()):
    """Paths to all values in a document."""
    yield path
    pairs = value.items() if isinstance(value, dict) else ()
    pairs = enumerate(value) if isinstance(value, list) else pairs
    for key, each in pairs:
        yield from places(each, (*path, key))


@given(data=st.data())
@settings(deadline=None, max_examples=300)
def test_no_document_yields_anything_but_an_estimator_or_a_value_error(
    tmp_path_factory, small, data
):
    """Whatever stands in the file, under a right checksum."""

    def change(document):
        path = data.draw(st.sampled_from([p for p in places(document) if p]))
        for key in path[:-1]:
            document = document[key]
        if data.draw(st.booleans()):
            document[path[-1]] = data.draw(STRANGE)
        else:
            del document[path[-1]]

    path = tmp_path_factory.getbasetemp() / "strange"
    path.write_bytes(remade(small, change))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            assert isinstance(skpulsar.load(path), (SLPClassifier, SLPRegressor))
        except ValueError as error:
            assert len(str(error)) <= 300


@pytest.mark.parametrize("odd", ["compressed", "twice"])
def test_strange_archives_are_refused(small, odd, tmp_path):
    """A member of 50 MB that is some bytes in the file, and one that is there twice."""
    comment, stream = members_comment(small), BytesIO()
    method = zipfile.ZIP_DEFLATED if odd == "compressed" else zipfile.ZIP_STORED
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the name that is there twice
        with zipfile.ZipFile(stream, "w", method) as file:
            for name, content in members(small).items():
                file.writestr(name, content)
            if odd == "compressed":
                file.writestr("9.npy", bytes(50_000_000))
            else:
                file.writestr("0.npy", b"")
            file.comment = comment
    refused(sealed(stream.getvalue()), tmp_path, "it has members that")


def members_comment(content):
    with zipfile.ZipFile(BytesIO(content)) as file:
        return file.comment


def test_deep_nesting_is_refused(small, tmp_path):
    parts = members(small)
    for n in (900, 100_000):
        parts["estimator.json"] = b"[" * n + b"]" * n
        refused(bytes(_archive.archive(parts, "1")), tmp_path)
