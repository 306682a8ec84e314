# SPDX-License-Identifier: BSD-3-Clause
"""A table in an ARFF file."""

import re

from skpulsar._command_line import CommandError
from skpulsar._command_line.source import shown
from skpulsar._command_line.text_table import TextTable

ATTRIBUTE = re.compile(r"""@attribute\s+('[^']*'|"[^"]*"|[^\s'"]\S*)\s+\S""", re.I)
KEYWORD = re.compile(r"@\w+|")
SPARSE = re.compile(rb"(?:\s*%[^\n]*\n)*\s*\{")
COMMENT = re.compile(rb",?[ \t]*%[^\r\n]*")
COMMENT_LINE = re.compile(rb"^[ \t]*%[^\n]*\n?", re.M)
COMMENT_OF_A_ROW = re.compile(rb",?[ \t]*%([^\r\n]*)")
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
        self._lines, self._path, self._quote = lines, path, "'"
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
        lines = TextTable(
            self._lines, self._path, columns, quote=self._quote, clean=clean
        )
        return lines.batches(numbers, texts)

    def _declare(self, text):
        """Take a line of the header."""
        keyword = KEYWORD.match(text)[0].lower()
        if keyword == "@attribute":
            found = ATTRIBUTE.match(text)
            if found is None:
                raise CommandError(f"{self.name} declares no attribute by {text!r:.90}")
            name = found[1]
            self.columns += (name[1:-1] if name[0] in "'\"" else name,)
            if '"' in text:
                self._quote = '"'
        elif text and text[0] != "%" and keyword != "@relation":
            raise CommandError(
                f"{self.name} is no ARFF file: found {text!r:.60} before @data"
            )

    def _without_comments(self, block):
        self._refuse_sparse(block)
        return COMMENT.sub(b"", block) if b"%" in block else block

    def _with_comments(self, block):
        self._refuse_sparse(block)
        quote = self._quote.encode()
        block = COMMENT_LINE.sub(b"", block)
        return COMMENT_OF_A_ROW.sub(rb",%b\1%b" % (quote, quote), block)

    def _refuse_sparse(self, block):
        if SPARSE.match(block):
            raise CommandError(
                f"{self.name} is a sparse ARFF file, whose rows stand in braces: write "
                "it dense, in Weka by the filter SparseToNonSparse"
            )
