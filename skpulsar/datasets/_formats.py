# SPDX-License-Identifier: BSD-3-Clause
"""Error messages for files that are not a table in HTRU2's format."""

from skpulsar.datasets._htru2_facts import FEATURE_NAMES

N_COLUMNS = len(FEATURE_NAMES) + 1

# The first bytes of a file, and the message about it
SIGNATURES = {
    b"PK\x03\x04": "a zip archive or a spreadsheet: unpack it, or save it as CSV",
    b"\x1f\x8b": "compressed by gzip: unpack it",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8",
    b"<": "a web page: download the file itself",
}
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", None: "spaces"}
INDEX_NAMES = {"", "0", "1", "id", "index", "unnamed: 0"}


def refuse_other_formats(content, name):
    """Raise ValueError where the first bytes are those of something else than CSV.

    ARFF is what UCI's archive holds beside its CSV file.
    """
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, answer in SIGNATURES.items():
        if start.startswith(signature):
            raise ValueError(f"{name} is {answer}")
    if b"@relation" in start[:10_000].lower():
        raise ValueError(
            f"{name} is an ARFF file: give the CSV file beside it in UCI's archive, or "
            "only the lines below @data"
        )
    if b"\0" in start[:1000].partition(b"\n")[0]:
        raise ValueError(f"{name} is a binary file, expected lines of text")


def refuse_other_separators(line, where):
    """Raise ValueError where a line has all its fields, but not by commas."""
    for separator, word in SEPARATORS.items():
        by_comma = "," in line if separator is None else f",{separator}" in line
        n_fields = len(line.strip().split(separator))
        if n_fields in (N_COLUMNS, N_COLUMNS + 1) and not by_comma:
            raise ValueError(
                f"{where}: the fields are separated by {word}, expected commas. "
                "Replace decimal commas by points, if there are any, then "
                f"{word} by commas"
            )


def refuse_other_counts(fields, where):
    """Raise ValueError unless a line has as many fields as HTRU2 has columns."""
    if len(fields) == N_COLUMNS:
        return
    message = (
        f"{where}: found {len(fields)} comma-separated fields, expected {N_COLUMNS}: "
        f"{N_COLUMNS - 1} features and the label"
    )
    if len(fields) == N_COLUMNS + 1 and fields[0].strip().lower() in INDEX_NAMES:
        message += (
            ". The first column looks like an index: write the file without it, in "
            "pandas by to_csv(index=False)"
        )
    raise ValueError(message)
