# SPDX-License-Identifier: BSD-3-Clause
"""Cut-offs that reach a precision and a recall, on these rows or with confidence."""

from numbers import Real

import numpy as np
from scipy.special import betainc, betaln

from skpulsar._estimator._parameters import NONE, Number, check_parameter

CLOSED_UNIT = Number(Real, 0, 1, "[]")
OPEN_UNIT = Number(Real, 0, 1, "()")


def meet(curve, candidates, *, min_precision, min_recall, confidence_level):
    """Mask of the candidates, given by a mask, that meet the constraints.

    With a confidence level they meet the constraints in the population: with that
    probability all of them do at once, and therefore any choice among them does.
    """
    n_constraints = (min_precision is not None) + (min_recall is not None)
    risk = _risk(curve, n_constraints, confidence_level)
    one = [CLOSED_UNIT if risk is None else OPEN_UNIT, NONE]
    check_parameter("min_precision", min_precision, one, "best")
    check_parameter("min_recall", min_recall, one, "best")
    words = "" if risk is None else f" with confidence {confidence_level:.6g}"
    if min_recall is not None:
        candidates = _meet_recall(curve, candidates, min_recall, risk, words)
    if min_precision is not None:
        if min_recall is not None:
            words = f" and of recall {min_recall:.6g} or better{words}"
        else:
            words = f" or better{words}"
        candidates = _meet_precision(curve, candidates, min_precision, risk, words)
    return candidates


def _risk(curve, n_constraints, confidence_level):
    """The probability with which each constraint may fail, or None."""
    check_parameter("confidence_level", confidence_level, [OPEN_UNIT, NONE], "best")
    if confidence_level is None:
        return None
    if n_constraints == 0:
        raise ValueError(
            f"confidence_level={confidence_level:.6g} is that of a constraint: give "
            "min_precision or min_recall as well."
        )
    if curve.tp.dtype.kind == "f":
        raise ValueError(
            "confidence_level needs rows that count once each, and these have "
            "sample_weight: leave it out, or give confidence_level=None."
        )
    return (1 - confidence_level) / n_constraints


def _meet_recall(curve, candidates, recall, risk, words):
    n_positive = curve.tp[-1]
    if n_positive == 0:
        raise ValueError("No row is positive, so that no cut-off has a recall.")
    met = candidates & (curve.recall >= recall)
    if risk is None:
        return met
    needed = np.ceil(np.log(risk) / np.log(recall))
    if n_positive < needed:
        raise ValueError(
            f"A recall of {recall:.6g}{words} takes {needed:.0f} positive rows, and "
            f"{n_positive} are there. Relax a constraint, or give more rows."
        )
    met[met] = recall_is_sure(curve.tp[met], n_positive, recall, risk)
    return met


def _meet_precision(curve, candidates, precision, risk, words):
    found = curve.precision
    met = candidates & (found >= precision)
    if risk is not None:
        met[met] = precision_is_sure(curve.tp[met], curve.fp[met], precision, risk)
    if not met.any():
        top = np.nanmax(found, where=candidates, initial=0.0)
        raise ValueError(
            f"No cut-off is of precision {precision:.6g}{words}: the highest precision"
            f"{' there' if ' and ' in words else ''} is {top:.6g}. Relax a constraint, "
            "or find scores that rank better."
        )
    return met


def recall_is_sure(tp, n_positive, recall, risk):
    """Whether cut-offs with so many true positives have that recall, by counts.

    The one-sided test of Clopper and Pearson (1934). The k-th highest score of the
    positives is a lower tolerance limit of Wilks (1941): its recall is the k-th of
    `n_positive` uniform numbers, whatever the scores' distribution, or more where
    scores tie. Lower cut-offs have more recall: if the highest one that passes has it,
    then all have it, and their number needs no correction.
    """
    # The probability of as many true positives or more, if `recall` were the recall.
    return betainc(tp, n_positive - tp + 1, recall) <= risk


def precision_is_sure(tp, fp, precision, risk):
    """Whether cut-offs with so many true and false positives have that precision.

    A mixture likelihood ratio test (Robbins 1970): with q uniform over (p, 1), those
    with mean of (q / p)**tp ((1 - q) / (1 - p))**fp of at least 1 / risk pass. The
    probability that any of them has a precision below p is at most `risk`. The proof
    takes one q. Let a row be worth q / p or (1 - q) / (1 - p), by its label, once the
    falling cut-off has selected it, and its mean worth until then. The product over the
    rows is a martingale of mean 1. At a cut-off of precision p or less
    the rows selected are worth 1 or less on average, so that the others are worth 1 or
    more, and the product is at least the ratio. (Up to the last such cut-off no row is
    worth less than 0.) By Ville's inequality it ever comes to 1 / risk with probability
    `risk` at most; so does the mean over q.
    """
    # The integral over q is that of an incomplete beta function.
    above = betainc(fp + 1, tp + 1, 1 - precision)
    with np.errstate(divide="ignore"):
        mixture = np.log(above) + betaln(tp + 1, fp + 1) - np.log1p(-precision)
    ratio = mixture - tp * np.log(precision) - fp * np.log1p(-precision)
    return ratio >= -np.log(risk)
