"""Secrets that are almost certainly not what was to be set: pasted with more than themselves, or
never filled in. Blanks and line ends around a secret are cut off when it is read."""

from collections.abc import Iterator

from leadline.model.texts.patterns import late
from leadline.settings.declaration import SettingsStruct, settings_of
from leadline.settings.tables import TABLES
from leadline.settings.top.general import Settings

_QUOTES = "\"'`“”‘’«»"
_PLACEHOLDER = late(
    r"(?i)change[-_ ]?(me|it|this)|(your|the|a|an|my|insert|replace)[-_ ].*[-_ ]?(secret|token|key|"
    r"password|here)|<.*>|\{\{?.*\}\}?|\$\{?\w+\}?|x{3,}|\.{3}|todo|tbd|placeholder|example|"
    r"secret|token|password|none|null|undefined"
)
_WORDS_OF_SECRETS = late(r"(?i)…|\.\.\.$|^(xoxb|whsec|sk|pat)[-_](0+|x+)$")


def secrets_in(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every secret that is set, with the dotted name of its setting."""
    groups: list[tuple[str, SettingsStruct]] = [("", settings)]
    for table in TABLES:
        groups += [(f"{table}.{n}.", entry) for n, entry in getattr(settings, table).items()]
    for before, group in groups:
        for name, declared in settings_of(type(group)).items():
            value = getattr(group, name)
            for secret in (value,) if isinstance(value, str) else value if declared.secret else ():
                if declared.secret and secret:
                    yield before + name, secret


def doubt_of(secret: str) -> str:
    """Why a secret is not what was to be set, without the secret itself; "" if it may be."""
    if any(ord(one) < 32 or ord(one) == 127 for one in secret):
        return "it has a line end or another control character"
    if len(secret) > 1 and secret[0] in _QUOTES and secret[-1] in _QUOTES:
        return "it has quotation marks around it, which count as a part of it"
    if _PLACEHOLDER.fullmatch(secret) or _WORDS_OF_SECRETS.search(secret):
        return "it is a placeholder"
    return ""
