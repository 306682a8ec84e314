# SPDX-License-Identifier: BSD-3-Clause
"""A reading of many models over groups of rows, against NumPy."""

import os
import signal
import threading

import numpy as np
import pytest
from _layouts import LAYOUTS, layouts
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._kernels import _core, reference

ROWS, LEAF = 700, 128
BOUNDS = np.array([0, 100, 100, 101, 450, ROWS])  # a group of none, and of one
COLUMNS = [1, 3, 7, 8, 9, 64, 130]  # at the edges of the lanes; several blocks
MODELS = [1, 7, 16, 37]  # at the edges of the registers; several strips


def problem(layout, d, n_models, weighted=False, part=False, n=ROWS):
    """Arguments of a dataset, and of a reading of it."""
    rng = np.random.default_rng(d)
    X = rng.standard_normal((n + 9, d)) * (rng.random((n + 9, d)) < 0.5)
    order = rng.permutation(n + 9)[:n] if part else None
    matrix = dict(layouts(X if part else X[:n]))[layout]
    centre = rng.standard_normal(d) * (not isinstance(matrix, tuple))
    weight = rng.exponential(size=n) if weighted else None
    target = rng.integers(0, 2, n).astype(float)
    weights = rng.standard_normal((d + 1, n_models)) * 3 / np.sqrt(d)
    rows = (matrix, target, weight, order), {"centre": centre, "leaf": LEAF}
    return rows, (weights, rng.random(d + 1) + 0.5)


def dataset(kernel, rows):
    given, options = rows
    return kernel.Dataset(*given, **options)


def readings(kernel, layout, d, n_models, single, weighted=False, part=False):
    rows, given = problem(layout, d, n_models, weighted, part)
    seen, residual = np.array([0, n_models - 1]), np.empty(ROWS)
    sums = dataset(kernel, rows).grid(*given, BOUNDS, None, seen, residual, single)
    return [*sums, residual]


def losses(layout, d, n_models, single, weighted):
    rows, given = problem(layout, d, n_models, weighted)
    data = dataset(_core, rows)
    return data.grid(*given, BOUNDS, single=single, sums="losses")[0]


def logits(layout, d, n_models, part):
    rows, given = problem(layout, d, n_models, part=part)
    return dataset(_core, rows).grid_logits(*given)


def gradients(layout, d, n_models, single, weighted):
    rows, given = problem(layout, d, n_models, weighted)
    data = dataset(_core, rows)
    return data.grid(*given, BOUNDS, single=single, sums="gradients")[1]


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("n_models", MODELS)
@pytest.mark.parametrize("d", COLUMNS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_grid(layout, d, n_models, single):
    for weighted, part in ((False, False), (True, False), (False, True), (True, True)):
        options = (layout, d, n_models, single, weighted, part)
        found, expected = readings(_core, *options), readings(reference, *options)
        for one, other in zip(found, expected, strict=True):
            tol = 3e-6 if single else 1e-13
            assert_allclose(one, other, rtol=0, atol=tol * max(1, np.abs(other).max()))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("layout", ["dense float64", "csr float64 int32"])
def test_models_alone_and_groups_alone_have_the_same_bits(layout, weighted):
    rows, (weights, scale) = problem(layout, 9, 37, weighted)
    data = dataset(_core, rows)
    for single in (False, True):
        loss, gradient = data.grid(weights, scale, BOUNDS, single=single)
        for m in (0, 20, 36):
            own = np.ascontiguousarray(weights[:, [m]])
            alone = data.grid(own, scale, BOUNDS, single=single)
            assert_array_equal(alone[0][:, 0], loss[:, m])
            assert_array_equal(alone[1][:, :, 0], gradient[:, :, m])
        few = data.grid(weights, scale, np.array([0, 450, ROWS]), single=single)
        assert_array_equal(few[0][1], loss[4])
        assert_array_equal(few[1][1], gradient[4])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_losses_alone(layout, weighted):
    rows, given = problem(layout, 9, 37, weighted)
    data, twin = dataset(_core, rows), dataset(reference, rows)
    for single in (False, True):
        loss, none = data.grid(*given, BOUNDS, single=single, sums="losses")
        expected, _ = data.grid(*given, BOUNDS, single=single)
        assert none is None
        assert_allclose(loss, expected, rtol=1e-6 if single else 1e-14)
    assert twin.grid(*given, BOUNDS, sums="losses")[1] is None


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_gradients_alone_have_the_same_bits(layout, weighted):
    rows, given = problem(layout, 9, 37, weighted)
    data, twin = dataset(_core, rows), dataset(reference, rows)
    for single in (False, True):
        none, gradient = data.grid(*given, BOUNDS, single=single, sums="gradients")
        assert none is None
        assert_array_equal(gradient, data.grid(*given, BOUNDS, single=single)[1])
    assert twin.grid(*given, BOUNDS, sums="gradients")[0] is None


@pytest.mark.parametrize("layout", ["dense float64", "csr float32 int32"])
@pytest.mark.parametrize("single", [False, True])
def test_sums_that_count_nowhere_are_left_out(layout, single):
    rows, given = problem(layout, 9, 37, weighted=True)
    rng, seen = np.random.default_rng(1), np.array([36, 4])
    factor = rng.random((5, 37)) * (rng.random((5, 37)) < 0.7)
    factor[3], factor[4] = 0, 1  # a group that is read for none, and one for all
    for kernel in (_core, reference):
        data, residual, all_of_it = (
            dataset(kernel, rows),
            np.empty(ROWS),
            np.empty(ROWS),
        )
        expected = data.grid(*given, BOUNDS, None, seen, all_of_it, single)
        found = data.grid(*given, BOUNDS, factor, None, None, single)
        for some, every in zip(found, expected, strict=True):
            own = every.transpose(0, -1, *range(1, every.ndim - 1))
            counts = (factor != 0).reshape(5, 37, *[1] * (own.ndim - 2))
            some = some.transpose(0, -1, *range(1, every.ndim - 1))
            assert_array_equal(some, own * counts)
        shown = data.grid(*given, BOUNDS, factor, seen, residual, single)
        assert_array_equal(residual, all_of_it)
        assert_array_equal(shown[0][:, seen], expected[0][:, seen])


def test_no_intercept_and_no_rows_of_a_model_that_is_all_zeros():
    rows, (weights, scale) = problem("dense float64", 3, 5)
    rows[1]["fit_intercept"] = False
    loss, gradient = dataset(_core, rows).grid(0 * weights, scale, BOUNDS)
    assert_array_equal(gradient[:, -1], 0)
    assert_allclose(loss, np.repeat(np.diff(BOUNDS), 5).reshape(5, 5) * np.log(2))


@pytest.mark.parametrize("n_models", MODELS)
@pytest.mark.parametrize("d", COLUMNS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_logits(layout, d, n_models):
    for part in (False, True):
        rows, given = problem(layout, d, n_models, part=part)
        found = logits(layout, d, n_models, part)
        expected = dataset(reference, rows).grid_logits(*given)
        assert found.shape == (n_models, ROWS)
        assert_allclose(found, expected, rtol=0, atol=1e-13 * np.abs(expected).max())


@pytest.mark.parametrize("single", [False, True])
def test_far_logits(single):
    """Losses of rows on their side vanish, and others are as large as their logits."""
    X = np.array([[1e3], [-1e3], [50.0], [-50.0], [1e-3]])
    for sign in (1, -1):
        y = np.full(5, (1 + sign) / 2)
        data = _core.Dataset(X, y, None, centre=np.zeros(1))
        bounds = np.arange(6)
        loss, gradient = data.grid(np.array([[1.0], [0]]), np.ones(2), bounds, None)
        expected = np.logaddexp(0, -sign * X[:, 0])
        assert_allclose(loss[:, 0], expected, rtol=1e-6, atol=1e-27)
        slopes = -sign * np.exp(-np.logaddexp(0, sign * X[:, 0]))
        assert_allclose(gradient[:, 1, 0], slopes, rtol=1e-6, atol=1e-27)


def test_small_losses_are_not_rounded_away():
    """Each is below the rounding of 1."""
    n = 10_000
    data = _core.Dataset(np.ones((n, 1)), np.ones(n), None, centre=np.zeros(1))
    for single, logit in ((True, 20.0), (False, 40.0)):
        u = np.array([[logit], [0.0]])
        loss, _ = data.grid(u, np.ones(2), np.array([0, n]), single=single)
        assert_allclose(loss[0, 0], n * np.exp(-logit), rtol=1e-6)


@pytest.mark.parametrize("single", [False, True])
def test_every_level_gives_the_same_bits(level, single):
    def bits():
        return [
            array.tobytes()
            for layout in LAYOUTS
            for d, weighted in ((1, False), (9, True), (64, False))
            for n_models in MODELS
            for array in (
                logits(layout, d, n_models, weighted),
                *readings(_core, layout, d, n_models, single, weighted),
                losses(layout, d, n_models, single, weighted),
                gradients(layout, d, n_models, single, weighted),
            )
        ]

    found = bits()
    _core.use_level(_core.LEVELS[-1])
    assert found == bits()


def test_precondition_each():
    rng = np.random.default_rng(0)
    pairs = [
        _core.factorise(A.T @ A, np.ones(9)) for A in rng.standard_normal((3, 9, 9))
    ]
    stacked = tuple(np.array(each) for each in zip(*pairs, strict=True))
    which, gradients = np.array([2, 0, 2, 1]), rng.standard_normal((4, 9))
    found = _core.precondition_each(stacked, which, gradients)
    expected = reference.precondition_each(stacked, which, gradients)
    assert_allclose(found, expected, rtol=1e-12)
    for step, k, gradient in zip(found, which, gradients, strict=True):
        assert_array_equal(step, _core.precondition(pairs[k], gradient))
    for wrong in (np.array([0, 1]), np.array([0, 1, 2, 3]), np.array([0, -1, 0, 0])):
        with pytest.raises(ValueError, match="preconditioner"):
            _core.precondition_each(stacked, wrong, gradients)
    with pytest.raises(ValueError, match="do not fit"):
        _core.precondition_each(stacked, which, gradients[:, :4].copy())
    with pytest.raises(ValueError, match="more or fewer"):
        _core.precondition_each((stacked[0][:2], stacked[1]), which, gradients)


def test_arguments_that_do_not_fit_are_refused():
    rows, (weights, scale) = problem("dense float64", 3, 5)
    data = dataset(_core, rows)
    for wrong in ((weights[:2].copy(), scale), (weights[:, :0].copy(), scale)):
        with pytest.raises(ValueError, match="another shape"):
            data.grid_logits(*wrong)
    with pytest.raises(ValueError, match="no scale"):
        data.grid_logits(weights, None)
    with pytest.raises(ValueError, match="entries"):
        data.grid_logits(weights, scale[:2].copy())
    r, one = np.empty(ROWS), np.zeros(1, np.int64)
    for sums in ("losses", "gradients"):
        with pytest.raises(ValueError, match="by both"):
            data.grid(weights, scale, BOUNDS, None, one, r, False, sums)
    with pytest.raises(ValueError, match="no sums are called 'all'"):
        data.grid(weights, scale, BOUNDS, sums="all")
    for wrong, message in [
        ((weights[:2].copy(), scale, BOUNDS), "another shape"),
        ((weights[:, :0].copy(), scale, BOUNDS), "another shape"),
        ((weights, None, BOUNDS), "another shape"),
        ((weights, scale[:2].copy(), BOUNDS), "entries"),
        ((weights, scale, BOUNDS[:1]), "no groups"),
        ((weights, scale, BOUNDS[1:]), "not all rows"),
        ((weights, scale, BOUNDS[:-1]), "not all rows"),
        ((weights, scale, np.array([0, 9, 5, ROWS])), "before it begins"),
        ((weights, scale, BOUNDS, np.ones((5, 4))), "entries"),
        ((weights, scale, BOUNDS, None, one), "models that are seen"),
        ((weights, scale, BOUNDS, None, None, r), "models that are seen"),
        ((weights, scale, BOUNDS, None, one, r[:5].copy()), "entries"),
        ((weights, scale, BOUNDS, None, one + 5, r), "not among"),
        ((weights, scale, BOUNDS, None, one - 1, r), "not among"),
    ]:
        with pytest.raises(ValueError, match=message):
            data.grid(*wrong)


def test_control_c_is_heard():
    n = 2_000_000
    data = _core.Dataset(np.ones((n, 1)), np.ones(n), None, centre=np.zeros(1))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    try:
        with pytest.raises(KeyboardInterrupt):
            timer.start()
            data.grid(np.ones((2, 200)), np.ones(2), np.array([0, n]))
            timer.join()  # a reading that ended sooner than it was asked to
    finally:
        signal.signal(signal.SIGINT, before)
