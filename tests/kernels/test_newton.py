# SPDX-License-Identifier: BSD-3-Clause
"""The full passes and the small loops of psgd against their twins in NumPy."""

import mpmath
import numpy as np
import pytest
from _heads import HEADS, INDEPENDENT
from _layouts import LAYOUTS, layouts
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize

from skpulsar._kernels import _core, reference
from skpulsar._problem._pairwise_sum import tree_sum

COLUMNS = [1, 2, 7, 8, 9, 14, 15, 16, 17, 23, 24, 31, 40]  # two layouts of a block
LEAF = 300  # of a block of few columns, one and a bit
deterministic = settings(derandomize=True, database=None, deadline=None)


class Problem:
    """Arguments of every pass: rows of which some are empty, in any layout."""

    loss = "logistic"

    def __init__(self, n, d, layout="dense float64", *, ordered=False, weighted=True):
        rng = np.random.default_rng(1000 * n + d)
        X = rng.standard_normal((n, d)) * (rng.random((n, d)) < 0.5)
        X[:: max(2, n // 3)] = 0
        self.matrix = dict(layouts(X))[layout]
        self.order = rng.integers(0, n, max(1, n - n // 4)) if ordered else None
        self.n = n if self.order is None else len(self.order)
        self.target = rng.integers(0, 2, self.n).astype(float)
        self.weight = rng.exponential(size=self.n) if weighted else None
        dense = not isinstance(self.matrix, tuple)
        self.centre = rng.standard_normal(d) * dense
        self.shift, self.precision = rng.standard_normal(d), rng.exponential(size=d)
        self.weights = rng.standard_normal(d + 1)
        self.scale = rng.uniform(0.5, 2, d + 1)
        self.penalty = np.append(rng.uniform(0.01, 0.1, d), 0)
        self.dense, self.d = dense, d

    def dataset(self, kernel, centre=None, **options):
        """Bound to a kernel; targets only where nothing else is asked for."""
        options = {"leaf": LEAF} | options
        return kernel.Dataset(
            self.matrix, self.target, self.weight, self.order,
            centre=self.centre if centre is None else centre, loss=self.loss, **options,
        )  # fmt: skip

    def moments(self, kernel, norms=False):
        """Sums and, of dense rows, the norms."""
        q = np.empty(self.n) if norms and self.dense else None
        dataset = self.dataset(kernel, self.shift)
        sums = dataset.moments(self.precision, q)
        return [*sums] if q is None else [*sums, q]

    def objective(self, kernel, *, diagonal=True, **options):
        """Loss, gradient, diagonal and residuals."""
        residual = np.empty((*self.weights.shape[:-1], self.n))
        loss, gradient, squares = self.dataset(kernel, **options).objective(
            self.weights, residual, diagonal
        )
        return [np.array(loss), gradient, residual] + ([squares] if diagonal else [])

    def curvature(self, kernel, h=None):
        h = np.linspace(0, 1, self.n) if h is None else h
        return self.dataset(kernel).curvature(h, self.scale)

    def newton(self, kernel, start=None, tie=None, **options):
        options = {
            "total": float(self.n), "share": 0.0, "tolerance": 1e-30, "most": 100,
        } | options  # fmt: skip
        start = np.zeros(self.d + 1) if start is None else start
        coordinates = self.scale, self.penalty, tie
        return self.dataset(kernel).newton(coordinates, start, **options)

    def everything(self, kernel):
        """All arrays that the kernel makes of this problem."""
        G = self.curvature(kernel)
        unit, factor = kernel.factorise(G, self.penalty)
        point, *numbers, preconditioner, residual, n_passes = self.newton(
            kernel, most=4
        )
        return [
            *self.moments(kernel, norms=True), *self.objective(kernel), G, unit, factor,
            kernel.precondition((unit, factor), self.weights), point, *numbers,
            *preconditioner, residual, n_passes,
        ]  # fmt: skip


every_layout = pytest.mark.parametrize("layout", LAYOUTS)
every_width = pytest.mark.parametrize("d", COLUMNS)
every_length = pytest.mark.parametrize("n", [1, 63, 255, 256, 257, 299, 300, 301, 901])


def close(got, expected, size):
    for one, other in zip(got, expected, strict=True):
        assert_allclose(one, other, rtol=1e-12, atol=1e-13 * size)


@every_layout
@every_width
def test_moments_and_objective(d, layout):
    for n in (1, 17, 256, 901):
        for ordered in (False, True):
            for weighted in (False, True):
                some = Problem(n, d, layout, ordered=ordered, weighted=weighted)
                for norms in (False, True):
                    pair = some.moments(_core, norms), some.moments(reference, norms)
                    close(*pair, n * d)
                for diagonal in (False, True):
                    options = {"diagonal": diagonal, "fit_intercept": weighted}
                    one = some.objective(_core, **options)
                    close(one, some.objective(reference, **options), n)


@every_length
def test_rows_at_the_edges_of_blocks_and_leaves(n):
    for d in (3, 16):
        some = Problem(n, d)
        close(some.moments(_core, True), some.moments(reference, True), n * d)
        close(some.objective(_core), some.objective(reference), n)


def bits(arrays):
    return [np.asarray(a).tobytes() for a in arrays]


def of_all_layouts():
    return [
        bits(Problem(400, d, layout, ordered=d % 2 == 0).everything(_core))
        for d in COLUMNS
        for layout in LAYOUTS
    ]


def test_every_level_gives_the_same_bits(level):
    got = of_all_layouts()
    _core.use_level(_core.LEVELS[-1])
    assert got == of_all_layouts()


def test_every_level_draws_the_same_bits(level):
    residual, norms = np.random.default_rng(0).random((2, 1003))

    def results():
        expected = _core.expected(residual, 0.1, norms, 0.3)
        return bits(
            [
                *_core.draw(residual, 0.1, norms, 0.3, 5, 600),
                expected,
                _core.dot(norms, residual),
            ]
        )

    got = results()
    _core.use_level(_core.LEVELS[-1])
    assert got == results()


def test_dense_is_csr():
    dense, sparse = (Problem(500, 5, name) for name in LAYOUTS[:2])
    dense.centre[:] = 0
    close(dense.moments(_core), sparse.moments(_core), 500)
    close(dense.objective(_core), sparse.objective(_core), 500)
    close([dense.curvature(_core)], [sparse.curvature(_core)], 500)


@every_layout
def test_read_only_and_memory_mapped_rows_give_the_same_bits(layout, tmp_path):
    some = Problem(700, 9, layout)
    expected = bits(some.everything(_core))

    def mapped(array, name):
        np.save(tmp_path / name, array)
        return np.load(tmp_path / name, mmap_mode="r")

    names = ("0.npy", "1.npy", "2.npy")
    if some.dense:
        some.matrix = mapped(some.matrix, names[0])
    else:
        some.matrix = (*map(mapped, some.matrix[:3], names), 9)
    for name in ("target", "weight", "centre", "scale", "penalty", "weights"):
        getattr(some, name).flags.writeable = False
    assert bits(some.everything(_core)) == expected


@deterministic
@given(st.integers(1, 301), st.sampled_from([3, 20]), st.data())
def test_chunks_of_whole_leaves_give_the_bits_of_one_pass(n_leaves, d, data):
    leaf = data.draw(st.integers(1, 9))
    some = Problem(n_leaves * leaf, d)
    n_leaves = -(-some.n // leaf)
    chunk = leaf * 2 ** data.draw(st.integers(0, 6))  # rows of a subtree
    parts = []
    starts = range(0, some.n, chunk)
    for start in data.draw(st.permutations(starts)):
        part = Problem(1, d)
        rows = slice(start, start + chunk)
        part.matrix = some.matrix[rows]
        part.target, part.weight = some.target[rows], some.weight[rows]
        part.centre, part.weights, part.n = some.centre, some.weights, len(part.target)
        loss, gradient, _, squares = part.objective(_core, leaf=leaf)
        parts.append((start, np.concatenate([[loss], gradient, squares])))
    joined = tree_sum([sums for _, sums in sorted(parts, key=lambda part: part[0])])
    loss, gradient, _, squares = some.objective(_core, leaf=leaf)
    assert_array_equal(joined, np.concatenate([[loss], gradient, squares]))


@every_layout
def test_gradient_and_diagonal_are_derivatives(layout):
    some, step = Problem(257, 6, layout), 1e-5
    _, gradient, _, squares = some.objective(_core)
    for j in range(7):
        ends = []
        for sign in (1, -1):
            moved = Problem(257, 6, layout)
            moved.weights[j] += sign * step
            ends.append(moved.objective(_core))
        slopes = [(up - down) / (2 * step) for up, down in zip(*ends, strict=True)]
        assert slopes[0] == pytest.approx(gradient[j], rel=1e-6, abs=1e-6)
        assert slopes[1][j] == pytest.approx(squares[j], rel=1e-6, abs=1e-6)


def with_outputs(some, loss, n_outputs, own):
    """A problem of several outputs."""
    rng = np.random.default_rng(n_outputs)
    some.loss, shape = loss, (n_outputs, some.n) if own else some.n
    some.weights = rng.standard_normal((n_outputs, some.d + 1))
    n_classes = n_outputs if loss == "softmax" else 2
    some.target = rng.integers(0, n_classes, shape).astype(float)
    some.weight = None if some.weight is None else rng.exponential(size=shape)
    return some


@every_layout
@pytest.mark.parametrize("head", HEADS, ids=str)
def test_a_pass_of_every_head(head, layout):
    for n, d in [(1, 3), (257, 5), (901, 9), (300, 40)]:
        for weighted in (False, True):
            some = Problem(n, d, layout, ordered=d == 5, weighted=weighted)
            some = with_outputs(some, *head)
            for diagonal in (False, True):
                one = some.objective(_core, diagonal=diagonal)
                twin = some.objective(reference, diagonal=diagonal)
                assert [a.shape for a in one] == [a.shape for a in twin]
                close(one, twin, n)


@pytest.mark.parametrize("loss", INDEPENDENT)
def test_a_pass_of_independent_outputs_is_that_of_each(loss):
    some = with_outputs(Problem(901, 9), loss, 3, True)
    together = some.objective(_core)
    for k in range(3):
        one = with_outputs(Problem(901, 9), loss, 3, True)
        one.weights, one.target, one.weight = (
            array[k] for array in (some.weights, some.target, some.weight)
        )
        for alone, all_of_them in zip(one.objective(_core), together, strict=True):
            assert_array_equal(alone, all_of_them[k])


def test_every_level_gives_the_same_bits_of_every_head(level):
    def results():
        return [
            bits(with_outputs(Problem(400, d, layout), *head).objective(_core))
            for d in (3, 9, 40)
            for layout in LAYOUTS
            for head in HEADS
        ]

    got = results()
    _core.use_level(_core.LEVELS[-1])
    assert got == results()


def test_newton_of_squared_errors_is_one_step():
    some = Problem(300, 4)
    some.loss, some.target = "squared", np.linspace(-3, 3, 300)
    point, value, gradient, *_, n_passes = some.newton(_core)
    assert n_passes <= 3
    A = np.column_stack([some.matrix - some.centre, np.ones(300)]) * some.scale
    H = (A.T * some.weight) @ A / 300 + np.diag(some.penalty)
    expected = np.linalg.solve(H, A.T @ (some.weight * some.target) / 300)
    assert_allclose(point, expected, rtol=1e-10, atol=1e-12)
    assert_allclose(gradient, 0, atol=1e-12)
    assert some.newton(reference)[1] == pytest.approx(value, rel=1e-12)


def of_logits(x, z, weight=None):
    """A pass over rows whose logits are given: loss, gradient and residual."""
    residual, x = np.empty(len(x)), np.asarray(x, dtype=float)
    dataset = _core.Dataset(
        x[:, np.newaxis], np.asarray(z, dtype=float), weight, centre=np.zeros(1),
        leaf=4096,
    )  # fmt: skip
    loss, gradient, _ = dataset.objective(np.array([1.0, 0]), residual)
    return loss, gradient, residual


@pytest.mark.parametrize("weighted", [False, True])
@deterministic
@given(st.floats(-1e3, 1e3), st.booleans())
def test_loss_and_residual_of_a_row(weighted, x, z):
    loss, _, residual = of_logits([x], [z], np.ones(1) if weighted else None)
    with mpmath.workprec(2000):
        margin = mpmath.mpf(x) * (1 if z else -1)
        e = mpmath.exp(-margin)
        # 2^-1000: the logarithm of a product of 1 + e is of rounded numbers
        absolute = 2**-52 if not weighted else 2**-1000
        assert abs(loss - mpmath.log1p(e)) <= 2**-51 * mpmath.log1p(e) + absolute
        assert abs(residual[0] - e / (1 + e)) <= 2**-51 * e / (1 + e) + 2**-1000


@pytest.mark.parametrize("n", [1, 8, 255, 256, 257])
def test_losses_of_a_block_are_one_logarithm(n):
    x = np.random.default_rng(n).normal(0, 5, n)
    for z in (np.zeros(n), np.ones(n)):
        expected = np.logaddexp(0, (1 - 2 * z) * x).sum()
        for weight in (None, np.ones(n)):
            assert_allclose(of_logits(x, z, weight)[0], expected, rtol=1e-14)
    # the largest product: 2^256
    assert_allclose(of_logits(np.zeros(n), z)[0], n * np.log(2), rtol=1e-14)


@pytest.mark.parametrize("weighted", [False, True])
def test_extreme_logits(weighted):
    weight = np.ones(3) if weighted else None
    for far in (1e3, 1e300, np.inf):
        loss, _, residual = of_logits([far, -far, far], [1, 0, 1], weight)
        assert loss == 0
        assert_array_equal(residual, 0)
        loss, _, residual = of_logits([-far, far, far], [1, 0, 1], weight)
        assert loss == far * 2
        assert_array_equal(residual, [1, 1, 0])
    assert np.isnan(of_logits([np.nan, 1, 1], [1, 0, 1], weight)[0])


@every_layout
@every_width
def test_curvature(d, layout):
    for n in (1, 64, 65, 130):
        for ordered in (False, True):
            some = Problem(n, d, layout, ordered=ordered)
            G = some.curvature(_core)
            assert_allclose(G, some.curvature(reference), rtol=1e-12, atol=1e-12 * n)
            assert_array_equal(G, np.tril(G))
            eigenvalues = np.linalg.eigvalsh(G)  # of the lower half
            assert eigenvalues.min() >= -1e-13 * max(1, eigenvalues.max())
            assert_array_equal(some.curvature(_core, np.zeros(some.n)), 0)


@pytest.mark.parametrize("size", [1, 2, 8, 9, 40])
def test_factor_solves(size):
    rng = np.random.default_rng(size)
    a = rng.standard_normal((3 * size, size)) * 10.0 ** rng.integers(-6, 6, size)
    G, penalty, gradient = a.T @ a, rng.random(size), rng.standard_normal(size)
    preconditioner = _core.factorise(np.tril(G), penalty)
    for one, other in zip(preconditioner, reference.factorise(G, penalty), strict=True):
        assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    step = _core.precondition(preconditioner, gradient)
    assert_allclose(step, reference.precondition(preconditioner, gradient), rtol=1e-9)
    expected = np.linalg.solve(G + np.diag(penalty), gradient)
    unit = preconditioner[0]
    assert_allclose(step * unit, expected * unit, rtol=1e-9, atol=1e-9)


def test_a_matrix_without_full_rank_is_raised():
    a = np.repeat(np.random.default_rng(0).standard_normal((50, 3)), 2, axis=1)
    G = a.T @ a
    unit, factor = _core.factorise(G, np.zeros(6))
    assert np.isfinite(factor).all() and (np.diag(factor) > 0).all()
    raised = factor @ factor.T * unit * unit[:, np.newaxis]
    assert_allclose(raised, G, rtol=1e-11, atol=1e-11)
    unit, factor = _core.factorise(np.zeros((2, 2)), np.zeros(2))
    assert np.isfinite(_core.precondition((unit, factor), np.zeros(2))).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0), (1, 0), (1, 1)])
def test_a_matrix_that_is_not_finite_has_no_factor(value, place):
    for size in (1, 2):
        G = np.eye(2)
        G[place] = value
        part = np.ascontiguousarray(G[-size:, -size:])
        if not np.isfinite(np.tril(part)).all() and value != -np.inf:
            assert _core.factorise(part, np.zeros(size)) is None
            assert reference.factorise(part, np.zeros(size)) is None


@every_layout
@pytest.mark.parametrize("d", [1, 5, 15, 16, 40])
def test_newton_reaches_the_minimum(d, layout):
    some = Problem(600, d, layout, ordered=d % 2 == 0)
    point, value, gradient, first, last, preconditioner, residual, n_passes = (
        some.newton(_core)
    )
    assert_allclose(gradient, 0, atol=1e-13)
    assert last < 1e-20 < first and n_passes < 20
    fit = minimize(lambda u: objective_at(some, u), np.zeros(d + 1), jac=True, tol=1e-9)
    assert value == pytest.approx(fit.fun, rel=1e-9)
    assert_allclose(point, fit.x, atol=1e-4)
    twin = some.newton(reference)
    assert_allclose(point, twin[0], rtol=1e-8, atol=1e-10)
    assert_allclose(residual, twin[6], rtol=1e-8, atol=1e-10)
    assert twin[1] == pytest.approx(value, rel=1e-12)
    for one, other in zip(preconditioner, twin[5], strict=True):
        assert_allclose(one, other, rtol=1e-8, atol=1e-10)


def objective_at(some, u):
    """f and its gradient, by the twin alone."""
    dataset, residual = some.dataset(reference), np.empty(some.n)
    loss, gradient, _ = dataset.objective(u * some.scale, residual)
    value = loss / some.n + some.penalty @ u**2 / 2
    return value, gradient * some.scale / some.n + some.penalty * u


def test_every_step_of_newton_is_that_of_the_twin():
    some = Problem(300, 4)
    for most in range(1, 5):
        got, twin = some.newton(_core, most=most), some.newton(reference, most=most)
        assert got[-1] == twin[-1] == most
        for one, other in zip(got[:5], twin[:5], strict=True):
            assert_allclose(one, other, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("mean", [0.3, 1e3, 1e8])
def test_with_a_tie_newton_stays_orthogonal_to_it(mean):
    """There the gradient is no more than a multiple of the tie."""
    some = Problem(300, 4)
    tie = np.append(mean * np.array([1.0, -1, 2, 0.5]), -1.0)
    for most in range(1, 6):
        got = some.newton(_core, most=most, tie=tie)
        twin = some.newton(reference, most=most, tie=tie)
        for one, other in zip(got[:3], twin[:3], strict=True):
            assert_allclose(one, other, rtol=1e-6, atol=1e-8)
    point, _, gradient, *_ = some.newton(_core, tie=tie)
    size = np.abs(tie) @ np.abs(point)
    assert abs(tie @ point) <= 1e-15 * size
    rest = gradient - tie @ gradient / (tie @ tie) * tie
    assert_allclose(rest, 0, atol=1e-9)


def test_newton_stops_at_the_share_and_the_tolerance():
    some = Problem(300, 4)
    *_, first, last, _, _, n_passes = some.newton(_core, share=0.01)
    assert last <= 0.01 * first and n_passes < some.newton(_core)[-1]
    _, value, _, _, last, _, _, _ = some.newton(_core, tolerance=1e-3)
    assert last <= 1e-3 * value
    assert some.newton(_core, most=0)[5] is None
    assert some.newton(_core, most=1)[-1] == 1


def test_newton_damps_a_step_that_raises_the_objective():
    some = Problem(300, 4)
    start = np.full(5, 30.0)
    values = [some.newton(_core, start, most=most)[1] for most in range(1, 40)]
    assert (np.diff(values) <= 1e-13 * values[0]).all()
    assert values[-1] == pytest.approx(some.newton(_core)[1], rel=1e-9)
    assert some.newton(_core, start)[-1] == some.newton(reference, start)[-1]


def test_an_anchor_is_the_gradient_at_the_start():
    some, rng = Problem(300, 4), np.random.default_rng(0)
    start, anchor = rng.standard_normal((2, 5))
    anchor *= 0.01
    given, before = {"anchor": anchor}, anchor.copy()
    value, gradient = some.newton(_core, start, most=1, **given)[1:3]
    assert_allclose(gradient, anchor, atol=1e-15)
    assert value == pytest.approx(objective_at(some, start)[0], rel=1e-13)
    point, value, gradient, *_ = some.newton(_core, start, **given)
    assert_allclose(gradient, 0, atol=1e-13)
    # there the rest has lost what it had at the start beyond the anchor
    difference = objective_at(some, point)[1] - objective_at(some, start)[1]
    assert_allclose(difference, -anchor, atol=1e-12)
    assert_allclose(some.newton(reference, start, **given)[0], point, atol=1e-9)
    assert_array_equal(anchor, before)  # it is the caller's


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_newton_of_a_start_that_is_not_finite_has_no_preconditioner(value):
    some = Problem(50, 3)
    point, *_, preconditioner, _, n_passes = some.newton(_core, np.full(4, value))
    assert preconditioner is None and n_passes == 1
    assert_array_equal(point, value)


def test_dot():
    a, b = np.random.default_rng(0).standard_normal((2, 1003))
    for n in (0, 1, 7, 8, 9, 1003):
        expected = reference.dot(a[:n], b[:n])
        assert_allclose(_core.dot(a[:n], b[:n]), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("n, n_columns", [(0, 3), (1, 1), (9, 120), (301, 7), (4, 0)])
def test_dots(n, n_columns):
    """They have the bits of every column alone, whatever the layout."""
    a, b = np.random.default_rng(0).standard_normal((2, n, n_columns))
    found = _core.dots(a, b)
    assert_allclose(found, reference.dots(a, b), rtol=0, atol=1e-13)
    a.setflags(write=False)
    assert_array_equal(_core.dots(np.asfortranarray(a), b), found)
    assert_array_equal(_core.dots(b, a), found)
    assert_array_equal(_core.dots(a[:, ::-1], b[:, ::-1]), found[::-1])
    for j in range(n_columns):
        assert_array_equal(_core.dots(a[:, [j]], b[:, [j]]), found[[j]])


@deterministic
@given(st.integers(0, 2**64 - 1), st.integers(0, 700), st.integers(1, 300))
def test_draw_is_its_twin(key, room, n):
    residual, norms = np.random.default_rng(n).random((2, n))
    given = residual, 0.1, norms, 1.5, key, room
    rows, weight = _core.draw(*given)
    twin_rows, twin_weight = reference.draw(*given)
    assert_array_equal(rows, twin_rows)
    assert_allclose(weight, twin_weight, rtol=1e-15)
    assert len(rows) == len(weight) <= room
    assert (np.diff(rows) > 0).all()
    # less room takes the first of them, fewer rows the same random numbers
    fewer = _core.draw(residual, 0.1, norms, 1.5, key, room // 2)
    assert_array_equal(fewer[0], rows[: room // 2])
    half = n // 2 + 1
    first, _ = _core.draw(residual[:half], 0.1, norms[:half], 1.5, key, room)
    assert_array_equal(first, rows[rows < half])
    # places may be any of them
    some = np.flatnonzero(norms > 0.3)
    given = residual[some], 0.1, norms[some], 1.5, key, room, 0, some
    places, _ = _core.draw(*given)
    assert_array_equal(places, reference.draw(*given)[0])
    every, _ = _core.draw(residual, 0.1, norms, 1.5, key, n)
    assert_array_equal(places, np.intersect1d(every, some)[:room])


def test_draws_are_right_on_average():
    n, n_keys = 400, 2000
    rng = np.random.default_rng(0)
    residual, norms, x = rng.random(n), rng.exponential(size=n), rng.random(n)
    given = residual, 0.05, norms, 0.2
    counts, sums, pairs = [], [], np.zeros((2, 2))
    for key in rng.integers(0, 2**64, n_keys, dtype=np.uint64):
        rows, weight = _core.draw(*given, int(key), n)
        counts.append(len(rows))
        sums.append(weight @ x[rows])
        pairs += np.outer(*2 * [np.isin([10, 11], rows)])
    p = reference.probability(*given)
    deviation = np.sqrt(p @ (1 - p) / n_keys)
    assert np.mean(counts) == pytest.approx(p.sum(), abs=4 * deviation)
    deviation = np.sqrt(x**2 @ (1 / p - 1) / n_keys)
    assert np.mean(sums) == pytest.approx(x.sum(), abs=4 * deviation)
    both = p[10] * p[11]  # Neighbours have random numbers of their own.
    assert pairs[0, 1] / n_keys == pytest.approx(both, abs=4 * (both / n_keys) ** 0.5)


def test_certain_rows_always_join():
    residual, norms = np.ones(100), np.ones(100)
    rows, weight = _core.draw(residual, 0.0, norms, 5.0, 3, 100)
    assert_array_equal(rows, np.arange(100))
    assert_array_equal(weight, 1)
    assert len(_core.draw(np.zeros(100), 0.0, norms, 5.0, 3, 100)[0]) == 0


def test_expected():
    residual, norms = np.random.default_rng(1).random((2, 999))
    given = residual, 0.05, norms, 2.0
    expected = reference.expected(*given)
    assert _core.expected(*given) == pytest.approx(expected, rel=1e-13)


def test_arguments_that_do_not_fit_are_refused():
    def refused(call, **changes):
        some = Problem(20, 3)
        for name, value in changes.items():
            setattr(some, name, value)
        with pytest.raises(ValueError):
            call(some)

    def objective(some):
        some.n = 20
        some.objective(_core)

    short, long = np.ones(2), np.ones(5)
    for wrong in (short, long):
        refused(lambda some: some.moments(_core), shift=wrong)
        refused(lambda some: some.moments(_core), weight=wrong)
        for name in ("target", "weight", "centre", "weights"):
            refused(objective, **{name: wrong})
        refused(lambda some: some.curvature(_core), scale=wrong)
        refused(lambda some, h=wrong: some.curvature(_core, h))
        refused(lambda some, u=wrong: some.newton(_core, u))
        refused(lambda some: some.newton(_core), penalty=wrong)
        refused(lambda some, tie=wrong: some.newton(_core, tie=tie))
        refused(lambda some, g=wrong: some.newton(_core, anchor=g))
    refused(objective, target=None)
    refused(lambda some: some.objective(_core, leaf=0))
    refused(objective, target=np.ones((2, 20)))
    for call in (
        lambda some: some.newton(_core),
        lambda some: some.moments(_core),
    ):
        refused(call, weight=np.ones((2, 20)))
    refused(lambda some: some.newton(_core), loss="softmax")
    dataset = Problem(20, 3).dataset(_core)
    for weights, residual in [
        (np.ones((0, 4)), np.ones((0, 20))),
        (np.ones((2, 4)), np.ones((20, 2)).T),
    ]:
        with pytest.raises(ValueError):
            dataset.objective(weights, residual)
    refused(lambda some: some.newton(_core), target=None)
    refused(lambda some: some.moments(_core), order=np.arange(0))
    sparse = Problem(20, 3, LAYOUTS[1])
    with pytest.raises(ValueError, match="norms"):
        sparse.dataset(_core).moments(sparse.precision, np.empty(sparse.n))
    for call in (
        lambda: _core.factorise(np.eye(3), np.ones(2)),
        lambda: _core.precondition((np.ones(3), np.eye(3)), np.ones(2)),
        lambda: _core.dot(short, long),
        lambda: _core.dots(np.ones((2, 3)), np.ones((3, 2))),
        lambda: _core.dots(np.ones((2, 3)), np.ones((2, 2))),
        lambda: _core.draw(short, 0.1, long, 1.0, 0, 5),
        lambda: _core.expected(short, 0.1, long, 1.0),
    ):
        with pytest.raises(ValueError):
            call()
