# SPDX-License-Identifier: BSD-3-Clause
"""What people do about imbalance with a linear model: ours, and with the peers."""

from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler
from scipy import sparse
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.preprocessing import MaxAbsScaler, StandardScaler

from skpulsar import SLPClassifier

MAX_NEWTON = 100  # columns
MAX_FOLDS = 20_000  # rows


def ours(X, seed):
    """Estimators by name; columns as they are."""

    def slp(**parameters):
        return SLPClassifier(random_state=seed, **parameters)

    weighted, sampled = {"class_weight": "balanced"}, {"sampling": "balanced"}
    corrected = {"prior_correction": True}
    return {
        "default": slp(),
        "alpha=1e-6": slp(alpha=1e-6),
        "class_weight": slp(**weighted),
        "class_weight, corrected": slp(**weighted, **corrected),
        "sampling": slp(**sampled),
        "sampling, corrected": slp(**sampled, **corrected),
        "sampling, alpha=1e-6": slp(**sampled, alpha=1e-6),
        "sampling, adam": slp(**sampled, solver="adam"),
        "sampling, adam, corrected": slp(**sampled, **corrected, solver="adam"),
        "tuned threshold": tuned(slp(), X, seed),
        "alpha=1e-6, tuned threshold": tuned(slp(alpha=1e-6), X, seed),
    }


def peers(X, seed):
    """Estimators by name, each behind a scaler."""
    scaler = MaxAbsScaler() if sparse.issparse(X) else StandardScaler()
    solver = "newton-cholesky" if X.shape[1] <= MAX_NEWTON else "lbfgs"

    def logistic(*samplers, **parameters):
        model = LogisticRegression(solver=solver, max_iter=1_000, **parameters)
        return make_pipeline(scaler, *samplers, model)

    bagged = BalancedBaggingClassifier(
        LogisticRegression(solver=solver, max_iter=1_000), random_state=seed
    )
    noisy = RandomOverSampler(shrinkage=0.1, random_state=seed)
    return {
        "LogisticRegression": logistic(),
        "LR, C=100": logistic(C=100.0),
        "LR, class_weight": logistic(class_weight="balanced"),
        "LR, RandomOverSampler": logistic(RandomOverSampler(random_state=seed)),
        "LR, RandomOverSampler, shrinkage": logistic(noisy),
        "LR, RandomUnderSampler": logistic(RandomUnderSampler(random_state=seed)),
        "LR, SMOTE": logistic(SMOTE(random_state=seed)),
        "LR, tuned threshold": tuned(logistic(), X, seed),
        "LR, C=100, tuned threshold": tuned(logistic(C=100.0), X, seed),
        "SGDClassifier": make_pipeline(
            scaler, SGDClassifier(loss="log_loss", random_state=seed)
        ),
        "BalancedBagging of LR": make_pipeline(scaler, bagged),
    }


def tuned(model, X, seed):
    """By 5 folds; of many rows by one fifth held out, and fitted on all again."""
    return TunedThresholdClassifierCV(
        model,
        scoring="f1",
        response_method="decision_function",
        cv=5 if X.shape[0] <= MAX_FOLDS else 0.2,
        random_state=seed,
    )
