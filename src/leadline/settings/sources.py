"""`[sources.NAME]`: what is known of a sender of webhooks."""

from collections.abc import Mapping
from datetime import timedelta

from leadline.model.lead import PLACEABLE
from leadline.settings.declaration import SCORE, SettingsStruct, inner_table, optional, setting
from leadline.settings.notations import (
    DURATION,
    FILLED,
    PERIOD,
    REGION,
    TEXT,
    WORDS,
    YES_NO,
    choice,
)

MAPPED_FIELDS = (*PLACEABLE, "event_id")
"""What `[sources.NAME.map]` may place: fields of a lead, and the sender's id of the event."""


class SourceConfig(SettingsStruct, frozen=True):
    """The settings of one source (`[sources.NAME]` in leadline.toml).

    `secret` holds every secret that is valid now, so that one can be rotated; none means that
    deliveries are not authenticated, which `public` says is meant. `tolerance` is the replay window
    for signed time stamps.
    `delay` overrides the global wait; a lead whose score is at least `hot_score` skips it, and so
    does one that comes with a trusted owner, with `skip_when_owned`.
    `organization` is the sender's account id, compared where the body carries one.
    `owner` is "trusted" where an owner whom the sender names is the lead's (`Source.believed`).
    `honeypot` names a form field that people leave empty. `map` says where a field stands:
    its name to a JSON Pointer or dotted path. `country` is the region of phones without one.
    """

    secret: tuple[str, ...] = setting(
        "",
        "What deliveries are authenticated with; several while one is being rotated. "
        "Without it everybody is believed.",
        WORDS,
        secret=True,
    )
    public: bool = setting(
        "no",
        "Whether anybody may post without a secret, as to a form that browsers post to: `serve` "
        "and `doctor` do not object then.",
        YES_NO,
    )
    tolerance: timedelta = setting(
        "5m", "How old or new a signed time stamp may be (the replay window).", PERIOD
    )
    delay: timedelta | None = optional(
        "The wait of this source's leads, instead of `delay`.", DURATION
    )
    hot_score: float | None = optional("A lead with at least this score does not wait.", SCORE)
    skip_when_owned: bool = setting(
        "no", "Whether a lead that comes with an owner who is trusted does not wait.", YES_NO
    )
    owner: str = setting(
        "no",
        "`trusted`: an owner whom these senders name is the lead's, and chooses who hears of it. "
        "Only for senders that no visitor writes through; CRMs with a secret need no such word.",
        choice("no", "trusted"),
    )
    organization: tuple[str, ...] = setting(
        "", "The account ids that deliveries may come from (Salesforce).", WORDS
    )
    honeypot: str = setting(
        "",
        "A form field that people can't see: who fills it in is a program, and the lead is "
        "quarantined. Empty: none.",
        TEXT,
    )
    country: str = setting(
        "", "The country of this source's phone numbers, instead of `region`.", REGION
    )
    map: Mapping[str, str] = inner_table(
        MAPPED_FIELDS, "Where a field stands: a JSON Pointer or a dotted path.", FILLED
    )
