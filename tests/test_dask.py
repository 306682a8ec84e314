# SPDX-License-Identifier: BSD-3-Clause
"""On a Dask cluster estimators are trained as on one machine, to the last bit."""

import os
import signal

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from _assertions import refuses
from _dask import tasks_left, workers
from sklearn.base import clone

from skpulsar import SLPClassifier, SLPRegressor, rows
from skpulsar._estimator import _table_rows
from skpulsar._problem import _cluster, _table_chunks
from skpulsar.datasets import make_pulsars

N = 22_000
NAMES = list("abcdefgh")
X, Y = make_pulsars(n_samples=N, random_state=0)
WEIGHT = np.random.default_rng(0).integers(0, 3, N).astype(float)
pytestmark = pytest.mark.filterwarnings(  # dask asks pandas in an old way
    "ignore:The inplace keyword in DataFrame.reset_index"
)


@pytest.fixture(autouse=True)
def in_chunks(monkeypatch):
    """Nothing is small enough to become an array; chunks are of one leaf."""
    monkeypatch.setattr(_table_rows, "IN_MEMORY", 0)
    monkeypatch.setattr(_table_chunks, "ENTRIES", 2**15)


@pytest.fixture(autouse=True)
def passes(monkeypatch):
    """The numbers of tasks of all passes on a cluster."""
    noted, of_parts = [], _cluster.Cluster.map

    def counted(self, work, parts, name):
        noted.append(len(parts))
        return of_parts(self, work, parts, name)

    monkeypatch.setattr(_cluster.Cluster, "map", counted)
    return noted


@pytest.fixture(scope="module", params=[1, 3], ids="{} workers".format)
def client(request):
    with workers(request.param) as client:
        yield client


@pytest.fixture(scope="module")
def two():
    with workers(2) as client:
        yield client


@pytest.fixture(scope="module")
def frame():
    return pd.DataFrame(X, columns=NAMES).assign(label=Y, weight=WEIGHT)


@pytest.fixture(scope="module")
def tables(frame, tmp_path_factory):
    """The same rows in whatever a cluster reads."""
    folder = tmp_path_factory.mktemp("parquet")
    frame.to_parquet(folder / "all.parquet", row_group_size=3000)
    sizes = [5000, 0, 4000, 1, 12_999, 0]
    parts = np.split(np.arange(N), np.cumsum(sizes)[:-1])
    lazy = dd.from_map(frame.iloc.__getitem__, parts, meta=frame.iloc[:0])
    return {
        "parquet": folder / "all.parquet",
        "dataframe": lazy,
        "dataframe of files": dd.read_parquet(folder, split_row_groups=True),
        "array": da.from_array(X, chunks=(tuple(sizes), (3, 5))),
    }


def bits(model):
    """All that training gives, but for times."""
    history = {k: v for k, v in model.history_.items() if k != "seconds"}
    state = model.coef_, model.intercept_, model.loss_curve_, history
    return repr([a.tobytes() if isinstance(a, np.ndarray) else a for a in state])


TABLES = "parquet", "dataframe", "dataframe of files", "array"
MODELS = [SLPClassifier(), SLPRegressor(standardize=True)]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("model", MODELS, ids=["classes", "weighted numbers"])
def test_any_number_of_workers_gives_the_same_bits(client, name, model, tables, passes):
    weighted, model = model is MODELS[1], clone(model).set_params(random_state=0)
    expected = clone(model).fit(X, Y, WEIGHT if weighted else None)
    of_arrays = Y, WEIGHT if weighted else None
    of_columns = "label", "weight" if weighted else None
    columns = None if name == "array" else NAMES
    table = rows(tables[name], columns=columns)
    with client.as_current():
        model.fit(table, *(of_arrays if name == "array" else of_columns))
    assert bits(model) == bits(expected)
    assert len(passes) > 1 and max(passes) > 2
    assert tasks_left(client) == []


def test_targets_as_arrays(two, tables, passes):
    """Those of its rows travel with a task."""
    expected = SLPClassifier(random_state=0).fit(X, Y, WEIGHT)
    for name in ("parquet", "dataframe"):
        model, table = SLPClassifier(random_state=0), rows(tables[name], columns=NAMES)
        with two.as_current():
            model.fit(table, Y, WEIGHT)
        assert bits(model) == bits(expected)
    assert min(passes) > 1


def test_a_cache_is_made_before_the_first_task(tables, tmp_path):
    expected = SLPClassifier(random_state=0).fit(X, Y)
    table = rows(tables["parquet"], columns=NAMES, cache=tmp_path)
    model = SLPClassifier(random_state=0)
    with workers(2, processes=True) as client, client.as_current():
        model.fit(table, "label")
    assert bits(model) == bits(expected)
    assert len(list(tmp_path.iterdir())) == 1


def test_large_targets_make_more_tasks(two, tables, passes, monkeypatch):
    """Each of which carries little of them."""
    table = rows(tables["parquet"], columns=NAMES)
    monkeypatch.setattr(_table_chunks, "MOST_SENT", 8)
    with two.as_current():
        SLPRegressor(random_state=0).fit(table, Y.astype(float))
    assert passes[-1] == 6  # as many as there are chunks of one leaf


def test_classes_may_be_in_partitions_of_their_own(two, frame):
    order = np.argsort(Y, kind="stable")
    lazy = dd.from_pandas(frame.iloc[order].reset_index(drop=True), npartitions=7)
    expected = SLPClassifier(random_state=0).fit(X[order], Y[order])
    with two.as_current():
        model = SLPClassifier(random_state=0).fit(lazy[[*NAMES, "label"]], "label")
    assert bits(model) == bits(expected)


def test_what_is_persisted_is_used_where_it_is(two):
    with two.as_current():
        lazy = two.persist(da.from_array(X, chunks=(4000, 8)))
        model = SLPClassifier(random_state=0).fit(lazy, Y)
        del lazy
    assert bits(model) == bits(SLPClassifier(random_state=0).fit(X, Y))
    assert tasks_left(two) == []


def test_a_fit_that_is_a_task_reads_alone(two, tables):
    """It must not wait for tasks that wait for its worker."""
    table = rows(tables["dataframe"], columns=NAMES)

    def fit():
        return SLPClassifier(random_state=0).fit(table, "label")

    fits = [two.submit(fit, pure=False) for _ in range(2)]  # one for each worker
    expected = bits(SLPClassifier(random_state=0).fit(X, Y))
    assert [bits(model) for model in two.gather(fits)] == [expected] * 2


def test_a_failed_task_leaves_the_estimator_as_it_was(two, tables):
    def refuse(block, block_id=None):
        if block_id == (3, 0):
            raise MemoryError("no room for a block")
        return block

    model = SLPClassifier(random_state=0).fit(X, Y)
    lazy = da.from_array(X, chunks=(4000, 8)).map_blocks(refuse, dtype=float)
    with two.as_current():
        refuses(MemoryError, "no room for a block", model, "fit", lazy, Y)
    assert tasks_left(two) == []


def test_a_partition_that_changes_is_refused(two, frame, tmp_path):
    """A reading must give as many rows as the one before."""
    flag = tmp_path / "flag"

    def part(k):
        short = k == 2 and flag.exists()
        return frame.iloc[5000 * k : 5000 * k + (10 if short else 5000)]

    lazy = rows(dd.from_map(part, range(4), meta=frame.iloc[:0]), columns=NAMES)
    model = SLPClassifier(random_state=0)
    with two.as_current():
        model.fit(lazy, "label")
        flag.touch()
        refuses(ValueError, "Partition 2 .* 10 rows", model, "fit", lazy, Y[:20_000])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_a_worker_that_is_killed_in_every_pass(tables, tmp_path, monkeypatch):
    map_parts, flags = _cluster.Cluster.map, []

    def deadly(self, work, parts, name):
        flags.append(tmp_path / f"{name} {len(flags)}")
        return map_parts(self, dying_once(work, flags[-1]), parts, name)

    monkeypatch.setattr(_cluster.Cluster, "map", deadly)
    model = SLPClassifier(random_state=0, max_iter=1)
    with workers(2, processes=True) as client:
        with client.as_current():
            model.fit(rows(tables["parquet"], columns=NAMES), "label")
        assert tasks_left(client) == []
    assert bits(model) == bits(clone(model).fit(X, Y))
    assert len(flags) > 1 and all(flag.exists() for flag in flags)


def dying_once(work, flag):
    """The same work, but whoever comes first kills its worker."""

    def done_or_dead(*arguments):
        try:
            os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return work(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    return done_or_dead
