"""Data folders whose personal data is encrypted."""

import os
from base64 import b64encode
from pathlib import Path

from leadline.stores.sqlite.encryption.references import give_reference


def new_key(path: Path) -> str:
    """Write a new master key to a file; returns the reference to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b64encode(os.urandom(32)))
    path.chmod(0o600)
    return f"file:{path}"


def encrypting(folder: Path) -> Path:
    """The folder, which is encrypted as soon as it is opened."""
    give_reference(folder, new_key(folder.parent / f"{folder.name}.master"))
    return folder
