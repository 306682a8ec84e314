# SPDX-License-Identifier: BSD-3-Clause
"""`rows`: estimators are trained on tables larger than memory as on arrays."""

import pickle
import signal
import threading

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from _assertions import refuses
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_validate

from skpulsar import MLPClassifier, SLPClassifier, SLPClassifierCV, SLPRegressor, rows
from skpulsar._estimator import _table_rows, _table_targets
from skpulsar._problem import _candidates, _spaced_rows, _table_chunks
from skpulsar._tables._parquet_file import ParquetFile
from skpulsar.datasets import make_pulsars

N = 26_000
NAMES = list("abcdefgh")
X, Y = make_pulsars(n_samples=N, random_state=0)
RNG = np.random.default_rng(0)
WEIGHT = RNG.integers(0, 3, N).astype(float)
NUMBERS = X[:, 0] - X[:, 1] + RNG.standard_normal(N)


@pytest.fixture(autouse=True)
def in_chunks(monkeypatch):
    """Nothing is small enough to become an array; chunks are of one leaf."""
    monkeypatch.setattr(_table_rows, "IN_MEMORY", 0)
    monkeypatch.setattr(_table_chunks, "ENTRIES", 2**15)


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.fixture(scope="module")
def frame():
    return pl.DataFrame(X, schema=NAMES).with_columns(
        label=pl.Series(np.where(Y, "pulsar", "other")),
        number=NUMBERS, weight=WEIGHT,
    )  # fmt: skip


@pytest.fixture(scope="module")
def path(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "all.parquet"
    frame.write_parquet(path, row_group_size=5000)
    return path


def bits(model):
    """All that training gives, but for times."""
    history = {k: v for k, v in model.history_.items() if k != "seconds"}
    state = model.coef_, model.intercept_, model.loss_curve_, history, model.n_iter_
    return repr([a.tobytes() if isinstance(a, np.ndarray) else a for a in state])


MODELS = {
    "plain": SLPClassifier(),
    "balanced": SLPClassifier(class_weight="balanced", prior_correction=True),
    "sampled": SLPClassifier(sampling=0.4),
    "standardized": SLPClassifier(standardize=True, alpha=0.01),
    "without penalty": SLPClassifier(alpha=0, tol=1e-8),
    "without intercept": SLPClassifier(fit_intercept=False),
    "a class left out of weights": SLPClassifier(class_weight={"pulsar": 0.3}),
    "short": SLPClassifier(max_iter=1),
    "numbers": SLPRegressor(),
    "standardized numbers": SLPRegressor(standardize=True, alpha=0.1),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("weighted, n_jobs", [(False, 3), (True, 1)])
@pytest.mark.parametrize("name", MODELS)
def test_the_same_bits_as_from_an_array(name, weighted, n_jobs, frame, path):
    label = "number" if "numbers" in name else "label"
    model = clone(MODELS[name]).set_params(random_state=0)
    y = frame[label].to_numpy()
    expected = clone(model).fit(X, y, WEIGHT if weighted else None)
    model.set_params(n_jobs=n_jobs)
    model.fit(rows(path, columns=NAMES), label, "weight" if weighted else None)
    assert bits(model) == bits(expected)
    assert list(model.feature_names_in_) == NAMES
    whole = rows(path)  # Columns are found by their names.
    np.testing.assert_array_equal(model.predict(whole), expected.predict(X))
    given = model.score(whole, label), expected.score(X, y)
    assert given[0] == given[1]


def groupings(frame, folder):
    """The same rows, in whatever they come."""
    frame.write_parquet(folder / "one.parquet")
    for k, part in enumerate(frame.iter_slices(7001)):
        part.write_parquet(folder / f"part {k}.parquet", row_group_size=999)
    table = frame.to_arrow()
    return {
        "one file": folder / "one.parquet",
        "files": folder / "part*.parquet",
        "paths": sorted(folder.glob("part*.parquet")),
        "lazy": frame.lazy(),
        "lazy file": pl.scan_parquet(folder / "one.parquet"),
        "dataframe": frame,
        "pandas": frame.to_pandas(),
        "stream": lambda: table.to_reader(max_chunksize=1234),
        "polars, opened anew": lambda: frame,
    }


def test_no_grouping_changes_a_bit(frame, tmp_path):
    model = SLPClassifier(class_weight="balanced", random_state=0)
    labels = frame["label"].to_numpy()
    expected = bits(clone(model).fit(X, labels, WEIGHT))
    for name, data in groupings(frame, tmp_path).items():
        table = rows(data, columns=NAMES)
        assert bits(clone(model).fit(table, "label", "weight")) == expected, name
        given = np.where(Y, "pulsar", "other"), WEIGHT  # as arrays
        assert bits(clone(model).fit(table, *given)) == expected, name


def test_tables_need_no_call_of_rows(frame, path):
    expected = SLPClassifier(random_state=0).fit(X, Y)
    known = frame.select(NAMES).with_columns(label=Y)
    for data in (known, known.lazy(), known.to_pandas(), known.to_arrow()):
        model = SLPClassifier(random_state=0).fit(data, "label")
        assert bits(model) == bits(expected)


def test_a_memory_map(tmp_path):
    X.tofile(tmp_path / "x")
    mapped = np.memmap(tmp_path / "x", "float64", "r", shape=X.shape)
    expected = SLPClassifier(random_state=0).fit(X, Y)
    model = SLPClassifier(random_state=0).fit(rows(mapped), Y)
    assert bits(model) == bits(expected)
    proba = model.predict_proba(rows(mapped))
    np.testing.assert_array_equal(proba, expected.predict_proba(X))


def test_float32(frame, path):
    single = X.astype(np.float32)
    table = pl.DataFrame(single, schema=NAMES).with_columns(y=Y)
    expected = SLPClassifier(random_state=0).fit(single, Y)
    model = SLPClassifier(random_state=0).fit(rows(table), "y")
    assert bits(model) == bits(expected)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "kind", ["cauchy", "rare", "constant", "separable", "wide", "hidden", "sorted"]
)
def test_columns_of_every_kind(kind, monkeypatch):
    """Also where rows are looked at in runs, and too few are kept for a draw."""
    rng = np.random.default_rng(1)
    d = 400 if kind == "wide" else 5
    A = rng.standard_normal((20_011, d))
    z = A[:, 0] + rng.standard_normal(len(A)) > 1
    if kind == "cauchy":
        A = rng.standard_cauchy(A.shape)
        z = A[:, 0].clip(-9, 9) + rng.standard_normal(len(A)) > 1
    elif kind == "rare":
        A = (rng.random(A.shape) < 0.002).astype(float)
        z = rng.random(len(A)) < 0.1 + 0.5 * A[:, 0]
    elif kind == "constant":
        A[:, 1], A[:, 2] = 7, np.where(np.arange(len(A)) == 5, 3.0, 7.0)
    elif kind == "separable":
        z = A[:, 0] > 0
    elif kind == "hidden":
        A[0], A[1000, 0] = 1e8, 1e12
    elif kind == "sorted":
        A = A[np.argsort(A[:, 0])]
        z = A[:, 0] + rng.standard_normal(len(A)) > 1
    for alpha in (1e-4, 0.0):
        for many in (2**24, 0):
            monkeypatch.setattr(_spaced_rows, "MANY", many)
            monkeypatch.setattr(_candidates, "ROOM", (1.3, 400) if many else (0.1, 0))
            model = SLPClassifier(alpha=alpha, random_state=0)
            expected = bits(clone(model).fit(A, z))
            assert bits(model.fit(rows(A), z)) == expected


@pytest.mark.parametrize("n_jobs", [1, 3])
@pytest.mark.parametrize("name", ["balanced", "numbers"])
def test_a_cache_changes_no_bit(name, n_jobs, frame, path, tmp_path, monkeypatch):
    """The second fit decodes no feature."""
    decode, decoded = ParquetFile.read, []

    def noted(self, columns, start, stop):
        decoded.append("a" in columns)
        return decode(self, columns, start, stop)

    monkeypatch.setattr(ParquetFile, "read", noted)
    label = "number" if "numbers" in name else "label"
    model = clone(MODELS[name]).set_params(random_state=0)
    expected = clone(model).fit(X, frame[label].to_numpy(), WEIGHT)
    table = rows(path, columns=NAMES, cache=tmp_path)
    model.set_params(n_jobs=n_jobs)
    for n_decoded in (1, 0):
        decoded.clear()
        assert bits(clone(model).fit(table, label, "weight")) == bits(expected)
        assert sum(decoded) == n_decoded
        assert decoded.count(False) > 2
    decoded.clear()
    fitted = clone(model).fit(table, label, "weight")
    given = fitted.predict(rows(path, cache=tmp_path)), expected.predict(X)
    np.testing.assert_array_equal(*given)
    assert sum(decoded) == 0
    monkeypatch.setattr(_table_rows, "IN_MEMORY", 2**27)
    assert bits(clone(model).fit(table, label, "weight")) == bits(expected)
    assert sum(decoded) == 0
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cache_is_for_files_with_a_key(frame, path, tmp_path):
    table = frame.to_arrow()
    for data in (frame.lazy(), lambda: table.to_reader(), frame, X):
        with pytest.raises(ValueError, match="cache is for Parquet files") as caught:
            rows(data, cache=tmp_path)
        assert len(str(caught.value)) <= 300
    assert list(tmp_path.iterdir()) == []
    cached = rows(rows(path, columns=NAMES), cache=tmp_path)
    SLPClassifier().fit(pickle.loads(pickle.dumps(cached)), "label")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("cache", ["", 5, True, b"cache", ["cache"]])
def test_a_cache_is_a_path(cache, path):
    """What is empty would be the current folder."""
    with pytest.raises(ValueError, match=r"cache must be the path of a folder\. Got"):
        rows(path, cache=cache)


def test_a_cache_that_cannot_be_written_changes_nothing(path, tmp_path):
    (tmp_path / "file").touch()
    table, model = rows(path, columns=NAMES, cache=tmp_path / "file"), SLPClassifier()
    refuses(OSError, "bytes of a cache cannot be written", model, "fit", table, "label")


def test_what_is_not_finite_in_a_cache_is_found(tmp_path):
    A = X.copy()
    A[17_500, 2] = np.nan
    frame = pl.DataFrame(A, schema=NAMES).with_columns(y=Y)
    frame.write_parquet(tmp_path / "a.parquet", row_group_size=5000)
    for _ in range(2):
        table = rows(tmp_path / "a.parquet", cache=tmp_path / "cache")
        words = "column 'c' in rows 0 to 26000, 17500 rows behind"
        refuses(ValueError, words, SLPClassifier(), "fit", table, "y")


def test_few_rows(tmp_path):
    for n in (2, 3, 50, 5000):
        A, z = X[:n], np.arange(n) % 2
        expected = SLPClassifier(random_state=0).fit(A, z)
        assert bits(SLPClassifier(random_state=0).fit(rows(A), z)) == bits(expected)


def test_no_rows(frame, tmp_path):
    frame[:0].write_parquet(tmp_path / "a.parquet")
    table = rows(tmp_path / "a.parquet", columns=NAMES)
    for model, y in ((SLPClassifier(), "label"), (SLPRegressor(), "number")):
        for method in ("fit", "partial_fit"):
            options = {"classes": ["other", "pulsar"]} if y == "label" else {}
            with pytest.raises(ValueError, match="The table has no rows"):
                getattr(model, method)(table, y, **options if method[0] == "p" else {})


def test_partial_fit(path, frame, monkeypatch):
    """Portions have so many rows wherever files end."""
    monkeypatch.setattr(_table_rows, "PORTION", 4000)
    labels = frame["label"].to_numpy()
    for solver in ("psgd", "sgd"):
        model = SLPClassifier(solver=solver, random_state=0)
        expected = clone(model)
        for start in range(0, N, 4000):
            part = slice(start, start + 4000)
            chunk = pl.DataFrame(X[part], schema=NAMES)
            expected.partial_fit(chunk, labels[part], ["other", "pulsar"])
        model.partial_fit(rows(path, columns=NAMES), "label", ["other", "pulsar"])
        assert bits(model) == bits(expected)


def test_small_tables_become_arrays(path, monkeypatch):
    """So that all works that works for arrays."""
    monkeypatch.setattr(_table_rows, "IN_MEMORY", 2**27)
    table = rows(path, columns=NAMES)
    model = SLPClassifier(solver="sgd", early_stopping=True, max_iter=3, random_state=0)
    model.set_params(tol=None).fit(table, "label")
    assert list(model.feature_names_in_) == NAMES
    three = pl.DataFrame(X, schema=NAMES).with_columns(y=np.arange(N) % 3)
    assert len(SLPClassifier().fit(three, "y").classes_) == 3


def test_a_validation_set_of_arrays(path, frame):
    labels = frame["label"].to_numpy()
    given = {"X_val": X[:500], "y_val": labels[:500]}
    model = SLPClassifier(random_state=0)
    model.fit(rows(path, columns=NAMES), "label", **named(given))
    expected = SLPClassifier(random_state=0).fit(X, labels, **given)
    assert model.validation_scores_ == expected.validation_scores_


def test_a_validation_set_of_a_table(path, frame, monkeypatch):
    table, some = rows(path, columns=NAMES), frame.select([*NAMES, "label"])[:500]
    model = SLPClassifier(random_state=0)
    given = {"X_val": some, "y_val": "label"}
    words = "validation set.*more than 0 bytes"
    refuses(ValueError, words, model, "fit", table, "label", **given)
    monkeypatch.setattr(_table_rows, "IN_MEMORY", 2**20)
    model.fit(table, "label", **given)
    labels = frame["label"].to_numpy()
    arrays = {"X_val": X[:500], "y_val": labels[:500]}
    expected = SLPClassifier(random_state=0).fit(X, labels, **arrays)
    assert model.validation_scores_ == expected.validation_scores_


def named(given):
    return given | {"X_val": pl.DataFrame(given["X_val"], schema=NAMES)}


def test_a_pickle_holds_no_rows(path, frame):
    table = rows(path, columns=NAMES)
    assert len(pickle.dumps(table)) < 5000
    again = pickle.loads(pickle.dumps(table))
    model = SLPClassifier(random_state=0).fit(again, "label")
    assert bits(model) == bits(SLPClassifier(random_state=0).fit(table, "label"))
    assert "26000 x 11" in repr(again)


def test_paths_and_lists_of_names_are_refused(path):
    model = SLPClassifier()
    for call in (model.fit, model.partial_fit):
        with pytest.raises(TypeError, match="is the path"):
            call(path, y="label")
    for y in (["label"], ["label", NAMES[0]]):
        with pytest.raises(ValueError, match=rf"names {len(y)} columns"):
            model.fit(rows(path), y=y)
        with pytest.raises(ValueError, match=rf"names {len(y)} columns"):
            model.partial_fit(rows(path), y=y, classes=[0, 1])
    with pytest.raises(TypeError, match="A list is no source of rows"):
        rows([[1.0, 2.0]])


def test_what_needs_arrays_is_refused(path):
    table = rows(path, columns=NAMES)
    cases = [
        (lambda: SLPClassifier(solver="adam").fit(table, "label"), "solver='psgd'"),
        (lambda: SLPClassifier(early_stopping=True, solver="psgd").fit(table, "label"),
         "X_val"),
        (lambda: SLPClassifier(return_train_score=True).fit(table, "label"),
         "return_train_score"),
        (lambda: MLPClassifier().fit(table, "label"), "MLPC.*arrays. Call partial_fit"),
        (lambda: SLPClassifier().fit(table, "weight"), "two classes"),
        (lambda: SLPClassifier().fit(table, "number"), "SLPRegressor"),
        (lambda: SLPClassifier().fit(table, "none"), "no column"),
        (lambda: SLPClassifier().fit(table, None), "y is missing"),
        (lambda: SLPClassifier().fit(rows(path, columns=["a", "label"]), "label"),
         "leave it out"),
        (lambda: SLPClassifier().fit(table, "label", "none"), "sample_weight='none'"),
        (lambda: SLPClassifier().fit(table, Y[:700]), "700 entries"),
        (lambda: rows(path, columns=["none"]), "columns must be"),
        (lambda: rows(path, columns=["a", "b", "a"]), "each once"),
    ]  # fmt: skip
    for call, match in cases:
        with pytest.raises(ValueError, match=match) as caught:
            call()
        assert len(str(caught.value)) <= 300
    for call in (
        lambda: cross_validate(SLPClassifier(), table, Y),
        lambda: GridSearchCV(SLPClassifier(), {"alpha": [1]}).fit(table, Y),
        lambda: SLPClassifierCV().fit(table, Y),
    ):
        with pytest.raises(TypeError, match=r"rows\(...\) is no array"):
            call()


def test_the_remedy_for_networks_works(path):
    classes = ["other", "pulsar"]
    table = rows(path, columns=NAMES)
    network = MLPClassifier((2,)).partial_fit(table, "label", classes=classes)
    assert network.t_ == N


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_found(bad, tmp_path):
    A = X.copy()
    A[17_500, 2] = bad
    frame = pl.DataFrame(A, schema=NAMES).with_columns(y=Y)
    frame.write_parquet(tmp_path / "a.parquet", row_group_size=5000)
    model = SLPClassifier(random_state=0)
    table = rows(tmp_path / "a.parquet")
    refuses(ValueError, "column 'c' in .*a.parquet.*group 3", model, "fit", table, "y")
    fitted = SLPClassifier(random_state=0).fit(pl.DataFrame(X, schema=NAMES), Y)
    with pytest.raises(ValueError, match=r"a\.parquet"):
        fitted.predict(rows(tmp_path / "a.parquet", columns=NAMES))


def test_a_file_that_changes_is_refused(frame, tmp_path):
    path = tmp_path / "a.parquet"
    frame.write_parquet(path)
    table, model = rows(path), SLPClassifier()
    frame[:100].write_parquet(path)
    refuses(ValueError, "changed", model, "fit", table, "label")


def test_labels_that_are_missing_are_found(tmp_path):
    labels = pa.array([None if k == 7000 else "ab"[k % 2] for k in range(N)])
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"x": X[:, 0], "y": labels}), path, row_group_size=5000)
    model = SLPClassifier()
    refuses(ValueError, "y", model, "fit", rows(path), "label is missing.*row group 1")


def test_targets_that_are_no_numbers_are_found(frame, tmp_path):
    path, table = tmp_path / "a.parquet", frame.select(*NAMES, y="number")
    gap = pl.when(pl.int_range(pl.len()) == 7000).then(None).otherwise(pl.col("y"))
    dates = pl.lit(7).cast(pl.Date)
    cases = (ValueError, "row group 1.*NaN", gap), (TypeError, "dates", dates)
    for error, words, y in cases:
        table.with_columns(y=y).write_parquet(path, row_group_size=5000)
        refuses(error, words, SLPRegressor(), "fit", rows(path), "y")


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_weights_that_are_none_are_found(bad, frame):
    weight = WEIGHT.copy()
    weight[9] = bad
    table = frame.with_columns(weight=weight).lazy()
    model = SLPClassifier()
    with pytest.raises(ValueError, match="sample_weight"):
        model.fit(rows(table), "label", "weight")


def test_weights_of_zero_alone(frame):
    for model, y in ((SLPClassifier(), "label"), (SLPRegressor(), "number")):
        table = rows(frame.with_columns(weight=0.0), columns=NAMES)
        refuses(ValueError, "non-zero", model, "fit", table, y, "weight")


@pytest.mark.parametrize("small", [False, True])
def test_targets_of_another_length(small, monkeypatch):
    if small:
        monkeypatch.setattr(_table_rows, "IN_MEMORY", 2**27)
    model = SLPClassifier()
    for given in ({"y": Y[:-1]}, {"y": np.append(Y, 0)}, {"y": Y, "sample_weight": Y}):
        if "sample_weight" in given:
            given["sample_weight"] = np.ones(N + 1)
        refuses(ValueError, "entries|inconsistent|rows", model, "fit", rows(X), **given)


def test_small_streams_become_arrays(frame, monkeypatch):
    """Also those whose rows are counted by reading them, with y of any kind."""
    monkeypatch.setattr(_table_rows, "IN_MEMORY", 2**20)
    table = frame[:3000].select(NAMES).to_arrow()
    stream, y = rows(lambda: table.to_reader()), np.arange(3000) % 3
    assert len(SLPClassifier().fit(stream, y).classes_) == 3
    assert SLPRegressor().fit(stream, X[:3000, :2]).coef_.shape == (2, 8)
    model = SLPClassifier(random_state=0).fit(stream, Y[:3000], 2.0)
    assert model.class_count_.sum() == 6000
    monkeypatch.setattr(_table_rows, "IN_MEMORY", 2**10)
    with pytest.raises(ValueError, match="two classes"):
        SLPClassifier().fit(stream, y)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_what_is_not_finite_in_rows_of_any_weight(weight):
    A, given = X.copy(), np.ones(N)
    A[9000, 1], given[9000] = np.nan, weight
    model = SLPClassifier(random_state=0)
    refuses(ValueError, "contains NaN", model, "fit", rows(A), Y, given)


def test_an_error_that_is_kept_keeps_no_thread(monkeypatch):
    """Its traceback holds the frames that were reading."""
    calls, encode = [], _table_targets.encode

    def failing(*given):
        calls.append(given)
        if len(calls) == 3:
            raise RuntimeError("here")
        return encode(*given)

    monkeypatch.setattr(_table_targets, "encode", failing)
    before = threading.active_count()
    with pytest.raises(RuntimeError) as caught:
        SLPClassifier(random_state=0).fit(rows(X), Y)
    assert threading.active_count() == before
    assert caught.traceback


def test_ctrl_c_leaves_no_thread(path, monkeypatch):
    """It arrives while the features are read, and after the first epoch."""
    whole = _table_chunks.TableChunks.read_ahead
    for n_readings in (1, 3):
        readings = []

        def interrupted(self, readings=readings, n_readings=n_readings):
            readings.append(self)
            for k, chunk in enumerate(whole(self)):
                if k == 2 and len(readings) == n_readings:
                    signal.raise_signal(signal.SIGINT)
                yield chunk

        monkeypatch.setattr(_table_chunks.TableChunks, "read_ahead", interrupted)
        model = SLPClassifier(random_state=0, tol=1e-9)
        with pytest.raises(KeyboardInterrupt):
            model.fit(rows(path, columns=NAMES), "label")
        assert getattr(model, "n_iter_", 0) == max(0, n_readings - 2)


@pytest.mark.parametrize("cached", [False, True])
def test_ctrl_c_while_a_file_is_closed_is_not_lost(cached, path, tmp_path, monkeypatch):
    """The first look leaves a row group before its end; Python would drop what is
    raised while it throws the reading away."""
    whole, left = ParquetFile.read, []

    def interrupted(self, columns, start, stop):
        try:
            yield from whole(self, columns, start, stop)
        except GeneratorExit:
            if threading.current_thread() is threading.main_thread():
                left.append(start)
                signal.raise_signal(signal.SIGINT)
            raise

    table = rows(path, columns=NAMES, cache=tmp_path if cached else None)
    monkeypatch.setattr(ParquetFile, "read", interrupted)
    refuses(KeyboardInterrupt, None, SLPClassifier(), "fit", table, "label")
    assert len(left) == 1
