"""The top-level settings about personal data: how long it is kept (`[retention]`), who sees it, and
who is not to be contacted."""

import re
from collections.abc import Mapping
from datetime import timedelta

from leadline.model.monitoring.attempts import KEPT
from leadline.model.personal_data.suppression import MARK, QUARANTINE
from leadline.settings.declaration import SettingsStruct, setting
from leadline.settings.notation.notations import (
    PERIOD,
    TEXT,
    YES_NO,
    Notation,
    choice,
    whole_number,
)

_FOREVER = "forever"


def _term(value: object) -> timedelta:
    text = str(value).strip().lower()
    if value == timedelta.max or text == _FOREVER:
        return timedelta.max
    years = re.fullmatch(r"([0-9]{1,2})\s*y", text)
    term: timedelta = timedelta(days=365 * int(years[1])) if years else PERIOD.read(value)
    if term < timedelta(days=1):
        raise ValueError
    return term


TERM = Notation("a time of at least 1d such as 90d or 2y, or forever", _term)
"""The notation of a time for which something is kept; `timedelta.max` for ever."""


def _key_reference(value: object) -> str:
    text = str(TEXT.read(value))
    kind, _, place = text.partition(":")
    wanted = {
        "file": r".+",
        "env": r"[A-Za-z_][A-Za-z0-9_]*",
        "kms": r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
    }
    if text and not (kind in wanted and re.fullmatch(wanted[kind], place)):
        raise ValueError
    return text


KEY_REFERENCE = Notation(
    "file:PATH, env:NAME, or kms: and the ARN of a key (arn:aws:kms:REGION:ACCOUNT:key/ID)",
    _key_reference,
)
"""The notation of where a key is."""


class PersonalDataSettings(SettingsStruct, frozen=True):
    """The part of `Settings` that says how long personal data is kept, how it is shown, and what
    is done with people who are not to be contacted."""

    retention_raw: timedelta = setting(
        _FOREVER,
        "How long what a sender sent is kept, from its capture on; then it is deleted. Sources can "
        "have their own (`keep_raw`). In TOML, you can also write `raw` in a table `[retention]`, "
        "and so for the other settings of that name.",
        TERM,
    )
    retention_refined: timedelta = setting(
        _FOREVER,
        "How long refined leads are kept; then the person is deleted from them, and new leads are "
        "not compared with them any more. What is counted stays.",
        TERM,
    )
    retention_dead: timedelta = setting(
        _FOREVER,
        "How long dead letters are kept, with what the sender sent. Until then nothing is deleted "
        "of a lead with a dead letter.",
        TERM,
    )
    retention_timeline: timedelta = setting(
        _FOREVER,
        "How long the timelines of leads are kept, and by what their messages are found to be "
        "edited.",
        TERM,
    )
    retention_audit: timedelta = setting(
        _FOREVER,
        "How long entries of the audit log are kept; a signed entry in their place says so.",
        TERM,
    )
    audit_channel: str = setting(
        "",
        "The name of a channel that gets the head of the audit log once a day: who has it can "
        "check with `leadline audit verify` that nothing was taken out of the log. Not for "
        "AWS. In TOML, you can also write `channel` in a table `[audit]`.",
        TEXT,
    )
    mask: bool = setting(
        "no",
        "Whether commands show leads without the person: `a•••@example.com`. `--unmasked` shows "
        "one anyway, which the audit log notes.",
        YES_NO,
    )
    encryption_key: str = setting(
        "",
        "Where the key is under which personal data in the data folder is encrypted: `file:PATH`, "
        "`env:NAME` or `kms:ARN`; the first two hold 32 random bytes in base64 or hex. Empty: "
        "nothing is encrypted. Not for AWS, where bucket, table and queues are encrypted. In TOML, "
        "you can also write `key` in a table `[encryption]`.",
        KEY_REFERENCE,
    )
    suppressed: str = setting(
        MARK,
        "What is done with a lead whose address, number or domain is on the suppression list "
        '(`leadline suppress`): it is alerted with the mark "Do not contact" (`mark`), or nobody '
        "is alerted to it (`quarantine`).",
        choice(MARK, QUARANTINE),
    )
    attempts_kept: int = setting(
        str(KEPT),
        "How many attempts at a task are kept with what was sent to a channel or CRM (at most "
        "8 KB, without secrets), what was answered, and the CRM's fields before and after: the "
        "last success and the last failures, and what each field had before it was first "
        "written. 0 for none.",
        whole_number(0, 20),
    )


AS_TABLE: Mapping[tuple[str, ...], str] = {
    **{
        ("retention", name.removeprefix("retention_")): name
        for name in (
            "retention_raw",
            "retention_refined",
            "retention_dead",
            "retention_timeline",
            "retention_audit",
        )
    },
    ("audit", "channel"): "audit_channel",
    ("encryption", "key"): "encryption_key",
}
"""The settings that can also be written in a table: `[retention] raw` is `retention_raw`."""
