# SPDX-License-Identifier: BSD-3-Clause
"""Data sets of the benchmarks: files of one folder, and made ones."""

import gzip
import os
from pathlib import Path

import numpy as np
from sklearn.datasets import load_svmlight_file

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
}


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
    path = None if folder is None else Path(folder, FILES[name])
    if name == "HTRU2" and (path is None or not path.exists()):
        return fetch_htru2(download_if_missing=False, return_X_y=True)
    if path is None:
        raise FileNotFoundError("no folder of data, see --data")
    if name == "HTRU2":
        return load_htru2(path, return_X_y=True)
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            return arrays["X"].astype(np.float64), arrays["y"].astype(np.float64)
    if path.suffix == ".csv":
        table = np.loadtxt(path, delimiter=",")
        return np.ascontiguousarray(table[:, :-1]), table[:, -1]
    if name == "shirt":
        labels = path.with_name("train-labels-idx1-ubyte.gz")
        X = _read_idx(path, 16).reshape(-1, 784) / 255
        return X, (_read_idx(labels, 8) == 6).astype(np.float64)
    X, y = load_svmlight_file(str(path), zero_based=False)
    X.indices = X.indices.astype(np.int32)  # SGDClassifier refuses int64
    X.indptr = X.indptr.astype(np.int32)
    return X, y


def _read_idx(path, header):
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), dtype=np.uint8, offset=header)
