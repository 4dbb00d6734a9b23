"""The settings file that `leadline init` writes, as text."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from secrets import token_urlsafe

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.lead import Delivery
from leadline.settings.loading import Loaded, load
from leadline.vendors.registry import find

FROM_THE_SENDER: Mapping[str, str] = {
    "attio": "the secret that Attio shows when the webhook is made",
    "close": "the signature_key that Close gives with the subscription (hex)",
    "hubspot": "the client secret of the HubSpot app",
    "linkedin": "the client secret of the LinkedIn app",
    "meta": "the secret of the Meta app, a colon, and a verify token of your own",
    "standard_webhooks": "the secret that the sender shows, whsec_…",
}
"""The sources whose secret comes from the sender, and where it is found there; all others take one
that we choose."""

_BYTES = 24
_FORMS = {"pipedrive": "leadline:{}"}  # HTTP user and password


class FirstSettings(msgspec.Struct, frozen=True):
    """The answers. `secrets` has the chosen sources with their secrets; other values are as written
    in the file, and "" leaves the line out."""

    secrets: Mapping[str, str]
    slack: str = ""
    delay: str = ""
    region: str = ""
    public_url: str = ""


def new_secret(source: str) -> str:
    """A random secret of 192 bits in the form that the source takes, at most 50 characters."""
    return _FORMS.get(source, "{}").format(token_urlsafe(_BYTES))


def settings_text(answers: FirstSettings) -> str:
    """The file as TOML."""
    lines = [
        "# Written by `leadline init`. It holds secrets: keep it out of version control.",
        "# Every setting is explained in docs/reference/settings.md.",
        "",
        'data = "leadline-data"                    # where leads are kept; back it up',
    ]
    told = (
        ("delay", answers.delay, "so long a lead waits for its owner"),
        ("region", answers.region, "country of phone numbers that name none"),
        ("public_url", answers.public_url, "how senders reach you; some sign the URL"),
    )
    for name, value, why in told:
        lines += [f"{f'{name} = {_quoted(value)}':41} # {why}"] if value else []
    lines += [f"only_sources = {_list(tuple(answers.secrets))}"]
    lines += ["", "# Whom to tell: a Slack incoming webhook, or docs/how-to/choose-channels.md."]
    if answers.slack:
        lines += [f"slack_webhook_url = {_quoted(answers.slack)}"]
    else:
        lines += ['# slack_webhook_url = "https://hooks.slack.com/services/…"']
    for source, secret in answers.secrets.items():
        lines += ["", f"[sources.{source}]", f"secret = {_quoted(secret)}"]
    return "\n".join(lines) + "\n"


def checked(answers: FirstSettings, name: str) -> Loaded:
    """The settings of the text alone, without environment and other files; *name* is the file's.

    Raises ConfigurationError for a wrong value, or a secret of another form than the source's.
    """
    for source, secret in answers.secrets.items():
        if wrong := fault(source, secret):
            raise ConfigurationError(wrong)
    return load(environ={}, document=(settings_text(answers), name))


def fault(source: str, secret: str) -> str:
    """Why the source can't sign and verify with this secret; "" if it can."""
    try:
        find(source)().sign(Delivery(source, b"{}", datetime.now(UTC)), secret)
    except ConfigurationError as error:
        return error.detail
    except ValueError:
        return f"this secret does not have the form that {source} uses"
    return ""


def _list(words: Sequence[str]) -> str:
    return "[" + ", ".join(map(_quoted, words)) + "]"


def _quoted(text: str) -> str:
    """A basic string of TOML; JSON has the same escapes, but allows DEL without one."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
