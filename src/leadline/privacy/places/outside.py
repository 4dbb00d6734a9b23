"""What stands outside of an installation: logs, destinations, CRMs, memory."""

from leadline.privacy.places.place import SHOWN, WHOLE, Place, PlaceKind

_EDITED = "edited, so that it names nobody"
_NAMED = "not reached: the result of `erase` names it"
_ALERT = "the alert: contact data, message, score, owner"


def _channel(kind: str, what: str, erased: str, kept: str) -> Place:
    """The messages of a kind of channel; its name is that of the settings."""
    return Place(
        kind=PlaceKind.OUTSIDE,
        name=f"channel {kind}",
        what=what,
        person={WHOLE: _ALERT},
        read="the people of the destination, and its operator",
        masked="not masked: sales must reach the person",
        erased=erased,
        kept=kept,
        left=() if erased == _EDITED else (WHOLE,),
    )


_SLACK_KEPT = "as the retention of your workspace says"
_MAIL_KEPT = "as long as the mailboxes keep it"
_THEIR_KEPT = "as the destination says"

OUTSIDE_PLACES = (
    Place(
        kind=PlaceKind.OUTSIDE,
        name="log",
        what="log lines: standard error, files and journals of the machine, CloudWatch",
        person={
            "network": "of a refused delivery: the sender's address, without its last part",
        },
        others=(
            "attempt", "bare", "bytes", "channel", "channels", "count", "data", "data_key",
            "delay_s", "document", "early_s", "error", "files", "folders", "issuer", "kind",
            "late_s", "lead", "path", "pid", "port", "provider", "public", "reason", "request",
            "role", "seconds", "sender", "settings", "source", "sources", "status", "step",
            "trouble", "url", "version",
        ),
        read="whoever may read the log",
        masked=SHOWN,
        erased="not erased: a network is nobody's address",
        kept="as your service manager or log files say; on AWS `LogRetentionDays`",
        left=("network",),
    ),
    Place(
        kind=PlaceKind.OUTSIDE,
        name="metrics",
        what="`/metrics`, and CloudWatch's metrics and alarms: counts by source and channel",
        others=(WHOLE,),
        read="whoever may ask for it (`metrics_token`)",
        masked=SHOWN,
        kept="as whoever collects them says",
    ),
    Place(
        kind=PlaceKind.OUTSIDE,
        name="memory",
        what="memory of running processes, and what the machine writes of it: swap, core dumps, "
        "hibernation",
        person={WHOLE: "leads that are being worked on, and the latest pages of the data file"},
        read="the machine's administrator",
        masked="not masked",
        erased="gone when the process ends; of swap nothing is erased: encrypt it",
        kept="until it is used for something else",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.OUTSIDE,
        name="temporary files",
        what="files without a name: keys that are sorted, the survey of a table for a move",
        hashes={WHOLE: "digests of candidate keys; lead ids"},
        read="nobody else: they have no name",
        masked="never shown",
        erased="gone when the process ends",
        kept="until the process ends",
    ),
    _channel("slack-webhook", "Slack, by an incoming webhook", _NAMED, _SLACK_KEPT),
    _channel("slack-bot", "Slack, by a bot", _EDITED, _SLACK_KEPT),
    _channel("email", "e-mail, by your mail server", _NAMED, _MAIL_KEPT),
    _channel("ses", "e-mail, by Amazon SES", _NAMED, _MAIL_KEPT),
    _channel("webhook", "a program of yours", _NAMED, _THEIR_KEPT),
    _channel("teams", "Microsoft Teams", _NAMED, "as the retention of your tenant says"),
    _channel("pagerduty", "PagerDuty", _NAMED, _THEIR_KEPT),
    _channel("apprise", "what Apprise sends to", _NAMED, _THEIR_KEPT),
    Place(
        kind=PlaceKind.OUTSIDE,
        name="CRM",
        what="fields that were written back, and the record itself",
        person={WHOLE: "score, cleaned fields, values of an earlier lead, notes"},
        staff={WHOLE: "the owner"},
        read="whoever may read the CRM",
        masked="as the CRM does",
        erased="not reached: the result of `erase` names the fields and the record; delete the "
        "record in the CRM",
        kept="as the CRM says",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.OUTSIDE,
        name="ad network",
        what="the stages of leads that `[outcomes.NAME]` tells, with a recorded consent alone",
        person={WHOLE: "ids of clicks, and of leads of the network's own forms"},
        hashes={WHOLE: "SHA-256 of the e-mail address and the number, as the network asks for"},
        read="the ad network",
        masked="hashed, but for those ids",
        erased="not reached: the result of `erase` names it; ask the network",
        kept="as the network says",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.OUTSIDE,
        name="providers",
        what="what services are asked about leads (`[enrich.NAME]`)",
        person={WHOLE: "the fields that `url` and `body` of the settings name, and no others"},
        read="whoever runs the service",
        masked="as it does",
        erased="not reached: `access` names the services that were asked",
        kept="as your contract with it says",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.OUTSIDE,
        name="proxy",
        what="logs of a proxy before Leadline, and what a sender keeps of its deliveries",
        person={WHOLE: "addresses; with some senders the secret, or fields of a form in the URL"},
        read="whoever runs it",
        masked="as it does",
        erased="not reached: see to it there",
        kept="as it says",
        left=(WHOLE,),
    ),
)  # fmt: skip
