# SPDX-License-Identifier: BSD-3-Clause
"""Files of candidates at hand: those that are read, and what is said of the others."""

import gzip
import hashlib
import os
import re
import shutil
import sys
import threading

import numpy as np
import pytest
from _candidates import CSV, KAGGLE_HEADER, ROWS, TABLE

from skpulsar.datasets import _htru2, fetch_htru2, load_htru2
from skpulsar.datasets._htru2_facts import CLASS_COUNTS, FEATURE_NAMES


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        CSV.replace(b"\r\n", b"\n"),
        CSV.replace(b"\r\n", b"\r"),
        CSV.removesuffix(b"\r\n"),
        CSV + b"\r\n  \r\n\r\n",
        CSV.replace(b",", b" , "),
        b"\xef\xbb\xbf" + CSV,
        KAGGLE_HEADER + b"\n" + CSV,
        b"\xef\xbb\xbf" + KAGGLE_HEADER + b"\r\n" + CSV,
        b'"' + KAGGLE_HEADER.replace(b",", b'","') + b'"\n' + CSV,
        b'"mean, \xe9t\xe9","' + b'","'.join([b"b"] * 8) + b'"\n' + CSV,
        b'"' + CSV.replace(b",", b'","').replace(b"\r\n", b'"\r\n"').removesuffix(b'"'),
        CSV.replace(b",0\r\n", b",0.0\r\n"),
        b"0,1,2,3,4,5,6,7,8\r\n" + CSV,
    ],
    ids=[
        "uci",
        "lf",
        "cr",
        "no-last-newline",
        "blank-lines",
        "spaces",
        "bom",
        "kaggle",
        "kaggle-bom",
        "quoted-header",
        "quoted-comma-latin-1",
        "quoted-numbers",
        "float-labels",
        "pandas-without-names",
    ],
)
def test_load_layouts(tmp_path, content):
    path = tmp_path / "candidates.csv"
    path.write_bytes(content)
    for given in (path, str(path)):
        X, y = load_htru2(given, return_X_y=True)
        np.testing.assert_array_equal(X, TABLE[:, :8])
        np.testing.assert_array_equal(y, [0, 0, 1])
    assert X.dtype == np.float64 and X.flags.c_contiguous and X.flags.owndata
    assert y.dtype == np.int64 and y.flags.c_contiguous


@pytest.mark.parametrize(
    ("line_number", "column", "found"),
    [
        (1, 1, "x"),
        (1, 9, "yes"),
        (2, 2, ""),
        (2, 3, " "),
        (2, 4, "nan"),
        (2, 5, "-inf"),
        (2, 6, "1e999"),
        (2, 7, "1_025"),
        (2, 8, "\u0661"),
        (3, 6, "6l.7"),
        (3, 9, ""),
        (3, 9, "2"),
        (3, 9, "-1"),
        (3, 9, "0.5"),
        (3, 9, "nan"),
    ],
)
def test_load_names_line_and_column(tmp_path, line_number, column, found):
    rows = [row.split(b",") for row in ROWS]
    rows[line_number - 1][column - 1] = found.encode()
    path = tmp_path / "candidates.csv"
    path.write_bytes(b"\n".join(map(b",".join, rows)))
    with pytest.raises(ValueError, match=r"candidates\.csv") as caught:
        load_htru2(path)
    name = [*FEATURE_NAMES, "target"][column - 1]
    expected = "the label 0 or 1" if column == 9 else "a finite number"
    message, _, remedy = str(caught.value).partition(". ")
    assert message.endswith(
        f", line {line_number}, column {column} ({name!r}): "
        f"found {found.strip()!r}, expected {expected}"
    )
    assert ("drop_incomplete=True" in remedy) == (found.strip() in ("", "nan"))


@pytest.mark.parametrize(
    ("second_line", "n_fields"),
    [(b"1,2,3", 3), (ROWS[1] + b",", 10), (b'"' + ROWS[1], 1), (b"PK\x03\x04\xff", 1)],
)
def test_load_names_line_of_wrong_length(tmp_path, second_line, n_fields):
    path = tmp_path / "candidates.csv"
    path.write_bytes(ROWS[0] + b"\n" + second_line + b"\n" + ROWS[2])
    message = (
        f"line 2: found {n_fields} comma-separated fields, expected 9: 8 features and "
        "the label$"
    )
    with pytest.raises(ValueError, match=message):
        load_htru2(path)


def test_load_counts_lines_as_an_editor_does(tmp_path):
    path = tmp_path / "candidates.csv"
    path.write_bytes(b"\n" + KAGGLE_HEADER + b"\n\n" + ROWS[0] + b"\n\nfive\n")
    with pytest.raises(ValueError, match="line 6: found 1 comma-separated fields"):
        load_htru2(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", KAGGLE_HEADER])
def test_load_no_rows(tmp_path, content):
    path = tmp_path / "empty.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"empty\.csv' has no rows: expected lines"):
        load_htru2(path)


def test_load_second_header_is_an_error(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_bytes(KAGGLE_HEADER + b"\n" + KAGGLE_HEADER + b"\n" + CSV)
    with pytest.raises(ValueError, match="line 2, column 1"):
        load_htru2(path)


@pytest.mark.parametrize("column", range(1, 10))
def test_load_names_the_column_as_the_header_does(tmp_path, column):
    row = ROWS[1].split(b",")
    row[column - 1] = b"x"
    path = tmp_path / "candidates.csv"
    path.write_bytes(b"\n".join([KAGGLE_HEADER, ROWS[0], b",".join(row)]))
    name = KAGGLE_HEADER.decode().split(",")[column - 1].strip()
    with pytest.raises(ValueError, match=f"line 3, column {column} \\('") as caught:
        load_htru2(path)
    start, end = re.search(r"\('(.+?)(?:\.\.\.(.+))?'\)", str(caught.value)).groups()
    assert name.startswith(start) and name.endswith(end or start)


@pytest.mark.parametrize("field", [b"x" * 10_000, b"x" * 200_000, b"\x00" * 1000])
@pytest.mark.parametrize("header", [b"", b",".join([b"h" * 1000] * 9) + b"\n"])
def test_load_messages_stay_short(tmp_path, field, header):
    path = tmp_path / ("n" * 200)
    path.write_bytes(header + CSV + field + b",1" * 8)
    with pytest.raises(ValueError, match=r"line [45]") as caught:
        load_htru2(path)
    assert len(str(caught.value)) <= 300


def test_load_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_htru2(tmp_path / "nowhere.csv")


def test_bunch(tmp_path):
    path = tmp_path / "candidates.csv"
    path.write_bytes(CSV)
    candidates = load_htru2(path)
    assert candidates.feature_names == list(FEATURE_NAMES)
    assert candidates.target_names == ["non-pulsar", "pulsar"]
    assert candidates.frame is None
    assert "CC BY 4.0" in candidates.DESCR and "stw656" in candidates.DESCR


def test_as_frame(tmp_path):
    pd = pytest.importorskip("pandas")
    path = tmp_path / "candidates.csv"
    path.write_bytes(CSV)
    candidates = load_htru2(path, as_frame=True)
    assert list(candidates.data.columns) == candidates.feature_names
    assert isinstance(candidates.target, pd.Series)
    assert candidates.target.name == "target"
    assert list(candidates.frame.columns) == [*FEATURE_NAMES, "target"]
    np.testing.assert_array_equal(candidates.frame.to_numpy(), TABLE)
    X, y = load_htru2(path, as_frame=True, return_X_y=True)
    pd.testing.assert_frame_equal(X, candidates.data)
    pd.testing.assert_series_equal(y, candidates.target)
    # What pandas writes of it is read again.
    candidates.frame.to_csv(path, index=False)
    np.testing.assert_array_equal(load_htru2(path).data, TABLE[:, :8])


def test_as_frame_without_pandas(tmp_path, monkeypatch):
    path = tmp_path / "candidates.csv"
    path.write_bytes(CSV)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="load_htru2 with as_frame=True requires pan"):
        load_htru2(path, as_frame=True)


@pytest.mark.parametrize("name", ["HTRU_2.csv", "pulsar_stars.csv"])
def test_real_file(name, tmp_path, real_file):
    path = real_file(name)
    X, y = load_htru2(path, return_X_y=True)
    assert X.shape == (17898, 8)
    np.testing.assert_array_equal(np.bincount(y), CLASS_COUNTS)
    table = np.column_stack([X, y]).astype("<f8")
    assert hashlib.sha256(table.tobytes()).hexdigest() == _htru2.TABLE_SHA256
    # Either layout will do as a copy put into the data home by hand.
    shutil.copy(path, tmp_path / "HTRU_2.csv")
    fetched = fetch_htru2(data_home=tmp_path, download_if_missing=False)
    np.testing.assert_array_equal(fetched.data, X)


# -- files of other kinds --------------------------------------------------------------

ROW_BY_SEMICOLON = ROWS[0].replace(b",", b";")
ARFF = b"""\
% HTRU2
@RELATION HTRU_2
@ATTRIBUTE Profile_mean REAL
@ATTRIBUTE class {0,1}
@DATA
"""
OTHER_KINDS = {
    "empty names": (
        b",,,,,,,,\n" + CSV,
        "line 1, column 1: the header line has no name",
    ),
    "one empty name": (
        b"a,b,c,,e,f,g,h,i\n" + CSV,
        "line 1, column 4: the header line",
    ),
    "ARFF": (ARFF + CSV, "is an ARFF file: give the CSV file beside it"),
    "zip": (b"PK\x03\x04\x14\0\0\0", "is a zip archive or a spreadsheet: unpack it"),
    "gzip": (gzip.compress(CSV), "is compressed by gzip: unpack it"),
    "UTF-16": (CSV.decode().encode("utf-16"), "is text in UTF-16: save it as UTF-8"),
    "HTML": (b"\n<!DOCTYPE html>\n<html>", "is a web page: download the file itself"),
    "binary": (b"\x7fELF\x02\x01\x01\0\0", "is a binary file"),
    "semicolons": (ROW_BY_SEMICOLON, "line 1: the fields are separated by semicolons"),
    "semicolons, header": (KAGGLE_HEADER.replace(b",", b";"), "by semicolons"),
    "decimal commas": (
        ROW_BY_SEMICOLON.replace(b".", b","),
        "decimal commas by points",
    ),
    "quoted decimal commas": (
        b'"' + ROWS[0].replace(b",", b'","').replace(b".", b",") + b'"',
        "found '140,5625', expected a finite number with a decimal point",
    ),
    "tabs": (CSV.replace(b",", b"\t"), "separated by tabs, expected commas"),
    "spaces": (CSV.replace(b",", b"  "), "separated by spaces, expected commas"),
    "pandas index": (
        b"," + KAGGLE_HEADER + b"\n0," + ROWS[0],
        r"looks like an index: .* to_csv\(index=False\)",
    ),
    "index read again": (b"Unnamed: 0," + KAGGLE_HEADER, "looks like an index"),
    "index without names": (b"0," + ROWS[0] + b"\n1," + ROWS[1], "looks like an index"),
    "R's row names": (b'"","' + KAGGLE_HEADER.replace(b",", b'","') + b'"', "an index"),
    "no label": (
        b"\n".join(r[:-2] for r in ROWS),
        "found 8 .* 8 features and the label",
    ),
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_other_kinds_are_recognised(tmp_path, kind, bom):
    content, message = OTHER_KINDS[kind]
    path = tmp_path / "candidates.csv"
    path.write_bytes(bom + content)
    with pytest.raises(ValueError, match=message) as caught:
        load_htru2(path)
    assert "candidates.csv" in str(caught.value)
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize("old", [b";", b"\t"])
def test_the_remedy_for_other_separators_works(tmp_path, old):
    """Points for decimal commas, then commas for the separator, as the message says."""
    path = tmp_path / "candidates.csv"
    foreign = CSV.replace(b",", old).replace(b".", b",")
    path.write_bytes(foreign.replace(b",", b".").replace(old, b","))
    np.testing.assert_array_equal(load_htru2(path).data, TABLE[:, :8])


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_bytes_the_answer_is_short(tmp_path, seed):
    """Rows with some bytes changed, or none at all: a table or a short ValueError."""
    random = np.random.RandomState(seed)
    content = bytearray(KAGGLE_HEADER + b"\n" + CSV)
    for _ in range(seed % 5 + 1):
        content[random.randint(len(content))] = random.choice(list(b'\0",;.-\n\xff5e'))
    path = tmp_path / "candidates.csv"
    for damaged in (bytes(content), random.bytes(1000), bytes(content[: seed * 20])):
        path.write_bytes(damaged)
        try:
            load_htru2(path, drop_incomplete=seed % 2)
        except ValueError as error:
            assert len(str(error)) <= 300 and "\n" not in str(error)


# -- rows that lack a value ------------------------------------------------------------


def without(row, column, mark=b""):
    fields = row.split(b",")
    fields[column] = mark
    return b",".join(fields)


@pytest.mark.parametrize(
    "mark", [b"", b" ", b'""', b"?", b"NA", b"n/a", b"NaN", b"null"]
)
def test_drop_incomplete(tmp_path, mark):
    path = tmp_path / "candidates.csv"
    gaps = [without(ROWS[0], 2, mark), without(ROWS[2], 7, mark)]
    no_label = without(without(ROWS[1], 0, mark), 8, mark)
    path.write_bytes(b"\n".join([KAGGLE_HEADER, gaps[0], *ROWS, gaps[1], no_label]))
    with pytest.raises(ValueError, match=r"line 2, column 3 .*drop_incomplete=True"):
        load_htru2(path)
    candidates = load_htru2(path, drop_incomplete=True)
    np.testing.assert_array_equal(candidates.data, TABLE[:, :8])
    np.testing.assert_array_equal(candidates.dropped_target, [0, 1, np.nan])
    X, y = load_htru2(path, drop_incomplete=True, return_X_y=True)
    np.testing.assert_array_equal(np.column_stack([X, y]), TABLE)


def test_drop_incomplete_where_nothing_is_missing(tmp_path):
    path = tmp_path / "candidates.csv"
    path.write_bytes(CSV)
    candidates = load_htru2(path, drop_incomplete=True)
    np.testing.assert_array_equal(candidates.target, [0, 0, 1])
    assert candidates.dropped_target.shape == (0,)
    assert candidates.header is None


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            without(without(ROWS[0], 1), 4, b"x"),
            "column 5 .*found 'x', expected a fini",
        ),
        (
            without(without(ROWS[0], 1), 8, b"2"),
            "column 9 .*found '2', expected the la",
        ),
        (without(ROWS[0], 4, b"inf"), "column 5 .*found 'inf'"),
        (ROWS[0].rpartition(b",")[0], "found 8 comma-separated fields"),
    ],
)
def test_drop_incomplete_drops_nothing_else(tmp_path, row, message):
    path = tmp_path / "candidates.csv"
    path.write_bytes(CSV + row)
    with pytest.raises(ValueError, match=f"line 4.*{message}"):
        load_htru2(path, drop_incomplete=True)


def test_no_complete_row(tmp_path):
    """Kaggle's test file has an empty label in every row."""
    path = tmp_path / "candidates.csv"
    path.write_bytes(b"\n".join([KAGGLE_HEADER, *(without(row, 8) for row in ROWS)]))
    with pytest.raises(ValueError, match="has no complete row: 3 lack a value"):
        load_htru2(path, drop_incomplete=True)


# -- files without an end --------------------------------------------------------------


def test_a_file_without_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(_htru2, "MAX_BYTES_AT_HAND", len(CSV))
    path = tmp_path / "candidates.csv"
    path.write_bytes(CSV)
    assert load_htru2(path).data.shape == (3, 8)
    path.write_bytes(CSV + b"\n")
    endless = [path, *filter(os.path.exists, ["/dev/zero"])]
    for path in endless:
        with pytest.raises(ValueError, match=r"has more than .* bytes, too many"):
            load_htru2(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
def test_a_named_pipe_is_read_to_its_end(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(CSV,))
    writer.start()
    np.testing.assert_array_equal(load_htru2(path).data, TABLE[:, :8])
    writer.join()
