# SPDX-License-Identifier: BSD-3-Clause
"""The checks of scikit-learn and imbalanced-learn, none expected to fail."""

from unittest import SkipTest

import pytest
from imblearn.utils.estimator_checks import (
    check_classifier_on_multilabel_or_multioutput_targets as REFUSES_LABELS,
)
from imblearn.utils.estimator_checks import (
    estimator_checks_generator as imblearn_checks_generator,
)
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    estimator_checks_generator,
    parametrize_with_checks,
)

from skpulsar import (
    MLPClassifier,
    MLPRegressor,
    SLPClassifier,
    SLPClassifierCV,
    SLPRegressor,
)

# Checks give data so small that 100 epochs are 100 steps
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SOLVERS = ("auto", "sgd", "adam", "rmsprop")
# With pandas, polars, array-api-strict and SCIPY_ARRAY_API=1
N_CHECKS = {
    SLPClassifier: 64,
    SLPClassifierCV: 68,
    SLPRegressor: 61,
    MLPClassifier: 68,
    MLPRegressor: 61,
}


@pytest.fixture(autouse=True)
def array_api(monkeypatch):
    """Without it checks are skipped, silently."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")


ESTIMATORS = [
    *(SLPClassifier(solver=solver) for solver in SOLVERS),
    SLPClassifier(sampling="balanced"),
    # The three solvers of minibatches standardize alike
    *(SLPClassifier(solver=solver, standardize=True) for solver in SOLVERS[:2]),
    SLPClassifier(prior_correction=True),
    SLPClassifier(solver="sgd", sampling="balanced", prior_correction=True),
    # Of its grid by default, 20 alphas, every further one is the same fit once more
    SLPClassifierCV(4),
    SLPClassifierCV(2, standardize=True, scoring="accuracy"),
    *(SLPRegressor(solver=solver) for solver in SOLVERS),
    *(SLPRegressor(solver=solver, standardize=True) for solver in SOLVERS[:2]),
    *(kind(solver=s) for kind in (MLPClassifier, MLPRegressor) for s in SOLVERS[1:]),
    MLPClassifier((50,), "tanh", dropout=0.2, learning_rate_init=0.05),
    MLPClassifier((20, 10), "logistic", learning_rate_init=0.05),
    MLPClassifier(hidden_layer_sizes=(), standardize=False, learning_rate_init=0.1),
]


EQUIVALENCE = [
    f"check_sample_weight_equivalence_on_{kind}_data" for kind in ("dense", "sparse")
]


def impossible_checks(estimator):
    """Checks that contradict a parameter, and why; none for the defaults."""
    impossible = {}
    if getattr(estimator, "prior_correction", False):
        reason = "takes out of the prediction what class_weight puts into it"
        impossible["check_class_weight_classifiers"] = reason
    if getattr(estimator, "sampling", None) and estimator.solver in SOLVERS[1:]:
        reason = "a copy is drawn as often as any row, and equals a weight in the mean"
        impossible |= dict.fromkeys(EQUIVALENCE, reason)
    if getattr(estimator, "dropout", False):
        reason = "a copy is another visit, which leaves out other units"
        impossible |= dict.fromkeys(EQUIVALENCE, reason)
    return impossible


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=impossible_checks)
def test_scikit_learn(estimator, check):
    try:
        check(estimator)
    except SkipTest as skip:
        pytest.fail(f"a check that can be run was not: {skip}")


@pytest.mark.parametrize("kind, n_checks", N_CHECKS.items())
def test_scikit_learn_skips_no_check(kind, n_checks):
    assert len(list(estimator_checks_generator(kind()))) >= n_checks


@pytest.mark.parametrize("kind", N_CHECKS)
def test_column_names(kind):
    """scikit-learn runs this check on its own estimators only."""
    check_dataframe_column_names_consistency(kind.__name__, kind())


@pytest.mark.parametrize(
    "check",
    [
        check
        for _, check in imblearn_checks_generator(SLPClassifier())
        if getattr(check, "func", check) is not REFUSES_LABELS
    ],
    ids=lambda check: getattr(check, "func", check).__name__,
)
@pytest.mark.parametrize("kind", [SLPClassifier, SLPClassifierCV, MLPClassifier])
def test_imbalanced_learn(kind, check):
    check(kind())
