# SPDX-License-Identifier: BSD-3-Clause
import warnings

from skpulsar._command_line.messages import tell, warnings_told


def test_lines_on_standard_error(capsys):
    tell("scored")
    with warnings_told():
        warnings.simplefilter("default")
        warnings.warn("two\nlines", stacklevel=1)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "skpulsar: scored\nskpulsar: warning: two lines\n"
