# SPDX-License-Identifier: BSD-3-Clause
import pytest

from skpulsar._command_line.arguments import parse_score, parse_train

TRAIN = ["a.csv", "--label", "y", "-o", "m"]


def test_defaults_are_those_of_the_classifier():
    from skpulsar import SLPClassifier

    given = vars(parse_train(TRAIN))
    for name, value in SLPClassifier().get_params().items():
        if name in given and name not in ("random_state", "class_weight", "sampling"):
            assert given[name] == value


@pytest.mark.parametrize(
    "arguments",
    [
        ["--max-fpr", "0"],
        ["--max-fpr", "1"],
        ["--min-recall", "nan"],
        ["--budget", "-1"],
        ["--budget", "inf"],
        ["--alpha", "-1"],
        ["--alpha", "x"],
        ["--sampling", "2"],
        ["--class-weight", "x"],
        ["--random-state", "-1"],
        ["--random-state", str(2**32)],
        ["--max-fpr", ".1", "--budget", "5"],
        ["--out-of", "100"],
        ["--format", "xls"],
        ["b.csv"],
    ],
)
def test_bad_arguments_of_train(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        parse_train([*TRAIN, *arguments])
    assert stop.value.code == 2
    assert "skpulsar train: error: " in capsys.readouterr().err


def test_values():
    given = parse_train([*TRAIN, "--sampling", ".3", "--alpha", "0", "--drop", "x"])
    assert (given.sampling, given.alpha, given.drop) == (0.3, 0.0, ["x"])
    assert parse_train([*TRAIN, "--sampling", "balanced"]).sampling == "balanced"
    given = parse_score(["-", "-m", "m", "--names", "a, b", "--keep", "%"])
    assert (given.table, given.names, given.keep) == ("-", ["a", "b"], ["%"])


@pytest.mark.parametrize("parse", [parse_train, parse_score])
def test_help(capsys, parse):
    with pytest.raises(SystemExit) as stop:
        parse(["--help"])
    assert stop.value.code == 0
    assert "standard" in capsys.readouterr().out


def test_what_is_missing():
    for parse, arguments in ((parse_train, TRAIN[:3]), (parse_score, ["a.csv"])):
        with pytest.raises(SystemExit):
            parse(arguments)
