# SPDX-License-Identifier: BSD-3-Clause
"""A table over a dataset of pyarrow."""

from copy import copy

from pyarrow.dataset import FileSystemDataset, ParquetFileFormat

from skpulsar._tables._arrow_errors import ERRORS, explained
from skpulsar._tables._protocol import batch_rows
from skpulsar._tables._streamed_table import StreamedTable


class DatasetTable(StreamedTable):
    """The rows of a `pyarrow.dataset.Dataset`, filters respected, in the order of its
    fragments; a `Table`. pyarrow pickles no dataset that has a filter or is in memory.
    """

    def __init__(self, dataset):
        self._dataset, self._stamps = dataset, _stamps(dataset)
        super().__init__(dataset.schema, "The dataset")

    def record_batches(self, columns):
        self._check_files()
        options = _options(self._dataset, columns)
        with explained(lambda: _culprit(self._dataset, columns, options)):
            scanner = self._dataset.scanner(columns=list(columns), **options)
            for scanned in scanner.scan_batches():
                where = f"file {getattr(scanned.fragment, 'path', 'in memory')}"
                yield scanned.record_batch, where

    def _check_files(self):
        stamps = _stamps(self._dataset)
        for path, stamp in self._stamps.items():
            if stamps.get(path) != stamp:
                raise ValueError(
                    f"The file {path} has changed since the source was made: open the "
                    "dataset and build the source anew."
                )


def _stamps(dataset):
    """Size and time of the last change of files; none of what is not in files."""
    if not isinstance(dataset, FileSystemDataset):
        return {}
    infos = dataset.filesystem.get_file_info(dataset.files)
    return {info.path: (info.size, info.mtime_ns) for info in infos}


def _options(dataset, columns):
    """How to scan one batch after the other: by default pyarrow has many in memory."""
    options = {"batch_size": batch_rows(columns), "use_threads": False}
    options.update(batch_readahead=1, fragment_readahead=1)
    files = isinstance(dataset, FileSystemDataset)
    if files and isinstance(dataset.format, ParquetFileFormat):
        parquet = copy(dataset.format.default_fragment_scan_options)
        parquet.pre_buffer, parquet.use_buffered_stream = False, True
        options["fragment_scan_options"] = parquet
    return options


def _culprit(dataset, columns, options):
    """What cannot be read: scans do not tell of which file an error is."""
    for path in getattr(dataset, "files", []):
        fragment = dataset.format.make_fragment(path, dataset.filesystem)
        try:
            names = [n for n in fragment.physical_schema.names if n in columns]
            for _ in fragment.to_batches(columns=names, **options):
                pass
        except ERRORS:
            return f"file {path}"
    return "the dataset"
