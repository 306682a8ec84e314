# SPDX-License-Identifier: BSD-3-Clause
"""What psgd says of its end, for every reason and gap that it may end with."""

from dataclasses import dataclass

import numpy as np
import pytest

from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._explanations import (
    explain_end,
    explain_gap,
    explain_penalty,
)
from skpulsar._training._history import Epoch
from skpulsar._training._loop import Step


@dataclass
class State:
    stop_reason: str | None = None


def last(stop_reason=None, gap=1e-3, converged=False, loss=0.5):
    epoch = Epoch(loss, 0.0, 1.0, 10, 0.0, objective_gap=gap)
    return Step(None, State(stop_reason), epoch, {}, converged, True)


def sentences(explanations):
    assert all(len(explanation.sentence) <= 300 for explanation in explanations)
    assert all(explanation.of_convergence for explanation in explanations)
    return " ".join(explanation.sentence for explanation in explanations)


@pytest.mark.parametrize("tol", [None, 1e-4])
@pytest.mark.parametrize(
    "stop_reason, words",
    [
        ("separable", "no minimum, and weights could grow for ever"),
        ("limit", "was cut short; objective_gap_ is 0.001"),
        ("rounding", "stopped at rounding"),
        ("certificate", ""),
        (None, ""),
    ],
)
def test_an_end_is_explained_by_its_reason(stop_reason, words, tol):
    found = sentences(explain_end(last(stop_reason), tol))
    assert words in found and bool(words) == bool(found)


@pytest.mark.parametrize(
    "tol, unsaid", [(None, 1e-9), (1e-12, 1e-8), (1e-4, 1e-4)], ids=str
)
@pytest.mark.parametrize("loss", [1e-5, 0.5])
def test_rounding_is_said_where_the_gap_is_not_small(tol, unsaid, loss):
    for factor, said in ((0.99, False), (1.01, True), (np.nan, True)):
        end = last("rounding", factor * unsaid * loss, loss=loss)
        assert bool(explain_end(end, tol)) == said


@pytest.mark.parametrize("tol", [None, 1e-4])
def test_max_iter_is_said_unless_training_converged(tol):
    assert explain_gap(last(converged=True), tol, 7) == []
    found = sentences(explain_gap(last(), tol, 7))
    assert "after max_iter=7 epochs: objective_gap_ is 0.001" in found
    assert "no gap is known yet" in sentences(explain_gap(last(gap=np.nan), tol, 7))


def test_without_a_tolerance_a_gap_of_rounding_is_no_news():
    assert explain_gap(last(gap=4e-10), None, 7) == []
    assert explain_gap(last(gap=6e-10), None, 7)
    assert explain_gap(last(gap=4e-10), 1e-12, 7)


@pytest.mark.parametrize("deviation, remedy", [(1.0, True), (np.ones(3), False)])
def test_the_remedy_of_a_penalty_is_not_what_is_there(deviation, remedy):
    (explanation,) = explain_penalty(Penalty(0.25, deviation))
    assert not explanation.of_convergence
    assert ("standardize=True" in explanation.sentence) == remedy
    assert "a smaller alpha than 0.25." in explanation.sentence
