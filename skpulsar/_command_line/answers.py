# SPDX-License-Identifier: BSD-3-Clause
"""What a model says of rows, as columns of a table."""

import numpy as np
import pyarrow as pa
from sklearn.base import is_classifier

from skpulsar._command_line import CommandError
from skpulsar._command_line.cutoff import ModelCutoff
from skpulsar.losses import sigmoid


def answers_of(model):
    """A callable that takes an array of features and returns a list of columns, whose
    names are its `names`; `positive` is the label that is looked for, or None.

    Raises
    ------
    CommandError
        If the model predicts several labels of a row.
    """
    if not is_classifier(model):
        return Numbers(model)
    if model.predict(np.zeros((1, model.n_features_in_))).ndim > 1:
        raise CommandError("the model predicts several labels of a row, not one")
    return TwoClasses(model) if len(model.classes_) == 2 else Classes(model)


class TwoClasses:
    """The logit and the probability of the positive class, and the label predicted.

    The positive class and the cut-off are those that the model keeps, else its second
    class and a logit of 0.
    """

    def __init__(self, model):
        self._model, cutoff = model, ModelCutoff.of(model)
        classes = model.classes_.tolist()
        positive = classes[1] if cutoff is None else cutoff.positive
        self._place = classes.index(positive)
        self._labels = pa.array([classes[1 - self._place], classes[self._place]])
        self._threshold = 0.0 if cutoff is None else cutoff.threshold
        self.positive = positive
        self.names = ["logit", "probability", "prediction"]

    def __call__(self, X):
        logit = self._model.decision_function(X)
        if self._place == 0:
            logit = -logit  # the logit of the other class
        selected = logit >= self._threshold
        prediction = self._labels.take(pa.array(selected.view(np.int8)))
        return [pa.array(logit), pa.array(sigmoid(logit)), prediction]


class Classes:
    """The logit and the probability of every class, and the label predicted."""

    positive = None

    def __init__(self, model):
        self._model, labels = model, model.classes_.tolist()
        self._labels = pa.array(labels)
        self.names = [f"logit_{label}" for label in labels]
        self.names += [f"probability_{label}" for label in labels]
        self.names.append("prediction")

    def __call__(self, X):
        logits = self._model.decision_function(X)
        columns = [*logits.T, *self._model.predict_proba(X).T]
        predicted = self._labels.take(pa.array(logits.argmax(axis=1)))
        return [*map(_column, columns), predicted]


class Numbers:
    """The number predicted, or each of several."""

    positive = None

    def __init__(self, model):
        self._model, self.names = model, ["prediction"]
        one = model.predict(np.zeros((1, model.n_features_in_)))
        if one.ndim > 1:
            self.names = [f"prediction_{k}" for k in range(one.shape[1])]

    def __call__(self, X):
        found = self._model.predict(X).reshape(len(X), len(self.names))
        return [_column(each) for each in found.T]


def _column(values):
    return pa.array(np.ascontiguousarray(values))
