# SPDX-License-Identifier: BSD-3-Clause
import numpy as np

from skpulsar._command_line.cutoff import ModelCutoff
from skpulsar._command_line.report import print_classes, print_cutoff


def test_cutoff(capsys):
    print_cutoff(ModelCutoff(0.0, "pulsar", "a rule", 0.9, 0.8, 0.85, 0.01, []))
    out = capsys.readouterr().out
    for words in ("a rule", "'pulsar'", "0.5", "precision 0.900", "rate 0.0100"):
        assert words in out
    assert "not trained on it" in out


def test_classes(capsys):
    y, predicted = np.array(["a", "a", "b", "c"]), np.array(["a", "b", "b", "b"])
    print_classes(y, predicted)
    first, second, third, _ = capsys.readouterr().out.splitlines()
    assert first == "'a': 2 rows, precision 1.000, recall 0.500, F1 0.667"
    assert second == "'b': 1 rows, precision 0.333, recall 1.000, F1 0.500"
    assert third == "'c': 1 rows, precision 0.000, recall 0.000, F1 0.000"
