# SPDX-License-Identifier: BSD-3-Clause
import pyarrow as pa
import pytest

from skpulsar._tables._arrow_errors import explained


@pytest.mark.parametrize("error", [OSError, pa.ArrowInvalid, pa.ArrowKeyError])
def test_the_place_and_the_first_line_are_told(error):
    with pytest.raises(
        ValueError, match=r"^File a cannot be read: it is torn$"
    ) as told:
        with explained(lambda: "file a"):
            raise error("it is torn\nat 0x1234")
    assert isinstance(told.value.__cause__, error)


def test_a_long_reason_is_cut():
    with pytest.raises(ValueError, match=r"cannot be read: x{120}…$"):
        with explained(lambda: "file a"):
            raise OSError("x" * 1000)


def test_an_error_without_words_has_its_name():
    with pytest.raises(ValueError, match=r"File a cannot be read: OSError$"):
        with explained(lambda: "file a"):
            raise OSError


@pytest.mark.parametrize("error", [pa.ArrowMemoryError, MemoryError, KeyboardInterrupt])
def test_what_is_none_of_the_data_passes(error):
    with pytest.raises(error, match="as it is"):
        with explained(lambda: "file a"):
            raise error("as it is")
