# SPDX-License-Identifier: BSD-3-Clause
"""Passes over chunks find what passes over rows in memory do, to the last bit."""

from functools import partial

import numpy as np
import pytest
from _chunks import PartedTable, chunked

from skpulsar._problem import _candidates, _table_chunks
from skpulsar._problem._importance_sampling import FirstDraw, draw_key
from skpulsar._problem._losses import LOGISTIC, SQUARED
from skpulsar._problem._memory import Rows
from skpulsar._problem._threads import Threads

N, M, SEED = 60_011, 900, 77
KEY = draw_key(SEED, 0)


@pytest.fixture(params=[1, 3], autouse=True)
def threads(request):
    with Threads(request.param):
        yield


@pytest.fixture(autouse=True)
def entries(monkeypatch):
    monkeypatch.setattr(_table_chunks, "ENTRIES", 2**15)


@pytest.fixture(params=["logistic", "squared", "weights", "float32"])
def pair(request):
    """Rows in memory and in chunks, and their loss."""
    rng = np.random.default_rng(0)
    X = rng.standard_cauchy((N, 3)).clip(-1e4, 1e4)
    loss = SQUARED if request.param == "squared" else LOGISTIC
    if loss is SQUARED:
        y = X[:, 0] + rng.standard_normal(N)
    else:
        y = (X[:, 0] + rng.standard_normal(N) > 3).astype(float)
    weight, index = None, None
    if request.param == "weights":
        weight = rng.integers(0, 3, N).astype(float)
        index = np.flatnonzero(weight)
    if request.param == "float32":
        X = X.astype(np.float32)
    table = partial(PartedTable, starts=(0, 7000, 20_000, 41_000))
    return Rows(X, y, weight, index), chunked(X, y, weight, table), loss


def passes_of(pair):
    rows, chunks, loss = pair
    model = np.array([0.1, 2.0, 0.3]), True, loss
    return rows.full_pass(*model), chunks.full_pass(*model)


WEIGHTS = np.array([0.3, 0.01, -0.02, -1.0])


@pytest.mark.parametrize("diagonal", [False, True])
def test_a_pass(pair, diagonal):
    expected, found = (each.objective(WEIGHTS, diagonal) for each in passes_of(pair))
    for each, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(each, other)


def test_what_a_pass_leaves(pair):
    in_memory, passes = passes_of(pair)
    for each in (in_memory, passes):
        each.objective(WEIGHTS)
    assert passes.separated() == in_memory.separated()
    assert passes.margin_gains(WEIGHTS) == in_memory.margin_gains(WEIGHTS)
    along = [each.curvature_along(WEIGHTS, 5.0) for each in (passes, in_memory)]
    assert along[0] == along[1]
    places = np.array([3, 4096, 4097, 30_000])
    for some in (places, None):
        found, expected = passes.residuals(some), in_memory.residuals(some)
        np.testing.assert_array_equal(found, expected)
    products = [each.products(np.ones(1)) for each in (passes, in_memory)]
    np.testing.assert_array_equal(*products)


def drawn(rows, passes, norms, m=M):
    """What a draw finds, with the residuals and entries of its rows."""
    places, weight = passes.draw(norms, m, KEY)
    entries = rows.take(places, weight).entries(np.arange(len(places)))
    return places, weight, passes.residuals(places), entries


def assert_same(found, expected):
    for each, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(each, other)


@pytest.mark.parametrize("unseen", [False, True])
@pytest.mark.parametrize("told", [False, True])
def test_the_first_draw(pair, told, unseen):
    """Whether it was told of or not, and whether norms are added to or not."""
    rows, chunks, loss = pair
    shift, precision = np.array([0.1, 2.0, 0.3]), np.array([1.0, 0.0, 2.0])
    added = np.array([0.0, 0.5, 0.0]) if unseen else np.zeros(3)
    found, draw = [], FirstDraw(M, SEED, loss, True) if told else None
    for each, passes in zip((rows, chunks), passes_of(pair), strict=True):
        moments, begun = each.moments_and_norms(shift, precision, draw)
        norms = each.leverages(shift, added, begun)
        passes.predict_mean(loss.null_model(each, True).mean)
        found.append((moments.mean, moments.variance, *drawn(each, passes, norms)))
    assert_same(*found)


@pytest.mark.parametrize("room", [1, 20])
@pytest.mark.parametrize("told", [False, True])
def test_a_draw_after_a_pass(pair, told, room, monkeypatch):
    """Whether it was told of or not, and even if too few rows were kept for it."""
    rows, chunks, _ = pair
    if room == 1:
        monkeypatch.setattr(_candidates, "ROOM", (0.01, 1))
    shift, precision, found = np.zeros(3), np.array([1.0, 0.5, 2.0]), []
    for each, passes in zip((rows, chunks), passes_of(pair), strict=True):
        norms = each.leverages(shift, precision)
        passes.predict_mean(0.3)
        passes.objective(np.zeros(4))
        if told and each is chunks:
            passes.expect(norms, M, KEY)
        passes.objective(WEIGHTS)
        found.append(drawn(each, passes, norms))
        passes.objective(2 * WEIGHTS)  # A later pass knows their residuals.
        found[-1] += (passes.residuals(found[-1][0]),)
    assert_same(*found)


def test_a_draw_that_was_told_of_reads_no_row_again(pair):
    _, chunks, _ = pair
    _, passes = passes_of(pair)
    norms = chunks.leverages(np.zeros(3), np.ones(3))
    passes.objective(np.zeros(4))
    passes.expect(norms, M, KEY)
    passes.objective(WEIGHTS)
    chunks.chunks.columns = None  # Nothing can be read.
    places, _ = passes.draw(norms, M, KEY)
    passes.residuals(places)
    assert chunks.take(places, None).n_rows == len(places) > M / 2
