"""The master key, which wraps data keys: from a file, from the environment, or in AWS KMS."""

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import msgspec

from leadline.model.errors import ConfigurationError

KEY_BYTES = 32
_NONCE = 12
_OTHERS_READ = 0o007


class MasterKey(Protocol):
    """A key that wraps other keys. `id` tells it from others and says nothing of it."""

    id: str

    def wrap(self, key: bytes, about: str) -> bytes:
        """A key encrypted under this one, for what it is *about*. Raises ConfigurationError."""
        ...

    def unwrap(self, wrapped: bytes, about: str) -> bytes:
        """The reverse of `wrap`. Raises ConfigurationError if it was another key."""
        ...


def master_key(reference: str, data: Path | None = None) -> MasterKey:
    """The key that a reference names: `file:PATH`, `env:NAME` or `kms:ARN`. It must not be in the
    folder *data*. Raises ConfigurationError if it cannot be read."""
    kind, _, place = reference.partition(":")
    if kind == "kms":
        return _KmsKey(place)
    words = _from_file(Path(place), data) if kind == "file" else _from_environment(place)
    return _LocalKey(_read(words, reference))


@cache
def aes_gcm() -> Callable[[bytes], Any]:
    """`AESGCM` of the package `cryptography`. Raises ConfigurationError if that is missing."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise ConfigurationError(
            "encryption needs the extra `encryption`; in the environment of Leadline, "
            "`pip install cryptography` adds it"
        ) from None
    return AESGCM


def _from_file(path: Path, data: Path | None) -> bytes:
    path = path.expanduser()
    try:
        if path.stat().st_mode & _OTHERS_READ:
            raise ConfigurationError(
                f"everybody may read the key in {path}: take that right away (chmod 600 {path})"
            )
        if data is not None and path.resolve().is_relative_to(data.resolve()):
            raise ConfigurationError(
                f"the key in {path} is in the data folder, and so in every copy of it: move it "
                "elsewhere"
            )
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the key of the encrypted data is not in {path} ({error.strerror}): put it there, or "
            "say in [encryption] key where it is"
        ) from None


def _from_environment(name: str) -> bytes:
    if not (words := os.environ.get(name, "")):
        raise ConfigurationError(
            f"the key of the encrypted data is not in the environment variable {name}: set it, or "
            "say in [encryption] key where it is"
        )
    return words.encode()


def _read(words: bytes, reference: str) -> bytes:
    text = words.strip()
    for read in (bytes.fromhex, _base64):
        try:
            key = read(text.decode("ascii"))
        except ValueError:
            continue
        if len(key) == KEY_BYTES:
            return key
    raise ConfigurationError(
        f"{reference} is no key: 32 random bytes in base64 or hex are, as "
        "`openssl rand -base64 32` prints them"
    )


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except NotBase64:
        raise ValueError from None


class _LocalKey:
    """A key of this machine."""

    def __init__(self, key: bytes) -> None:
        self.id = blake2b(b"leadline master key", key=key, digest_size=8).hexdigest()
        self._gcm = aes_gcm()(key)

    def wrap(self, key: bytes, about: str) -> bytes:
        """See `MasterKey.wrap`."""
        nonce = os.urandom(_NONCE)
        return nonce + bytes(self._gcm.encrypt(nonce, key, about.encode()))

    def unwrap(self, wrapped: bytes, about: str) -> bytes:
        """See `MasterKey.unwrap`."""
        from cryptography.exceptions import InvalidTag

        try:
            key = self._gcm.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], about.encode())
        except InvalidTag:
            raise ConfigurationError("the data is encrypted under another key") from None
        return bytes(key)


class _Encrypted(msgspec.Struct, rename="pascal"):
    ciphertext_blob: str


class _Decrypted(msgspec.Struct, rename="pascal"):
    plaintext: str


class _KmsKey:
    """A key in AWS KMS, which never leaves it (KMS API Reference, "Encrypt", "Decrypt")."""

    def __init__(self, arn: str) -> None:
        self.id = arn

    def wrap(self, key: bytes, about: str) -> bytes:
        """See `MasterKey.wrap`."""
        body = {"KeyId": self.id, "Plaintext": _text(key), "EncryptionContext": _about(about)}
        answer = msgspec.json.decode(self._call("Encrypt", body), type=_Encrypted)
        return b64decode(answer.ciphertext_blob)

    def unwrap(self, wrapped: bytes, about: str) -> bytes:
        """See `MasterKey.unwrap`."""
        body = {
            "KeyId": self.id, "CiphertextBlob": _text(wrapped), "EncryptionContext": _about(about),
        }  # fmt: skip
        answer = msgspec.json.decode(self._call("Decrypt", body), type=_Decrypted)
        return b64decode(answer.plaintext)

    def _call(self, operation: str, body: object) -> bytes:
        from leadline.net.aws.calls import AwsFailed, from_environment

        region = self.id.split(":")[3]
        caller = from_environment({**os.environ, "AWS_REGION": region})
        try:
            return caller.json("kms", f"TrentService.{operation}", body, version="1.1")
        except AwsFailed as error:
            raise ConfigurationError(
                f"AWS KMS does not {operation.lower()} with {self.id}: {error.code or 'no answer'}"
            ) from None
        finally:
            caller.close()


def _text(content: bytes) -> str:
    return b64encode(content).decode()


def _about(words: str) -> dict[str, str]:
    return {"leadline": words}
