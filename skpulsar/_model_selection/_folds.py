# SPDX-License-Identifier: BSD-3-Clause
"""Which rows every fold trains with, and which it holds out."""

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from sklearn.model_selection import check_cv


@dataclass(frozen=True)
class Folds:
    """The rows of every fold, by their numbers, without those of weight 0.

    Parameters
    ----------
    n_rows, n_used : int
        How many rows there are, and of these with a positive weight.

    used : ndarray of int, or slice
        The rows of positive weight; a slice of all of them copies nothing.

    test : list of ndarray of int
        The rows that every fold holds out.

    drawn : list of ndarray of int, or None
        The rows that it trains with; None stands for all others, each once.
    """

    n_rows: int
    n_used: int
    used: np.ndarray | slice
    test: list
    drawn: list

    @classmethod
    def of(cls, cv, X, y, used=None, numbers=None, **metadata):
        """The folds that `cv` makes.

        Parameters
        ----------
        cv : int, splitter, iterable or None
            As for `sklearn.model_selection.check_cv`. The folds of a number are made of
            the rows of positive weight alone.

        X, y : ndarray or CSR matrix, and ndarray
            All rows.

        used : ndarray of int, or None
            The rows of positive weight; None: all.

        numbers : ndarray of shape (n_samples,), or None
            The classes of y as small numbers, which are faster to sort.

        **metadata : array-like of shape (n_samples,)
            What the splitter wants besides, such as `groups`.

        Raises
        ------
        ValueError
            If a fold is no pair, has no rows to train with or to hold out, or a row
            that is not there.
        """
        n_rows, by_number = X.shape[0], cv is None or isinstance(cv, Integral)
        if used is None or len(used) == n_rows:
            used, n_used = slice(None), n_rows
        else:
            used, n_used = used.astype(_number_type(n_rows), copy=False), len(used)
        if by_number:
            of_used = (y if numbers is None else numbers)[used]
            splitter = check_cv(cv, of_used, classifier=True)
            splits = splitter.split(of_used, of_used)
        else:
            if isinstance(cv, Iterable) and not hasattr(cv, "split"):
                cv = [_pair(split, number) for number, split in enumerate(cv)]
            splits = check_cv(cv, y, classifier=True).split(X, y, **metadata)
        folds = cls(n_rows, n_used, used, [], [])
        for number, split in enumerate(splits):
            train, test = _rows_of(*split, n_used if by_number else n_rows, number)
            if n_used < n_rows:
                within = folds._of_used if by_number else folds._without_unused
                train, test = None if train is None else within(train), within(test)
            folds._append(train, test)
        if not folds.test:
            raise ValueError("cv makes no fold: give it at least one.")
        return folds

    def _of_used(self, places):
        """The rows at some places among those of positive weight."""
        return self.used[places]

    def _without_unused(self, rows):
        """Those of some rows whose weight is positive."""
        return rows[self._mask(self.used)[rows]]

    def _append(self, train, test):
        """One more fold; None stands for all rows that it does not hold out."""
        n_train = self.n_used - len(test) if train is None else len(train)
        for n_rows, purpose in ((n_train, "to train with"), (len(test), "held out")):
            if n_rows == 0:
                raise ValueError(
                    f"Fold {len(self)} of cv has no row {purpose} whose weight is "
                    "positive: choose other folds, or leave rows of weight 0 out."
                )
        if train is not None:
            is_other = self._mask(train)
            divided = len(train) == np.count_nonzero(is_other)
            divided &= n_train + len(test) == self.n_used and not is_other[test].any()
            train = None if divided else train
        self.test.append(test)
        self.drawn.append(train)

    def __len__(self):
        return len(self.test)

    def train(self, number):
        """The rows that a fold trains with."""
        if self.drawn[number] is not None:
            return self.drawn[number]
        others = self._mask(self.used)
        others[self.test[number]] = False
        return np.flatnonzero(others)

    def partitions(self):
        """Runs of folds each of which holds every row out once and trains with all
        others: a list of lists of their numbers, or None if there are other folds."""
        if any(rows is not None for rows in self.drawn):
            return None
        runs, run = [], []
        for number, test in enumerate(self.test):
            if not run:
                n_rows, is_held_out = 0, np.zeros(self.n_rows, bool)
            run.append(number)
            n_rows, is_held_out[test] = n_rows + len(test), True
            if np.count_nonzero(is_held_out) < n_rows:
                return None
            if n_rows == self.n_used:
                runs.append(run)
                run = []
        return None if run else runs

    def _mask(self, rows):
        mask = np.zeros(self.n_rows, bool)
        mask[rows] = True
        return mask

    def check_classes(self, target, classes, scores):
        """Refuse folds that train without a class, or hold none out for a score that
        has to see it.

        Parameters
        ----------
        target : ndarray of shape (n_samples,)
            The number of the class of every row.

        classes : ndarray of shape (n_classes,)
            The labels.

        scores : list of str
            Names of scores that need rows of every class.
        """
        numbers = target.astype(np.min_scalar_type(len(classes)))

        def counted(rows):
            of_rows = numbers[rows]
            return np.array(
                [np.count_nonzero(of_rows == k) for k in range(len(classes))]
            )

        all_used = counted(self.used)
        for number, (test, drawn) in enumerate(zip(self.test, self.drawn, strict=True)):
            held_out = counted(test)
            trained = all_used - held_out if drawn is None else counted(drawn)
            needs = f"held out, which {', '.join(scores):.60} needs"
            for count, purpose in ((trained, "to train with"), (held_out, needs)):
                if not count.all() and (scores or count is trained):
                    raise ValueError(
                        f"Fold {number} of cv has no row of class "
                        f"{classes[count.argmin()]!s:.40} {purpose}. Use folds that "
                        "are stratified, as StratifiedKFold has them, or fewer."
                    )


def _pair(split, fold):
    """What a fold trains with and holds out, as `cv` has it."""
    try:
        train, test = split
    except (TypeError, ValueError):
        raise ValueError(
            f"Fold {fold} of cv must be a pair: rows to train with, and rows held out. "
            f"Got {split!r:.60} instead."
        ) from None
    return train, test


def _rows_of(train, test, n_rows, fold):
    """What a fold trains with and holds out, as numbers of rows; of the former None if
    these are, in order, all others."""
    test, train = _numbers(test, n_rows, fold), np.asarray(train)
    is_other = np.ones(n_rows, bool)
    is_other[test] = False
    n_others = n_rows - len(test)
    if train.dtype.kind in "iu" and train.shape == (n_others,):
        if np.array_equal(train, np.flatnonzero(is_other)):
            return None, test
    return _numbers(train, n_rows, fold), test


def _numbers(rows, n_rows, fold):
    """Rows of a fold as numbers."""
    rows = np.asarray(rows)
    if rows.dtype == bool and rows.shape == (n_rows,):
        rows = np.flatnonzero(rows)
    if rows.size == 0:
        return np.zeros(0, _number_type(n_rows))
    if rows.ndim != 1 or rows.dtype.kind not in "iu":
        raise ValueError(
            f"Fold {fold} of cv must be given by the numbers of its rows. Got an array "
            f"of {rows.dtype!s:.40} of shape {rows.shape!s:.40} instead."
        )
    if not -n_rows <= rows.min() <= rows.max() < n_rows:
        raise ValueError(
            f"Fold {fold} of cv has row {rows[np.abs(rows).argmax()]}, but there are "
            f"{n_rows} rows."
        )
    rows = rows.astype(np.intp, copy=False)
    if rows.min() < 0:
        rows = np.where(rows < 0, rows + n_rows, rows)
    return rows.astype(_number_type(n_rows), copy=False)


def _number_type(n_rows):
    """Of the numbers of rows, which are as long as the data."""
    return np.int32 if n_rows <= np.iinfo(np.int32).max else np.int64
