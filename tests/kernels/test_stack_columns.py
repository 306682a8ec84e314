# SPDX-License-Identifier: BSD-3-Clause
"""Columns that lie apart become rows."""

import numpy as np
import pytest

from skpulsar._kernels import _core, reference


@pytest.mark.parametrize("level", _core.LEVELS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_are_those_of_the_twin(level, dtype):
    rng, before = np.random.default_rng(0), _core.LEVELS[0]
    _core.use_level(level)
    try:
        for n, d in ((0, 1), (1, 1), (63, 3), (64, 28), (65, 28), (1000, 130)):
            columns = [rng.standard_normal(n + 5).astype(dtype) for _ in range(d)]
            for first, stop in ((0, n), (n // 3, n + 5), (n, n)):
                found = np.full((stop - first, d), 7, dtype)
                expected = found.copy()
                _core.stack_columns(columns, first, stop, found)
                reference.stack_columns(columns, first, stop, expected)
                np.testing.assert_array_equal(found, expected)
    finally:
        _core.use_level(before)


def test_what_does_not_fit_is_refused():
    column, out = np.zeros(9), np.zeros((9, 1))
    read_only = out.copy()
    read_only.flags.writeable = False
    for error, columns, first, stop, given in [
        (ValueError, [column], 0, 8, out),
        (ValueError, [column], 1, 10, out),
        (ValueError, [column, column], 0, 9, out),
        (ValueError, [column], -1, 8, out),
        (ValueError, [column], 0, 9, read_only),
        (ValueError, [out], 0, 9, out),
        (TypeError, [column.astype(np.float32)], 0, 9, out),
        (TypeError, [np.zeros(18)[::2]], 0, 9, out),
        (ValueError, [column], 0, 9, np.asfortranarray(np.zeros((9, 2)))),
    ]:
        with pytest.raises(error):
            _core.stack_columns(columns, first, stop, given)
