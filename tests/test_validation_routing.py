# SPDX-License-Identifier: BSD-3-Clause
"""A validation set on its way through pipelines and searches."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import Pipeline as SamplingPipeline
from numpy.testing import assert_allclose
from sklearn import config_context
from sklearn.base import clone
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import MLPClassifier, MLPRegressor, SLPClassifier, SLPRegressor

OPTIONS = {"solver": "sgd", "early_stopping": True, "random_state": 0, "tol": 0.01}
each_model = pytest.mark.parametrize(
    "model", [SLPClassifier(**OPTIONS), MLPClassifier((4,), **OPTIONS)]
)


@pytest.fixture(autouse=True)
def routing():
    with config_context(enable_metadata_routing=True):
        yield


@pytest.fixture(scope="module")
def divided(pulsars):
    X, y = pulsars
    return train_test_split(X, y, stratify=y, random_state=0)


def best_loss(model):
    return model.history_["validation_loss"][model.best_iter_ - 1]


@each_model
def test_a_pipeline_transforms_the_validation_set(divided, model):
    X, X_val, y, y_val = divided
    steps = [("scale", StandardScaler()), ("model", clone(model))]
    pipeline = Pipeline(steps, transform_input=["X_val"])
    pipeline.fit(X, y, X_val=X_val, y_val=y_val, sample_weight_val=np.ones(len(y_val)))
    loss = log_loss(y_val, pipeline.predict_proba(X_val))
    assert_allclose(best_loss(pipeline[-1]), loss, rtol=1e-12)


@pytest.mark.parametrize(
    "estimator", [SLPClassifier, SLPRegressor, MLPClassifier, MLPRegressor]
)
def test_fit_asks_for_it_by_default(estimator):
    requests = estimator().get_metadata_routing().fit.requests
    for name in ("X_val", "y_val", "sample_weight_val"):
        assert requests[name] is True
    assert requests["sample_weight"] is None


@each_model
def test_a_sampler_goes_into_a_pipeline_of_its_own(divided, model):
    """Where it comes after a transformer, imbalanced-learn cannot transform X_val."""
    X, X_val, y, y_val = divided
    sampler, model = RandomOverSampler(random_state=0), clone(model)
    inner = SamplingPipeline([("sample", sampler), ("model", model)])
    steps = [("scale", StandardScaler()), ("inner", inner)]
    outer = Pipeline(steps, transform_input=["X_val"])
    outer.fit(X, y, X_val=X_val, y_val=y_val)
    fitted = outer[-1][-1]
    loss = log_loss(y_val, outer.predict_proba(X_val))
    assert_allclose(best_loss(fitted), loss, rtol=1e-12)
    assert fitted.class_count_[0] == fitted.class_count_[1]  # of training rows alone
    flat = SamplingPipeline(
        [("scale", StandardScaler()), ("sample", sampler), ("model", model)],
        transform_input=["X_val"],
    )
    with pytest.raises(AttributeError, match="no attribute 'transform'"):
        flat.fit(X, y, X_val=X_val, y_val=y_val)


def test_names_of_features_are_checked(divided):
    pd = pytest.importorskip("pandas")
    X, X_val, y, y_val = divided
    names = list("abcdefgh")
    model = SLPClassifier(**OPTIONS, scoring=["loss", "f1"])
    given = {"X_val": pd.DataFrame(X_val, columns=names), "y_val": pd.Series(y_val)}
    model.fit(pd.DataFrame(X, columns=names), pd.Series(y), **given)
    plain = SLPClassifier(**OPTIONS, scoring=["loss", "f1"])
    plain.fit(X, y, X_val=X_val, y_val=y_val)
    for name in ("validation_loss", "validation_f1"):
        assert model.history_[name] == plain.history_[name]
    given["X_val"] = given["X_val"].rename(columns={"a": "z"})
    with pytest.raises(ValueError, match="X_val and y_val: The feature names should"):
        model.fit(pd.DataFrame(X, columns=names), y, **given)
