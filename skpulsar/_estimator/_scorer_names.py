# SPDX-License-Identifier: BSD-3-Clause
"""The names that the parameter `scoring` gives its scorers."""


def by_name(scoring):
    """What `scoring` stands for, by name; a callable or None is "score".

    Parameters
    ----------
    scoring : str, callable, list of str, dict or None

    Raises
    ------
    ValueError
        If it is empty, or lists other things than names.
    """
    if isinstance(scoring, str):
        return {scoring: scoring}
    if isinstance(scoring, (list, tuple)):
        if not all(isinstance(name, str) for name in scoring):
            raise ValueError(
                f"scoring={scoring!r:.80} lists other things than names: give scorers "
                "as a dict by name."
            )
        scoring = {name: name for name in scoring}
    elif not isinstance(scoring, dict):
        scoring = {"score": scoring}
    if not scoring:
        raise ValueError("scoring is empty: name at least one score.")
    return scoring
