# SPDX-License-Identifier: BSD-3-Clause
import io
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import arff

from skpulsar._command_line import CommandError
from skpulsar._command_line.arff_table import ArffTable
from skpulsar._command_line.lines import Lines

HEADER = """% about the file
@RELATION 'some candidates'

@attribute 'profile mean' numeric
@ATTRIBUTE std real  % a comment
@attribute	dm	integer
@attribute class {0,1}
@DATA
"""


def table_of(text):
    return ArffTable(
        Lines(io.BufferedReader(io.BytesIO(text.encode())), "a.arff"), "a.arff"
    )


def read(text, numbers, texts=()):
    batches = table_of(text).batches(list(numbers), list(texts))
    return pa.Table.from_batches(batches).to_pydict()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_it_is_what_scipy_reads(end):
    text = HEADER + "1.5, -2e3,3,1\n% between rows\n\n.25,?,7,0\n"
    text = text.replace("\n", end)
    expected, meta = arff.loadarff(io.StringIO(text.replace("  % a comment", "")))
    table = table_of(text)
    assert list(table.columns) == meta.names()
    found = read(text, table.columns[:3], ["class"])
    for name in table.columns[:3]:
        np.testing.assert_array_equal(np.array(found[name], float), expected[name])
    assert [label.encode() for label in found["class"]] == expected["class"].tolist()


def test_comments_of_rows_are_a_column():
    """As PulsarFeatureLab writes them."""
    text = HEADER + "1,2,3,?,%/data/a,b.phcx\n% none of a row\n4,5,6,1%100%\n"
    assert read(text, ["dm"]) == {"dm": [3.0, 6.0]}
    found = read(text, ["dm"], ["class", "%"])
    assert found == {
        "dm": [3.0, 6.0],
        "class": ["?", "1"],
        "%": ["/data/a,b.phcx", "100%"],
    }


def test_rows_without_a_comment():
    text = HEADER + '1,2,3,0\n% none of a row\n4,5,6,1,% it\'s "x"\n'
    found = read(text, ["dm"], ["%"])
    assert found == {"dm": [3.0, 6.0], "%": ["", ' it\'s "x"']}
    assert read(HEADER + "% no row", ["dm"], ["%"]) == {"dm": [], "%": []}
    assert read(HEADER + "% no row", ["dm"]) == {"dm": []}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        ("'x, y'", "x, y"),
        ('"x, y"', "x, y"),
        ('"it\'s"', "it's"),
        (r"'it\'s, \"x\"'", 'it\'s, "x"'),
        (r"'c:\\x'", r"c:\x"),
        ("'50% x'", "50% x"),
        (r"'50\% x'", "50% x"),
        ("'\"'", '"'),
        ("''", ""),
        ("it's", "it's"),
    ],
)
def test_values_and_names_in_quotes(written, value):
    """As Weka writes them: either quote, and escapes."""
    header = f"@relation x\n@attribute {written} string\n@attribute a numeric\n"
    header = header if value else header.replace("''", "s")
    text = f"{header}@data\n{written},1\n{written}, 2 % {written}\n\n q,3\n"
    name = table_of(text).columns[0]
    assert name == value or not value
    assert read(text, ["a"], [name]) == {"a": [1, 2, 3], name: [value, value, " q"]}
    assert read(text, ["a"]) == {"a": [1, 2, 3]}
    found = read(text, ["a"], ["%"])
    assert found == {"a": [1, 2, 3], "%": ["", f" {written}", ""]}


@given(
    st.lists(st.text("ab ,%'\"\\", min_size=1), min_size=1),
    st.sampled_from("'\""),
    st.sampled_from(["", " ", "\t "]),
    st.booleans(),
)
def test_what_is_quoted_is_read(values, quote, space, comment):
    text = "@relation x\n@attribute s string\n@attribute t string\n@data\n"
    for value in values:
        escaped = re.sub(r"(['\"\\%])", r"\\\1", value)
        field = f"{space}{quote}{escaped}{quote}"
        text += f"{field},{field}" + (f",{space}% {field}\n" if comment else "\n")
    expected = {"s": values, "t": values}
    assert read(text, [], ["s", "t"]) == expected
    found = read(text, [], ["s", "t", "%"])
    assert {name: found[name] for name in "st"} == expected


@pytest.mark.parametrize("values", ["{0,1}", " {0, 1}", "\t{ 'a b', \"c\" }"])
@pytest.mark.parametrize("name", ["class", "'class'", '"class"'])
def test_nominal_attributes(name, values):
    text = f"@relation x\n@attribute {name}{values}  % a 'comment'\n@data\n0\n"
    assert table_of(text).columns == ("class",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no @data"),
        ("@relation x\n@attribute a numeric\n", "has no @data"),
        ("@relation x\n@data\n1\n", "has no @attribute"),
        ("a,b\n1,2\n", "found 'a,b' before @data"),
        ("@relation x\n@attribute a\n@data\n", "declares no attribute"),
        (HEADER + "% sparse\n{1 2.5, 3 1}\n", "sparse ARFF"),
        (HEADER + "\n  {1 2.5, 3 1}\n", "sparse ARFF"),
        (HEADER + "1,2,x,0\n", r"row 1, column 'dm': found 'x'"),
        (HEADER + "1,2,3\n", r"row 1 has 3 fields"),
    ],
)
def test_what_is_refused(text, words):
    with pytest.raises(CommandError, match=words):
        read(text, ["dm"])
