# SPDX-License-Identifier: BSD-3-Clause
import math

import pytest

import skpulsar
from skpulsar import SLPClassifier
from skpulsar._command_line import CommandError
from skpulsar._command_line.cutoff import ModelCutoff


@pytest.mark.parametrize("positive", [1, "pulsar", True, 2.0])
@pytest.mark.parametrize("threshold", [-1.25, math.inf])
def test_it_is_kept_in_the_file(pulsars, tmp_path, positive, threshold):
    X, y = pulsars
    model = SLPClassifier(random_state=0).fit(X, y)
    assert ModelCutoff.of(model) is None
    scores = {"precision": math.nan, "recall": 0.5, "f1": 0.5, "fpr": 0.1}
    cutoff = ModelCutoff(
        threshold, positive, "a rule", **scores, intercept=model.intercept_.tolist()
    )
    cutoff.attach(model)
    skpulsar.save(model, tmp_path / "model.skp")
    again = ModelCutoff.of(skpulsar.load(tmp_path / "model.skp"))
    assert repr(again) == repr(cutoff)


def test_another_model_has_none(pulsars):
    X, y = pulsars
    model = SLPClassifier(random_state=0).fit(X, y)
    intercept = model.intercept_.tolist()
    ModelCutoff(0.0, 1, "", 0.5, 0.5, 0.5, 0.5, intercept).attach(model)
    assert ModelCutoff.of(model).threshold == 0.0
    model.fit(X[:1000], y[:1000])
    with pytest.raises(CommandError, match="trained again"):
        ModelCutoff.of(model)
