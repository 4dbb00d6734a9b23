"""`[sources.NAME]`: the settings of a sender of webhooks."""

from collections.abc import Mapping
from datetime import timedelta

from leadline.model.facts.attribution import Attribution
from leadline.model.facts.consent import PURPOSES
from leadline.model.lead import PLACEABLE
from leadline.settings.checks.oauth import SECURE_URL
from leadline.settings.declaration import SCORE, SettingsStruct, inner_table, optional, setting
from leadline.settings.notation.notations import (
    DURATION,
    FILLED,
    ORIGINS,
    PERIOD,
    REGION,
    SECRETS,
    TEXT,
    URL,
    WORDS,
    YES_NO,
    choice,
)
from leadline.settings.top.personal_data import TERM

MAPPED_FIELDS = (
    *PLACEABLE,
    *(f"consent.{one}" for one in PURPOSES),
    *Attribution.__struct_fields__,
    "event_id",
)
"""The names allowed in `[sources.NAME.map]`: fields of a lead, consent by purpose, UTM parameters
and click ids, and the sender's event id."""


class SourceConfig(SettingsStruct, frozen=True):
    """The settings of one source (`[sources.NAME]` in leadline.toml).

    `secret` holds every secret that is valid now, so that one can be rotated. Without one,
    deliveries are not authenticated; `public` says that this is intended. `keep_unreadable` stores
    deliveries that can't be read also if their sender is not authenticated. `tolerance` is the
    replay window for signed timestamps.
    `redelivery_window` and `delay` override the global ones. A lead whose score is at least
    `hot_score` skips the wait; with `skip_when_owned`, so does a lead that arrives with a trusted
    owner.
    `organization` are the sender's account ids, checked if the body carries one.
    `owner` is "trusted" if the owner that the sender names becomes the lead's owner
    (`Source.believed`).
    `thanks` is the page to which browsers are sent after a form, and `sites` are the origins of
    the websites that have one (`model.texts.origins`).
    `honeypot` is a form field that people leave empty. `map` maps a field of a lead to a JSON
    Pointer or dotted path in the body. `country` is the country of phone numbers without a prefix.
    With an `oauth_issuer`, deliveries need an access token of this authorization server; the other
    `oauth_` settings say which (`settings.checks.oauth`).
    """

    secret: tuple[str, ...] = setting(
        "",
        "The secret that authenticates deliveries. Set both secrets while you rotate one. "
        "Without a secret, every delivery is accepted.",
        WORDS,
        secret=True,
    )
    oauth_issuer: str = setting(
        "",
        "The authorization server whose access tokens (JWT, client credentials) deliveries need, "
        "exactly as its tokens name it in `iss`. Needs `oauth_audience`, and the extra "
        "`leadline[oauth]`.",
        SECURE_URL,
    )
    oauth_audience: tuple[str, ...] = setting(
        "", "What tokens must be for: one of these in `aud`.", SECRETS
    )
    oauth_jwks_url: str = setting(
        "",
        "Where the issuer publishes its keys (a JSON Web Key Set). Empty: where the issuer's "
        "metadata says.",
        SECURE_URL,
    )
    oauth_scope: tuple[str, ...] = setting(
        "", "What tokens must allow: all of these in `scope`, `scp` or `roles`.", SECRETS
    )
    oauth_clients: tuple[str, ...] = setting(
        "",
        "The clients that may deliver, by `client_id`, `azp`, `appid` or `sub` of their tokens. "
        "Empty: every client to which the issuer gives a token for this audience.",
        SECRETS,
    )
    oauth_skew: timedelta = setting(
        "60s",
        "How far the clocks of the issuer and of this server may differ, when it is checked whether"
        " a token is still valid (at most 10m).",
        DURATION,
    )
    oauth_with_secret: str = setting(
        "both",
        "With a `secret` as well: whether a delivery needs `both`, or `either` is enough.",
        choice("both", "either"),
    )
    public: bool = setting(
        "no",
        "Whether anybody may post without a secret, as with a form that browsers submit. `serve` "
        "and `doctor` then do not warn about the missing secret.",
        YES_NO,
    )
    keep_unreadable: bool = setting(
        "no",
        "Whether unreadable deliveries are also stored as dead letters if the sender has no secret "
        "or the body is shorter than its Content-Length: at most 100 a minute and 50 MB in all. "
        "With a secret, complete ones are always stored.",
        YES_NO,
    )
    tolerance: timedelta = setting(
        "5m", "How far a signed timestamp may be in the past or future (the replay window).", PERIOD
    )
    delay: timedelta | None = optional(
        "How long this source's leads wait, instead of the global `delay`.", DURATION
    )
    redelivery_window: timedelta | None = optional(
        "How long an identical body from this source counts as a redelivery if the sender gives no "
        "event id, instead of the global `redelivery_window`. The default is 10m for `form`, "
        "`web_to_lead`, sources with `public`, and posts from browsers.",
        DURATION,
    )
    hot_score: float | None = optional("Leads with at least this score do not wait.", SCORE)
    skip_when_owned: bool = setting(
        "no", "Whether a lead that arrives with a trusted owner skips the wait.", YES_NO
    )
    owner: str = setting(
        "no",
        "With `trusted`, the owner named in a delivery becomes the lead's owner and decides who is "
        "alerted. Use it only for senders whose content no visitor can write. CRMs with a secret "
        "are trusted anyway.",
        choice("no", "trusted"),
    )
    organization: tuple[str, ...] = setting(
        "", "The account ids whose deliveries are accepted (Salesforce).", WORDS
    )
    sites: tuple[str, ...] = setting(
        "",
        "The websites whose pages may post here by script (CORS) and get their visitors back "
        "(`thanks`, or the form's `retURL`), such as https://www.example.com.",
        ORIGINS,
    )
    thanks: str = setting(
        "",
        "The page that a browser is sent to after it posted a form, on one of the `sites`. The "
        "form's own field `retURL` goes first. Without either, a plain page of Leadline thanks.",
        URL,
    )
    honeypot: str = setting(
        "",
        "A form field that people can't see. A lead in which it is filled in comes from a program "
        "and is quarantined. Empty: none.",
        TEXT,
    )
    watch_silence: bool | None = optional(
        "Whether operators are told when this source is silent for longer than its history allows. "
        "The default is `yes`. Only for `leadline serve`, not on AWS.",
        YES_NO,
    )
    keep_raw: timedelta | None = optional(
        "How long what this source sent is kept, instead of `retention_raw`.", TERM
    )
    keep_refined: timedelta | None = optional(
        "How long its refined leads are kept, instead of `retention_refined`.", TERM
    )
    keep_dead: timedelta | None = optional(
        "How long its dead letters are kept, instead of `retention_dead`.", TERM
    )
    keep_timeline: timedelta | None = optional(
        "How long the timelines of its leads are kept, instead of `retention_timeline`.", TERM
    )
    country: str = setting(
        "", "The country of this source's phone numbers, instead of the global `region`.", REGION
    )
    map: Mapping[str, str] = inner_table(
        MAPPED_FIELDS, "Where the body has the field: a JSON Pointer or a dotted path.", FILLED
    )

    @property
    def authenticated(self) -> bool:
        """Whether senders must prove who they are, by a secret or by an access token."""
        return bool(self.secret or self.oauth_issuer)

    @property
    def is_signed(self) -> bool:
        """Whether every delivery must come with what its secret proves."""
        return bool(self.secret) and not (self.oauth_issuer and self.oauth_with_secret == "either")  # noqa: S105
