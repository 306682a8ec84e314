# SPDX-License-Identifier: BSD-3-Clause
"""Checks of input that scikit-learn would silently misread."""

import datetime
import sys
import warnings
from numbers import Integral, Real

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_array

from skpulsar._estimator._caller import caller_level

MAX_EXACT_INTEGER = 2**53  # Beyond it float64 skips integers.
NUMBERS = ("X", "sample_weight")  # y may hold dates, which are labels like others.
TIMES = (
    np.datetime64,
    np.timedelta64,
    datetime.date,
    datetime.time,
    datetime.timedelta,
)


def check_readable(array, name):
    """Reject masked values, dates and times; warn of integers beyond 2**53.

    scikit-learn would read the values under the mask, would read dates as numbers, and
    would round the integers to their neighbours.
    """
    for column, values in enumerate(_columns(array)):
        if _is_masked(values):
            raise ValueError(
                f"{name} has masked values, which would be read as if they were not. "
                "Fill them, for instance with a SimpleImputer, or drop their rows."
            )
        if name in NUMBERS and _is_temporal(values):
            raise TypeError(
                f"{name} holds dates or times in column {column}. Turn them into "
                "numbers of a unit that you choose."
            )
        largest = _largest_integer(values) if name == "X" else 0
        if MAX_EXACT_INTEGER < largest < sys.float_info.max:
            warnings.warn(
                f"X holds integers up to {largest}; beyond 2**53 float64 cannot tell "
                "neighbours apart. Take the offset of their column away first.",
                UserWarning,
                stacklevel=caller_level(),
            )
            return


def _columns(array):
    """The columns of a data frame, or a list with all other input as one array."""
    if sparse.issparse(array):
        return [getattr(array, "data", None)]
    if hasattr(array, "dtypes") and len(getattr(array, "shape", ())) == 2:
        if hasattr(array, "iloc"):
            return [array.iloc[:, place] for place in range(array.shape[1])]
        return list(array)  # A polars frame iterates over its series.
    if hasattr(array, "column_names"):  # This is an Arrow table.
        return [np.asanyarray(column) for column in array.columns]
    if hasattr(array, "dtype") or hasattr(array, "dtypes") or np.isscalar(array):
        return [array]
    if isinstance(array, (list, tuple)):
        masked = [row for row in array if isinstance(row, np.ma.MaskedArray)]
        return [*masked, np.asanyarray(array)]
    return [np.asanyarray(array)] if hasattr(array, "__array__") else [array]


def _is_masked(values):
    return isinstance(values, np.ma.MaskedArray) and np.ma.getmaskarray(values).any()


def _is_temporal(values):
    dtype = getattr(values, "dtype", None)
    temporal = getattr(dtype, "is_temporal", None)  # polars
    if getattr(dtype, "kind", "-") in "mM" or (temporal and temporal()):
        return True
    return _has_object(values, TIMES)


def _largest_integer(values):
    """The largest magnitude if the values are integers, else 0."""
    dtype = getattr(values, "dtype", None)
    integer = getattr(dtype, "is_integer", None)  # polars
    if getattr(dtype, "kind", "-") in "iu" or (integer and integer()):
        ends = [values.max(), values.min()] if len(values) else []
        return max(
            (abs(int(end)) for end in ends if isinstance(end, Integral)), default=0
        )
    if _has_object(values, int):
        return max(abs(value) for value in values.flat if isinstance(value, int))
    return 0


def _has_object(values, types):
    """Whether an array of objects holds some of these types."""
    objects = isinstance(values, np.ndarray) and values.dtype.kind == "O"
    return objects and any(isinstance(value, types) for value in values.flat)


def check_weight(sample_weight, n_rows):
    """Sample weights as float64 of shape (n_rows,), or None if none are given."""
    if sample_weight is None:
        return None
    check_readable(sample_weight, "sample_weight")
    if isinstance(sample_weight, Real):
        sample_weight = np.full(n_rows, sample_weight)
    weight = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weight.shape != (n_rows,):
        raise ValueError(
            f"sample_weight has shape {weight.shape}, but X has {n_rows} rows: give "
            "one weight a row, or a number."
        )
    if n_rows and weight.min() < 0:
        raise ValueError(
            f"sample_weight has a negative entry, {weight.min():.3g}, in row "
            f"{weight.argmin()}. Weights count rows: give 0 to leave a row out."
        )
    return np.require(weight, requirements=["ALIGNED"])
