# SPDX-License-Identifier: BSD-3-Clause
"""Data sets of the benchmarks: files of one folder, and made ones."""

import gzip
import os
from pathlib import Path

import numpy as np
from sklearn.datasets import (
    load_diabetes,
    load_digits,
    load_iris,
    load_svmlight_file,
    load_wine,
)

from skpulsar.datasets import fetch_htru2, load_htru2

FILES = {
    "HTRU2": "HTRU_2.csv",
    "thoracic": "ThoracicSurgery3.csv",
    "a9a": "libsvm/a9a.gz",
    "w8a": "libsvm/w8a.gz",
    "ijcnn1": "libsvm/ijcnn1.trn.bz2",
    "shuttle": "adbench/32_shuttle.npz",
    "campaign": "adbench/5_campaign.npz",
    "cover": "adbench/10_cover.npz",
    "http": "adbench/16_http.npz",
    "shirt": "fashion-mnist/train-images-idx3-ubyte.gz",  # labels beside it
    "faults": "faults.csv",
    "fashion": "fashion-mnist",  # training and test files
}
BUNDLED = {"iris": load_iris, "wine": load_wine, "digits": load_digits}
REGRESSION_FILES = {"abalone": "abalone.csv", "label of fashion": "fashion-mnist"}
REGRESSION_BUNDLED = {"diabetes": load_diabetes}


def add_argument(parser):
    """The option --data."""
    parser.add_argument(
        "--data",
        type=Path,
        default=os.environ.get("SKPULSAR_DATA"),
        metavar="DIR",
        help="folder of the files (default: $SKPULSAR_DATA); HTRU2 may come from "
        "scikit-learn's data home instead",
    )


def load(names, folder):
    """Yield (name, X, y) of every data set at hand, and say which are not."""
    for name in names:
        try:
            X, y = _read(name, folder)
        except OSError as error:
            print(f"{name} is skipped: {error}\n")
            continue
        yield name, X, y


def make(n_rows, n_columns, dtype=np.float64, offset=-3):
    """Normal columns and a target of ones, about 12 %, or 1 % with 28 columns and an
    offset of -5.9; (X, y), y of float64."""
    rng = np.random.default_rng(0)
    X = np.empty((n_rows, n_columns), dtype)
    weights = rng.standard_normal(n_columns) / np.sqrt(n_columns)
    y = np.empty(n_rows)
    for start in range(0, n_rows, 10_000):  # next to no memory of its own
        rows = slice(start, min(start + 10_000, n_rows))
        X[rows] = rng.standard_normal(X[rows].shape)
        logits = 2 * (X[rows] @ weights) + offset
        y[rows] = rng.random(len(logits)) < 1 / (1 + np.exp(-logits))
    return X, y


def standardised(X):
    """Columns of mean 0 and variance 1, C order, float64."""
    X = np.asarray(X, dtype=np.float64)
    return np.ascontiguousarray((X - X.mean(axis=0)) / X.std(axis=0))


def _read(name, folder):
    bundled, files = BUNDLED | REGRESSION_BUNDLED, FILES | REGRESSION_FILES
    if name in bundled:
        X, y = bundled[name](return_X_y=True)
        return np.ascontiguousarray(X), y
    path = None if folder is None else Path(folder, files[name])
    if name == "HTRU2" and (path is None or not path.exists()):
        return fetch_htru2(download_if_missing=False, return_X_y=True)
    if path is None:
        raise FileNotFoundError("no folder of data, see --data")
    if name == "HTRU2":
        return load_htru2(path, return_X_y=True)
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            return arrays["X"].astype(np.float64), arrays["y"].astype(np.float64)
    if name == "abalone":
        table = np.loadtxt(path, delimiter=",", skiprows=1, dtype=str)
        numbers = table[:, 1:].astype(float)
        sexes = [table[:, 0] == sex for sex in "IMF"]
        return np.column_stack([*sexes, numbers[:, :-1]]), numbers[:, -1]
    if path.suffix == ".csv":
        if name == "faults":
            table = np.loadtxt(path, delimiter=",", skiprows=1)
            return np.ascontiguousarray(table[:, :27]), table[:, 27:].argmax(axis=1)
        table = np.loadtxt(path, delimiter=",")
        return np.ascontiguousarray(table[:, :-1]), table[:, -1]
    if name == "shirt":
        X, y = _read_images(path.parent, "train")
        return X, y == 6
    if name == "label of fashion":
        X, y = _read_images(path, "train")
        return X, y.astype(np.float64)
    if name == "fashion":
        parts = [_read_images(path, part) for part in ("train", "t10k")]
        return tuple(map(np.concatenate, zip(*parts, strict=True)))
    X, y = load_svmlight_file(str(path), zero_based=False)
    X.indices = X.indices.astype(np.int32)  # SGDClassifier refuses int64
    X.indptr = X.indptr.astype(np.int32)
    return X, y


def _read_images(folder, part):
    X = _read_idx(folder / f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 784) / 255
    return X, _read_idx(folder / f"{part}-labels-idx1-ubyte.gz", 8)


def _read_idx(path, header):
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), dtype=np.uint8, offset=header)
