# SPDX-License-Identifier: BSD-3-Clause
"""What the parameters may be that estimators share."""

from collections.abc import Callable
from math import inf
from numbers import Integral, Real

import numpy as np

from skpulsar._estimator._parameters import BOOL, NONE, Instance, Number, Options
from skpulsar._solvers._table import LEARNING_RATES, SOLVERS

PARAMETERS = {
    "alpha": (Number(Real, 0),),
    "standardize": (BOOL,),
    "solver": (Options(("auto", *SOLVERS)),),
    "batch_size": (Options(("auto",)), Number(Integral, 1)),
    "learning_rate": (Options(LEARNING_RATES),),
    "learning_rate_init": (Options(("auto",)), Number(Real, 0, closed="()")),
    "power_t": (Number(Real, 0),),
    "momentum": (Number(Real, 0, 1),),
    "nesterovs_momentum": (BOOL,),
    "beta_1": (Number(Real, 0, 1),),
    "beta_2": (Number(Real, 0, 1),),
    "epsilon": (Number(Real, 0, closed="()"),),
    "average": (BOOL, Number(Integral, 0)),
    "max_iter": (Number(Integral, 1),),
    "tol": (Number(Real, 0), NONE),
    "n_iter_no_change": (Number(Integral, 1),),
    "shuffle": (BOOL,),
    "fit_intercept": (BOOL,),
    "warm_start": (BOOL,),
    "n_jobs": (NONE, Number(Integral, 1), Number(Integral, -inf, -1, "(]")),
    "early_stopping": (BOOL,),
    "validation_fraction": (Number(Real, 0, 1, "()"),),
    "scoring": (
        Instance(
            (type(None), str, list, tuple, dict, Callable),
            "a str, a callable, a list of str, a dict of scorers by name or None",
        ),
    ),
    "return_train_score": (BOOL,),
    "random_state": (
        Number(Integral, 0, 2**32 - 1, "[]"),
        Instance((np.random.RandomState,), "an instance of RandomState"),
        NONE,
    ),
    "verbose": (BOOL, Number(Integral, 0)),
}
