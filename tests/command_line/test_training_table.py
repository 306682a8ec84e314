# SPDX-License-Identifier: BSD-3-Clause
import os
import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from _commands import FORMATS, NAMES, candidates, save, standard_input

from skpulsar import SLPClassifier
from skpulsar._command_line import CommandError
from skpulsar._command_line.tables import table_of
from skpulsar._command_line.training_table import training_rows


def read(path, label="label", drop=("id",), skip=False, format=None):
    with table_of(path, format) as table:
        return training_rows(table, path, label, drop, skip)


@FORMATS
def test_all_formats_train_alike(tmp_path, end):
    rows = candidates()
    found, y, names, n_skipped = read(save(tmp_path / f"a.{end}", rows))
    assert names == NAMES
    assert n_skipped == 0
    np.testing.assert_array_equal(y, rows["label"].to_numpy())
    of_file = SLPClassifier(random_state=0).fit(found, y)
    of_frame = SLPClassifier(random_state=0).fit(rows.select(NAMES).to_pandas(), y)
    assert (of_file.coef_ == of_frame.coef_).all()
    assert of_file.feature_names_in_.tolist() == NAMES


def test_parquet_from_standard_input(monkeypatch, tmp_path):
    rows = candidates()
    save(tmp_path / "a.parquet", rows)
    standard_input(monkeypatch, (tmp_path / "a.parquet").read_bytes())
    found, y, *_ = read("-", format="parquet")
    model = SLPClassifier(random_state=0).fit(found, y)
    assert model.class_count_.sum() == len(rows)


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_parquet_from_a_pipe(tmp_path):
    content = Path(save(tmp_path / "a.parquet", candidates())).read_bytes()
    pipe = tmp_path / "pipe.parquet"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[content])
    writer.start()
    found, y, *_ = read(str(pipe))
    writer.join()
    assert len(y) == 400
    SLPClassifier(random_state=0).fit(found, y)


@pytest.mark.parametrize("skip", [False, True])
def test_an_index_of_pandas_is_no_feature(tmp_path, skip):
    """Nor is it one of `skpulsar.rows`."""
    frame = candidates().to_pandas().drop(columns="id")
    path = str(tmp_path / "a.parquet")
    frame[::-1].to_parquet(path)
    assert read(path, drop=(), skip=skip)[2] == NAMES
    frame.set_index("label").to_parquet(path)
    _, y, names, _ = read(path, drop=(), skip=skip)
    assert names == NAMES
    assert y.tolist() == frame["label"].tolist()


@FORMATS
def test_rows_without_a_value(tmp_path, end):
    rows = candidates()
    values = rows["c"].to_pylist()
    values[5] = values[170] = None
    labels = rows["label"].to_pylist()
    labels[5] = labels[9] = None
    rows = rows.set_column(3, "c", pa.array(values))
    rows = rows.set_column(9, "label", pa.array(labels))
    path = save(tmp_path / f"a.{end}", rows)
    if end != "parquet":  # There fit looks at features, and says where.
        with pytest.raises(CommandError, match=r"row 6, column 'c': found no value"):
            read(path)
    found, y, _, n_skipped = read(path, skip=True)
    assert n_skipped == 3
    assert len(y) == len(rows) - 3
    model = SLPClassifier(random_state=0).fit(found, y)
    kept = np.delete(np.arange(len(rows)), [5, 9, 170])
    frame = rows.select(NAMES).take(kept).to_pandas()
    again = SLPClassifier(random_state=0).fit(
        frame, np.array(labels, object)[kept] == 1
    )
    assert (model.coef_ == again.coef_).all()


@FORMATS
@pytest.mark.parametrize("label", [None, "?", " ", "NA", "nan ", "null"])
def test_missing_labels(tmp_path, end, label):
    rows = candidates()
    labels = [str(each) for each in rows["label"].to_pylist()]
    labels[7] = label
    rows = rows.set_column(9, "label", pa.array(labels))
    path = save(tmp_path / f"a.{end}", rows)
    with pytest.raises(CommandError, match="row 8, column 'label': found no label"):
        read(path)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["1", "0"], [1, 0]),
        (["-1", " 1"], [-1, 1]),
        (["0.0", "1.0"], [0.0, 1.0]),
        (["pulsar ", "rfi"], ["pulsar", "rfi"]),
        (["1", "x"], ["1", "x"]),
        (["1_0", "10"], ["1_0", "10"]),  # int and float of Python would take them
        (["007", "3"], [7, 3]),
    ],
)
@pytest.mark.parametrize(
    "type_", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]
)
def test_text_that_holds_numbers(tmp_path, labels, expected, type_):
    rows = pa.table({"a": [1.0, 2.0], "label": pa.array(labels).cast(type_)})
    _, y, *_ = read(save(tmp_path / "a.parquet", rows), drop=[])
    assert y.tolist() == expected
    assert y.dtype.kind == np.array(expected).dtype.kind


@FORMATS
def test_no_rows_and_no_features(tmp_path, end):
    path = save(tmp_path / f"a.{end}", candidates()[:0])
    with pytest.raises(CommandError, match="has no rows"):
        read(path)
    with pytest.raises(CommandError, match="no column left"):
        read(path, drop=["id", *NAMES])
    with pytest.raises(CommandError, match="no column 'nope'"):
        read(path, drop=["nope"])


def test_names_that_are_there_twice(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,a,label\n1,2,0\n3,4,1\n")
    with pytest.raises(CommandError, match="2 columns 'a'"):
        read(str(path), drop=[])
