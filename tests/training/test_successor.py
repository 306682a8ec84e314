# SPDX-License-Identifier: BSD-3-Clause
from dataclasses import FrozenInstanceError, replace

import pytest

from skpulsar._training._history import History
from skpulsar._training._successor import successor


def test_it_is_what_replace_makes():
    first = History(n_epochs=3, best_loss=0.5)
    second = successor(first, {"n_epochs": 4, "best_loss": 0.25})
    assert type(second) is History
    assert vars(second) == vars(replace(first, n_epochs=4, best_loss=0.25))
    assert (first.n_epochs, first.best_loss) == (3, 0.5)
    with pytest.raises(FrozenInstanceError):
        second.n_epochs = 5
