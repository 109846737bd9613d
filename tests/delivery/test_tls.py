"""The transports over TLS: whom they trust, and what becomes of a handshake that fails."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from simulator.errors import InputError

from .conftest import OK, answering, tick


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1: the PEM file with it, and the server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem, key_pem = folder / "ca.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key_pem)
    return pem, context


async def test_certificate_of_nobody_known_is_tls(serve, certificate, send):
    _, context = certificate

    sent = await send(await serve(answering(OK), tls=context))

    assert sent.trouble == "tls"
    assert sent.detail.startswith("certificate verify failed: self")


async def test_certificate_that_is_named_is_trusted(serve, certificate, send):
    pem, context = certificate

    sent = await send(await serve(answering(OK), tls=context), ca=pem)

    assert sent.ack is not None, sent.detail


async def test_file_without_certificates_is_told_before_anything_is_sent(tmp_path, kind):
    with pytest.raises(InputError):
        kind(tick=tick, ca=tmp_path / "missing.pem", insecure=True)


async def test_insecure_trusts_every_certificate(serve, certificate, send):
    _, context = certificate

    sent = await send(await serve(answering(OK), tls=context), insecure=True)

    assert sent.ack is not None, sent.detail


async def test_plain_server_asked_for_tls_is_tls(serve, send):
    async def shout(reader, writer):
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    url = await serve(shout)
    sent = await send(url.replace("http:", "https:"))

    assert sent.trouble == "tls"
    assert "wrong version number" in sent.detail


async def test_tls_server_asked_for_plain_http_is_no_answer(serve, certificate, send):
    _, context = certificate

    sent = await send((await serve(answering(OK), tls=context)).replace("https:", "http:"))

    assert sent.trouble in ("closed", "garbage")


async def test_handshake_that_is_cut_is_closed(serve, send):
    async def behave(reader, writer):
        await reader.read(10)

    sent = await send((await serve(behave)).replace("http:", "https:"))

    assert sent.trouble == "closed"
