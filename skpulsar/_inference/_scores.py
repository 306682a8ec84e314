# SPDX-License-Identifier: BSD-3-Clause
"""Slopes and curvatures of all rows, and their sums."""

from functools import cached_property

import numpy as np
from scipy.special import expit, softmax


class Scores:
    """Slopes and curvatures at given weights, of one output or of several that share a
    loss.

    Rows count by their sample weights m, as that many copies, and by the factor c of
    their class. With r, the slope of a row's loss by its logits, and h, its curvature,
    ``S = sum of m c`` times the objective has the slope ``sum of m c r a + S P u`` and
    the curvature ``sum of m c h a a' + S P``, where P is the curvature of the penalty.
    Matrices are of shape (n_outputs * size, n_outputs * size), one output after the
    other.

    Parameters
    ----------
    design : Design
        The coordinates.

    weights : ndarray of shape (n_outputs, n_columns + 1)
        The weights, as they are penalised.

    target : ndarray of shape (n_rows,)
        Targets, or numbers of classes.

    weight : ndarray of shape (n_rows,)
        Sample weights m.

    factor : ndarray of shape (n_classes,), or None
        The factors c of the classes; None for targets that are no classes.

    Attributes
    ----------
    weights, target, weight, factor
        As given; the factor of targets that are no classes is 1.

    count : ndarray of shape (n_classes,) or (1,)
        Sums of m by class.

    total : float
        S.

    each : ndarray of shape (n_rows,)
        Products m c.

    classes : ndarray of int of shape (n_rows,)
        The class of every row; 0 for targets that are no classes.

    slopes : ndarray of shape (n_outputs, n_rows)
        r.

    penalty, point : ndarray of shape (n_outputs * size,)
        The diagonal of S P, and u without intercepts.
    """

    def __init__(self, design, weights, target, weight, factor):
        self.design, self.weights = design, weights
        self.target, self.weight = target, weight
        classes = np.zeros(len(target), np.intp)
        if factor is not None:
            classes = target.astype(np.intp)
        self.factor = np.ones(1) if factor is None else factor
        self.classes = classes
        self.count = np.bincount(classes, weight, minlength=len(self.factor))
        self.total = float(self.factor @ self.count)
        self.each = weight * self.factor[classes]
        logits = design.rows.logits(weights).T
        self.slopes, self._shares = slopes(design.loss.tag, logits, target)
        self.penalty = np.tile(self.total * design.penalty, len(weights))
        self.point = np.concatenate([design.scaled(w) for w in weights])

    def information(self):
        """``sum of m c h a a'``: the curvature without the penalty."""
        if self._shares is None:
            return self.design.products(self.each)
        n_outputs = len(self.slopes)
        if n_outputs == 1:
            return self.design.products(self.each * curvatures(self._shares))

        def block(k, j):
            if k == j:
                rest = self._shares.sum(axis=0, where=_others(n_outputs, k))
                return self.design.products(self.each * self._shares[k] * rest)
            return -self.design.products(self.each * self._shares[k] * self._shares[j])

        return _symmetric(block, n_outputs)

    def curvatures(self):
        """h of every row, of one output."""
        return curvatures(self._shares)

    def slope(self):
        """``sum of m c r a + S P u``, which is 0 at the minimum."""
        return self.factor @ self.class_slopes + self.penalty * self.point

    @cached_property
    def class_slopes(self):
        """``sum of m r a`` over the rows of every class."""
        return np.array(
            [
                np.concatenate([self.design.sums(own * r) for r in self.slopes])
                for own in self._weights_by_class()
            ]
        )

    def squares(self):
        """``sum of m c^2 (r a) (r a)'``."""
        each = self.each * self.factor[self.classes]

        def block(k, j):
            if k == j:
                return self.design.products(each * self.slopes[k] ** 2)
            # No weight may be negative: (r + s)^2 - r^2 - s^2 = 2 r s.
            both = self.design.products(each * (self.slopes[k] + self.slopes[j]) ** 2)
            return (both - diagonal[k] - diagonal[j]) / 2

        n_outputs = len(self.slopes)
        diagonal = [block(k, k) for k in range(n_outputs)]
        if n_outputs == 1:
            return diagonal[0]
        return _symmetric(block, n_outputs)

    def variation(self, groups):
        """``sum of m d d'``, where d is the distance of a row's score ``c (r a + P u)``
        from the mean of its group.

        Parameters
        ----------
        groups : ndarray of int of shape (n_classes,)
            The group of every class: how many rows a group has is taken as given. The
            mean of all scores is 0 at the minimum.

        Returns
        -------
        variation : ndarray
        """
        constant = self.penalty / self.total * self.point
        of_classes = self.factor[:, np.newaxis] * self.class_slopes
        crossed = np.outer(self.factor @ of_classes, constant)
        weight = self.factor**2 @ self.count
        variation = self.squares() + crossed + crossed.T
        variation += weight * np.outer(constant, constant)
        of_classes += np.outer(self.factor * self.count, constant)
        for group in np.unique(groups[self.count > 0]):
            own = groups == group
            mean = of_classes[own].sum(axis=0)
            variation -= np.outer(mean, mean / self.count[own].sum())
        return variation

    def sum_of_squares(self):
        """``sum of m r^2``, of one output."""
        return float(self.weight @ self.slopes[0] ** 2)

    def _weights_by_class(self):
        for number in range(len(self.factor)):
            yield np.where(self.classes == number, self.weight, 0.0)


def slopes(tag, logits, target):
    """Slopes of the losses by the logits, of shape (n_outputs, n_rows), and the
    probabilities of the classes; None where there are none."""
    if tag == "squared":
        return logits - target, None
    if tag == "logistic":
        shares = expit(np.concatenate([-logits, logits]))
        # Written so that a slope near 0 keeps its digits
        return np.where(target == 1, -shares[:1], shares[1:]), shares
    shares = softmax(logits, axis=0)
    classes = target.astype(np.intp)
    return shares - (np.arange(len(logits))[:, np.newaxis] == classes), shares


def curvatures(shares):
    """Second derivatives of the losses by the logits, of one output, from what `slopes`
    gives: 1 where there are no probabilities."""
    return 1.0 if shares is None else shares[0] * shares[1]


def _others(n_outputs, k):
    return (np.arange(n_outputs) != k)[:, np.newaxis]


def _symmetric(block, n_outputs):
    """The matrix of all blocks, of which those below the diagonal are computed."""
    lower = {(k, j): block(k, j) for k in range(n_outputs) for j in range(k + 1)}
    return np.block(
        [
            [lower[max(k, j), min(k, j)] for j in range(n_outputs)]
            for k in range(n_outputs)
        ]
    )
