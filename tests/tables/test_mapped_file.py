# SPDX-License-Identifier: BSD-3-Clause
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpulsar._tables._mapped_file import mapped_file

VIEWS = {
    "all": lambda a: a, "rows": lambda a: a[3:9], "every second": lambda a: a[1::2, 2:],
    "reversed": lambda a: a[::-1, ::-1], "transposed": np.transpose,
    "an array": np.asarray, "view of a view": lambda a: np.asarray(a[2:])[3:],
}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    np.save(tmp_path / "rows.npy", np.arange(70.0).reshape(14, 5))
    return tmp_path / "rows.npy"


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("mode", ["r", "r+"])
def test_views_are_opened_again(path, view, mode):
    array = view(np.load(path, mmap_mode=mode))
    again = pickle.loads(pickle.dumps(mapped_file(array))).open()
    assert_array_equal(again, array)
    assert not again.flags.writeable
    assert_array_equal(mapped_file(again).open(), array)


def test_what_is_in_memory_is_no_map(path):
    assert mapped_file(np.load(path)) is None
    assert mapped_file(np.load(path, mmap_mode="c")) is None
    assert mapped_file(np.load(path, mmap_mode="r") + 1) is None
