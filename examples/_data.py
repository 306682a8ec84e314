# SPDX-License-Identifier: BSD-3-Clause
"""The data of the examples: files in the folder SKPULSAR_DATA, or else OpenML's."""

import gzip
import os
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import fetch_openml

from skpulsar.datasets import fetch_htru2, make_pulsars

N_FAULT_COLUMNS = 27  # Behind them there is a column of 0 and 1 for every fault.
N_TRAIN = 60_000  # OpenML has all images of Fashion-MNIST in one table, these first.


def at_hand(read):
    """What `read` returns. If its data are not there, end the script, with status 0."""
    try:
        return read()
    except (OSError, ImportError) as error:  # no network; no pandas, which reads ARFF
        reason = str(error).rstrip(".")
        print(
            f"The data are not at hand: {reason}. --help tells where they are sought."
        )
        sys.exit(0)


def abalone():
    """Abalones: X of shape (4177, 10), whose first columns are 1 for the sexes I, M and
    F in turn, and y, the number of rings."""
    path = _folder() / "abalone.csv"
    if path.exists():
        table = np.loadtxt(path, delimiter=",", skiprows=1, dtype=str)
        sex, numbers = table[:, 0], table[:, 1:].astype(float)
        y = numbers[:, -1]
        numbers = numbers[:, :-1]
    else:
        frame, y = fetch_openml(
            data_id=183, return_X_y=True, as_frame=True, n_retries=1
        )
        sex, numbers = frame.iloc[:, 0].to_numpy(), frame.iloc[:, 1:].to_numpy(float)
        y = y.to_numpy(float)
    return np.column_stack([*(sex == kind for kind in "IMF"), numbers]), y


def faults():
    """Steel plates faults: X of shape (1941, 27), and y, one of 7 classes."""
    path = _folder() / "faults.csv"
    if not path.exists():
        return _fetch(40982)
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return table[:, :N_FAULT_COLUMNS], table[:, N_FAULT_COLUMNS:].argmax(axis=1)


def thoracic_surgery():
    """The textbook's file of thoracic surgery: X of shape (470, 17), whose first column
    is the number of the patient, and y, which is 1 for those who died."""
    table = np.loadtxt(_folder() / "ThoracicSurgery.csv", delimiter=",")
    return table[:, :-1], table[:, -1].astype(int)


def htru2_or_twin():
    """X and y of HTRU2, or of the synthetic pulsars where HTRU2 is not to be had, and
    whether it is HTRU2."""
    home = _folder() if (_folder() / "HTRU_2.csv").exists() else None
    try:
        X, y = fetch_htru2(data_home=home, n_retries=0, return_X_y=True)
    except OSError:
        return *make_pulsars(random_state=0), False
    return X, y, True


def fashion_mnist():
    """X and y of 60,000 images to train on, and of 10,000 to test: X holds 784 pixels
    from 0 to 1, y the number of one of 10 kinds of clothes."""
    folder = _folder() / "fashion-mnist"
    if not folder.exists():
        X, y = _fetch(40996)
        X, y = X / 255, y.astype(int)
        return X[:N_TRAIN], y[:N_TRAIN], X[N_TRAIN:], y[N_TRAIN:]
    return (
        *_images_and_labels(folder, "train"),
        *_images_and_labels(folder, "t10k"),
    )


def _folder():
    return Path(os.environ.get("SKPULSAR_DATA", ""))


def _fetch(data_id):
    return fetch_openml(data_id=data_id, return_X_y=True, as_frame=False, n_retries=1)


def _images_and_labels(folder, part):
    images = _bytes(folder / f"{part}-images-idx3-ubyte.gz", header=16)
    labels = _bytes(folder / f"{part}-labels-idx1-ubyte.gz", header=8)
    return images.reshape(len(labels), -1) / 255, labels


def _bytes(path, header):
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), dtype=np.uint8, offset=header)
