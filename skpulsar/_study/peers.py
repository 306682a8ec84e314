# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifier with its defaults beside scikit-learn's linear models."""

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier
from skpulsar._study.candidates import N_FOLDS
from skpulsar._study.scores import NAMES, all_scores, mean_and_spread
from skpulsar._study.tables import layout, spread

RAW, SCALED = "raw", "scaled"


def measure(X, y, *, seed):
    """Cross-validate every model on the same folds.

    Returns
    -------
    records : list of dict
        One per model.
    """
    models = (
        (RAW, SLPClassifier(random_state=seed)),
        (SCALED, LogisticRegression()),
        (SCALED, SGDClassifier(loss="log_loss", random_state=seed)),
    )
    cv = StratifiedKFold(n_splits=N_FOLDS, shuffle=True, random_state=seed)
    records = []
    for features, model in models:
        pipeline = model if features == RAW else make_pipeline(StandardScaler(), model)
        result, n_warnings = _cross_validate(pipeline, X, y, cv)
        record = {"model": type(model).__name__, "features": features}
        for name in NAMES:
            record |= mean_and_spread(name, result[f"test_{name}"])
        record |= mean_and_spread("fit_seconds", result["fit_time"])
        records.append(record | {"folds": N_FOLDS, "convergence_warnings": n_warnings})
    return records


def _cross_validate(model, X, y, cv):
    """Return the result and the number of ConvergenceWarnings, which stay unseen."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        result = cross_validate(
            model, X, y, cv=cv, scoring=all_scores, error_score="raise"
        )
    others = [w for w in caught if not issubclass(w.category, ConvergenceWarning)]
    for w in others:
        warnings.warn_explicit(w.message, w.category, w.filename, w.lineno)
    return result, len(caught) - len(others)


def report(X, y, *, seed):
    """Print a column per model; return the records."""
    print(
        "\n3. SLPClassifier with its defaults beside its peers\n"
        f"{N_FOLDS} stratified folds, the same for all: mean (standard deviation over "
        "the folds).\nSLPClassifier reads the raw features; the peers have a "
        "StandardScaler before them,\nwhich they need, and which their fit time "
        "includes.\n"
    )
    records = measure(X, y, seed=seed)
    rows = [["", *(record["model"] for record in records)]]
    rows.append(["features", *(record["features"] for record in records)])
    for name, words in NAMES.items():
        rows.append([words, *(spread(record, name) for record in records)])
    times = [spread(record, "fit_seconds", scale=1e3, digits=1) for record in records]
    rows.append(["fit time, ms", *times])
    counts = [f"{record['convergence_warnings']} of {N_FOLDS}" for record in records]
    rows.append(["fits not converged", *counts])
    print(layout(rows))
    return records
