# SPDX-License-Identifier: BSD-3-Clause
"""A part of a file that is mapped into memory, by its place."""

import mmap
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class MappedFile:
    """Says where an array lies in a file, so that another process can map it too."""

    path: str
    dtype: np.dtype
    offset: int
    shape: tuple
    strides: tuple

    def open(self):
        """The array, which cannot be written."""
        buffer = np.memmap(self.path, np.uint8, "r")
        return np.ndarray(self.shape, self.dtype, buffer, self.offset, self.strides)


def mapped_file(array):
    """The `MappedFile` of a view of a memory map, or None if it is none, or may differ
    from its file (mode "c")."""
    whole = array
    while isinstance(whole, np.ndarray) and not isinstance(whole.base, mmap.mmap):
        whole = whole.base
    if not isinstance(whole, np.memmap) or whole.mode == "c" or whole.filename is None:
        return None
    # A view says the offset of the map it was taken from.
    offset = whole.offset + array.ctypes.data - whole.ctypes.data
    path = str(whole.filename)
    return MappedFile(path, array.dtype, offset, array.shape, array.strides)
