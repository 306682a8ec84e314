# SPDX-License-Identifier: BSD-3-Clause
"""Arrays as files of NumPy's own format, without pickles."""

from io import BytesIO
from math import prod

import numpy as np
from numpy.lib import format as npy

NUMBERS = "biufcmM"  # Kinds of dtypes: numbers, and times, which are numbers as well.
KINDS = NUMBERS + "SU"  # Arrays of these are all values: none holds an object.


def dumps(array):
    """The content of the `.npy` file of an array."""
    npy.write_array(stream := BytesIO(), array, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def loads(content):
    """The array of such a file, which is as large as the content at most.

    `numpy.load` would reserve the memory that the header asks for before it looks how
    much there is.

    Raises
    ------
    ValueError
        If the content is something else.
    """
    stream = BytesIO(content)
    if npy.read_magic(stream) != (1, 0):
        raise ValueError("an array is of another version of the format")
    shape, fortran, dtype = npy.read_array_header_1_0(stream)
    data, order = memoryview(content)[stream.tell() :], "F" if fortran else "C"
    known = dtype.kind in KINDS and min(shape, default=0) >= 0
    if not known or (dtype.itemsize == 0 and prod(shape)):
        raise ValueError(f"an array of {dtype!s:.60} is none that save writes")
    if prod(shape) * dtype.itemsize != len(data):
        raise ValueError("an array has another size than its header says")
    return np.ndarray(shape, dtype, data, order=order).copy(order)
