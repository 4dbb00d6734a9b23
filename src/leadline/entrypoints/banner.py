"""What `leadline serve` says of itself when it starts: in words for a person at a terminal, and as
one log line. No secret is in it."""

import logging
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from leadline import __version__
from leadline.entrypoints.embedded.watching import exposure
from leadline.plugins import source_names
from leadline.settings.loading import Loaded
from leadline.settings.tables import SLACK
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)

NOBODY = (
    "nobody is alerted: no channel is set. Set slack_webhook_url or a table [channels.NAME] "
    "(docs/how-to/deliver-alerts.md)"
)
"""What an operator of an installation without channels should know."""


class StartFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What runs. `settings` are the files that were read. `secret` are the sources with a secret,
    `bare` those without one that anybody may post to, `public` those for which that is said to be
    right."""

    version: str
    data: str
    settings: tuple[str, ...]
    delay: timedelta
    channels: tuple[str, ...]
    trouble: str
    secret: tuple[str, ...]
    bare: tuple[str, ...]
    public: tuple[str, ...]
    urls: tuple[str, ...]


def channel_names(settings: Settings) -> tuple[str, ...]:
    """The names of the channels that are set."""
    return tuple(dict.fromkeys([*([SLACK] * bool(settings.slack_webhook_url)), *settings.channels]))


def start_facts(loaded: Loaded, url: str) -> StartFacts:
    """The facts of a server that listens at *url*."""
    settings = loaded.settings
    bare, public = exposure.unauthenticated(settings), exposure.public(settings)
    known = settings.only_sources or source_names()
    webhooks = [f"{base.rstrip('/')}/webhook" for base in (url, settings.public_url) if base]
    return StartFacts(
        version=__version__,
        data=str(settings.data.absolute()),
        settings=tuple(str(path) for path in loaded.read),
        delay=settings.delay,
        channels=channel_names(settings),
        trouble=settings.alerts_trouble,
        secret=tuple(name for name in known if name not in {*bare, *public}),
        bare=tuple(bare),
        public=tuple(public),
        urls=tuple(dict.fromkeys(webhooks)),
    )


def start_words(facts: StartFacts) -> str:
    """The facts for a person, one a line."""
    rows = {
        "data": facts.data,
        "settings": ", ".join(facts.settings) or "none: no settings file was read",
        "delay": f"{_span(facts.delay)} between a webhook and its alert",
        "channels": ", ".join(facts.channels) or NOBODY,
        "troubles": f"told by {facts.trouble}"
        if facts.trouble
        else "only logged; [alerts] trouble names a channel that tells them",
        "sources": _sources(facts),
        "URL": " and ".join(facts.urls),
    }
    return "\n".join([f"Leadline {facts.version}", *(f"  {k:9} {v}" for k, v in rows.items())])


def log_facts(facts: StartFacts) -> None:
    """Log the facts on one line."""
    log.info(
        "serve.started",
        extra={
            "version": facts.version,
            "data": facts.data,
            "settings": ", ".join(facts.settings) or "none",
            "delay_s": facts.delay.total_seconds(),
            "channels": ", ".join(facts.channels) or "none",
            "trouble": facts.trouble or "none",
            "sources": ", ".join(facts.secret) or "none",
            "bare": ", ".join(facts.bare) or "none",
            "public": ", ".join(facts.public) or "none",
            "url": " ".join(facts.urls),
        },
    )


def warn_of_nobody(settings: Settings) -> None:
    """Log a warning if no channel is set."""
    if not channel_names(settings):
        log.warning("alerts.nobody", extra={"reason": NOBODY})


def _sources(facts: StartFacts) -> str:
    groups: list[tuple[str, Sequence[str]]] = [
        ("with a secret or tokens: ", facts.secret),
        ("WITHOUT a secret, so that anybody is believed: ", facts.bare),
        ("public: ", facts.public),
    ]
    return "; ".join(f"{label}{', '.join(names)}" for label, names in groups if names)


def _span(delay: timedelta) -> str:
    """A duration in words: "10 min", "1 h 30 min", "1.5 s", "no time"."""
    seconds = delay.total_seconds()
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return " ".join([*parts, *([f"{rest:g} s"] if rest else [])]) or "no time"
