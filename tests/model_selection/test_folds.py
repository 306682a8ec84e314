# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneOut,
    PredefinedSplit,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
)

from skpulsar._model_selection._folds import Folds

X, Y = np.zeros((60, 2)), np.arange(60) % 3 == 0


def folds_of(cv, used=None, **metadata):
    return Folds.of(cv, X, Y, used, **metadata)


@pytest.mark.parametrize("cv", [None, 4, KFold(3), StratifiedKFold(3, shuffle=True)])
def test_they_are_those_of_the_splitter(cv):
    if isinstance(cv, StratifiedKFold):
        cv.random_state = 0
    expected = {None: StratifiedKFold(5), 4: StratifiedKFold(4)}.get(cv, cv)
    folds = folds_of(cv)
    assert len(folds) == expected.get_n_splits()
    for number, (train, test) in enumerate(expected.split(X, Y)):
        assert_array_equal(folds.train(number), train)
        assert_array_equal(folds.test[number], test)
    assert folds.partitions() == [list(range(len(folds)))]


@pytest.mark.parametrize(
    ("cv", "n_runs"),
    [
        (RepeatedStratifiedKFold(n_splits=3, n_repeats=4, random_state=0), 4),
        (LeaveOneOut(), 1),
        (PredefinedSplit(np.arange(60) // 20), 1),
        (PredefinedSplit(np.arange(60) // 20 - 1), None),
        (ShuffleSplit(3, random_state=0), None),
        (TimeSeriesSplit(3), None),
        ([(np.arange(30), np.arange(30, 60)), (np.arange(30, 60), np.arange(30))], 1),
        (
            [(np.arange(29), np.arange(30, 60)), (np.arange(30, 60), np.arange(30))],
            None,
        ),
        ([(np.arange(30), np.arange(30, 60))], None),
        ([(np.arange(30), np.repeat(np.arange(30, 60), 2))] * 2, None),
    ],
    ids=str,
)
def test_partitions(cv, n_runs):
    runs = folds_of(cv).partitions()
    assert (None if runs is None else len(runs)) == n_runs


def test_groups_are_kept_together():
    groups = np.arange(60) // 6
    folds = folds_of(GroupKFold(5), groups=groups)
    for number, test in enumerate(folds.test):
        assert not set(groups[folds.train(number)]) & set(groups[test])


def test_rows_of_weight_0_are_in_no_fold():
    used = np.setdiff1d(np.arange(60), [0, 7, 30])
    by_number = folds_of(3, used)
    for number, (train, test) in enumerate(StratifiedKFold(3).split(used, Y[used])):
        assert_array_equal(by_number.train(number), used[train])
        assert_array_equal(by_number.test[number], used[test])
    by_splitter = folds_of(PredefinedSplit(np.arange(60) % 4), used)
    for number, test in enumerate(by_splitter.test):
        assert_array_equal(test, used[used % 4 == number])
    assert by_splitter.partitions() == [[0, 1, 2, 3]]


def test_masks_and_negative_numbers():
    mask = np.arange(60) < 40
    for cv in (
        [(mask, ~mask)],
        [(np.arange(-60, -20, dtype=np.int8), np.arange(-20, 0))],
    ):
        folds = folds_of(cv)
        assert_array_equal(folds.train(0), np.arange(40))
        assert_array_equal(folds.test[0], np.arange(40, 60))


@pytest.mark.parametrize(
    ("cv", "message"),
    [
        ([(np.arange(30), [])], "Fold 0 of cv has no row held out"),
        ([([], np.arange(30))], "Fold 0 of cv has no row to train with"),
        ([(np.arange(30), [60])], "Fold 0 of cv has row 60, but there are 60 rows"),
        ([(np.arange(30), [-61])], "Fold 0 of cv has row -61"),
        ([(np.arange(30), [0.5])], "must be given by the numbers of its rows"),
        ([(np.arange(30), [[1]])], r"of shape \(1, 1\)"),
        ([(np.arange(1.0, 60), [0])], "must be given by the numbers of its rows"),
        ([], "cv makes no fold"),
    ],
    ids=str,
)
def test_folds_that_are_none(cv, message):
    with pytest.raises(ValueError, match=message) as refused:
        folds_of(cv)
    assert len(str(refused.value)) <= 300


def test_a_fold_without_a_class():
    y = np.arange(60) // 20
    folds = Folds.of(KFold(3), X, y, np.arange(60))
    with pytest.raises(ValueError, match="Fold 0 of cv has no row of class b to train"):
        folds.check_classes((y > 0) * 1.0 + (y == 0) * 0, np.array(["b", "a"]), [])
    y = np.arange(60) % 2
    y[:20] = 1
    folds = Folds.of(KFold(3), X, y, np.arange(60))
    folds.check_classes(y.astype(float), np.array(["b", "a"]), [])
    with pytest.raises(ValueError, match="class b held out, which f1 needs"):
        folds.check_classes(y.astype(float), np.array(["b", "a"]), ["f1"])
