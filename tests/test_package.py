# SPDX-License-Identifier: BSD-3-Clause
import re
import subprocess
import sys
from pathlib import Path

import pytest

import skpulsar
from skpulsar._kernels import _core

SOURCE = Path(skpulsar.__file__).parent


def test_importing_is_light_and_leaves_the_floating_point_environment_alone():
    code = (
        "import sys, skpulsar\n"
        "assert not {'numpy', 'sklearn'} & set(sys.modules)\n"
        "from skpulsar import SLPClassifier\n"
        "heavy = {'imblearn', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert 5e-324 * 1.0 != 0, 'subnormals are flushed'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_kernel_is_compiled():
    assert _core.__file__.endswith((".so", ".pyd"))
    assert _core.LEVELS[-1] == "baseline"


@pytest.mark.parametrize("path", list(SOURCE.rglob("*.py")), ids=lambda p: p.name)
def test_nothing_private_is_imported_from_others(path):
    for line in re.findall(
        r"^\s*(?:from|import) (?:sklearn|imblearn|numpy|scipy)\b.*",
        path.read_text(),
        re.M,
    ):
        assert not re.search(r"[ .]_\w", line), line


def test_names_are_there_as_if_they_were_imported():
    assert set(skpulsar.__all__) <= set(dir(skpulsar))
    assert skpulsar.SLPClassifier is skpulsar.SLPClassifier
    with pytest.raises(AttributeError, match="module 'skpulsar' has no attribute 'x'"):
        _ = skpulsar.x


def test_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", skpulsar.__version__)
