"""What one lead, one alert and one task after it use on AWS: requests and units, by function and
meter, for items under 1 KB; a test counts them at the store.

A write in a transaction counts twice; an index entry counts once where it is replaced and twice
where its key moves (DynamoDB Developer Guide, "Using Global Secondary Indexes").
"""

from collections.abc import Mapping

Uses = Mapping[str, tuple[tuple[str, str, float], ...]]
"""By function: meter, what it is for, and how much of it."""

PER_LEAD: Uses = {
    "Capture": (
        ("api_request", "the delivery", 1),
        ("s3_put", "the raw document", 1),
        ("sqs_request", "send to the refine queue", 1),
        ("table_write", "event key", 1),
        ("table_write", "lead and CRM record in one transaction", 4),
        ("table_write", "index entries of the lead", 2),
        ("table_read", "whose the record is", 1),
    ),
    "Refine": (
        ("s3_get", "the raw document", 1),
        ("s3_put", "the refined document", 1),
        ("table_write", "claim", 1),
        ("table_write", "its index entries", 2),
        ("table_write", "keys of e-mail and phone, in a transaction", 4),
        ("table_write", "lead, in a transaction", 2),
        ("table_write", "its index entries", 3),
        ("table_read", "lead: looked at, claimed, looked at again", 3),
        ("table_read", "keys of e-mail and phone", 2),
    ),
}
PER_ALERT: Uses = {
    "Refine, for the alert": (
        ("sqs_request", "send to the delivery queue", 1),
        ("table_write", "task, in the lead's transaction", 2),
        ("table_write", "its index entry", 1),
    ),
    "Deliver": (
        ("s3_get", "the refined document", 1),
        ("table_write", "the channel's next moment", 1),
        ("table_write", "claim", 1),
        ("table_write", "its index entries", 2),
        ("table_write", "lead and task in one transaction", 4),
        ("table_write", "their index entries", 3),
        ("table_read", "task: looked at, found due, claimed", 3),
        ("table_read", "what is due in four shards, before and after", 4),
        ("table_read", "lead, and both to settle and to end", 5),
        ("table_read", "the channel's trouble, who handles the lead before and after", 3),
    ),
}
PER_TASK: Uses = {
    "Putting what follows": (
        ("sqs_request", "send to the delivery queue", 1),
        ("table_write", "task, in the lead's transaction", 2),
        ("table_write", "its index entry", 1),
        ("table_read", "task", 1),
    ),
    "Deliver, for what follows": (
        ("s3_get", "the raw document and the refined one", 2),
        ("table_write", "claim", 1),
        ("table_write", "its index entries", 2),
        ("table_write", "lead and task in one transaction", 4),
        ("table_write", "their index entries", 1),
        ("table_read", "task: looked at, found due, claimed, looked at again", 4),
        ("table_read", "what else is due in four shards", 2),
        ("table_read", "lead, and both to settle and to end", 6),
    ),
}
"""Those of a look-up; other tasks take about as much."""
