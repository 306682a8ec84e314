# SPDX-License-Identifier: BSD-3-Clause
"""Fields of text as what their columns hold."""

import pyarrow as pa
import pyarrow.compute as pc

# Words for a missing value; "nan" is one of numbers as well.
MISSING = ["", "?", "NA", "N/A", "n/a", "NULL", "null", "None", "NaN", "nan"]


def is_missing(text):
    """Where text is a word for a missing value, spaces around it or not."""
    return pc.is_in(pc.utf8_trim_whitespace(text), pa.array(MISSING))


def converted(fields, type_):
    """Bytes as text or as numbers, whatever spaces are around them.

    Parameters
    ----------
    fields : pyarrow.BinaryArray

    type_ : pyarrow.DataType
        string or float64.

    Raises
    ------
    pyarrow.ArrowInvalid
        If one of them is no such thing.
    """
    text = fields.cast(pa.string())
    if type_ == pa.string():
        return text
    numbers = pc.if_else(is_missing(text), None, pc.utf8_trim_whitespace(text))
    return numbers.cast(type_)
