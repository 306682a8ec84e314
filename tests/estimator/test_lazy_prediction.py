# SPDX-License-Identifier: BSD-3-Clause
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from _assertions import refuses
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix

from skpulsar import MLPClassifier, SLPClassifier, SLPRegressor, rows
from skpulsar.datasets import make_pulsars

X, Y = make_pulsars(n_samples=1500, random_state=0)
NAMES = list("abcdefgh")
FRAME = pd.DataFrame(X, columns=NAMES)
LABELS = {
    "two": np.where(Y, "pulsar", "other"),
    "three": np.where(X[:, 0] > 110, 2, Y),
    "several": np.c_[Y, X[:, 0] > 100].astype(int),
}
METHODS = "decision_function", "predict", "predict_proba", "predict_log_proba"
ARRAY = da.from_array(X, chunks=((0, 600, 900, 0), (5, 3)))
pytestmark = pytest.mark.filterwarnings(  # dask asks pandas in an old way
    "ignore:The inplace keyword in DataFrame.reset_index"
)


@pytest.fixture(scope="module", params=LABELS)
def model(request):
    return SLPClassifier(random_state=0).fit(X, LABELS[request.param])


@pytest.mark.parametrize("method", METHODS)
def test_arrays_give_lazy_arrays(model, method):
    expected, found = getattr(model, method)(X), getattr(model, method)(ARRAY)
    assert isinstance(found, da.Array)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    assert found.chunks[0] == ARRAY.chunks[0]
    assert_array_equal(found, expected)


@pytest.mark.parametrize("method", METHODS)
def test_dataframes_give_lazy_arrays(method):
    """Columns are found by their names, and others are not computed."""
    model = SLPClassifier(random_state=0).fit(FRAME, LABELS["two"])
    wide = FRAME[NAMES[::-1]].assign(name="text")
    found = getattr(model, method)(dd.from_pandas(wide, npartitions=3))
    assert isinstance(found, da.Array)
    assert found.numblocks[0] == 3
    assert_array_equal(found, getattr(model, method)(FRAME))


def test_regressors_and_networks():
    for model, y in [
        (SLPRegressor(), Y),
        (SLPRegressor(), np.c_[Y, X[:, 0]]),
        (MLPClassifier(max_iter=2, tol=None), Y),
    ]:
        model.set_params(random_state=0).fit(X, y)
        assert_array_equal(model.predict(ARRAY), model.predict(X))


def test_sizes_of_chunks_need_not_be_known(model):
    some = ARRAY[ARRAY[:, 0] > 100]
    assert_array_equal(model.predict(some).compute(), model.predict(X[X[:, 0] > 100]))


def test_blocks_may_be_sparse(model):
    sparse = da.from_array(X, chunks=(500, 8)).map_blocks(csr_matrix)
    found = model.decision_function(sparse)
    assert_allclose(found, model.decision_function(csr_matrix(X)), rtol=1e-12)


def test_what_was_asked_for_is_the_model_of_then():
    model = SLPClassifier(random_state=0).fit(X, Y)
    expected, found = model.decision_function(X), model.decision_function(ARRAY)
    model.coef_ += 1
    assert_array_equal(found, expected)


def test_another_number_of_columns_is_refused_at_once(model):
    refuses(ValueError, "expecting 8 features", model, "predict", ARRAY[:, :7])


def test_rows_are_predicted_at_once(model):
    assert type(model.predict(rows(ARRAY))) is np.ndarray
    y = model.predict(X)
    assert y.ndim == 2 or model.score(ARRAY, y) == 1


def test_names_are_compared_at_once():
    model = SLPClassifier(random_state=0).fit(FRAME, Y)
    with pytest.warns(UserWarning, match="does not have valid feature names") as told:
        found = model.predict(ARRAY)
    found.compute(scheduler="synchronous")
    assert len(told) == 1
    lacking = dd.from_pandas(FRAME[NAMES[1:]], npartitions=2)
    refuses(ValueError, r"lacks the features \['a'\]", model, "predict", lacking)


def test_a_block_that_is_not_finite_is_refused_when_it_is_computed(model):
    strange = X.copy()
    strange[700, 3] = np.nan
    found = model.predict(da.from_array(strange, chunks=(600, 8)))
    with pytest.raises(ValueError, match="contains NaN: column 3"):
        found.compute(scheduler="synchronous")
