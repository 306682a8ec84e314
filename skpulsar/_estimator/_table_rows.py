# SPDX-License-Identifier: BSD-3-Clause
"""Rows of tables and files, as `fit` and `predict` take them."""

import os

import numpy as np
from sklearn.utils.validation import validate_data

from skpulsar._problem._packed_rows import packed_rows
from skpulsar._problem._table_columns import TableColumns, named
from skpulsar._solvers._table import DEFAULT
from skpulsar._tables._cached_table import CachedTable, check_key, folder_of
from skpulsar._tables._table_of import is_table, table_of

PORTION = 2**16  # So many rows are given to `partial_fit` at once.
IN_MEMORY = 2**27  # Features of a table of so many bytes become an array.


class TableRows:
    """The rows of a table, which `rows` returns.

    Parameters
    ----------
    table : Table
        What is read.

    columns : tuple or None
        The features; None: all columns but those that `fit` takes as y and
        sample_weight.

    cache : str or None
        The folder of a `CachedTable`.
    """

    def __init__(self, table, columns=None, cache=None):
        self.table, self.columns, self.cache = table, columns, cache

    def __repr__(self):
        n_rows = "?" if self.table.n_rows is None else self.table.n_rows
        return f"<rows of a table: {n_rows} x {len(self.table.columns)} columns>"

    def __array__(self, dtype=None, copy=None):
        raise TypeError(
            "rows(...) is no array: SLPClassifier and SLPRegressor take it in fit, "
            "partial_fit, predict, predict_proba, decision_function and score. What "
            "divides or transforms rows, as cross_validate does, needs arrays."
        )

    def __len__(self):
        return self.__array__()

    def __bool__(self):
        return True

    def for_fit(self, y, sample_weight):
        """The features, targets and weights that `fit` is asked to read."""
        if y is None:
            raise ValueError(
                "y is missing: name its column, as in fit(rows, y='label'), or give "
                "one entry a row."
            )
        y = self._given(y, "y")
        return self._columns(y, self._given(sample_weight, "sample_weight"))

    def in_memory(self, y, sample_weight):
        """X, y and sample weights as arrays; None if they are large. What is no column
        stays as it is."""
        given, names = (y, sample_weight), []
        for each, name in zip(given, ("y", "sample_weight"), strict=True):
            self._refuse_several(each, name)
            names.append(self._given(each, name) if isinstance(each, str) else None)
        found = self._columns(*names).in_memory(IN_MEMORY)
        if found is None:
            return None
        X, *read = found
        pairs = zip(given, read, strict=True)
        return X, *(each if column is None else column for each, column in pairs)

    def _columns(self, y, sample_weight):
        """Features and these columns or arrays."""
        features = self.columns
        taken = [each for each in (y, sample_weight) if isinstance(each, str)]
        if features is None:
            features = tuple(c for c in self.table.columns if c not in taken)
        elif not set(features).isdisjoint(taken):
            raise ValueError(
                f"columns={list(features)!s:.120} has a column that is y or "
                "sample_weight: leave it out."
            )
        if not features:
            raise ValueError("No column of the table is left for a feature.")
        return TableColumns(self._cached(features), features, y, sample_weight)

    def _cached(self, features):
        """The table that is read where features are wanted."""
        if self.cache is None:
            return self.table
        return CachedTable(self.table, features, self.cache)

    def for_prediction(self, estimator):
        """The columns that a fitted estimator predicts from: by its feature names, if
        the table has names."""
        names = getattr(estimator, "feature_names_in_", None)
        features = self.columns or self.table.columns
        if names is not None and isinstance(self.table.columns[0], str):
            features = tuple(name for name in names if name in features)
            if len(features) < len(names):
                missing = [name for name in names if name not in features]
                raise ValueError(f"The table lacks the features {missing!s:.150}.")
        check_features(estimator, features, reset=False)
        return features

    def portions(self, y, sample_weight):
        """Yield X, y and sample weights of so many rows as `partial_fit` is given at
        once, X with the names of its columns."""
        return self.for_fit(y, sample_weight).portions(PORTION)

    def column(self, given, name):
        """A column as an array, or what is given as the argument of this name, if that
        is no column."""
        given = self._given(given, name)
        if not isinstance(given, str):
            return given
        parts = [batch.column(given) for batch in self.table.read((given,))]
        return np.concatenate(parts) if parts else np.empty(0)

    def blocks(self, features):
        """Yield features of consecutive rows, as arrays or CSR arrays, and where they
        are from."""
        dtype = self.table.dtype(features)
        for batch in self._cached(features).read(features):
            yield packed_rows(batch, features, dtype), batch.where

    def _given(self, given, name):
        """A column, an array, or None."""
        if given is None:
            return None
        self._refuse_several(given, name)
        if not isinstance(given, str):
            array = np.asarray(given)
            if array.ndim == 1:
                return array
            raise ValueError(
                f"{name} must be the name of a column, or have one entry a row. Got an "
                f"array of shape {array.shape} instead."
            )
        if given in self.table.columns:
            return given
        raise ValueError(
            f"{name}={given!r:.60} is no column of the table, whose columns are "
            f"{list(self.table.columns)!s:.150}."
        )

    def _refuse_several(self, given, name):
        """Refuse a list of names; one of labels would have some of them twice."""
        if not isinstance(given, (list, tuple)) or {*map(type, given)} != {str}:
            return
        if len({*given}) == len(given) and {*given} <= {*self.table.columns}:
            raise ValueError(
                f"{name}={given!s:.60} names {len(given)} columns: give the name of "
                "one, or an array with one entry a row."
            )


def rows_of(X, y, sample_weight):
    """What `fit` trains on: of a table the `TableColumns`, if it is large, else arrays.

    Returns
    -------
    X, y, sample_weight
        As they are given, if X is no table; y and weights of a large one are None.
    """
    table = table_rows(X, y)
    if table is None:
        return X, y, sample_weight
    in_memory = table.in_memory(y, sample_weight)
    if in_memory is not None:
        return in_memory
    return table.for_fit(y, sample_weight), None, None


def refuse_large(X):
    """Refuse the `TableColumns` of a large table where arrays are needed.

    Raises
    ------
    ValueError
        If it is one.
    """
    if isinstance(X, TableColumns):
        raise ValueError(
            f"the table takes more than {IN_MEMORY} bytes, and its rows are kept in "
            "memory: give some of its rows."
        )


def check_features(estimator, features, reset):
    """Note the number of features, and their names, or compare them."""
    X = named(features, np.empty((0, len(features))))
    validate_data(estimator, X, reset=reset, skip_check_array=True)


def rows(data, *, columns=None, cache=None):
    """Rows of a table or of files, read in chunks: for data larger than memory.

    Parameters
    ----------
    data : str, path, list of these, or table
        Parquet files (paths, patterns such as ``"train/*.parquet"``, folders), a polars
        LazyFrame, a pyarrow Dataset, a dask array or dataframe, a dataframe, a memory
        map, or a callable without arguments that opens a new Arrow stream.

    columns : list of str or int, default=None
        The features; None stands for all columns but those that are given as `y` and
        `sample_weight`.

    cache : str or path, default=None
        A folder, for Parquet files: their features are decoded once, into a file there
        that all later readings map, in this process and in others. The name of that
        file stands for paths, sizes and times of the Parquet files, and for the
        features. What is no longer wanted there is for you to delete.

    Returns
    -------
    rows : TableRows
        What `fit`, `partial_fit`, `predict`, `predict_proba`, `decision_function` and
        `score` of :class:`SLPClassifier` and :class:`SLPRegressor` take as X, with the
        names of columns as `y` and `sample_weight`. Of files it can be pickled, and
        holds no data.

    Raises
    ------
    ValueError
        If data can be read only once, a file cannot be read, a column is missing, or
        there is a cache of what is no Parquet file, or one that is no path.
    TypeError
        If there is no reader for the type of `data`.
    ImportError
        If a library is missing that reads it.

    See Also
    --------
    SLPClassifier.partial_fit : Chunks of a stream that nobody can read again.

    Notes
    -----
    The same bits come out as from the same rows in an array. See docs/large_data.md.

    Examples
    --------
    >>> import os, tempfile
    >>> import polars as pl
    >>> from skpulsar import SLPClassifier, rows
    >>> from skpulsar.datasets import make_pulsars
    >>> X, y = make_pulsars(n_samples=2000, random_state=0)
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "pulsars.parquet")
    >>> pl.DataFrame(X).with_columns(is_pulsar=y).write_parquet(path)
    >>> of_file = SLPClassifier(random_state=0).fit(rows(path), y="is_pulsar")
    >>> of_array = SLPClassifier(random_state=0).fit(X, y)
    >>> bool((of_file.coef_ == of_array.coef_).all())
    True
    >>> of_file.predict(rows(path)).sum() == of_array.predict(X).sum()
    np.True_
    >>> folder.cleanup()
    """
    given = data if isinstance(data, TableRows) else TableRows(table_of(data))
    table, known = given.table, given.table.columns
    if columns is not None:
        columns = tuple(columns)
        missing = [column for column in columns if column not in known]
        if missing or not columns or len(set(columns)) < len(columns):
            raise ValueError(
                f"columns must be some of {list(known)!s:.120}, each once. Got "
                f"{list(columns)!s:.80} instead."
            )
    if cache is not None:
        check_key(table)
        cache = folder_of(cache)
    return TableRows(table, columns or given.columns, cache or given.cache)


def table_rows(X, y=None):
    """`TableRows` of what is to be read in chunks; None for all else."""
    if isinstance(X, TableRows):
        return X
    if isinstance(X, (str, os.PathLike)):
        raise TypeError(
            f"X is the path {str(X)!r:.60}: give rows(path), as in fit(rows(path), "
            "y='label')."
        )
    if is_table(X) or (isinstance(y, str) and hasattr(X, "columns")):
        return TableRows(table_of(X))
    return None


def refuse_tables(estimator, solver, validation_set):
    """Refuse what needs rows in memory.

    Raises
    ------
    ValueError
        If a parameter asks for that.
    """
    name = type(estimator).__name__
    if DEFAULT not in estimator._fits:
        raise ValueError(
            f"X is a table of more than {IN_MEMORY} bytes, and {name} trains on "
            "minibatches of arrays. Call partial_fit, which takes the rows in portions."
        )
    if solver != DEFAULT:
        raise ValueError(
            f"The rows of a table are for solver={DEFAULT!r}, and {name} would run "
            f"{solver!r}, whose minibatches need arrays. Leave the parameters of "
            "stepping at their defaults, or call partial_fit with chunks."
        )
    if estimator.return_train_score:
        raise ValueError(
            "return_train_score=True needs arrays, and X is a table: set it to False."
        )
    if estimator.early_stopping and validation_set[0] is None:
        raise ValueError(
            "early_stopping=True holds no rows of a table out: give arrays X_val and "
            "y_val to fit."
        )
