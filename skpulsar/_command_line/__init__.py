# SPDX-License-Identifier: BSD-3-Clause
"""``skpulsar train`` and ``skpulsar score``: models of tables, scores of streams."""


class CommandError(Exception):
    """An error that ends a command, with one line for the user."""
