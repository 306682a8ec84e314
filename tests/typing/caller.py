# SPDX-License-Identifier: BSD-3-Clause
"""What a caller's type checker says of right calls and of wrong ones.

mypy only reads this file. A wrong call names the error that it has to be: mypy refuses
a comment that ignores nothing.
"""

from pathlib import Path
from typing import assert_type

import numpy as np
from numpy.typing import NDArray

import skpulsar
from skpulsar import (
    MLPClassifier,
    MLPRegressor,
    SLPClassifier,
    SLPClassifierCV,
    SLPRegressor,
    displays,
    losses,
    samplers,
)
from skpulsar.callbacks import Checkpoint
from skpulsar.datasets import make_pulsars
from skpulsar.diagnostics import LeaveOneOut, leave_one_out
from skpulsar.thresholds import Cutoff, cutoffs


def right(X: NDArray[np.float64], y: list[str], path: Path) -> None:
    model = SLPClassifier(alpha=1, class_weight={"pulsar": 2}, scoring=["loss", "f1"])
    assert_type(model.fit(X, y, X_val=X, y_val=y), SLPClassifier)
    assert_type(model.partial_fit(X, y, classes=["pulsar", "star"]), SLPClassifier)
    assert_type(model.set_params(alpha=0.1).remove_data(), SLPClassifier)
    assert_type(model.set_callbacks(Checkpoint(path)), SLPClassifier)
    assert_type(model.set_fit_request(sample_weight=True), SLPClassifier)
    assert_type(model.predict_proba(X), NDArray[np.float64])
    assert_type(model.decision_function(X), NDArray[np.float64])
    assert_type(model.score(X, y), float)
    assert_type(model.coef_, NDArray[np.float64])
    assert_type(model.history_, dict[str, list[float]])
    assert_type(model.alpha, float)
    assert_type(SLPClassifierCV([0.1, 1]).fit(X, y).estimator_, SLPClassifier)
    assert_type(SLPRegressor().fit(X, X[:, 0]).predict(X), NDArray[np.float64])
    assert_type(MLPClassifier((10, 5), dropout=0.5).fit(X, y), MLPClassifier)
    assert_type(MLPRegressor().fit(X, X).coefs_, list[NDArray[np.float64]])
    assert_type(skpulsar.summary(MLPClassifier()).n_parameters, int)
    assert_type(skpulsar.summary(model, X, y).low, NDArray[np.float64])
    assert_type(leave_one_out(model, X, y), LeaveOneOut)
    assert_type(make_pulsars(10), tuple[NDArray[np.float64], NDArray[np.int64]])
    curve = cutoffs(y, losses.sigmoid(X[:, 0]), pos_label="pulsar")
    assert_type(curve.best("precision", min_recall=0.9), Cutoff)
    assert_type(curve.best(lambda c: -c.cost(fp=1, fn=5)).threshold, float)
    curve.plot(beta=2, n_resamples=9)
    assert_type(curve.plot(), displays.ThresholdDisplay)
    displays.LogitHistogramDisplay.from_estimator(model, X, y, bins=9, threshold=0.5)
    displays.ThresholdDisplay.from_estimator(model, X, y, beta=2, line_kw={"lw": 1})
    displays.ThresholdDisplay.from_predictions(y, X[:, 0], confidence_level=None)
    assert_type(
        displays.CoefficientDisplay.from_estimator(model, X, y),
        displays.CoefficientDisplay,
    )
    samplers.CyclicOverSampler(sampling_strategy="auto").fit_resample(X, y)
    skpulsar.save(model, path)
    skpulsar.to_sklearn(skpulsar.load(path))
    SLPClassifier().fit(skpulsar.rows("train/*.parquet", columns=["x"]), "label")
    print(skpulsar.__version__)


def wrong(X: NDArray[np.float64], y: list[str]) -> None:
    SLPClassifier(aplha=1)  # type: ignore[call-arg]
    SLPClassifierCV(alpha=1)  # type: ignore[call-arg]
    SLPRegressor(class_weight="balanced")  # type: ignore[call-arg]
    MLPClassifier(hidden_layers=(10,))  # type: ignore[call-arg]
    MLPRegressor(n_jobs=2)  # type: ignore[call-arg]
    SLPClassifier(0.1)  # type: ignore[call-arg]
    SLPClassifier(alpha="0.1")  # type: ignore[arg-type]
    SLPClassifier(solver="lbfgs")  # type: ignore[arg-type]
    SLPClassifier().fit(X)  # type: ignore[call-arg]
    SLPClassifier().fit(X, y, sample_wieght=X)  # type: ignore[call-arg]
    skpulsar.SLPClasifier()  # type: ignore[attr-defined]
    cutoffs(y, X, pos_lable=1)  # type: ignore[call-arg]
    displays.TrainingCurveDisplay.from_estimator(0, metrics=0)  # type: ignore[call-arg]
    displays.LogitHistogramDisplay.from_estimator(0, X, y, bin=3)  # type: ignore[call-arg]
    displays.ThresholdDisplay.from_estimator(0, X, y, axs=0)  # type: ignore[call-arg]
    displays.ThresholdDisplay.from_predictions(y, X, axs=0)  # type: ignore[call-arg]
    cutoffs(y, X).plot(axs=0)  # type: ignore[call-arg]
