"""Whether Capture needs what checks access tokens, which is larger than all else in its package."""

import io
import tomllib
import zipfile

from botocore.exceptions import ClientError

from leadline.cloud.code_bucket import download
from leadline.cloud.packages.packaging import Package
from leadline.cloud.remote_settings import stored_settings
from leadline.cloud.session import Cloud
from leadline.cloud.stacks import Say

_LIBRARY = "joserfc/__init__.py"


def has_library(package: Package) -> bool:
    """Whether a package has what checks access tokens."""
    return _LIBRARY in package.files


def sources_demand_tokens(text: str) -> bool:
    """Whether a source in the text of a settings file demands access tokens."""
    tables = tomllib.loads(text).get("sources", {})
    return any(table.get("oauth_issuer") for table in tables.values() if isinstance(table, dict))


def checks_tokens(cloud: Cloud, text: str | None, before: str, reference: str, say: Say) -> bool:
    """Whether the package of Capture is to check tokens, by the new settings (*text*). If these
    stay as they are (None), by those that the stack has (*reference*); who may not read them gets
    what the package *before* had (its key; "": there is none)."""
    if text is not None:
        return sources_demand_tokens(text)
    try:
        return sources_demand_tokens(stored_settings(cloud, reference))
    except (ClientError, tomllib.TOMLDecodeError):
        content = download(cloud, before) if before else None
    say(
        "the stack's settings can't be read, so Capture gets what it had; if a source there has "
        "got its first oauth_issuer, deploy with --settings"
    )
    if content is None:
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _LIBRARY in archive.namelist()
