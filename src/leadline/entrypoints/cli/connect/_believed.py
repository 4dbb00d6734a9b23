"""Whom `leadline preview` believes where there are no settings yet."""

import msgspec

from leadline.model.errors import LeadlineError
from leadline.ports.source import TRUSTED, Source
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.loading import Loaded
from leadline.settings.top.general import Settings


def settings_of_preview(
    loaded: Loaded, source: type[Source], *, on_aws: bool
) -> tuple[Settings, str]:
    """The settings with which a payload is previewed, and what to say of an owner in it.

    Without a settings file no sender can be trusted with owners yet, so a payload is shown as it
    will be once its sender is. Of what browsers post, that is not to be expected.
    """
    settings = loaded.settings
    if on_aws or loaded.read or settings.sources or source.for_browsers:
        return settings, ""
    table = f"[sources.{source.name}]"
    note = (
        "the owner counts only from a sender whom you trust: "
        f'set `secret` and `owner = "{TRUSTED}"` in {table}'
    )
    if source.is_crm:
        note = f"the owner counts only from a sender with a secret: set `secret` in {table}"
    believing = {source.name: SourceConfig(owner=TRUSTED)}
    return msgspec.structs.replace(settings, sources=believing), note


def names_an_owner(source: Source, raw: bytes) -> bool:
    """Whether an event that can be read names an owner."""
    try:
        return source.fields(raw).owner is not None
    except LeadlineError:
        return False
