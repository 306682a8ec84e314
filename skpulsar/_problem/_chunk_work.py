# SPDX-License-Identifier: BSD-3-Clause
"""What is done with one chunk of the rows, wherever it is read: functions of the chunk,
the place of its first row, and arguments that can be pickled."""

import numpy as np

from skpulsar._kernels import _core
from skpulsar._problem._places import places_within


def the_rows(chunk, first):
    """The chunk itself."""
    return chunk


def column_sums(chunk, first, shift):
    """Those of `Rows.column_sums`, by the rows' weights."""
    return chunk.column_sums(shift, chunk.sample_weight())


def sums_and_norms(chunk, first, candidates, norms, model):
    """Those of `Rows.column_sums_and_norms`, of which the candidates of the first draw
    take the norms."""
    sums, begun = chunk.column_sums_and_norms(*norms.begun)
    if candidates is not None:
        residual = at_point(chunk, model, candidates.point).sizes()
        candidates.add(chunk, first, residual, norms.completed(chunk, begun))
    return sums


def objective(chunk, first, candidates, model, weights, diagonal, drawn):
    """The sums of `FullPass.objective`, and of the residuals; the largest of these, and
    those of the rows that were drawn."""
    passes = chunk.full_pass(*model)
    sums = passes.objective(weights, diagonal)
    if candidates is not None:
        norms = candidates.norms.of(chunk)
        candidates.add(chunk, first, passes.sizes(), norms)
    noted = passes.residual[places_within(drawn, first, chunk.n_rows)]
    return (*sums, _core.total(passes.sizes())), passes.residual.max(), noted


def candidates_alone(chunk, first, candidates, model):
    """Nothing but the rows of a draw."""
    residual = at_point(chunk, model, candidates.point).sizes()
    candidates.add(chunk, first, residual, candidates.norms.of(chunk))


def residuals(chunk, first, model, point, places):
    """The residuals of the rows at some places."""
    some = places_within(places, first, chunk.n_rows)
    return at_point(chunk, model, point).residuals(some)


def curvature_along(chunk, first, model, point, weights, total):
    return at_point(chunk, model, point).curvature_along(weights, total)


def products(chunk, first, model, shift):
    return chunk.full_pass(*model).products(shift)


def margin_gains(chunk, first, model, weights):
    return chunk.full_pass(*model).margin_gains(weights)


def sums(chunk, first, shift):
    return chunk.sums(shift)


def extremes(chunk, first, target):
    return chunk.extremes(target)


def largest(chunk, first):
    return chunk.largest()


def stored(chunk, first, n_classes):
    """How many entries CSR rows of every class store."""
    of_classes = [chunk]
    if n_classes > 1:
        of_classes = map(chunk.of_class, range(n_classes))
    return np.array([rows.n_stored() for rows in of_classes])


def weight_totals(chunk, first, n_classes):
    """The sums of the weights of every class, and of all."""
    classes = chunk.class_totals(n_classes) if n_classes > 1 else [0.0]
    return np.array([*classes, chunk.total()])


def heaviest(chunk, first):
    """The place of the first row of the largest weight, and that weight."""
    weight = chunk.sample_weight()
    place = int(weight.argmax())
    return first + place, weight[place]


def target_sum(chunk, first):
    return chunk.target_sum()


def target_squares(chunk, first, mean):
    return chunk.target_squares(mean)


def distances(chunk, first, mean):
    """The sum of the distances of the targets from a mean."""
    return _core.total(np.abs(chunk.targets() - mean))


def at_point(chunk, model, point):
    """Passes over a chunk, which have its residuals at a point."""
    passes = chunk.full_pass(*model)
    point.visit(passes)
    return passes
