# SPDX-License-Identifier: BSD-3-Clause
"""HTRU2: files at hand, and the fetcher against a server on the loopback address."""

import hashlib
import http.server
import io
import os
import shutil
import ssl
import stat
import subprocess
import sys
import threading
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from skpulsar.datasets import _htru2, fetch_htru2, load_htru2
from skpulsar.datasets._archive import read_member
from skpulsar.datasets._htru2_facts import CLASS_COUNTS, FEATURE_NAMES

KAGGLE_HEADER = (
    b" Mean of the integrated profile, Standard deviation of the integrated profile,"
    b" Excess kurtosis of the integrated profile, Skewness of the integrated profile,"
    b" Mean of the DM-SNR curve, Standard deviation of the DM-SNR curve,"
    b" Excess kurtosis of the DM-SNR curve, Skewness of the DM-SNR curve,target_class"
)
ROWS = [
    b"140.5625,55.68378214,-0.234571412,-0.699648398,3.199832776,19.11,7.97,74.24,0",
    b"102.5,58.88243001,0.465318154,-0.515087909,1.677257525,14.86,10.57,127.39,0",
    b"99.3671875,41.57220208,1.547196967,4.154106043,27.55518395,61.7,2.2,3.66,1",
]
CSV = b"\r\n".join(ROWS) + b"\r\n"
TABLE = np.array([[float(field) for field in row.split(b",")] for row in ROWS])


def zipped(content=CSV, name="HTRU_2.csv", method=zipfile.ZIP_DEFLATED, mode=None):
    """A zip archive of a read-me and one more file."""
    member = zipfile.ZipInfo(name)
    member.compress_type = method
    if mode is not None:
        member.create_system = 3  # Unix, where the upper half is the file's mode
        member.external_attr = mode << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("Readme.txt", "HTRU2")
        archive.writestr(member, content)
    return stream.getvalue()


# -- files at hand ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        CSV.replace(b"\r\n", b"\n"),
        CSV.replace(b"\r\n", b"\r"),
        CSV.removesuffix(b"\r\n"),
        CSV + b"\r\n  \r\n\r\n",
        CSV.replace(b",", b" , "),
        b"\xef\xbb\xbf" + CSV,
        KAGGLE_HEADER + b"\n" + CSV,
        b"\xef\xbb\xbf" + KAGGLE_HEADER + b"\r\n" + CSV,
        b'"' + KAGGLE_HEADER.replace(b",", b'","') + b'"\n' + CSV,
        b'"mean, \xe9t\xe9","' + b'","'.join([b"b"] * 8) + b'"\n' + CSV,
        b'"' + CSV.replace(b",", b'","').replace(b"\r\n", b'"\r\n"').removesuffix(b'"'),
        CSV.replace(b",0\r\n", b",0.0\r\n"),
    ],
    ids=[
        "uci",
        "lf",
        "cr",
        "no-last-newline",
        "blank-lines",
        "spaces",
        "bom",
        "kaggle",
        "kaggle-bom",
        "quoted-header",
        "quoted-comma-latin-1",
        "quoted-numbers",
        "float-labels",
    ],
)
def test_load_layouts(tmp_path, content):
    path = tmp_path / "candidates.csv"
    path.write_bytes(content)
    for given in (path, str(path)):
        X, y = load_htru2(given, return_X_y=True)
        np.testing.assert_array_equal(X, TABLE[:, :8])
        np.testing.assert_array_equal(y, [0, 0, 1])
    assert X.dtype == np.float64 and X.flags.c_contiguous and X.flags.owndata
    assert y.dtype == np.int64 and y.flags.c_contiguous


@pytest.mark.parametrize(
    ("line_number", "column", "found"),
    [
        (1, 1, "x"),
        (1, 9, "yes"),
        (2, 2, ""),
        (2, 3, " "),
        (2, 4, "nan"),
        (2, 5, "-inf"),
        (2, 6, "1e999"),
        (2, 7, "1_025"),
        (2, 8, "\u0661"),
        (3, 6, "6l.7"),
        (3, 9, ""),
        (3, 9, "2"),
        (3, 9, "-1"),
        (3, 9, "0.5"),
        (3, 9, "nan"),
    ],
)
def test_load_names_line_and_column(tmp_path, line_number, column, found):
    rows = [row.split(b",") for row in ROWS]
    rows[line_number - 1][column - 1] = found.encode()
    path = tmp_path / "candidates.csv"
    path.write_bytes(b"\n".join(map(b",".join, rows)))
    with pytest.raises(ValueError, match=r"candidates\.csv") as caught:
        load_htru2(path)
    name = [*FEATURE_NAMES, "target"][column - 1]
    expected = "the label 0 or 1" if column == 9 else "a finite number"
    assert str(caught.value).endswith(
        f", line {line_number}, column {column} ({name}): "
        f"found {found.strip()!r}, expected {expected}"
    )


@pytest.mark.parametrize(
    ("second_line", "n_fields"),
    [(b"1,2,3", 3), (ROWS[1] + b",", 10), (b'"' + ROWS[1], 1), (b"PK\x03\x04\xff", 1)],
)
def test_load_names_line_of_wrong_length(tmp_path, second_line, n_fields):
    path = tmp_path / "candidates.csv"
    path.write_bytes(ROWS[0] + b"\n" + second_line + b"\n" + ROWS[2])
    message = f"line 2: found {n_fields} comma-separated fields, expected 9$"
    with pytest.raises(ValueError, match=message):
        load_htru2(path)


def test_load_counts_lines_as_an_editor_does(tmp_path):
    path = tmp_path / "candidates.csv"
    path.write_bytes(b"\n" + KAGGLE_HEADER + b"\n\n" + ROWS[0] + b"\n\nfive\n")
    with pytest.raises(ValueError, match="line 6: found 1 comma-separated fields"):
        load_htru2(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", KAGGLE_HEADER])
def test_load_no_rows(tmp_path, content):
    path = tmp_path / "empty.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"empty\.csv' has no rows: expected lines"):
        load_htru2(path)


def test_load_second_header_is_an_error(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_bytes(KAGGLE_HEADER + b"\n" + KAGGLE_HEADER + b"\n" + CSV)
    with pytest.raises(ValueError, match="line 2, column 1"):
        load_htru2(path)


@pytest.mark.parametrize("field", [b"x" * 10_000, b"x" * 200_000, b"\x00" * 1000])
def test_load_messages_stay_short(tmp_path, field):
    path = tmp_path / ("n" * 200)
    path.write_bytes(CSV + field + b",1" * 8)
    with pytest.raises(ValueError, match="line 4") as caught:
        load_htru2(path)
    assert len(str(caught.value)) <= 300


def test_load_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_htru2(tmp_path / "nowhere.csv")


def test_bunch(tmp_path):
    path = tmp_path / "candidates.csv"
    path.write_bytes(CSV)
    candidates = load_htru2(path)
    assert candidates.feature_names == list(FEATURE_NAMES)
    assert candidates.target_names == ["non-pulsar", "pulsar"]
    assert candidates.frame is None
    assert "CC BY 4.0" in candidates.DESCR and "stw656" in candidates.DESCR


def test_as_frame(tmp_path):
    pd = pytest.importorskip("pandas")
    path = tmp_path / "candidates.csv"
    path.write_bytes(CSV)
    candidates = load_htru2(path, as_frame=True)
    assert list(candidates.data.columns) == candidates.feature_names
    assert isinstance(candidates.target, pd.Series)
    assert candidates.target.name == "target"
    assert list(candidates.frame.columns) == [*FEATURE_NAMES, "target"]
    np.testing.assert_array_equal(candidates.frame.to_numpy(), TABLE)
    X, y = load_htru2(path, as_frame=True, return_X_y=True)
    pd.testing.assert_frame_equal(X, candidates.data)
    pd.testing.assert_series_equal(y, candidates.target)
    # What pandas writes of it is read again.
    candidates.frame.to_csv(path, index=False)
    np.testing.assert_array_equal(load_htru2(path).data, TABLE[:, :8])


def test_as_frame_without_pandas(tmp_path, monkeypatch):
    path = tmp_path / "candidates.csv"
    path.write_bytes(CSV)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="load_htru2 with as_frame=True requires pan"):
        load_htru2(path, as_frame=True)


@pytest.mark.parametrize("name", ["HTRU_2.csv", "pulsar_stars.csv"])
def test_real_file(name, tmp_path, real_file):
    path = real_file(name)
    X, y = load_htru2(path, return_X_y=True)
    assert X.shape == (17898, 8)
    np.testing.assert_array_equal(np.bincount(y), CLASS_COUNTS)
    table = np.column_stack([X, y]).astype("<f8")
    assert hashlib.sha256(table.tobytes()).hexdigest() == _htru2.TABLE_SHA256
    # Either layout will do as a copy put into the data home by hand.
    shutil.copy(path, tmp_path / "HTRU_2.csv")
    fetched = fetch_htru2(data_home=tmp_path, download_if_missing=False)
    np.testing.assert_array_equal(fetched.data, X)


# -- the fetcher -----------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate and its key, for 127.0.0.1 only."""
    if shutil.which("openssl") is None:
        pytest.skip("the https server of these tests needs the command openssl")
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "certificate.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=loopback"
    extensions = "subjectAltName=IP:127.0.0.1", "keyUsage=digitalSignature,keyCertSign"
    subprocess.run(
        [
            *command.split(),
            *(word for extension in extensions for word in ("-addext", extension)),
            *("-out", paths[0], "-keyout", paths[1]),
        ],
        check=True,
        capture_output=True,
    )
    return paths


@pytest.fixture
def server(certificate, monkeypatch):
    """An https server in place of UCI's that gives `server.answers` in turn.

    An answer is a body, or a status with headers and body; the last one is repeated.
    The file of the tests has the digest of HTRU2 as long as the server runs.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            server.requests.append(self.path)
            answers = server.answers
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, bytes):
                answer = (200, {"Content-Length": len(answer)}, answer)
            status, headers, body = answer
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, str(value))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 16

        def handle_error(self, request, client_address):
            pass  # a client that hangs up early is what some tests are about

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = f"https://127.0.0.1:{server.server_port}"
    server.certificate = certificate[0]
    server.requests = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    # OpenSSL's own variable: this certificate is trusted, and checked like any other.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(_htru2, "URL", f"{server.url}/htru2.zip")
    digest = hashlib.sha256(TABLE.astype("<f8").tobytes()).hexdigest()
    monkeypatch.setattr(_htru2, "TABLE_SHA256", digest)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("content", [CSV, KAGGLE_HEADER + b"\n" + CSV])
def test_fetch(server, tmp_path, content):
    server.answers = [zipped(content)]
    X, y = fetch_htru2(data_home=tmp_path, return_X_y=True)
    np.testing.assert_array_equal(X, TABLE[:, :8])
    np.testing.assert_array_equal(y, TABLE[:, 8])
    assert os.listdir(tmp_path) == ["HTRU_2.csv"]
    assert (tmp_path / "HTRU_2.csv").read_bytes() == content

    again = fetch_htru2(data_home=tmp_path, download_if_missing=False)
    np.testing.assert_array_equal(again.data, X)
    assert server.requests == ["/htru2.zip"]


def test_fetch_the_real_archive(server, tmp_path, monkeypatch, real_file):
    content = real_file("HTRU_2.csv").read_bytes()
    monkeypatch.undo()
    assert _htru2.URL == "https://archive.ics.uci.edu/static/public/372/htru2.zip"
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(_htru2, "URL", f"{server.url}/htru2.zip")
    server.answers = [zipped(content)]
    htru2 = fetch_htru2(data_home=tmp_path)
    np.testing.assert_array_equal(np.bincount(htru2.target), CLASS_COUNTS)


def test_fetch_uses_scikit_learns_data_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "home"))
    message = "Data not found and `download_if_missing` is False"
    with pytest.raises(OSError, match=message):
        fetch_htru2(download_if_missing=False)
    assert (tmp_path / "home").is_dir()


def test_fetch_follows_https_redirects_only(server, tmp_path):
    plain = server.url.replace("https:", "http:")
    for target in (f"{plain}/x", "ftp://127.0.0.1/x", "file:///etc/hostname"):
        server.answers = [(302, {"Location": target, "Content-Length": 0}, b"")]
        with pytest.raises(OSError, match="Could not fetch HTRU2"):
            fetch_htru2(data_home=tmp_path, n_retries=0)
    assert server.requests == ["/htru2.zip"] * 3
    moved = (302, {"Location": f"{server.url}/moved", "Content-Length": 0}, b"")
    server.answers = [moved, zipped()]
    assert fetch_htru2(data_home=tmp_path).data.shape == (3, 8)
    assert server.requests[-1] == "/moved"


def test_fetch_refuses_plain_http(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_htru2, "URL", _htru2.URL.replace("https:", "http:"))
    with pytest.raises(OSError, match="unknown url type: http"):
        fetch_htru2(data_home=tmp_path, n_retries=0)


def test_fetch_checks_the_certificate(server, tmp_path, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch_htru2(data_home=tmp_path, n_retries=0)


def test_fetch_tries_again(server, tmp_path):
    busy = (503, {"Content-Length": 0}, b"")
    short = (200, {"Content-Length": len(zipped())}, zipped()[:100])
    server.answers = [busy, short, zipped()]
    with pytest.warns(UserWarning, match="Retry downloading from url") as caught:
        htru2 = fetch_htru2(data_home=tmp_path, n_retries=2, delay=0)
    assert len(caught) == 2
    assert caught[0].filename == __file__
    assert htru2.data.shape == (3, 8)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((404, {"Content-Length": 0}, b""), "HTTP Error 404"),
        ((200, {"Content-Length": 999}, zipped()[:99]), "download failed"),
        ((200, {}, zipped()[:-30]), "not an intact zip archive"),
        (b"<!DOCTYPE html><html>Gone fishing</html>", "not an intact zip archive"),
        (b"", "not an intact zip archive"),
        (bytes(2**20), "the answer has more than 100000 bytes"),
        (zipped(name="HTRU_3.csv"), "has 0 members 'HTRU_2.csv'"),
        (zipped(name="../HTRU_2.csv"), "has 0 members 'HTRU_2.csv'"),
        (zipped(name="/HTRU_2.csv"), "has 0 members 'HTRU_2.csv'"),
        (zipped(b"/etc/passwd", mode=stat.S_IFLNK | 0o777), "is not a regular file"),
        (zipped(CSV.replace(b"140.5625", b"140.5626")), "other values than HTRU2"),
        (zipped(CSV + ROWS[0]), "other values than HTRU2"),
        (zipped(CSV.replace(b"140.5625", b"nan")), "line 1, column 1 (mean_profile)"),
        (zipped(b""), "has no rows"),
    ],
)
def test_fetch_refuses(server, tmp_path, monkeypatch, answer, message):
    monkeypatch.setattr(_htru2, "MAX_ARCHIVE_BYTES", 100_000)
    server.answers = [answer]
    with pytest.raises(OSError, match="Could not fetch HTRU2 from https") as caught:
        fetch_htru2(data_home=tmp_path, n_retries=0)
    assert message in str(caught.value)
    assert f"put by hand at {tmp_path / 'HTRU_2.csv'}" in str(caught.value)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("damage", [b"", CSV[:100], CSV + CSV, b"\x93NUMPY" * 1000])
def test_fetch_replaces_a_damaged_file(server, tmp_path, damage):
    path = tmp_path / "HTRU_2.csv"
    path.write_bytes(damage)
    with pytest.raises(OSError, match="is damaged and `download_if_missing` is False"):
        fetch_htru2(data_home=tmp_path, download_if_missing=False)
    assert path.read_bytes() == damage
    server.answers = [zipped()]
    with pytest.warns(UserWarning, match="is damaged, downloading it anew") as caught:
        fetch_htru2(data_home=tmp_path)
    assert caught[0].filename == __file__
    assert path.read_bytes() == CSV


def test_fetch_reads_no_huge_file(tmp_path):
    with open(tmp_path / "HTRU_2.csv", "wb") as file:
        file.truncate(2**40)  # sparse
    with pytest.raises(OSError, match="has more than 4194304 bytes"):
        fetch_htru2(data_home=tmp_path, download_if_missing=False)


def test_fetch_leaves_nothing_half_written(server, tmp_path, monkeypatch):
    def fail(source, target):
        assert Path(source).parent == tmp_path
        assert Path(source).read_bytes() == CSV
        raise OSError("no space left")

    server.answers = [zipped()]
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        fetch_htru2(data_home=tmp_path)
    assert os.listdir(tmp_path) == []


def test_fetch_from_many_threads(server, tmp_path):
    server.answers = [zipped()]
    barrier = threading.Barrier(8)
    shapes = []

    def fetch():
        barrier.wait()
        shapes.append(fetch_htru2(data_home=tmp_path).data.shape)

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shapes == [(3, 8)] * 8
    assert os.listdir(tmp_path) == ["HTRU_2.csv"]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_fetch_shares_the_file_as_the_umask_says(server, tmp_path):
    server.answers = [zipped()]
    (tmp_path / "any").touch()
    fetch_htru2(data_home=tmp_path)
    modes = [(tmp_path / name).stat().st_mode for name in ("any", "HTRU_2.csv")]
    assert modes[0] == modes[1]


@pytest.mark.parametrize("n_retries", [-1, 1.5, None])
def test_fetch_n_retries(tmp_path, n_retries):
    message = r"^The 'n_retries' parameter of fetch_htru2 must be an int in the range"
    with pytest.raises(ValueError, match=message):
        fetch_htru2(data_home=tmp_path, n_retries=n_retries)


# -- archives that mean harm -----------------------------------------------------------


def test_member():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archive = zipped(method=method, mode=stat.S_IFREG | 0o600)
        assert read_member(archive, "HTRU_2.csv", max_bytes=len(CSV)) == CSV


def test_member_larger_than_allowed():
    with pytest.raises(OSError, match="unpacks to 67108864 bytes, more than the 4096"):
        read_member(zipped(bytes(2**26)), "HTRU_2.csv", max_bytes=4096)


def test_member_larger_than_declared():
    declared, true = (n.to_bytes(4, "little") for n in (4096, 2**26))
    archive = zipped(bytes(2**26))
    assert archive.count(true) == 2  # before the data and in the directory
    archive = archive.replace(true, declared)
    tracemalloc.start()
    try:
        with pytest.raises(OSError, match="Bad CRC-32"):
            read_member(archive, "HTRU_2.csv", max_bytes=4096)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_member_of_another_method(method):
    pytest.importorskip("bz2")
    pytest.importorskip("lzma")
    with pytest.raises(OSError, match="is not stored or deflated"):
        read_member(zipped(method=method), "HTRU_2.csv", max_bytes=4096)


def test_member_twice():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's, of the name
        archive.writestr("HTRU_2.csv", CSV)
        archive.writestr("HTRU_2.csv", b"")
    with pytest.raises(OSError, match="the archive has 2 members"):
        read_member(stream.getvalue(), "HTRU_2.csv", max_bytes=4096)


def test_member_encrypted():
    archive = bytearray(zipped())
    entry = archive.rindex(b"PK\x01\x02")  # the directory's last: the table
    archive[entry + 8] |= 0x1
    with pytest.raises(OSError, match="is encrypted"):
        read_member(bytes(archive), "HTRU_2.csv", max_bytes=4096)


def test_member_damaged():
    """Whatever byte is damaged, the answer is the content or an OSError."""
    archive = zipped()
    for position in range(len(archive)):
        damaged = bytearray(archive)
        damaged[position] ^= 0xFF
        try:
            content = read_member(bytes(damaged), "HTRU_2.csv", max_bytes=4096)
        except OSError:
            continue
        assert content == CSV
