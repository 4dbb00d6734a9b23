"""The attempts at tasks of a lead, as people read them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.model.monitoring.attempts import AttemptRecord, Exchange, FieldWrite
from leadline.model.task import Step
from leadline.ports.reading.ledger import LeadStory

RESULTS: Mapping[str, str] = {"done": "accepted", "retry": "failed", "dead": "given up"}
NOT_READ = "not read"


def heading_of(one: AttemptRecord) -> str:
    """Which attempt it was, and how it ended: "notify slack, attempt 2: failed"."""
    task = f"{one.step} {one.channel}".rstrip()
    return f"{task}, attempt {one.number}: {RESULTS.get(one.result, one.result)}"


def answered(one: Exchange) -> str:
    """The answer in a word: its code, or why there was none."""
    said = " ".join(filter(None, (str(one.code or ""), one.failure)))
    return said or "no answer"


def left_out_of(one: Exchange) -> str:
    """What is left out of it; "" for nothing."""
    if one.shared:
        return f"about {one.shared} leads at once: what was sent and answered is not kept"
    return "cut: it was longer" if one.cut else ""


def value_in_words(value: Any) -> str:
    """A value of the CRM: a text as it is, nothing as "nothing", others as JSON."""
    if value is None or value == "":
        return "nothing"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def before_in_words(one: FieldWrite) -> str:
    """What the CRM had in a field before it was written."""
    return value_in_words(one.before) if one.was_read else NOT_READ


def fields_before(story: LeadStory) -> Mapping[str, FieldWrite]:
    """By the CRM's names, the fields that were written with success, each as it was written first,
    as far as that is kept."""
    found: dict[str, FieldWrite] = {}
    for one in sorted(story.attempts, key=lambda one: one.at):
        if one.step is Step.WRITE_BACK and one.result == "done":
            for field in one.fields:
                found.setdefault(field.name, field)
    return found
