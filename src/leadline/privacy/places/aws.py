"""Where leads stand on AWS: items of the table, objects of the bucket, resources of the stack.

The name of an item is its keys (`stores.aws.keys`), with `*` for what differs.
"""

from collections.abc import Mapping

from leadline.model.task import Step
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
    WHOLE,
    Place,
    PlaceKind,
)

_READ = "the functions, and commands of whoever may read the table"
_ALWAYS = ("pk", "sk", "rev", "write")
_IN_DUE, _IN_DAY = ("due_pk", "due_sk", "held"), ("day_pk", "day_sk")
_WITH_ITEM = "as long as the item of the lead, which is never deleted"
_RECOVERY = "; 35 days longer in recovery points of the table"


def _item(
    name: str,
    what: str,
    *,
    person: Mapping[str, str] | None = None,
    hashes: Mapping[str, str] | None = None,
    staff: Mapping[str, str] | None = None,
    others: tuple[str, ...] = (),
    masked: str = SHOWN,
    erased: str = "",
    kept: str = "for ever",
    left: tuple[str, ...] = (),
) -> Place:
    """An item; the attributes that every item has are among its *others* already."""
    named = {*(person or ()), *(hashes or ()), *(staff or ())}
    return Place(
        kind=PlaceKind.ITEM,
        name=name,
        what=what,
        person=person or {},
        hashes=hashes or {},
        staff=staff or {},
        others=tuple(one for one in (*_ALWAYS, *others) if one not in named),
        read=_READ,
        masked=masked,
        erased=erased,
        kept=kept + _RECOVERY,
        left=left,
    )


_LEAD = _item(
    "L#* lead",
    "a lead with its timeline; the index `day` repeats its summary",
    person={
        "summary": "name, address, number, company and score, for lists",
        "timeline": "what changed, in the words of senders; answers of a CRM or a channel",
        "task": "the error of the last attempt",
        "record": "the id of the record, in the words of the sender",
    },
    hashes={
        "event_key": "a digest of the event",
        "record_key": "a digest of the record's id",
        "alerts": "by what channels find their messages",
    },
    staff={
        "summary": "the owner", "timeline": "who was given the lead", "why": "who corrected a lead",
        "alerts": "the owner that a message named",
    },
    others=(
        "lead_id", "source", "kind", "captured_at", "fate", "lasting_key", "joined",
        "updates", "related", "attempts", "dead_channels", "redelivered", "repeated", "retired",
        *_IN_DUE, *_IN_DAY,
    ),
    masked=f"{FIELDS}; timeline and error: {HIDDEN}",
    erased="removed, but for the record's id, by which later events and deletions are found, for "
    "the owner, and for decisions about owners",
    kept=f"`summary` {REFINED}, `timeline` {TIMELINE}, the rest {_WITH_ITEM}",
    left=("record",),
)  # fmt: skip

_ITEMS = (
    _LEAD,
    *(
        _item(
            f"L#* {step}#*",
            f"a task: {step.replace('_', ' ')}",
            person={"task": "the error of the last attempt; it may quote what was sent"},
            others=("lead_id", "channel", "step", *_IN_DUE),
            masked=HIDDEN,
            erased="the error is removed",
            kept=f"until the task is done; a dead letter {DEAD}",
        )
        for step in Step
        if step is not Step.REFINE
    ),
    _item(
        "L#* handling",
        "what people and the CRM did with a lead",
        person={
            "handling": "the values that were written to the CRM; Slack's address of a message"
        },
        staff={"handling": "owner, who claimed it, who ended it"},
        others=("lead_id",),
        masked=HIDDEN,
        erased="values, address and digests are removed; owner, claim, ending and stages stay",
        kept=REFINED,
    ),
    _item(
        "L#* sent",
        "the last attempts at tasks: what was sent to channels and CRMs, and their answers",
        person={"body": "messages as sent, values before and after a write-back, answers"},
        staff={"body": "the owner that a message named"},
        masked="texts: hidden; methods, hosts, codes and names of fields: shown",
        erased="deleted",
        kept=f"{REFINED} or {TIMELINE}, whichever is shorter",
    ),
    _item(
        "L#* alike",
        "what a lead is compared by",
        person={"traits": "name, addresses, numbers, company and place, in lower case"},
        hashes={"keys": "digests of parts of them"},
        staff={"judged": "who decided about duplicates"},
        others=("lead_id", "captured_at", "first", "possible", "due_pk", "due_sk"),
        masked=HIDDEN,
        erased="deleted",
        kept=REFINED,
    ),
    _item("L#* alike#*", "a possible duplicate of a lead", erased="deleted", kept=REFINED),
    _item("L#* again#*", "a later lead of the same person", erased="deleted", kept=REFINED),
    _item(
        "L#* hold",
        "a legal hold",
        person={"why": "the reason, in the words of whoever set it: name no people in it"},
        staff={"by": "who set it"},
        others=("since", "due_pk", "due_sk"),
        erased="a lead under a legal hold is not erased",
        kept="until `release-data`",
    ),
    _item("L#* late#*", "that a task is late", others=("due_pk", "due_sk", "expires")),
    _item(
        "E#* key",
        "by what an event is recognised",
        hashes={"pk": "a digest of the event"},
        others=("lead_id", "taken_at", "lasting", "compared", "expires"),
        masked=NEVER_SHOWN,
        erased="kept, so that a redelivery is recognised",
        kept="for ever; a mere digest of the text for `redelivery_window`",
    ),
    _item(
        "R#* key",
        "by what a record is recognised",
        hashes={"pk": "a digest of the record's id"},
        others=("lead_id", "taken_at"),
        masked=NEVER_SHOWN,
        erased="kept, so that later events of the record are erased, too",
    ),
    _item(
        "M#* key",
        "by what a person is recognised",
        hashes={"pk": "a digest of parts of name, address, number, company and place"},
        others=("lead_id", "taken_at", "leads", "since"),
        masked=NEVER_SHOWN,
        erased="the lead is taken out; the item is deleted with the last one",
        kept=REFINED,
    ),
    _item(
        "D#* *",
        "an open lead of a salesperson",
        staff={"pk": "their Slack id, e-mail address or id in the CRM"},
        erased="not erased: it is about one's own people",
        kept="until the lead is closed",
    ),
    _item(
        "T#* kept",
        "rosters of teams, accounts, absences, wins; experiments, with copies of their models; "
        "how far retention came; answers about companies",
        hashes={
            "pk": "of an account: a digest of the company's name or domain",
            "body": "of an answer about a company: a digest of what was asked",
        },
        staff={"body": "what each salesperson was given, and when they are away"},
        others=("name",),
        erased="not erased: it is about one's own people",
    ),
    _item("W#* *", "a lead that waits in the queue of a team", erased="deleted",
          kept="until somebody has the lead"),
    _item("C#* channel", "when a destination is free", others=("free_at",)),
    _item("C#* trouble", "failures of a destination", others=("failures", "since")),
    _item("Q#* quota", "how many unreadable deliveries came", others=("since", "count", "bytes")),
    _item("S#* state", "how far the sweep came, and what it has told of",
          others=("until", "after", "done", "at", "told")),
    _item("S#overdue *", "how far the sweep came with overdue tasks", others=("after",)),
    _item("S#shards state", "in how many shards the indexes are", others=("due", "day")),
)  # fmt: skip


def _object(name: str, what: str, person: str, masked: str, erased: str, kept: str) -> Place:
    return Place(
        kind=PlaceKind.OBJECT,
        name=name,
        what=what,
        person={WHOLE: person},
        read="the functions, and commands of whoever may read the bucket",
        masked=masked,
        erased=erased,
        kept=kept,
    )


_VERSIONS = (
    "overwritten, and `leadline erase` deletes the earlier versions; after a privacy deletion by "
    "the CRM they expire after `NoncurrentDays`"
)
_OBJECTS = (
    _object(
        "raw/*",
        "what senders sent, and what people corrected; with earlier versions",
        "the event, the body of the delivery, the record's id, what was corrected",
        VALUES,
        f"{_VERSIONS}; the record's id stays",
        f"{RAW}, then `NoncurrentDays` as an earlier version; `RawExpireDays`",
    ),
    _object(
        "refined/*",
        "refined leads, with what was sent; with earlier versions",
        "contact data, message, further fields, every value before it was changed, the event",
        FIELDS,
        f"{_VERSIONS}; the record's id stays",
        f"{REFINED}, then `NoncurrentDays` as an earlier version",
    ),
    Place(
        kind=PlaceKind.OBJECT,
        name="erasures/*",
        what="who was erased",
        hashes={WHOLE: "keyed hashes of addresses, numbers and lead ids; useless without the key"},
        read="`erase`, `rebuild`, `move`, the sweep",
        masked=NEVER_SHOWN,
        erased="kept: by it the person stays erased",
        kept="for ever",
    ),
)


def _resource(name: str, what: str, kept: str, person: str = "", erased: str = "") -> Place:
    """A resource of the template, by its type and what it is for."""
    return Place(
        kind=PlaceKind.RESOURCE,
        name=name,
        what=what,
        person={WHOLE: person} if person else {},
        others=() if person else (WHOLE,),
        read="whoever has rights on it in the account",
        masked=SHOWN if not person else NEVER_SHOWN,
        erased=erased,
        kept=kept,
        left=(WHOLE,) if erased.startswith("not reached") else (),
    )


_RESOURCES = (
    _resource("AWS::S3::Bucket", "the bucket: see its objects", "it outlives the stack",
              "all objects", "see its objects"),
    _resource("AWS::DynamoDB::Table", "the table and its indexes: see its items",
              "it outlives the stack", "all items", "see its items"),
    _resource("recovery points", "copies of the table for any second of the last 35 days",
              "35 days", "all items", "not reached: they expire; who is restored is erased again"),
    _resource("replication", "the bucket that `ReplicationBucketArn` names", "as you say there",
              "all objects", "not reached: what is overwritten here is overwritten there, earlier "
              "versions stay until they expire"),
    _resource("AWS::SQS::Queue", "wake-ups and dead letters: lead id, step, channel, reason",
              "14 days"),
    _resource("AWS::Scheduler::ScheduleGroup", "wake-ups, with schedules as `Clock`: lead id, "
              "step, channel", "until the task is due"),
    _resource("AWS::StepFunctions::StateMachine", "wake-ups, with executions as `Clock`: lead id, "
              "step, channel, errors of functions", "90 days"),
    _resource("AWS::Logs::LogGroup", "log lines of the functions and of the API: ids, no URL, no "
              "address", "`LogRetentionDays`"),
    _resource("AWS::SNS::Topic", "alarms: counts", "not kept"),
    _resource("settings", "leadline.toml in SSM or Secrets Manager: secrets; your own people; "
              "lists of conditions, in which you may name companies and addresses",
              "until you change it",
              "what you wrote into lists of conditions", "not reached: edit the lists"),
    _resource("traces", "X-Ray, if `Tracing` is on: times and names of calls", "30 days"),
)  # fmt: skip

AWS_PLACES = (*_ITEMS, *_OBJECTS, *_RESOURCES)
