# SPDX-License-Identifier: BSD-3-Clause
"""Metadata of the rows, for splitters and scorers."""

from sklearn import get_config
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)


def router_of(estimator, scorers):
    """Who may get metadata from `fit`: the estimator, its splitter and its scorers.

    Parameters
    ----------
    estimator : SLPClassifierCV

    scorers : dict
        Scorers by name. The scores that are computed here take sample weights anyway.

    Returns
    -------
    router : MetadataRouter
    """
    to_split = MethodMapping().add(caller="fit", callee="split")
    router = MetadataRouter(owner=estimator).add_self_request(estimator)
    router.add(splitter=estimator.cv, method_mapping=to_split)
    for name, scorer in scorers.items():
        to_score = MethodMapping().add(caller="fit", callee="score")
        router.add(**{_key(name): scorer}, method_mapping=to_score)
    return router


def routed(estimator, scorers, sample_weight, params):
    """The metadata for the splitter, and for every scorer by name.

    Without metadata routing `groups` go to the splitter, and sample weights to the
    scorers.

    Raises
    ------
    ValueError
        If there is metadata that nobody is known to want.
    """
    if get_config()["enable_metadata_routing"]:
        found = process_routing(estimator, "fit", sample_weight=sample_weight, **params)
        return found.splitter.split, {name: found[_key(name)].score for name in scorers}
    unknown = sorted(params.keys() - {"groups"})
    if unknown:
        raise ValueError(
            f"fit got {unknown[0]!r:.60}, which goes nowhere unless metadata routing "
            "is enabled: sklearn.set_config(enable_metadata_routing=True)."
        )
    weighted = {} if sample_weight is None else {"sample_weight": sample_weight}
    return params, dict.fromkeys(scorers, weighted)


def _key(name):
    return f"scorer {name}"
