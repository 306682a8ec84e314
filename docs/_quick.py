# SPDX-License-Identifier: BSD-3-Clause
"""How the gallery runs the examples."""


def arguments(gallery_conf, script_vars):
    """The command line of a script."""
    return ["--quick"]
