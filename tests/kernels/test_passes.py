# SPDX-License-Identifier: BSD-3-Clause
"""The compiled passes and rules against their twins in NumPy."""

import ast
import inspect
from operator import attrgetter
from pathlib import Path

import mpmath
import numpy as np
import pytest
from _layouts import LAYOUTS, layouts
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array

from skpulsar._kernels import _core, reference

ROWS = 150
COLUMNS = [1, 3, 7, 8, 9, 64, 130]  # at the edges of the lanes; several blocks
FUNCTIONS = sorted(
    name
    for name, function in inspect.getmembers(reference, inspect.isfunction)
    if hasattr(_core, name)
)
METHODS = sorted(
    f"{kind.__name__}.{name}"
    for kind in (_core.Dataset, _core.Network)
    for name, value in vars(kind).items()
    if callable(value) and not name.startswith("_")
)
deterministic = settings(derandomize=True, database=None, deadline=None)


def sparse_table(rng, d, n=ROWS):
    """Rows of which about half the entries are 0."""
    return rng.standard_normal((n, d)) * (rng.random((n, d)) < 0.5)


def test_twins_have_the_same_signatures():
    def parameters(function):
        return [
            (p.name, p.kind, p.default)
            for p in inspect.signature(function).parameters.values()
        ]

    public = {name for name in dir(_core) if inspect.isroutine(getattr(_core, name))}
    public = {name for name in public if not name.startswith("_")}
    assert set(FUNCTIONS) == public - {"use_level"}
    assert reference.KEY_WORDS == _core.KEY_WORDS
    for name in FUNCTIONS:
        twins = getattr(_core, name), getattr(reference, name)
        assert parameters(twins[0]) == parameters(twins[1]), name
    for name in METHODS:
        twins = attrgetter(name)(_core), attrgetter(name)(reference)
        assert parameters(twins[0])[1:] == parameters(twins[1])[1:], name


def test_the_stub_file_has_the_same_names_and_signatures():
    tree = ast.parse((Path(reference.__file__).parents[1] / "_core.pyi").read_text())
    functions = {f.name: f.args for f in tree.body if isinstance(f, ast.FunctionDef)}
    assert functions.keys() == {*FUNCTIONS, "use_level"}
    methods = {
        f"{c.name}.{f.name}": f.args
        for c in tree.body
        if isinstance(c, ast.ClassDef)
        for f in c.body
        if isinstance(f, ast.FunctionDef) and f.name != "__init__"
    }
    assert methods.keys() == set(METHODS)
    for name, arguments in (functions | methods).items():
        own = inspect.signature(attrgetter(name)(_core)).parameters.values()
        named = [*arguments.args, *arguments.kwonlyargs]
        assert [a.arg for a in named] == [p.name for p in own], name
        n_optional = len(arguments.defaults) + sum(map(bool, arguments.kw_defaults))
        assert n_optional == sum(p.default is not p.empty for p in own), name
    values = {a.target.id for a in tree.body if isinstance(a, ast.AnnAssign)}
    assert {v for v in values if hasattr(_core, v)} == {
        name for name in dir(_core) if name.isupper()
    }


def test_use_level_refuses_what_it_has_not():
    with pytest.raises(ValueError):
        _core.use_level("v9")


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 64, 1003])
def test_total(n):
    a = np.random.default_rng(n).standard_normal(n)
    assert_allclose(_core.total(a), reference.total(a), rtol=0, atol=1e-15 * (n + 1))


@pytest.mark.parametrize("d", [1, 7, 8, 15, 16, 130])
def test_padded(d):
    array = np.arange(d + 1.0)
    assert_array_equal(_core.padded(array, d), reference.padded(array, d))
    assert_array_equal(_core.padded((), d), reference.padded((), d))


def test_cross_entropy():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-700, 700, 500), rng.normal(0, 3, 500)])
    x = np.concatenate([x, [0.0, np.inf, -np.inf, np.inf, -np.inf, np.nan]])
    z = rng.random(len(x))
    z[::3] = rng.integers(0, 2, len(z[::3]))
    z[-6:] = 0, 0, 0, 1, 1, 1
    loss, gradient = _core.cross_entropy(x, z)
    expected_loss, expected_gradient = reference.cross_entropy(x, z)
    assert_allclose(loss, expected_loss, rtol=1e-14)
    assert_allclose(gradient, expected_gradient, rtol=1e-14, atol=1e-16)


def passes(kernel, matrix, d, order):
    """All passes of one kernel over a matrix; `order` or the rows 5, ..., 104."""
    rng = np.random.default_rng(d)
    weights, centre, precision = rng.standard_normal(d + 1), *rng.random((2, d))
    n = 100 if order is None else len(order)
    out = np.empty(n)
    kernel.logits(matrix, 5, n, weights, order, out)
    return [
        kernel.logits(matrix, 5, n, weights, order),
        out,
        kernel.norms(matrix, 5, n, centre, precision, order),
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("d", COLUMNS)
def test_passes(d, layout):
    rng = np.random.default_rng(d)
    matrix = dict(layouts(sparse_table(rng, d)))[layout]
    for order in (None, rng.integers(0, ROWS, 133), np.arange(0)):
        got = passes(_core, matrix, d, order)
        expected = passes(reference, matrix, d, order)
        for one, other in zip(got, expected, strict=True):
            assert_allclose(one, other, rtol=1e-12, atol=1e-12 * d)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("d", COLUMNS)
def test_passes_over_dense_and_csr_agree(d, layout):
    tables = dict(layouts(sparse_table(np.random.default_rng(d), d)))
    dense = tables["dense float32" if "float32" in layout else "dense float64"]
    one, other = (passes(_core, m, d, None) for m in (dense, tables[layout]))
    for a, b in zip(one, other, strict=True):
        assert_allclose(a, b, rtol=1e-12, atol=1e-12 * d)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_read_only_and_memory_mapped_rows_give_the_same_bits(layout, tmp_path):
    d = 9
    matrix = dict(layouts(sparse_table(np.random.default_rng(0), d)))[layout]
    expected = passes(_core, matrix, d, None)

    def mapped(array, name):
        np.save(tmp_path / name, array)
        return np.load(tmp_path / name, mmap_mode="r")

    if isinstance(matrix, tuple):
        names = ("data.npy", "indices.npy", "indptr.npy")
        matrix = (*map(mapped, matrix[:3], names), d)
    else:
        matrix = mapped(matrix, "values.npy")
    for one, other in zip(passes(_core, matrix, d, None), expected, strict=True):
        assert_array_equal(one, other)


def all_bits():
    """Every pass and rule that is compiled for several levels, as bytes."""
    rng = np.random.default_rng(0)
    x, z = rng.normal(0, 100, 4001), rng.random(4001)
    results = [*_core.cross_entropy(x, z), np.array(_core.total(x))]
    key = rng.integers(0, 2**64, _core.KEY_WORDS, dtype=np.uint64)
    results.append(_core.shuffled(1000, 10, key, 0, 1024))
    for d in COLUMNS:
        for _, matrix in layouts(sparse_table(rng, d)):
            results += passes(_core, matrix, d, None)
            results += passes(_core, matrix, d, rng.integers(0, ROWS, 77))
    return [np.ascontiguousarray(result).tobytes() for result in results]


def test_every_level_gives_the_same_bits(level):
    got = all_bits()
    _core.use_level(_core.LEVELS[-1])
    assert got == all_bits()


def test_arguments_that_do_not_fit_are_refused():
    X, w = np.ones((4, 2)), np.ones(3)
    with pytest.raises(ValueError, match="C-contiguous"):
        _core.logits(np.asfortranarray(X), 0, 4, w)
    with pytest.raises(ValueError, match="length"):
        _core.logits(X, 0, 4, w[:2])
    with pytest.raises(ValueError, match="length"):
        _core.logits(X, 0, 4, w, None, np.empty(3))
    with pytest.raises(ValueError, match="order"):
        _core.logits(X, 0, 4, w, np.arange(3))
    with pytest.raises(ValueError, match="length"):
        _core.cross_entropy(w, w[:2])
    for first in (-1, 1, 2**62):
        with pytest.raises(ValueError, match="not among 4"):
            _core.logits(X, first, 4, w)
        with pytest.raises(ValueError, match="not among 4"):
            _core.norms(X, first, 4, w[:2], w[:2])
    with pytest.raises(ValueError, match="two dimensions"):
        _core.logits(np.ones((4, 2, 2)), 0, 4, w)
    short = csr_array(X)
    for matrix in [
        (short.data, short.indices[:3], short.indptr, 2),
        (short.data, short.indices, short.indptr[:0], 2),
    ]:
        with pytest.raises(ValueError):
            _core.logits(matrix, 0, 4, w)
    with pytest.raises(TypeError, match="dtype"):
        rows = csr_array(X)
        _core.logits((rows.data, rows.indices, rows.indptr.astype("i8"), 2), 0, 4, w)


@deterministic
@given(st.floats(0, np.finfo(float).max, exclude_min=True) | st.floats(0.5, 2))
def test_log(x):
    computed = _core.log(x)
    with mpmath.workprec(200):
        expected = mpmath.log(mpmath.mpf(x))
        assert abs(computed - expected) <= abs(expected) * 2**-52
    assert_allclose(computed, reference.log(x), rtol=1e-15)


def test_log_of_what_is_no_positive_number():
    assert _core.log(np.inf) == np.inf
    for x in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="logarithm"):
            _core.log(x)


@deterministic
@given(st.integers(1, 2**53), st.floats(0, 2))
def test_inverse_power(t, p):
    # The error grows with the exponent: that of log t is multiplied by p.
    with mpmath.workprec(200):
        expected = mpmath.mpf(t) ** -mpmath.mpf(p)
        (got,) = _core.inverse_power(np.array([float(t)]), p)
        error = abs(mpmath.mpf(float(got)) - expected) / expected
        assert error < 2**-52 * (2 + p * mpmath.log(t))


def test_inverse_power_of_many_steps():
    t = np.arange(1.0, 10_000)
    for p in (0.0, 0.25, 0.5, 1.0):
        got, expected = _core.inverse_power(t, p), reference.inverse_power(t, p)
        assert_allclose(got, expected, rtol=3e-15)
        assert got[0] == 1
        assert (np.diff(got) <= 0).all()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n", [0, 1, 7, 1000])
def test_class_totals(n, weighted):
    target = (np.arange(n) % 3 == 0).astype(np.float64)
    weight = np.arange(1.0, n + 1) / 7 if weighted else None
    assert_allclose(
        _core.class_totals(target, weight),
        reference.class_totals(target, weight),
        rtol=1e-13,
    )


@pytest.mark.parametrize("logarithms", [False, True])
def test_probabilities(logarithms):
    logits = np.array([-np.inf, -1e300, -745.2, -40, -1e-9, 0, 2, 37.5, 800, np.inf])
    computed = _core.probabilities(logits, logarithms)
    assert_allclose(computed, reference.probabilities(logits, logarithms), rtol=1e-15)
    assert_array_equal(_core.probabilities(-logits, logarithms), computed[:, ::-1])
