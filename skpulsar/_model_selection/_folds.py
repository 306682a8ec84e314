# SPDX-License-Identifier: BSD-3-Clause
"""Which rows every fold trains with, and which it holds out."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from sklearn.model_selection import check_cv


@dataclass(frozen=True)
class Folds:
    """The rows of every fold, by their numbers, without those of weight 0.

    Parameters
    ----------
    n_rows : int
        How many rows there are, those of weight 0 included.

    used : ndarray of int
        The rows of positive weight.

    test : list of ndarray of int
        The rows that every fold holds out.

    drawn : list of ndarray of int, or None
        The rows that it trains with; None stands for all others, each once.
    """

    n_rows: int
    used: np.ndarray
    test: list
    drawn: list

    @classmethod
    def of(cls, cv, X, y, used, numbers=None, **metadata):
        """The folds that `cv` makes.

        Parameters
        ----------
        cv : int, splitter, iterable or None
            As for `sklearn.model_selection.check_cv`. The folds of a number are made of
            the rows of positive weight alone.

        X, y : ndarray or CSR matrix, and ndarray
            All rows.

        used : ndarray of int
            The rows of positive weight.

        numbers : ndarray of shape (n_samples,), or None
            The classes of y as small numbers, which are faster to sort.

        **metadata : array-like of shape (n_samples,)
            What the splitter wants besides, such as `groups`.

        Raises
        ------
        ValueError
            If a fold has no rows to train with or to hold out, or a row that is not
            there.
        """
        n_rows = X.shape[0]
        used = used.astype(_number_type(n_rows), copy=False)
        if cv is None or isinstance(cv, Integral):
            of_used = (y if numbers is None else numbers)[used]
            splitter = check_cv(cv, of_used, classifier=True)
            splits = (
                (used[train], used[test])
                for train, test in splitter.split(used, of_used)
            )
        else:
            splits = check_cv(cv, y, classifier=True).split(X, y, **metadata)
        folds = cls(n_rows, used, [], [])
        for number, (train, test) in enumerate(splits):
            folds._append(*(_numbers(rows, n_rows, number) for rows in (train, test)))
        if not folds.test:
            raise ValueError("cv makes no fold: give it at least one.")
        return folds

    def _append(self, train, test):
        """One more fold, without the rows of weight 0."""
        if len(self.used) < self.n_rows:
            is_used = self._mask(self.used)
            train, test = train[is_used[train]], test[is_used[test]]
        for rows, purpose in ((train, "to train with"), (test, "held out")):
            if len(rows) == 0:
                raise ValueError(
                    f"Fold {len(self)} of cv has no row {purpose} whose weight is "
                    "positive: choose other folds, or leave rows of weight 0 out."
                )
        is_other, n_used = self._mask(train), len(self.used)
        divided = len(train) == np.count_nonzero(is_other)
        divided &= len(train) + len(test) == n_used and not is_other[test].any()
        self.test.append(test)
        self.drawn.append(None if divided else train)

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
        for number in range(len(self)):
            run.append(number)
            rows = np.concatenate([self.test[k] for k in run])
            n_different = np.count_nonzero(self._mask(rows))
            if n_different < len(rows):
                return None
            if n_different == len(self.used):
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
        numbers, n_classes = (
            target.astype(np.min_scalar_type(len(classes))),
            len(classes),
        )
        all_used = np.bincount(numbers[self.used], minlength=n_classes)
        for number, (test, drawn) in enumerate(zip(self.test, self.drawn, strict=True)):
            held_out = np.bincount(numbers[test], minlength=n_classes)
            trained = all_used - held_out
            if drawn is not None:
                trained = np.bincount(numbers[drawn], minlength=n_classes)
            needs = f"held out, which {', '.join(scores):.60} needs"
            for count, purpose in ((trained, "to train with"), (held_out, needs)):
                if not count.all() and (scores or count is trained):
                    raise ValueError(
                        f"Fold {number} of cv has no row of class "
                        f"{classes[count.argmin()]!s:.40} {purpose}. Use folds that "
                        "are stratified, as StratifiedKFold has them, or fewer."
                    )


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
