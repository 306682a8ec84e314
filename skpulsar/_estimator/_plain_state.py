# SPDX-License-Identifier: BSD-3-Clause
"""The private state of an estimator as plain dicts, lists, tuples, numbers and arrays.

Pickles, `skops.io` and the files of `skpulsar.save` hold states in this form: they name
no private module of the package, and whoever reads them need trust no private class.
"""

from dataclasses import MISSING, fields, is_dataclass

from skpulsar._estimator._class_weights import ClassStatistics
from skpulsar._problem._losses import Logistic, Softmax, Squared
from skpulsar._problem._memory import Rows
from skpulsar._problem._moments import Moments
from skpulsar._problem._orders import EveryRow
from skpulsar._problem._penalty import Penalty
from skpulsar._problem._row_buffer import RowBuffer
from skpulsar._problem._sample_weights import WeightStatistics
from skpulsar._problem._target_units import TargetUnits
from skpulsar._solvers._states import STATES
from skpulsar._training._history import History
from skpulsar._training._monitor import Monitor

MARK = "skpulsar."  # A dict with one key, this and a name, stands for an object.

# A name must stay for as long as its class can be read, whatever the class is called.
CLASSES = {
    kind.__name__: kind
    for kind in (
        ClassStatistics,
        EveryRow,
        History,
        Logistic,
        Moments,
        Monitor,
        Penalty,
        RowBuffer,
        Rows,
        Softmax,
        Squared,
        TargetUnits,
        WeightStatistics,
        *STATES,
    )
}


def pack(value):
    """A value with every object of `CLASSES` in it turned into plain values.

    An object becomes ``{"skpulsar.<class>": arguments}``, where the arguments make an
    equal one: what its method `stored` says, or else the fields of a dataclass.
    Everything else stays what it is.
    """
    kind = type(value)
    if CLASSES.get(kind.__name__) is kind:
        return {MARK + kind.__name__: pack(_arguments(value))}
    if kind in (list, tuple):
        return kind(map(pack, value))
    if kind is dict:
        return {key: pack(each) for key, each in value.items()}
    return value


def unpack(value):
    """The value that `pack` was given. Objects, as older pickles hold them, stay.

    Raises
    ------
    ValueError
        If an object is of an unknown class, or its arguments are not those of its class
        here. An argument that is missing has the default of its class, if it has one.
    """
    kind = type(value)
    if kind in (list, tuple):
        return kind(map(unpack, value))
    if kind is not dict:
        return value
    name = next(iter(value), None) if len(value) == 1 else None
    if isinstance(name, str) and name.startswith(MARK):
        return _made(name.removeprefix(MARK), unpack(value[name]))
    return {key: unpack(each) for key, each in value.items()}


def _arguments(value):
    if hasattr(value, "stored"):
        return value.stored()
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _made(name, arguments):
    kind = CLASSES.get(name)
    if kind is None or type(arguments) is not dict:
        raise ValueError(f"{name!r:.60} is no state that this version knows")
    if is_dataclass(kind):
        known = fields(kind)
        needed = {f.name for f in known if f.default is f.default_factory is MISSING}
        unknown = arguments.keys() - {f.name for f in known}
        for names, words in ((unknown, "unknown"), (needed - arguments.keys(), "no")):
            if names:
                raise ValueError(f"{name} has {words} field {min(names)!r:.60}")
    return getattr(kind, "of_stored", kind)(**arguments)
