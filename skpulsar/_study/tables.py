# SPDX-License-Identifier: BSD-3-Clause
"""Records as text and as CSV files."""

import csv
import io
import textwrap

from skpulsar._replace import replace


def layout(rows):
    """Return rows of strings as lines: the first column left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
        for row in rows
    )


def wrapped(text):
    """Return text in lines as long as the tables allow."""
    return textwrap.fill(text, width=88, break_on_hyphens=False)


def spread(record, name, scale=1.0, digits=4):
    """Return the mean of a score and, in brackets, its standard deviation."""
    mean, std = record[f"{name}_mean"] * scale, record[f"{name}_std"] * scale
    return f"{mean:.{digits}f} ({std:.{digits}f})"


def write_csv(path, records):
    """Write dicts of the same keys; numbers in full, UTF-8. All of it or nothing."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    replace(path, text.getvalue().encode())
