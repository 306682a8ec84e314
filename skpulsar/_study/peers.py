# SPDX-License-Identifier: BSD-3-Clause
"""SLPClassifier with its defaults beside scikit-learn's linear models."""

from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier
from skpulsar._study.candidates import N_FOLDS
from skpulsar._study.folds import score_folds, stratified_folds
from skpulsar._study.scores import NAMES, mean_and_spread
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
    cv = stratified_folds(seed)
    records = []
    for features, model in models:
        pipeline = model if features == RAW else make_pipeline(StandardScaler(), model)
        result, n_warnings = score_folds(pipeline, X, y, cv)
        record = {"model": type(model).__name__, "features": features}
        for name in NAMES:
            record |= mean_and_spread(name, result[f"test_{name}"])
        record |= mean_and_spread("fit_seconds", result["fit_time"])
        records.append(record | {"folds": N_FOLDS, "convergence_warnings": n_warnings})
    return records


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
