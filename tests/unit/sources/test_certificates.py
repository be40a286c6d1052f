"""A server whose certificate nobody vouches for gets neither token nor password."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from taizhang.sources.api import open_client
from taizhang.sources.items import SourceError
from taizhang.sources.mailbox import MailAccess, open_mailbox
from taizhang.sources.request_signing import TokenAuth

HEARD: list[bytes] = []


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(day - timedelta(days=1))
        .not_valid_after(day + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that keeps what it hears from whoever trusts it."""
    monkeypatch.setenv("NO_PROXY", "localhost")
    HEARD.clear()
    context = self_signed(tmp_path)
    listener = socket.create_server(("localhost", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                HEARD.append(context.wrap_socket(connection, server_side=True).recv(1000))
            except (ssl.SSLError, OSError):
                HEARD.append(b"")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    thread.join(20)
    listener.close()
    assert HEARD == [b""]


def test_an_api_must_have_a_certificate_that_is_vouched_for(port: int) -> None:
    with open_client(TokenAuth(SecretStr("token"))) as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
        client.get(f"https://localhost:{port}/items")


def test_a_mailbox_must_have_a_certificate_that_is_vouched_for(port: int) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        open_mailbox(MailAccess("localhost", "user", SecretStr("password"), port))


def test_a_mailbox_elsewhere_is_never_read_without_encryption() -> None:
    with pytest.raises(SourceError, match="without encryption"):
        open_mailbox(MailAccess("mail.example.cn", "user", SecretStr("password"), 143, encrypted=False))
