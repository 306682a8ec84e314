# SPDX-License-Identifier: BSD-3-Clause
"""The solvers by name: which parameters act with which, and how each is made."""

from dataclasses import fields

from skpulsar._kernels import _core
from skpulsar._problem._batches import Batches
from skpulsar._solvers.minibatch._solver import Minibatch
from skpulsar._solvers.network._column_units import ColumnUnits
from skpulsar._solvers.network._solver import NetworkSteps
from skpulsar._solvers.preconditioned._solver import Preconditioned
from skpulsar._solvers.stepping._optimizers import OPTIMIZERS
from skpulsar._solvers.stepping._schedules import SCHEDULES
from skpulsar._solvers.streaming._least_squares import LeastSquaresStream
from skpulsar._solvers.streaming._softmax_stream import SoftmaxStream
from skpulsar._solvers.streaming._solver import Stream

DEFAULT, STEPPED = "psgd", "sgd"  # "auto" is one of these two.
STEPPING = tuple(OPTIMIZERS)
SOLVERS = (DEFAULT, *STEPPING)
FITS = {DEFAULT: Preconditioned, **dict.fromkeys(STEPPING, Minibatch)}
NETWORKS = dict.fromkeys(STEPPING, NetworkSteps)
ACTIVATIONS = tuple(_core.ACTIVATIONS)  # of the hidden units of a network
STREAMS = {  # The default's, by loss
    "logistic": Stream,
    "softmax": SoftmaxStream,
    "squared": LeastSquaresStream,
}
LEARNING_RATES = tuple(SCHEDULES)
BATCH_SIZE = 200  # This is batch_size="auto".

# Parameters that act with every optimizer; others act with some, as their fields say.
ALL_STEPS = (
    "batch_size",
    "learning_rate",
    "learning_rate_init",
    "power_t",
    "average",
    "shuffle",
    "n_iter_no_change",
)


def _acts_with():
    found = dict.fromkeys(ALL_STEPS, STEPPING)
    for name, rule in OPTIMIZERS.items():
        for field in fields(rule):
            found[field.name] = (*found.get(field.name, ()), name)
    return found


ACTS_WITH = _acts_with()
NEEDS_STEPS = {name for name, solvers in ACTS_WITH.items() if STEPPED in solvers}


def acts_with(name, early_stopping):
    """The solvers with which a parameter acts."""
    waits_for_scores = name == "n_iter_no_change" and early_stopping
    return SOLVERS if waits_for_scores else ACTS_WITH[name]


def automatic(given, early_stopping):
    """The solver that "auto" stands for if the parameters of these names are set."""
    steps = early_stopping or not NEEDS_STEPS.isdisjoint(given)
    return STEPPED if steps else DEFAULT


def stream_of(name, loss, n_outputs, n_columns, automatic):
    """The solver of this name for calls of `partial_fit`, or "sgd" where it cannot
    stream and is the default: its name and its class.

    Raises
    ------
    ValueError
        If it cannot stream and was asked for.
    """
    if name != DEFAULT:
        return name, FITS[name]
    stream = STREAMS[loss.tag]
    if n_outputs > stream.max_outputs:
        why = f"no several labels at once, and y has {n_outputs} columns"
    elif n_columns <= (most := stream.max_columns(loss)):
        return name, stream
    else:
        why = f"no more than {most} columns of such targets, and there are {n_columns}"
    if automatic:
        return STEPPED, FITS[STEPPED]
    others = ", ".join(map(repr, STEPPING))
    raise ValueError(
        f"partial_fit with solver={name!r} knows {why}. Set solver to one of {others}, "
        "or call fit."
    )


def make(name, loss, penalty, parameters, *, warm=False, stream=None):
    """A solver; see `_protocol.Solver`.

    Parameters
    ----------
    name : str
        One of `SOLVERS`.

    loss, penalty : Logistic, Penalty
        The parts of the objective.

    parameters : dict
        Parameters of an estimator, by name.

    warm : bool
        Whether to start from the present weights.

    stream : dict or None
        What a solver for a stream has to know of its rows; None if all rows are given
        at once.

    Returns
    -------
    solver : Solver
    """
    fit_intercept = bool(parameters["fit_intercept"])
    if name == DEFAULT:
        common = loss, penalty, parameters["tol"], fit_intercept
        if stream is not None:
            return STREAMS[loss.tag](*common, **stream)
        return Preconditioned(*common, warm, int(parameters["n_iter_no_change"]))
    return Minibatch(
        loss=loss,
        penalty=penalty,
        rate=parameters["learning_rate_init"],
        average=int(parameters["average"]),
        fit_intercept=fit_intercept,
        **_stepping(name, parameters, whole=stream is None),
    )


def _stepping(name, parameters, whole):
    """What all solvers that take steps have; `whole` says whether all rows are given,
    for any number of epochs."""
    rule, size = OPTIMIZERS[name], parameters["batch_size"]
    own = {field.name: field.type(parameters[field.name]) for field in fields(rule)}
    return {
        "batches": Batches(
            size=BATCH_SIZE if size == "auto" else int(size),
            shuffle=bool(parameters["shuffle"]),
        ),
        "schedule": parameters["learning_rate"],
        "power_t": float(parameters["power_t"]),
        "optimizer": rule(**own),
        "tol": parameters["tol"] if whole else None,  # Otherwise a call is one epoch.
        "n_iter_no_change": int(parameters["n_iter_no_change"]),
    }


def make_network(
    name, loss, moments, n_columns, parameters, *, targets, dropout, whole
):
    """A solver for a network of layers.

    Parameters
    ----------
    name : str
        One of `STEPPING`.

    loss : Logistic, Softmax or Squared
        The loss.

    moments : Moments or None
        Moments of the columns, which give their units; None: columns stay as they are.

    n_columns : int
        Number of columns.

    parameters : dict
        Parameters of an estimator, by name.

    targets : TargetUnits or None
        The units of the targets; None: they stay as they are.

    dropout : tuple of float
        Of every hidden layer.

    whole : bool
        Whether all rows are given at once.

    Returns
    -------
    solver : Solver
    """
    if moments is None:
        columns = ColumnUnits.as_given(n_columns)
    else:
        columns = ColumnUnits.of_moments(moments)
    return NetworkSteps(
        loss=loss,
        alpha=float(parameters["alpha"]),
        columns=columns,
        targets=targets,
        activation=parameters["activation"],
        dropout=dropout,
        rate=float(parameters["learning_rate_init"]),
        **_stepping(name, parameters, whole),
    )
