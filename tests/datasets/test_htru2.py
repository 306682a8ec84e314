# SPDX-License-Identifier: BSD-3-Clause
"""HTRU2: the fetcher, against a server on the loopback address."""

import hashlib
import http.server
import io
import os
import shutil
import ssl
import stat
import subprocess
import threading
import urllib.request
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from _candidates import CSV, KAGGLE_HEADER, ROWS, TABLE

from skpulsar.datasets import _archive, _htru2, fetch_htru2
from skpulsar.datasets._archive import fetch_member
from skpulsar.datasets._htru2_facts import CLASS_COUNTS


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
    urllib.request.install_opener(None)  # The one of before may know other variables.
    monkeypatch.setattr(_htru2, "URL", f"{server.url}/htru2.zip")
    digest = hashlib.sha256(TABLE.astype("<f8").tobytes()).hexdigest()
    monkeypatch.setattr(_htru2, "TABLE_SHA256", digest)
    yield server
    urllib.request.install_opener(None)
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


def test_fetch_follows_redirects_on_the_web_only(server, tmp_path):
    server.answers = [(302, {"Location": "file:///etc/hostname"}, b"")]
    with pytest.raises(OSError, match="Could not fetch HTRU2"):
        fetch_htru2(data_home=tmp_path, n_retries=0)
    moved = (302, {"Location": f"{server.url}/moved", "Content-Length": 0}, b"")
    server.answers = [moved, zipped()]
    assert fetch_htru2(data_home=tmp_path).data.shape == (3, 8)
    assert server.requests == ["/htru2.zip", "/htru2.zip", "/moved"]


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
    assert htru2.data.shape == (3, 8)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((404, {"Content-Length": 0}, b""), "HTTP Error 404"),
        ((200, {"Content-Length": 999}, zipped()[:99]), "got only 99 out of 999 bytes"),
        ((200, {f"X-{k}": k for k in range(101)}, b""), "got more than 100 headers"),
        ((200, {}, zipped()[:-30]), "not an intact zip archive"),
        (b"<!DOCTYPE html><html>Gone fishing</html>", "not an intact zip archive"),
        (b"", "not an intact zip archive"),
        (zipped(name="HTRU_3.csv"), "no item named 'HTRU_2.csv'"),
        (zipped(name="../HTRU_2.csv"), "no item named 'HTRU_2.csv'"),
        (zipped(name="/HTRU_2.csv"), "no item named 'HTRU_2.csv'"),
        (zipped(b"/etc/passwd", mode=stat.S_IFLNK | 0o777), "found 1 comma-separated"),
        (zipped(bytes(2**26)), "HTRU_2.csv has more than 4194304 bytes"),
        (zipped(CSV.replace(b"140.5625", b"140.5626")), "other values than HTRU2"),
        (zipped(CSV + ROWS[0]), "other values than HTRU2"),
        (zipped(CSV.replace(b"140.5625", b"nan")), "line 1, column 1 ('mean_profile')"),
        (zipped(b""), "has no rows"),
    ],
)
def test_fetch_refuses(server, tmp_path, answer, message):
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


def fetched(server, archive, max_bytes):
    """The file of an archive that the server gives."""
    server.answers = [bytes(archive)]
    options = {"max_bytes": max_bytes, "n_retries": 0, "delay": 0}
    return fetch_member(_htru2.URL, "HTRU_2.csv", **options)


def test_member(server):
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert fetched(server, zipped(method=method), len(CSV)) == CSV
        assert fetched(server, zipped(method=method), 100) == CSV[:100]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_a_bound_is_refused(server, method):
    with pytest.raises(OSError, match=r"HTRU_2\.csv is compressed in another way"):
        fetched(server, zipped(bytes(2**20), method=method), 100)


def test_no_more_is_unpacked_than_was_asked_for(server):
    """Damage behind it is not met."""
    archive = bytearray(zipped(np.random.default_rng(0).bytes(2**18)))
    archive[2**17 : 2**17 + 2**16] = b"\xff" * 2**16  # at least one block's start
    with zipfile.ZipFile(io.BytesIO(archive)) as file, pytest.raises(zlib.error):
        file.read("HTRU_2.csv")
    assert len(fetched(server, archive, 4096)) == 4096


def test_member_larger_than_declared(server):
    declared, true = (n.to_bytes(4, "little") for n in (4096, 2**18))
    archive = zipped(np.random.default_rng(0).bytes(2**18))
    assert archive.count(true) == 2  # before the data and in the directory
    with pytest.raises(OSError, match="Bad CRC-32"):
        fetched(server, archive.replace(true, declared), 2**20)


def test_member_encrypted(server):
    archive = bytearray(zipped())
    entry = archive.rindex(b"PK\x01\x02")  # the directory's last: the table
    archive[entry + 8] |= 0x1
    with pytest.raises(OSError, match="is encrypted"):
        fetched(server, archive, 4096)


def test_member_damaged(monkeypatch, tmp_path):
    """Whatever byte is damaged, the answer is the content or an OSError."""
    path, archive = tmp_path / "htru2.zip", zipped()
    monkeypatch.setattr(_archive, "fetch_file", lambda *_, **__: path)
    for position in range(len(archive)):
        damaged = bytearray(archive)
        damaged[position] ^= 0xFF
        path.write_bytes(damaged)
        try:
            content = fetch_member(
                "", "HTRU_2.csv", max_bytes=4096, n_retries=0, delay=0
            )
        except OSError:
            continue
        assert content == CSV
