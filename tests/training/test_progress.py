# SPDX-License-Identifier: BSD-3-Clause
from skpulsar._training._history import Epoch, History
from skpulsar._training._progress import epoch_line


def test_a_line_has_what_is_known_of_the_last_epoch():
    plain = Epoch(0.5, 0.0, learning_rate=0.1, n_rows=100, seconds=0.01)
    history = History().after(plain, {})
    words = epoch_line(history).split()
    assert words == ["Epoch", "1", "loss", "0.5", "rate", "0.1", "0.01", "s"]
    gap = Epoch(0.25, 0.0, 1.0, 100, 0.012345, objective_gap=1e-6)
    scores = {"validation_loss": 1 / 3, "validation_f1": 1.0}
    words = epoch_line(history.after(gap, scores)).split()
    assert words[:6] == ["Epoch", "2", "loss", "0.25", "gap", "1e-06"]
    assert words[6:10] == ["rate", "1", "0.0123", "s"]
    assert words[10:] == ["validation_loss", "0.33333", "validation_f1", "1"]


def test_lines_are_in_columns():
    history, lines = History(), []
    for number in range(1, 1002):
        epoch = Epoch(1 / number, 0.0, 0.25 / number, 100, 0.5 / number)
        history = history.after(epoch, {"validation_f1": number / 2000})
        lines.append(epoch_line(history))
    for word in ("loss", "rate", " s ", "validation_f1"):
        assert len({line.index(word) for line in lines}) == 1
