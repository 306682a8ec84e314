# SPDX-License-Identifier: BSD-3-Clause
import pytest
from sklearn.metrics import get_scorer, make_scorer, matthews_corrcoef

from skpulsar._model_selection._scoring import (
    of_more_classes,
    scorers_from_outside,
    scores_of,
)

OWN = make_scorer(matthews_corrcoef)


@pytest.mark.parametrize(
    ("scoring", "names"),
    [
        (None, {"neg_log_loss": "neg_log_loss"}),
        ("f1", {"f1": "f1"}),
        (["roc_auc", "f1_best"], {"roc_auc": "roc_auc", "f1_best": "f1_best"}),
        (OWN, {"score": OWN}),
        ({"mine": OWN, "loss": None}, {"mine": OWN, "loss": "neg_log_loss"}),
        ({"a": "f1"}, {"a": "f1"}),
    ],
    ids=str,
)
def test_names(scoring, names):
    assert scores_of(scoring) == names
    outside = {name: each for name, each in names.items() if each is OWN}
    assert scorers_from_outside(scoring) == outside


def test_names_of_scikit_learn():
    (found,) = scores_of("accuracy").values()
    assert repr(found) == repr(get_scorer("accuracy"))


def test_more_classes_take_the_scorers_of_scikit_learn():
    found = of_more_classes({"a": "roc_auc", "b": "neg_log_loss", "c": OWN})
    assert repr(found.pop("a")) == repr(get_scorer("roc_auc"))
    assert found == {"b": "neg_log_loss", "c": OWN}
    with pytest.raises(ValueError, match="is for two classes"):
        of_more_classes({"f1_best": "f1_best"})


@pytest.mark.parametrize(
    ("scoring", "message"),
    [
        ("f2", "scoring names 'f2', which is neither"),
        ([], "scoring is empty"),
        ({}, "scoring is empty"),
        ([OWN], "lists other things than names"),
        ({"a": 3}, "scoring names 3"),
    ],
    ids=str,
)
def test_what_is_no_score(scoring, message):
    with pytest.raises(ValueError, match=message) as refused:
        scores_of(scoring)
    assert len(str(refused.value)) <= 300
