# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from _commands import NAMES, candidates, features_of

import skpulsar
from skpulsar import SLPClassifier
from skpulsar._command_line import CommandError
from skpulsar._command_line.model_file import loaded, save


def test_there_and_back(tmp_path):
    rows = candidates()
    frame, path = rows.select(NAMES).to_pandas(), str(tmp_path / "model.skp")
    model = SLPClassifier(random_state=0).fit(frame, rows["label"].to_numpy())
    save(model, path)
    again, names = loaded(path)
    assert names == NAMES
    np.testing.assert_array_equal(  # No warning: it takes arrays.
        again.decision_function(features_of(rows)), model.decision_function(frame)
    )


def test_what_is_of_no_use(tmp_path, pulsars):
    path = tmp_path / "model.skp"
    with pytest.raises(CommandError, match="cannot read the model"):
        loaded(str(path))
    with pytest.raises(CommandError, match="cannot read the model"):
        loaded(str(tmp_path))
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(CommandError, match=r"not written by skpulsar\.save"):
        loaded(str(path))
    skpulsar.save(SLPClassifier(), path)
    with pytest.raises(CommandError, match="has not been trained"):
        loaded(str(path))
    skpulsar.save(SLPClassifier().fit(*pulsars), path)
    with pytest.raises(CommandError, match="knows no names of columns"):
        loaded(str(path))


def test_nowhere_to_write(tmp_path):
    with pytest.raises(CommandError, match="cannot write the model"):
        save(SLPClassifier(), str(tmp_path / "no" / "model.skp"))
