# SPDX-License-Identifier: BSD-3-Clause
"""Dask arrays of CSR blocks are trained on as the same CSR matrix in memory."""

from itertools import pairwise

import dask.array as da
import numpy as np
import pytest
from _assertions import refuses
from _dask import tasks_left, workers
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, csr_matrix, random_array
from sklearn.base import clone

from skpulsar import MLPClassifier, SLPClassifier, SLPRegressor, rows
from skpulsar._estimator import _table_rows
from skpulsar._problem import _table_chunks, _threads

N = 10_000
MODELS = {
    "plain": SLPClassifier(),
    "balanced": SLPClassifier(class_weight="balanced", prior_correction=True),
    "a class left out": SLPClassifier(class_weight={1: 0.3}),
    "standardized": SLPClassifier(standardize=True, alpha=0.01),
    "without penalty": SLPClassifier(alpha=0, tol=1e-8),
    "without intercept": SLPClassifier(fit_intercept=False),
    "numbers": SLPRegressor(),
    "standardized numbers": SLPRegressor(standardize=True, alpha=0.1),
}
properties = settings(derandomize=True, database=None, deadline=None, max_examples=25)
pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning",
    "ignore:Some columns.*penalty:UserWarning",
)


@pytest.fixture(autouse=True)
def in_chunks(monkeypatch):
    """Nothing is small enough to become a matrix; chunks are of few leaves."""
    monkeypatch.setattr(_table_rows, "IN_MEMORY", 0)
    monkeypatch.setattr(_table_chunks, "ENTRIES", 2**15)


def made(n, d, density, seed=0):
    """CSR rows, of which some entries are stored zeros, labels and weights."""
    rng = np.random.default_rng(seed)
    X = random_array(
        (n, d), density=density, format="csr", rng=rng,
        data_sampler=lambda size: rng.standard_normal(size) + 0.5,
    )  # fmt: skip
    X.data[rng.random(X.nnz) < 0.1] = 0
    score = X @ rng.standard_normal(d) + rng.standard_normal(n)
    return X, score, rng.integers(0, 3, n).astype(float)


def repeated(X, seed=0):
    """The same shape with entries in any order, some of them two or three times."""
    rng = np.random.default_rng(seed)
    of_rows = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
    more = rng.integers(0, X.nnz, X.nnz // 2)
    order = np.argsort(np.append(of_rows, of_rows[more]), kind="stable")
    counts = np.bincount(np.append(of_rows, of_rows[more]), minlength=X.shape[0])
    data, indices = (np.append(a, a[more])[order] for a in (X.data, X.indices))
    return csr_array((data, indices, np.append(0, counts.cumsum())), shape=X.shape)


def lazy(X, ends=(0, 0, 3000, 3001, 3001, 9000, N)):
    """The same rows in blocks, some of them empty."""

    def block(block_id):
        return X[ends[block_id[0]] : ends[block_id[0] + 1]]

    chunks = tuple(stop - start for start, stop in pairwise(ends)), X.shape[1]
    return da.map_blocks(block, chunks=chunks, meta=type(X)((0, 0), dtype=X.dtype))


def bits(model):
    """All that training gives, but for times."""
    history = {k: v for k, v in model.history_.items() if k != "seconds"}
    state = model.coef_, model.intercept_, model.loss_curve_, history, model.n_iter_
    return repr([a.tobytes() if isinstance(a, np.ndarray) else a for a in state])


def targets(name, score):
    return score if "numbers" in name else (score > 1).astype(int)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_the_same_bits_as_from_memory(name, weighted):
    X, score, weight = made(N, 30, 0.2)
    y, weight = targets(name, score), weight if weighted else None
    model = clone(MODELS[name]).set_params(random_state=0)
    expected = clone(model).fit(X, y, weight)
    assert bits(model.fit(lazy(X), y, weight)) == bits(expected)


@properties
@given(st.data())
def test_any_rows_in_any_blocks(data):
    draw = data.draw
    n, d = draw(st.sampled_from([2, 40, 5000, 13_000])), draw(st.integers(1, 60))
    if draw(st.booleans()):
        d *= 700  # so that a leaf has more rows, or a diagonal does
    density = draw(st.sampled_from([1.0, 0.3, 0.01])) / (1 if d <= 60 else 300)
    X, score, weight = made(n, d, density, draw(st.integers(0, 9)))
    if X.nnz and draw(st.booleans()):
        X = repeated(X)
    X = X.astype(draw(st.sampled_from([np.float32, np.float64])))
    if draw(st.booleans()):
        X.indptr, X.indices = X.indptr.astype(np.int64), X.indices.astype(np.int64)
    name = draw(st.sampled_from(sorted(MODELS)))
    y = targets(name, score)
    y[:2], weight[:2] = [0, 1], 1
    weight = draw(st.sampled_from([None, weight]))
    cuts = sorted(draw(st.lists(st.integers(0, n), max_size=4)))
    blocks = lazy(draw(st.sampled_from([csr_array, csr_matrix]))(X), [0, *cuts, n])
    options = {"random_state": 0, "max_iter": 8}
    model = clone(MODELS[name]).set_params(**options)
    expected = clone(model).fit(X, y, weight)
    with pytest.MonkeyPatch.context() as patch:
        entries = draw(st.sampled_from([2**12, 2**20]))
        patch.setattr(_table_chunks, "ENTRIES", entries)
        patch.setattr(_threads, "FEW_ENTRIES", draw(st.sampled_from([1000, 10**6])))
        model.set_params(n_jobs=draw(st.sampled_from([1, 3])))
        model.fit(blocks, y, weight)
    assert bits(model) == bits(expected)
    logits = getattr(expected, "decision_function", expected.predict)(X)
    read = getattr(model, "decision_function", model.predict)
    np.testing.assert_array_equal(read(rows(blocks)), logits)
    np.testing.assert_array_equal(read(blocks).compute(), logits)


def test_every_entry_is_stored():
    """Then rows are read as arrays, but for moments by sample weights."""
    X, score, weight = made(N, 7, 1.0)
    for name in ("plain", "standardized", "numbers", "standardized numbers"):
        y, model = targets(name, score), clone(MODELS[name]).set_params(random_state=0)
        expected = clone(model).fit(X, y, weight)
        assert bits(model.fit(lazy(X), y, weight)) == bits(expected)


def test_some_columns_in_any_order():
    X, score, _ = made(N, 12, 0.2)
    y, columns = targets("", score), [7, 2, 3]
    expected = SLPClassifier(random_state=0).fit(X[:, columns], y)
    model = SLPClassifier(random_state=0).fit(rows(lazy(X), columns=columns), y)
    assert bits(model) == bits(expected)
    wide = lazy(X).rechunk({1: 5})  # blocks side by side
    model = SLPClassifier(random_state=0).fit(wide, y)
    assert bits(model) == bits(SLPClassifier(random_state=0).fit(X, y))


@pytest.mark.parametrize("n_workers", [1, 2, 4])
def test_any_number_of_workers(n_workers):
    X, score, weight = made(N, 30, 0.2)
    with workers(n_workers) as client:
        for name in ("balanced", "numbers"):
            y = targets(name, score)
            model = clone(MODELS[name]).set_params(random_state=0)
            expected = clone(model).fit(X, y, weight)
            with client.as_current():
                model.fit(lazy(X), y, weight)
            assert bits(model) == bits(expected)
            assert tasks_left(client) == []


def test_small_ones_become_a_matrix(monkeypatch):
    """So that all works that works for matrices."""
    X, score, _ = made(N, 30, 0.2)
    n_bytes = X.data.nbytes + X.indices.nbytes + X.indptr.nbytes
    y = np.digitize(score, [0, 1])
    for most, fits in ((n_bytes + 1000, True), (n_bytes // 2, False)):
        monkeypatch.setattr(_table_rows, "IN_MEMORY", most)
        model = SLPClassifier(random_state=0)
        if fits:
            expected = clone(model).fit(X, y)
            assert bits(model.fit(lazy(X), y)) == bits(expected)
            given = {"X_val": lazy(X), "y_val": y}
            model.fit(X, y, **given)
            assert "validation_loss" in model.history_
            MLPClassifier((3,), max_iter=1, tol=None).fit(lazy(X), y)
        else:
            refuses(ValueError, "two classes", model, "fit", lazy(X), y)


@pytest.mark.parametrize("solver", ["psgd", "sgd"])
def test_partial_fit(solver, monkeypatch):
    monkeypatch.setattr(_table_rows, "PORTION", 3000)
    X, score, _ = made(N, 30, 0.2)
    y = targets("", score)
    model = SLPClassifier(solver=solver, random_state=0)
    expected = clone(model)
    for start in range(0, N, 3000):
        part = slice(start, start + 3000)
        expected.partial_fit(X[part], y[part], [0, 1])
    assert bits(model.partial_fit(lazy(X), y, [0, 1])) == bits(expected)


@pytest.mark.parametrize("weight", [0.0, 1.0])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_found_in_its_block(bad, weight):
    X, score, given = made(N, 30, 0.2)
    place = X.indptr[4000] + 1
    X.data[place], given[4000] = bad, weight
    words = f"column {X.indices[place]} in row 4 of blocks, 999 rows behind"
    model = SLPClassifier()
    refuses(ValueError, words, model, "fit", lazy(X), targets("", score), given)
    fitted = SLPClassifier().fit(csr_array(X[:3000]), targets("", score)[:3000])
    with pytest.raises(ValueError, match=words):
        fitted.predict(rows(lazy(X)))


def test_malformed_blocks_are_refused(monkeypatch):
    """Before SciPy reads them, whose process they would crash."""
    X, score, _ = made(N, 30, 0.2)

    def broken(block, block_id):
        if block_id[0] == 4:
            block = block.copy()
            block.indices[7] = 30 + 10**6
        return block

    blocks = lazy(X).map_blocks(broken, meta=csr_array((0, 0)))
    words = "X in row 4 of blocks is not a CSR matrix: .* entry 7 is out of range"
    for most in (0, 2**27):
        monkeypatch.setattr(_table_rows, "IN_MEMORY", most)
        for method in ("fit", "partial_fit"):
            model, y = SLPClassifier(), targets("", score)
            refuses(ValueError, words, model, method, blocks, y)
    fitted = SLPClassifier().fit(X, targets("", score))
    with pytest.raises(ValueError, match=words):
        fitted.predict(rows(blocks))


def test_no_rows_and_no_weights():
    X, score, weight = made(N, 30, 0.2)
    y = targets("", score)
    for model in (SLPClassifier(), SLPRegressor()):
        refuses(ValueError, "no rows|no row", model, "fit", lazy(X[:0], (0, 0)), y[:0])
        refuses(ValueError, "non-zero", model, "fit", lazy(X), y, 0 * weight)
        refuses(ValueError, "entries|rows", model, "fit", lazy(X), y[:-1])
