# SPDX-License-Identifier: BSD-3-Clause
"""The textbook's training, by keras, in the words of MLPClassifier: `max_iter` epochs
of adam on columns as they are, without a penalty. The first weights are keras's, too:
Glorot's uniform ones, and no biases."""

ADAM = {"standardize": False, "alpha": 0.0, "tol": None, "epsilon": 1e-7}
