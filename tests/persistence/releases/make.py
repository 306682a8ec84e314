# SPDX-License-Identifier: BSD-3-Clause
"""Files and pickles of a release, which every later one has to read.

    python tests/persistence/releases/make.py

writes an archive of the version that is installed: a file of `skpulsar.save` for each
estimator, a pickle of all, and what they predict for which rows. It never writes over
an archive: what users have saved does not change either. Only that of a version which
is not released yet may be deleted, and made again, where the state has changed.
"""

import pickle
import warnings
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from sklearn.exceptions import ConvergenceWarning

import skpulsar
from skpulsar import (
    MLPClassifier,
    MLPRegressor,
    SLPClassifier,
    SLPClassifierCV,
    SLPRegressor,
)


def estimators(X, y, number):
    """An estimator by name for every kind of state."""
    two, three = np.array(["no", "yes"])[(y > 0).astype(int)], y
    both = np.column_stack([y > 0, y > 1]).astype(int)
    few = {"max_iter": 3, "tol": None, "random_state": 0}
    return {
        "psgd": SLPClassifier(random_state=0).fit(X, two),
        "psgd_stream": stream(SLPClassifier(random_state=0), X, two),
        "psgd_classes": stream(SLPClassifier(random_state=0), X, three),
        "psgd_numbers": stream(SLPRegressor(random_state=0), X, number),
        "sgd": SLPClassifier(
            solver="sgd", average=True, sampling=0.4, class_weight="balanced",
            prior_correction=True, standardize=True, **few,
        ).fit(X, two),
        "sgd_labels": SLPClassifier(solver="sgd", **few).fit(X, both),
        "sgd_stream": stream(SLPClassifier(solver="sgd", random_state=0), X, two),
        "adam": SLPClassifier(
            solver="adam", early_stopping=True, scoring=["loss", "f1_macro"], **few
        ).fit(X, two, X_val=X, y_val=two),
        "rmsprop": SLPRegressor(solver="rmsprop", **few).fit(X, number),
        "search": SLPClassifierCV(3, cv=3, random_state=0).fit(X, two),
        "network": MLPClassifier((4,), dropout=0.2, **few).fit(X, three),
        "network_numbers": MLPRegressor((3, 2), **few).fit(X, number),
    }  # fmt: skip


def stream(model, X, y):
    """It after two calls of `partial_fit`."""
    classes = {} if isinstance(model, SLPRegressor) else {"classes": np.unique(y)}
    model.partial_fit(X[:40], y[:40], **classes)
    return model.partial_fit(X[40:], y[40:])


def predictions(model, X):
    """Probabilities, or numbers."""
    return getattr(model, "predict_proba", model.predict)(X)


def main():
    random = np.random.default_rng(0)
    X = random.standard_normal((60, 3))
    number = X @ [1.0, 2.0, -1.0] + random.standard_normal(60)
    y = np.digitize(number, [0.5, 2.0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        made = estimators(X, y, number)
    rows = X[:5]
    found = {name: predictions(model, rows) for name, model in made.items()}
    path = Path(__file__).with_name(f"{skpulsar.__version__}.zip")
    with ZipFile(path, "x", ZIP_DEFLATED) as release:
        for name, model in made.items():
            with NamedTemporaryFile() as file:
                skpulsar.save(model, file.name)
                release.write(file.name, f"{name}.skp")
        release.writestr("all.pickle", pickle.dumps(made, protocol=4))
        with release.open("predictions.npz", "w") as file:
            np.savez(file, X=rows, **found)


if __name__ == "__main__":
    main()
