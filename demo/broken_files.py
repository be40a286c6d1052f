"""Files that are no readable workbook: encrypted, cut off, with macros."""

import hashlib
import struct
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from demo.compound_file import compound_file

# Hashing rounds of the format; the password is not secret, the file is only meant to be unreadable.
ROUNDS = 50_000
PASSWORD = "demo"  # noqa: S105
SALT = bytes(range(16))
VERIFIER = bytes(range(16, 32))
KEY_BYTES = 16
ALGORITHM_AES_128, HASH_SHA1, PROVIDER_AES = 0x660E, 0x8004, 0x18
FLAGS = 0x24


def truncate(path: Path) -> None:
    """Cut a file off in the middle, as a broken upload does."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 5])


def vba_project() -> bytes:
    """A macro project: the container that Office looks for, with nothing to run in it."""
    return compound_file({"PROJECT": b'ID="{00000000-0000-0000-0000-000000000000}"\r\nName="VBAProject"\r\n'})


def encrypt(path: Path) -> None:
    """Encrypt a workbook with a password as Office does (ECMA-376 standard encryption, AES-128)."""
    data = path.read_bytes()
    key = _key(PASSWORD)
    verifier_hash = hashlib.sha1(VERIFIER, usedforsecurity=False).digest()
    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    header = struct.pack("<8I", FLAGS, 0, ALGORITHM_AES_128, HASH_SHA1, KEY_BYTES * 8, PROVIDER_AES, 0, 0) + provider
    verifier = struct.pack("<I", len(SALT)) + SALT + _aes(key, VERIFIER)
    verifier += struct.pack("<I", len(verifier_hash)) + _aes(key, verifier_hash)
    information = struct.pack("<HHII", 4, 2, FLAGS, len(header)) + header + verifier
    package = struct.pack("<Q", len(data)) + _aes(key, data)
    path.write_bytes(compound_file({"EncryptionInfo": information, "EncryptedPackage": package}))


def _key(password: str) -> bytes:
    """The key of a password, as section 2.3.4.7 of MS-OFFCRYPTO derives it."""
    digest = _sha1(SALT + password.encode("utf-16-le"))
    for turn in range(ROUNDS):
        digest = _sha1(struct.pack("<I", turn) + digest)
    digest = _sha1(digest + bytes(4))
    halves = (_sha1(bytes(mask ^ byte for byte in digest.ljust(64, b"\0"))) for mask in (0x36, 0x5C))
    return b"".join(halves)[:KEY_BYTES]


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _aes(key: bytes, data: bytes) -> bytes:
    # The format asks for ECB.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(data.ljust(-(-len(data) // 16) * 16, b"\0")) + encryptor.finalize()
