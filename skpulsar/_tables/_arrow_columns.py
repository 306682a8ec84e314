# SPDX-License-Identifier: BSD-3-Clause
"""The columns of tables that Arrow describes: their names and types."""

from collections import Counter

import numpy as np
import pyarrow as pa


class ArrowColumns:
    """Base of tables whose columns have Arrow types; see `Table` of the protocol."""

    sparse = False

    def __init__(self, schema, where):
        check_names(schema, where)
        names = schema.names  # Arrow makes this list anew whenever it is asked.
        self.columns = tuple(names)
        self._types = dict(zip(names, schema.types, strict=True))

    def dtype(self, columns):
        types = {name: _values(self._types[name]) for name in columns}
        for name, each in types.items():
            if not _is_number(each):
                raise TypeError(
                    f"Column {name!r:.60} holds no numbers, its type is {each!s:.60}. "
                    "Name the features, as in rows(..., columns=[...]), or turn it "
                    "into numbers."
                )
        short = all(map(is_short, types.values())) and bool(types)
        return np.dtype(np.float32 if short else np.float64)


def check_names(schema, where):
    """Raise a ValueError if two columns have the same name."""
    name, count = Counter(schema.names).most_common(1)[0] if len(schema) else ("", 0)
    if count > 1:
        raise ValueError(
            f"{where} has two columns {name!r:.60}. Rename one: columns are known by "
            "their names."
        )


def common_type(one, other):
    """The type of a column that has these types in two files, or None if its values
    are not of one kind: numbers, text, or anything else that is equal."""
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    values = _values(one), _values(other)
    if all(map(_is_number, values)):
        return pa.float32() if all(map(is_short, values)) else pa.float64()
    return one if all(map(is_text, values)) else None


def _values(type_):
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def _is_number(type_):
    kinds = pa.types.is_floating, pa.types.is_integer, pa.types.is_boolean
    return any(kind(type_) for kind in kinds) or pa.types.is_decimal(type_)


def is_short(type_):
    """Whether values are packed into single precision."""
    return pa.types.is_float32(type_) or pa.types.is_float16(type_)


def is_text(type_):
    """Whether values are text."""
    kinds = pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view
    return any(kind(type_) for kind in kinds)
