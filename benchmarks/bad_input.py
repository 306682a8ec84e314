# SPDX-License-Identifier: BSD-3-Clause
"""What classifiers answer to bad input, each case in a fresh process.

An answer is the type of an exception, "crash", or what came out: "right", or the
accuracy on data of which a half is of either class, with the warning that came along or
"silent" for none. "changed" says that the failed call changed the weights that the
classifier had from a good fit before. The data are easy: a good fit is right on 90 %.

    python benchmarks/bad_input.py [--quick]
"""

import json
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

import numpy as np
from _report import begin, parser, table
from scipy import sparse
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.neural_network import MLPClassifier

from skpulsar import SLPClassifier

MODELS = {
    "SGDClassifier": lambda: SGDClassifier(loss="log_loss", random_state=0),
    "LogisticRegression": LogisticRegression,
    "MLPClassifier": lambda: MLPClassifier(
        hidden_layer_sizes=(), max_iter=500, random_state=0
    ),
    "SLPClassifier": lambda: SLPClassifier(random_state=0),
}
SECONDS = 60  # that an answer may take


def data():
    """Columns of mean 0 and variance 1, labels that the first two tell."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((400, 4))
    y = (X[:, 0] - X[:, 1] + 0.4 * rng.standard_normal(len(X)) > 0).astype(int)
    return X, y


def csr(X, name, place, value):
    """CSR with an entry of an array replaced behind SciPy's back."""
    return malformed(sparse.csr_array(X), name, place, value)


def malformed(X, name, place, value):
    getattr(X, name)[place] = value
    return X


def with_entry(X, value):
    X = X.copy()
    X[5, 2] = value
    return X


def repeated(X):
    n, d = X.shape
    halves = np.repeat(X / 2, 2, axis=1).ravel()
    columns = np.tile(np.repeat(np.arange(d), 2), n)
    return sparse.csr_array((halves, columns, 2 * d * np.arange(n + 1)), shape=(n, d))


def int64(X):
    X = sparse.csr_array(X)
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


def days(X):
    return (X * 1000).astype("M8[D]")


class Incomparable:
    """A label that raises when it is compared."""

    __hash__ = object.__hash__

    def __eq__(self, other):
        raise RuntimeError

    __lt__ = __gt__ = __eq__


def incomparable(X, y):
    return X, np.array([Incomparable() for _ in y])


def beyond(X):
    """The label is in the last bit of the first column, which a double rounds off."""
    return np.column_stack([2**53 + data()[1], np.arange(len(X))])


FAR, NEAR, NEGATIVE = 10**7, 4, -(10**7)

# name: (method, whether there is a right answer, (X, y) -> arguments)
CASES = {
    "columns times 1e6": ("fit", True, lambda X, y: (X * 1e6, y)),
    "columns times 1e150": ("fit", True, lambda X, y: (X * 1e150, y)),
    "columns times 1e200": ("fit", False, lambda X, y: (X * 1e200, y)),
    "columns times 1e200, partial_fit": (
        "partial_fit",
        False,
        lambda X, y: (X * 1e200, y),
    ),
    "columns times 1e307": ("fit", False, lambda X, y: (X * 1e307, y)),
    "one entry of 1e300, partial_fit": (
        "partial_fit",
        False,
        lambda X, y: (with_entry(X, 1e300), y),
    ),
    "one column plus 1e12": (
        "fit",
        True,
        lambda X, y: (X + np.array([1e12, 0, 0, 0]), y),
    ),
    "all columns plus 1e9": ("fit", True, lambda X, y: (X + 1e9, y)),
    "integers beyond 2^53": ("fit", False, lambda X, y: (beyond(X), y)),
    "integers beyond 2^53, list": ("fit", False, lambda X, y: (beyond(X).tolist(), y)),
    "nan": ("fit", False, lambda X, y: (with_entry(X, np.nan), y)),
    "dates": ("fit", False, lambda X, y: (days(X), y)),
    "dates, in a list": ("fit", False, lambda X, y: (list(days(X)), y)),
    "masked values": ("fit", False, lambda X, y: (np.ma.array(X, mask=X > 1), y)),
    "weights of -1": ("fit", False, lambda X, y: (X, y, np.where(y, 1.0, -1.0))),
    "weights of 1e300": ("fit", True, lambda X, y: (X, y, np.full(len(y), 1e300))),
    "weights of a class 0": ("fit", False, lambda X, y: (X, y, 1.0 - y)),
    "masked weights": (
        "fit",
        False,
        lambda X, y: (X, y, np.ma.array(np.where(y, 1e6, 1.0), mask=y == 1)),
    ),
    "one class": ("fit", False, lambda X, y: (X, y * 0)),
    "labels 1 and 'a'": (
        "fit",
        False,
        lambda X, y: (X, np.array([1, "a"], dtype=object)[y]),
    ),
    "labels that cannot be compared": ("fit", False, incomparable),
    "CSR of int64 indices": ("fit", True, lambda X, y: (int64(X), y)),
    "CSR of repeated entries": ("fit", True, lambda X, y: (repeated(X), y)),
    **{
        f"CSR, {words}, {method}": (
            method,
            False,
            lambda X, y, change=change: (csr(X, *change), y),
        )
        for method in ("fit", "predict")
        for words, change in {
            "index far out": ("indices", 9, FAR),
            "index just out": ("indices", 9, NEAR),
            "index negative": ("indices", 9, NEGATIVE),
            "indptr falls": ("indptr", 9, NEGATIVE),
            "indptr past the end": ("indptr", -1, FAR),
        }.items()
    },
    "CSC, index far out, fit": (
        "fit",
        False,
        lambda X, y: (malformed(sparse.csc_array(X), "indices", 9, FAR), y),
    ),
    "CSC, index far out, predict": (
        "predict",
        False,
        lambda X, y: (malformed(sparse.csc_array(X), "indices", 9, FAR), y),
    ),
    "COO, row far out, fit": (
        "fit",
        False,
        lambda X, y: (malformed(sparse.coo_array(X), "row", 9, FAR), y),
    ),
    "rows of 1e308, predict": ("predict", True, lambda X, y: (X[:2] * 0 + 1e307, y)),
    "log-probability at logits of 1e4": (
        "predict_log_proba",
        True,
        lambda X, y: (X * 1e4, y),
    ),
}
QUICK = ("columns times 1e200, partial_fit", "weights of -1", "CSR, index far out, fit")


def main():
    options = parser(__doc__)
    options.add_argument("--one", nargs=2, metavar=("CASE", "MODEL"), help="internal")
    arguments = options.parse_args()
    if arguments.one:
        print(json.dumps(answer(*arguments.one)))
        return
    begin("Hostile input")
    cases = QUICK if arguments.quick else CASES
    pairs = [(case, model) for case in cases for model in MODELS]
    with ThreadPoolExecutor(max(1, (cpu_count() or 1) - 1)) as pool:
        answers = dict(zip(pairs, pool.map(in_a_process, pairs), strict=True))
    rows = [(case, *(answers[case, model] for model in MODELS)) for case in cases]
    table(("", *MODELS), rows)


def in_a_process(pair):
    """The answer of a model to a case, or what became of the process."""
    try:
        ended = subprocess.run(
            [sys.executable, __file__, "--one", *pair],
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"none in {SECONDS} s"
    if ended.returncode < 0:
        return "**crash**"
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return json.loads(ended.stdout)


def answer(case, name):
    """In a process of its own: a good fit, the bad call, and what came of it."""
    method, has_answer, change = CASES[case]
    X, y = data()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = MODELS[name]().fit(X, y)
        if not hasattr(model, method):
            return f"no {method}"
        before, reference = weights(model), model.score(X, y)
        caught.clear()
        arguments = change(X, y)
        if not method.endswith("fit"):
            arguments = arguments[:1]
        try:
            result = getattr(model, method)(*arguments)
        except Exception as error:
            changed = not np.array_equal(weights(model), before, equal_nan=True)
            return type(error).__name__ + ", **changed**" * changed
        told = sorted({warning.category.__name__ for warning in caught})
        if method.endswith("fit"):
            outcome, right = accuracy(model, arguments, reference)
        else:
            outcome, right = prediction(model, X, method, result)
    right = right and has_answer
    silent = [] if right else ["silent"]
    return ", ".join([*(told or silent), "right" if right else outcome])


def weights(model):
    """All weights in one array."""
    if isinstance(model, MLPClassifier):
        arrays = [*model.coefs_, *model.intercepts_]
    else:
        arrays = [model.coef_, model.intercept_]
    return np.concatenate([np.ravel(array) for array in arrays])


def accuracy(model, arguments, reference):
    """The accuracy on the bad data in words, and whether good data have it."""
    if not np.isfinite(weights(model)).all():
        return "weights not finite", False
    X, y = arguments[:2]
    try:
        share = np.mean(model.predict(X) == y)
    except Exception as error:
        return f"fitted, then {type(error).__name__} in predict", False
    return f"accuracy {share:.2f}", share > reference - 0.03


def prediction(model, X, method, result):
    if method == "predict_log_proba":
        n_infinite = np.count_nonzero(~np.isfinite(result))
        return f"{n_infinite / result.size:.0%} infinite", n_infinite == 0
    if len(result) == 2:  # 1e307 in every column: the sign of the sum of the weights
        right = weights(model)[:4].sum() > 0
        return f"class {result[0]}", (result == right).all()
    return "an answer", False


if __name__ == "__main__":
    main()
