# SPDX-License-Identifier: BSD-3-Clause
import copy
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skpulsar._training._history import Epoch, History


def test_the_line_of_an_epoch():
    plain = Epoch(loss=0.5, learning_rate=0.1, n_rows=100, seconds=0.01)
    assert plain.line(3, 1) == "Epoch 3, loss 0.5, rate 0.1, 0.01 s"
    gap = Epoch(0.5, 1.0, 100, 0.01, n_sampled=7, objective_gap=1e-6)
    assert gap.line(3, True) == "Epoch 3, loss 0.5, gap 1e-06, rate 1, 0.01 s"
    for verbose in (2, 50):
        assert gap.line(3, verbose) == f"{gap.line(3, 1)}, 100 rows and 7 sampled"


def epoch(number):
    return Epoch(1 / number, 0.1, number, 0.01, 2 * number, number / 8)


def history_of(numbers, history=None):
    history = history or History()
    for number in numbers:
        history = history.after(epoch(number))
    return history


def numbers_of(history):
    return history.values("n_rows")


def test_a_history_has_every_field_of_its_epochs():
    history = history_of([1, 4, 2])
    assert history.values("loss") == [1.0, 0.25, 0.5]
    assert history.values("learning_rate") == [0.1] * 3
    assert history.values("n_rows") == [1, 4, 2]
    assert history.values("seconds") == [0.01] * 3
    assert history.values("n_sampled") == [2, 8, 4]
    assert history.values("objective_gap") == [0.125, 0.5, 0.25]
    assert (history.best_loss, history.last("loss")) == (0.25, 0.5)


def test_an_empty_history():
    history = History()
    assert numbers_of(history) == []
    assert np.isnan([history.best_loss, history.last("loss")]).all()


@given(steps=st.lists(st.tuples(st.integers(0), st.integers(1, 9)), max_size=40))
def test_every_history_keeps_its_own_epochs(steps):
    """Histories that grow from one another, in any order, never meet."""
    histories, expected = [History()], [[]]
    for whence, number in steps:
        place = whence % len(histories)
        histories.append(histories[place].after(epoch(number)))
        expected.append([*expected[place], number])
    for history, numbers in zip(histories, expected, strict=True):
        assert numbers_of(history) == numbers
        assert history.n_epochs == len(numbers)
        if numbers:
            assert history.best_loss == 1 / max(numbers)


def test_no_record_is_copied_in_a_row():
    first = history_of([1])
    assert history_of(range(2, 100), first).records is first.records


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda h: pickle.loads(pickle.dumps(h))]
)
def test_a_copy_has_its_own_records_alone(copied):
    one = history_of([1, 2])
    longer = history_of([3, 4], one)
    two = copied(one)
    assert two.records == one.records[:2] and two.records is not one.records
    assert numbers_of(history_of([9], two)) == [1, 2, 9]
    assert numbers_of(longer) == [1, 2, 3, 4]
    assert two.best_loss == one.best_loss == 0.5


def test_histories_of_several_threads_grow_from_one():
    base, ends = history_of([1]), {}

    def grow(number):
        ends[number] = numbers_of(history_of([number] * 500, base))

    threads = [threading.Thread(target=grow, args=(n,)) for n in range(2, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == {n: [1] + [n] * 500 for n in range(2, 8)}


def test_numbers_are_those_of_python():
    odd = Epoch(np.float64(1), np.float32(0.5), np.int64(3), 1, np.int32(2), 0)
    (record,) = History().after(odd).records
    assert [type(value) for value in record] == [float, float, int, float, int, float]
    assert record == (1, 0.5, 3, 1, 2, 0)
