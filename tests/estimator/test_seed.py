# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from sklearn.utils import check_random_state

from skpulsar._estimator._seed import LARGEST, draw_seed


@pytest.mark.parametrize("kind", [int, np.int32, np.uint64])
@pytest.mark.parametrize("number", [0, 7, 2**31 - 1])
def test_an_integer_always_draws_the_same(number, kind):
    expected = check_random_state(number).randint(LARGEST)
    for _ in range(2):
        assert draw_seed(kind(number)) == expected


def test_an_instance_draws_on():
    drawn, same = np.random.RandomState(3), np.random.RandomState(3)
    seeds = [draw_seed(drawn) for _ in range(3)]
    assert seeds == [same.randint(LARGEST) for _ in range(3)]
    assert len(set(seeds)) == 3


def test_none_draws_from_numpys_own_numbers():
    np.random.seed(5)
    seed = draw_seed(None)
    np.random.seed(5)
    assert seed == np.random.randint(LARGEST)
