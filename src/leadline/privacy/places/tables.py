"""The tables of the embedded store (`leadline.db`)."""

# Long because it is one list.

from collections.abc import Mapping

from leadline.privacy.places.place import (
    DEAD,
    FIELDS,
    HIDDEN,
    NEVER_SHOWN,
    RAW,
    REFINED,
    SHOWN,
    TIMELINE,
    VALUES,
    WITH_LEAD,
    Place,
    PlaceKind,
)

_COMMANDS = "commands of whoever may read the data folder"
_STAFF_KEPT = "not erased: it is about one's own people"


def _table(
    name: str,
    what: str,
    *,
    person: Mapping[str, str] | None = None,
    hashes: Mapping[str, str] | None = None,
    staff: Mapping[str, str] | None = None,
    others: str = "",
    read: str = _COMMANDS,
    masked: str = SHOWN,
    erased: str = "",
    kept: str = WITH_LEAD,
    left: tuple[str, ...] = (),
) -> Place:
    """A table; *others* are columns, with spaces between them."""
    return Place(
        kind=PlaceKind.TABLE,
        name=name,
        what=what,
        person=person or {},
        hashes=hashes or {},
        staff=staff or {},
        others=tuple(others.split()),
        read=read,
        masked=masked,
        erased=erased,
        kept=kept,
        left=left,
    )


_OF_LEADS = (
    _table(
        "lead",
        "every event that was accepted",
        person={"record": "the id of the record, in the words of the sender"},
        staff={"why": "who corrected a lead"},
        others="n id source kind captured_at fate joined",
        masked="an id, shown",
        erased="not erased: later events and deletions of the record are found by it",
        left=("record",),
    ),
    _table(
        "raw",
        "what senders sent, and what people corrected",
        person={
            "raw": "the event: all that the sender says of the person, or what was corrected",
            "body": "the whole delivery, where the event is not its very text; others of the same "
            "delivery, too",
            "media_type": "the content type, in the words of the sender",
        },
        hashes={"raw_sum": "a checksum (CRC-32) of the event", "body_sum": "one of the delivery"},
        staff={"raw": "who corrected a lead"},
        others="lead",
        read="refining, replays, `show`, `access`, `export`",
        masked=f"`raw`: {VALUES}; `body`: {HIDDEN}",
        erased="`raw` is overwritten by a fixed text; of `body` the person's events are cut out; "
        "`media_type` stays, which names formats",
        kept=RAW,
        left=("media_type",),
    ),
    _table(
        "refined",
        "what refinement made of a lead",
        person={
            "head": "contact data, message, further fields, and every value before it was changed"
        },
        hashes={"head_sum": "a checksum (CRC-32) of it"},
        staff={"head": "the owner, and who was passed over"},
        others="lead processed_at status duplicate_of told",
        read="alerts, write-back, `leads`, `show`, `access`, `export`",
        masked=FIELDS,
        erased="overwritten; source, owner and the id of the record stay",
        kept=REFINED,
        left=("head",),
    ),
    _table(
        "handling",
        "what people and the CRM did with a lead",
        person={"body": "the values that were written to the CRM; Slack's address of a message"},
        hashes={
            "body_sum": "a checksum (CRC-32) of it",
            "body": "digests of values filled in, and of what ad networks were sent",
        },
        staff={"body": "owner, who claimed it, who ended it"},
        others="lead rev",
        masked=HIDDEN,
        erased="values, address and digests are removed; owner, claim, ending and stages stay",
        kept=REFINED,
    ),
    _table(
        "history",
        "timelines",
        person={"detail": "what changed, in the words of senders; answers of a CRM or a channel"},
        staff={"detail": "who was given the lead"},
        others="n lead at what",
        read="`show`, `why`, `access`",
        masked=HIDDEN,
        erased="emptied, but for decisions about owners and what happened to the record",
        kept=TIMELINE,
    ),
    _table(
        "task",
        "what waits, and dead letters",
        person={"error": "why the last attempt failed; it may quote what was sent"},
        others="lead step channel again put_at due_at attempt failures leased dead_at reason "
        "first_due_at hot",
        read="`dead`, `show`",
        masked=HIDDEN,
        erased="emptied",
        kept=f"until the task is done; a dead letter {DEAD}",
    ),
    _table(
        "tried",
        "the last attempts at tasks: what was sent to channels and CRMs, and their answers",
        person={"body": "messages as sent, values before and after a write-back, answers"},
        staff={"body": "the owner that a message named"},
        others="lead",
        read="`show`, `access`, the page of the lead",
        masked="texts: hidden; methods, hosts, codes and names of fields: shown",
        erased="deleted",
        kept=f"{REFINED} or {TIMELINE}, whichever is shorter",
    ),
    _table(
        "alert",
        "the messages that were sent",
        staff={"template": "the owner that the message named, after the name of its form"},
        hashes={"ref": "by what the channel finds a message, such as its time in Slack"},
        others="n lead channel sent_at digest step",
        read="`show`; channels, to edit a message",
        erased="kept, so that the message can be edited",
        kept=f"`ref` {TIMELINE}; the rest {WITH_LEAD}",
    ),
)

_OF_KEYS = (
    _table(
        "known",
        "by what events, records and people are recognised",
        hashes={"key": "digests of the event, its record, address and number"},
        others="lead at lasting",
        read="capturing and refining",
        masked=NEVER_SHOWN,
        erased="those of the person's address and number are deleted, those of events and records "
        "stay, so that a redelivery is recognised",
        kept=f"people: {REFINED}; events and records: {WITH_LEAD}",
    ),
    _table(
        "key_log",
        "the same, not sorted in yet",
        hashes={"key": "as in `known`"},
        others="n lead at lasting",
        read="capturing and refining",
        masked=NEVER_SHOWN,
        erased="as in `known`",
        kept="until they are sorted in",
    ),
    _table(
        "likeness",
        "by what leads are compared to find duplicates",
        person={"traits": "name, addresses, numbers, company and place, in lower case"},
        hashes={"keys": "digests of parts of them"},
        others="lead",
        read="refining, `duplicates`",
        masked=HIDDEN,
        erased="deleted",
        kept=REFINED,
    ),
    _table(
        "candidate",
        "which leads are under a candidate key",
        hashes={"key": "a digest of parts of name, address, number, company and place"},
        others="lead",
        read="refining",
        masked=NEVER_SHOWN,
        erased="deleted",
        kept=REFINED,
    ),
    _table(
        "candidate_log",
        "the same, not sorted in yet",
        hashes={"keys": "as in `candidate`"},
        others="n lead",
        read="refining",
        masked=NEVER_SHOWN,
        erased="deleted",
        kept="until they are sorted in",
    ),
    _table(
        "judgement",
        "what people decided about two leads",
        staff={"by": "who decided"},
        others="lead other ruling at",
        read="`duplicates`",
        erased="deleted",
        kept=REFINED,
    ),
    _table(
        "review",
        "possible duplicates that nobody has decided about",
        others="lead other",
        read="`duplicates review`",
        erased="deleted",
        kept=REFINED,
    ),
)

_OF_RIGHTS = (
    _table(
        "erasure",
        "who was erased",
        hashes={"hashes": "keyed hashes of addresses, numbers and lead ids; useless without key"},
        others="key_id at applied",
        read="`erase`, `restore`, `import`, `move`, `rebuild`, the start of a server",
        masked=NEVER_SHOWN,
        erased="kept: by it the person stays erased",
        kept="for ever",
    ),
    _table(
        "legal_hold",
        "leads whose data must be kept",
        person={"why": "the reason, in the words of whoever set it: name no people in it"},
        staff={"by": "who set it"},
        others="lead since",
        read="`show`, `retention report`, `erase`",
        masked="shown",
        erased="a lead under a legal hold is not erased",
        kept="until `release-data`",
    ),
)

_OF_TEAMS = (
    _table(
        "desk",
        "the open leads of each salesperson",
        staff={"person": "their Slack id, e-mail address and id in the CRM"},
        others="id",
        read="`/leads` in Slack, `people`",
        erased=_STAFF_KEPT,
        kept="until the lead is closed",
    ),
    _table(
        "document",
        "rosters of teams, accounts, absences, wins; experiments, with copies of their models; "
        "how far retention came; answers about companies",
        hashes={
            "name": "of an account: a digest of the company's name or domain",
            "body": "of an answer about a company: a digest of what was asked",
        },
        staff={
            "body": "what each salesperson was given, and when they are away; who started an "
            "experiment"
        },
        others="rev body_sum",
        read="`teams`, `people`, giving out leads",
        erased=_STAFF_KEPT,
        kept="for ever",
    ),
    _table(
        "team_queue",
        "leads that wait for somebody of a team",
        others="id team score",
        read="`teams`",
        erased="deleted",
        kept="until somebody has the lead",
    ),
)

_OF_NOBODY = tuple(
    _table(name, what, others=others, read="the server, `status`, `doctor`, metrics", kept=kept)
    for name, what, others, kept in (
        ("channel", "when each destination is free", "name free_at failures failing_since", "ever"),
        ("tally", "counts by day and source", "day source what count", "ever"),
        ("quota", "how many unreadable deliveries came", "source since count bytes", "ever"),
        (
            "trouble",
            "what is wrong with the installation",
            "kind subject words remedy count lead state since changed_at told told_at",
            "until it was told that it is over",
        ),
        ("arrival", "how many leads came in each hour", "source hour leads", "some weeks"),
        ("quiet", "since when each source is silent", "source last_at since told_after all_quiet",
         "ever"),
        ("counted", "up to where leads were counted", "one n heard_at", "ever"),
        ("candidate_moved", "up to where keys were sorted in", "slice n", "ever"),
        ("encryption", "whether people's data is encrypted", "one state reference tag all_under",
         "ever"),
        ("data_key", "the keys of that, wrapped", "number wrapped master made_at", "ever"),
        ("changed", "which leads changed since the index took notice", "n lead",
         "until the index has"),
        ("likeness_made", "how far earlier leads were taken up", "one n last keyed", "ever"),
    )
)  # fmt: skip

TABLE_PLACES = (*_OF_LEADS, *_OF_KEYS, *_OF_RIGHTS, *_OF_TEAMS, *_OF_NOBODY)
