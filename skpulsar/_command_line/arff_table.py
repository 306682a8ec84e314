# SPDX-License-Identifier: BSD-3-Clause
"""A table in an ARFF file."""

import re

from skpulsar._command_line import CommandError
from skpulsar._command_line.source import shown
from skpulsar._command_line.text_table import TextTable

# A name ends where its quote does, or before a space or the brace of nominal values.
ATTRIBUTE = re.compile(
    r"""@attribute\s+(?:(['"])((?:\\.|(?!\1).)*)\1|([^\s'"{][^\s{]*))(?:\s*\{|\s+\S)""",
    re.I,
)
KEYWORD = re.compile(r"@\w+|")
SPARSE = re.compile(rb"(?:\s*%[^\n]*\n)*\s*\{")
SPECIAL = re.compile(rb"""['"%]""")
# The rest of a line, or a field in quotes
COMMENT_OR_QUOTED = re.compile(
    rb"""(['"%])(?:(?<=%)(.*)|
    (?<![^,\s].)((?:[^\\'"]*(?:\\.|(?!\1)['"]))*[^\\'"]*)\1)""",
    re.S | re.X,
)
ESCAPED = re.compile(rb"""\\(['"\\%])""")
COMMENTS = "%"


class ArffTable:
    """Rows that are read once, in record batches; `TextTable` says more.

    The comments at the end of rows are a column, "%": PulsarFeatureLab writes the name
    of the candidate's file there. It is no feature, and has to be asked for.

    Parameters
    ----------
    lines : Lines
        All lines of the file.

    path : str
        Where they come from, for messages.
    """

    texts = (COMMENTS,)

    def __init__(self, lines, path):
        self._lines, self._path = lines, path
        self.name, self.columns = shown(path), ()
        while (line := lines.line()) is not None:
            text = line.decode("utf-8-sig", errors="backslashreplace").strip()
            if KEYWORD.match(text)[0].lower() == "@data":
                break
            self._declare(text)
        if line is None or not self.columns:
            lacks = "@attribute" if line is not None else "@data"
            raise CommandError(f"{self.name} is no ARFF file: it has no {lacks}")

    def batches(self, numbers, texts):
        columns, clean = self.columns, self._without_comments
        if COMMENTS in texts:
            columns, clean = (*columns, COMMENTS), self._with_comments
        lines = TextTable(self._lines, self._path, columns, clean=clean)
        return lines.batches(numbers, texts)

    def _declare(self, text):
        """Take a line of the header."""
        keyword = KEYWORD.match(text)[0].lower()
        if keyword == "@attribute":
            found = ATTRIBUTE.match(text)
            if found is None:
                raise CommandError(f"{self.name} declares no attribute by {text!r:.90}")
            quoted, plain = found[2], found[3]
            name = plain if quoted is None else _unescaped(quoted.encode()).decode()
            self.columns += (name,)
        elif text and text[0] != "%" and keyword != "@relation":
            raise CommandError(
                f"{self.name} is no ARFF file: found {text!r:.60} before @data"
            )

    def _without_comments(self, block):
        self._refuse_sparse(block)
        if SPECIAL.search(block) is None:
            return block
        return b"\n".join(row for row, _ in _rows(block))

    def _with_comments(self, block):
        self._refuse_sparse(block)
        rows = [row + b"," + _quoted(comment) for row, comment in _rows(block)]
        return b"\n".join(rows)

    def _refuse_sparse(self, block):
        if SPARSE.match(block):
            raise CommandError(
                f"{self.name} is a sparse ARFF file, whose rows stand in braces: write "
                "it dense, in Weka by the filter SparseToNonSparse"
            )


def _rows(block):
    """Yield rows as those of CSV, and the comments at their ends."""
    for line in block.splitlines():
        row, start, comment = b"", 0, b""
        for found in COMMENT_OR_QUOTED.finditer(line):
            # Spaces in front of a quote would make it a part of the field.
            row += line[start : found.start()].rstrip(b" \t")
            start = found.end()
            if found[1] == b"%":
                row, comment = row.removesuffix(b","), found[2]
            else:
                row += _quoted(_unescaped(found[3]))
        row += line[start:]
        if row.strip():
            yield row, comment


def _quoted(text):
    return b'"' + text.replace(b'"', b'""') + b'"'


def _unescaped(text):
    return ESCAPED.sub(rb"\1", text)
