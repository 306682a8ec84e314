# SPDX-License-Identifier: BSD-3-Clause
import copy
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skpulsar._training._history import Epoch, History
from skpulsar._training._monitor import Monitor


def epoch(number):
    return Epoch(
        loss=1 / number,
        penalty=number / 4,
        learning_rate=0.1,
        n_rows=number,
        seconds=0.01,
        n_sampled=2 * number,
        objective_gap=number / 8,
    )


def history_of(numbers, history=None):
    history = history or History()
    for number in numbers:
        history = history.after(epoch(number), {})
    return history


def numbers_of(history):
    return history.values("n_rows")


def test_a_history_has_every_field_of_its_epochs():
    history = history_of([1, 4, 2])
    assert history.values("loss") == [1.0, 0.25, 0.5]
    assert history.values("penalty") == [0.25, 1.0, 0.5]
    assert history.values("learning_rate") == [0.1] * 3
    assert history.values("n_rows") == [1, 4, 2]
    assert history.values("seconds") == [0.01] * 3
    assert history.values("n_sampled") == [2, 8, 4]
    assert history.values("objective_gap") == [0.125, 0.5, 0.25]
    assert (history.best_loss, history.last("loss")) == (0.25, 0.5)
    assert history.best_iter == 2 and not history.last_is_best


def test_an_empty_history():
    history = History()
    assert numbers_of(history) == []
    assert np.isnan([history.best_loss, history.best_cost, history.last("loss")]).all()
    assert history.best_iter == 0 and history.as_lists()["epoch"] == []


@given(steps=st.lists(st.tuples(st.integers(0), st.integers(1, 9)), max_size=40))
def test_every_history_keeps_its_own_epochs(steps):
    """Histories that grow from one another, in any order, never meet."""
    histories, expected = [History()], [[]]
    for whence, number in steps:
        place = whence % len(histories)
        histories.append(histories[place].after(epoch(number), {}))
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
    odd = Epoch(np.float64(1), 0, np.float32(0.5), np.int64(3), 1, np.int32(2), 0)
    (record,) = History().after(odd, {"validation_f1": np.float32(0.25)}).records
    kinds = [float, float, float, int, float, int, float, float]
    assert [type(value) for value in record] == kinds
    assert record == (1, 0, 0.5, 3, 1, 2, 0, 0.25)


def scored(values, monitor, name="validation_f1"):
    history = History(monitor=monitor)
    for number, value in enumerate(values, start=1):
        scores = {} if value is None else {name: value}
        history = history.after(epoch(number), scores)
    return history


@pytest.mark.parametrize(
    ("values", "greater_is_better", "best"),
    [
        ([0.5, 0.7, 0.7, 0.6], True, 2),  # the first of equal ones
        ([0.5, 0.7, 0.4, 0.6], False, 3),
        ([np.nan, 0.5, np.nan], True, 2),
        ([np.nan, np.nan], True, 0),
        ([-np.inf, -np.inf], True, 1),
        ([np.nan, np.inf, np.inf], False, 2),
        ([-np.inf, 0.5], True, 2),
        ([None, 0.5, None, 0.6], True, 4),
        ([0.5, None], False, 1),
    ],
)
def test_the_best_epoch_is_that_of_the_monitored_score(values, greater_is_better, best):
    history = scored(values, Monitor("validation_f1", greater_is_better))
    assert history.best_iter == best
    assert history.last_is_best == (best == len(values))
    best_value = values[best - 1] if best else np.nan
    assert_array_equal(history.best_cost, history.monitor.cost(best_value))
    expected = [np.nan if value is None else value for value in values]
    assert_array_equal(history.values("validation_f1"), expected)
    sign = 1 if greater_is_better else -1
    assert_array_equal(history.validation_scores(), sign * np.array(expected))


def test_without_a_validation_set_the_lowest_loss_is_best():
    history = history_of([1, 5, 3])
    assert history.best_iter == 2 and history.validation_scores() is None


def test_every_list_has_a_value_for_every_epoch():
    """Also of scores that only some epochs have, in any order."""
    history = History().after(epoch(1), {})
    history = history.after(epoch(2), {"validation_f1": 0.5})
    history = history.after(epoch(3), {"train_loss": 2.0, "validation_f1": 0.25})
    history = history.after(epoch(4), {})
    lists = history.as_lists()
    assert list(lists)[:3] == ["epoch", "loss", "penalty"]
    assert list(lists)[-2:] == ["validation_f1", "train_loss"]
    assert {len(values) for values in lists.values()} == {4}
    assert lists["epoch"] == [1, 2, 3, 4]
    assert_array_equal(lists["validation_f1"], [np.nan, 0.5, 0.25, np.nan])
    assert_array_equal(lists["train_loss"], [np.nan, np.nan, 2, np.nan])
    assert pickle.loads(pickle.dumps(history)).names == history.names
