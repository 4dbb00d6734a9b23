"""Files that settings name, which a deployment carries into the package of the functions."""

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from leadline.cloud.code_bucket import download
from leadline.cloud.session import Cloud
from leadline.duplicates.policy import CARRIED, weights_faults
from leadline.model.errors import ConfigurationError
from leadline.settings.loading import load

WEIGHTS = f"leadline/duplicates/{CARRIED.name}"
"""Where the package has the weights of the search for duplicates."""


def carried_files(settings: Path) -> Mapping[str, bytes]:
    """The files that a settings file names and that functions need, by their path in the package.

    Raises ConfigurationError if one can't be read, or is wrong.
    """
    with tempfile.TemporaryDirectory() as empty:
        loaded = load(config=settings.absolute(), environ={}, folder=Path(empty)).settings
    if not (name := loaded.duplicates_weights):
        return {}
    if faults := weights_faults(name):
        raise ConfigurationError(f"{settings}: {faults[0]}")
    return {WEIGHTS: Path(name).read_bytes()}


def carried_before(cloud: Cloud, key: str) -> Mapping[str, bytes]:
    """The files that an earlier deployment carried, by the key of its package ("": none): settings
    that stay as they are still name them."""
    content = download(cloud, key) if key else None
    if content is None:
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one: archive.read(one) for one in {WEIGHTS} & {*archive.namelist()}}
