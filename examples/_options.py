# SPDX-License-Identifier: BSD-3-Clause
"""The options of the command line."""

import argparse


def options_of(doc, *, quick="fewer rows", draws=False):
    """`--quick`, which `quick` explains, and `--output` for a script that draws."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help=quick)
    if draws:
        parser.add_argument(
            "--output", metavar="FILE", help="save the picture, instead of a window"
        )
    return parser.parse_args()
