# SPDX-License-Identifier: BSD-3-Clause
import io
import sys

import numpy as np
import pytest

from skpulsar import SLPClassifier
from skpulsar._study import page, repeats, report, textbook
from skpulsar.datasets import make_pulsars

pytest.importorskip("matplotlib").use("Agg")

COLUMNS = [f"column {j}" for j in range(8)]


@pytest.fixture(scope="module")
def study():
    """Candidates, and the tables that the page takes."""
    X, y = make_pulsars(1000, random_state=3)
    runs = [
        record
        for repeated in (textbook.BEFORE_SPLIT, textbook.IN_TRAINING)
        for record in textbook.run(X, y, seed=0, epochs=3, repeated=repeated)
    ]
    keys = [(repeats.RIGHT, repeats.FOUND), (repeats.WRONG, repeats.REPEATED)]
    leak = [
        {"repeated": way, "test_rows": tested, "f1_mean": 0.5 + k / 4, "f1_std": 0.1}
        for k, (way, tested) in enumerate(keys)
    ]
    return X, y, {"textbook": runs, "repeats": leak}


def test_a_page_of_pictures(study, monkeypatch):
    from matplotlib.figure import Figure

    X, y, records = study
    pages, save = [], Figure.savefig

    def saved(figure, *arguments, **options):
        pages.append(figure)
        save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", saved)
    picture = page.draw(X, y, seed=0, records=records)
    assert picture[:4] == b"\x89PNG"
    from matplotlib.image import imread

    assert imread(io.BytesIO(picture)).shape[:2] == (1050, 1650)
    loss, accuracy, logits, curve, reliability, leak = pages[0].axes
    runs = records["textbook"][3:]
    assert list(loss.lines[0].get_ydata()) == [r["loss"] for r in runs]
    drawn = [list(line.get_ydata()) for line in accuracy.lines]
    assert drawn == [
        [r[f"{part}_accuracy"] for r in runs] for part in ("train", "test")
    ]
    (X_train, y_train), (X_test, y_test) = textbook.divide(X, y, seed=0)
    model = SLPClassifier(random_state=0).fit(X_train, y_train)
    found = np.mean(model.decision_function(X_test[y_test == 1]) >= 0)
    text = logits.get_legend().get_texts()[1].get_text()
    assert text == f"1: {y_test.sum()} rows, {100 * found:.2g} % above"
    assert "AP = " in curve.get_legend().get_texts()[0].get_text()
    names = [text.get_text() for text in reliability.get_legend().get_texts()]
    assert names == ["Perfectly calibrated", "balanced", "corrected"]
    means = [bars.lines[0].get_xdata()[0] for bars in leak.containers]
    assert means == [0.5, 0.75]
    assert leak.get_title() == "Pulsars repeated; test rows"


def test_it_is_saved_with_the_tables(study, tmp_path):
    X, y, records = study
    path = tmp_path / "study.png"
    note = report._draw(path, X, y, 0, records, COLUMNS)
    assert note == "pictures: study.png"
    assert path.read_bytes()[:4] == b"\x89PNG"


def test_without_matplotlib_there_is_a_note(study, tmp_path, monkeypatch):
    X, y, records = study
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    note = report._draw(tmp_path / "study.png", X, y, 0, records, COLUMNS)
    assert note == 'no pictures without matplotlib: pip install "skpulsar[plot]"'
    assert list(tmp_path.iterdir()) == []
