"""Every writer keeps the words of `ports.channel.Writer`, whatever the lead."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.channels.apprise.plain import PlainWriter
from leadline.channels.email.message import EmailWriter
from leadline.channels.pagerduty.events import PagerDutyWriter
from leadline.channels.slack.writer import DIRECT, SlackWriter
from leadline.channels.teams.card import TeamsWriter
from leadline.channels.webhook.events import EventWriter
from leadline.model.facts.consent import NO, PURPOSES, Consent
from leadline.model.handling import Ending, Handling
from leadline.model.lead import Ownership
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Step
from leadline.model.texts.links import Links
from leadline.ports.channel import Notice, OutgoingMessage, Writer
from tests.channels.leads import (
    CAPTURED,
    ID,
    MAYBE,
    MOMENT,
    RECORDS,
    TEXT,
    again,
    any_lead,
    lead,
)
from tests.standins import message_rules as rules
from tests.worlds.thorough import thorough

REPLY_URL = "https://hooks.slack.example/actions/T0/1234/aVerySecretCapability"


class WriterKind(NamedTuple):
    writer: Writer
    faults: Callable[[bytes], list[str]]
    digests: bool = True


KINDS = {
    "slack-webhook": WriterKind(SlackWriter(), rules.slack_faults),
    "slack-bot": WriterKind(SlackWriter(bot=True, room="C012ABCDEF"), rules.slack_faults),
    "slack-dm": WriterKind(SlackWriter(bot=True, room=DIRECT), rules.slack_faults),
    "email": WriterKind(
        EmailWriter("mail", "Leads <leads@example.com>", ["sales@example.com"]),
        rules.email_faults,
    ),
    "email to owners": WriterKind(
        EmailWriter("mail", "leads@example.com", ["owner"]), rules.email_faults
    ),
    "webhook": WriterKind(
        EventWriter("hook", "https://leads.example.com"), rules.event_faults, False
    ),
    "teams": WriterKind(TeamsWriter(), rules.card_faults),
    "pagerduty": WriterKind(PagerDutyWriter(), rules.pagerduty_faults, False),
    "apprise": WriterKind(PlainWriter(), rules.text_faults),
}

ADDRESS = st.one_of(st.sampled_from(["ann@example.com", "o'neil+x@mail.example.org"]), TEXT)
PERSON = st.builds(Person, id=TEXT, name=TEXT, email=ADDRESS, slack=TEXT)
SOMEBODY = st.one_of(st.none(), PERSON)
SOMETIME = st.one_of(st.none(), MOMENT)
TOLD = st.builds(
    Alert,
    st.just(ID),
    st.just("mail"),
    MOMENT,
    st.sampled_from(["new_lead/1", "seen_before/1"]),
    st.booleans(),
    st.one_of(st.sampled_from(["", "C012ABCDEF/1717.0001", f"<{'0' * 32}@example.com>"]), TEXT),
)
HANDLING = st.builds(
    Handling,
    rev=st.integers(0, 9),
    owner=SOMEBODY,
    ownership=st.sampled_from(Ownership),
    claimed_by=SOMEBODY,
    claimed_at=SOMETIME,
    snoozed_until=SOMETIME,
    touched_at=SOMETIME,
    ending=st.sampled_from(Ending),
    ended_by=SOMEBODY,
    level=st.integers(0, 5),
    reply_url=st.sampled_from(["", REPLY_URL]),
    reply_until=SOMETIME,
)
NOTICE = st.builds(
    Notice,
    lead=any_lead(),
    now=MOMENT,
    handling=HANDLING,
    links=st.sampled_from(
        [Links(), Links("https://x.example/{lead_id}", RECORDS), Links("javascript:x", RECORDS)]
    ),
    alerts=st.lists(TOLD, max_size=2).map(tuple),
    due=SOMETIME,
    instead_of=MAYBE.map(lambda text: text or ""),
    failing_since=SOMETIME,
    interactive=st.booleans(),
    for_digest=st.booleans(),
    escalated_to=SOMEBODY,
    test=st.booleans(),
)


def everything(kind: WriterKind, notice: Notice, alert: Alert) -> dict[str, OutgoingMessage]:
    """All that a writer says of one lead."""
    writer = kind.writer
    said = {
        "alert": writer.alert(notice),
        "update": writer.update(notice, alert),
        "news": writer.news(notice, alert),
        "reminder": writer.reminder(notice, alert),
        "first reminder": writer.reminder(notice, None),
    }
    return {what: message for what, message in said.items() if message is not None}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> WriterKind:
    return KINDS[request.param]


each = pytest.mark.parametrize("name", KINDS)


@each
@thorough(40, often=12)
@given(notice=NOTICE, told=TOLD)
def test_every_possible_lead_gives_valid_messages(name: str, notice: Notice, told: Alert) -> None:
    kind = KINDS[name]
    for what, message in everything(kind, notice, told).items():
        assert kind.faults(message.body) == [], what
        assert re.fullmatch(r"[a-z_]+/[0-9]+", message.template), what


@each
@thorough(8, often=4)
@given(notices=st.lists(NOTICE, min_size=1, max_size=3), times=st.integers(1, 60))
def test_a_digest_is_valid_too_or_there_is_none(
    name: str, notices: list[Notice], times: int
) -> None:
    kind = KINDS[name]
    message = kind.writer.digest(notices * times)
    if message is not None:
        assert kind.digests
        assert kind.faults(message.body) == []
        assert message.template == "digest/1"


@each
def test_leads_of_the_same_people_may_be_told_together(name: str) -> None:
    kind = KINDS[name]
    ann = Person(email="ann@example.com", name="Ann")
    handling = Handling(owner=ann, ownership=Ownership.ASSIGNED)
    some = [
        Notice(lead=lead(lead_id=ID[:-1] + end), now=CAPTURED, handling=handling) for end in "123"
    ]
    message = kind.writer.digest(some)
    assert (message is not None) is kind.digests


@each
def test_the_largest_lead_gives_valid_messages(name: str) -> None:
    kind = KINDS[name]
    for letter in ("x", "&", "😀", '"', "漢", "{{", "=?utf-8?b?"):
        long = letter * 10_000
        texts = dict.fromkeys(("name", "email", "phone", "company", "title", "country"), long)
        texts |= dict.fromkeys(("source", "campaign", "owner", "message"), long)
        url = "https://crm.example.com/".ljust(3000, "x")
        no = {one: Consent(NO, one + long, CAPTURED, long, long) for one in PURPOSES}
        large = again(**texts, lead_score=-1e300, crm_url=url, problems=(long,), consent=no)
        who = Person(name=long, email=long)
        notice = Notice(
            lead=large,
            now=large.processed_at,
            handling=Handling(owner=who, claimed_by=who, ended_by=who, level=2),
            links=Links("https://leads.example.com/".ljust(1000, "y") + "{lead_id}", RECORDS),
            instead_of=long,
            escalated_to=who,
            test=True,
        )
        alert = Alert(large.lead_id, "mail", CAPTURED, "new_lead/1", ref=long)
        for made in everything(kind, notice, alert).values():
            assert kind.faults(made.body) == []
        many = kind.writer.digest([notice] * 60)
        assert many is None or kind.faults(many.body) == []


@each
@thorough(15, often=6)
@given(notice=NOTICE, told=TOLD)
def test_a_capability_of_ours_is_told_to_nobody(name: str, notice: Notice, told: Alert) -> None:
    handling = msgspec.structs.replace(notice.handling, reply_url=REPLY_URL, written={"a": "b"})
    notice = msgspec.structs.replace(notice, handling=handling)
    for what, message in everything(KINDS[name], notice, told).items():
        if (name, what) != ("slack-webhook", "update"):  # whose address it is
            assert b"aVerySecretCapability" not in message.body, what
        assert b'"written"' not in message.body


@each
@thorough(15, often=6)
@given(notice=NOTICE, told=TOLD)
def test_the_same_is_said_on_every_attempt(name: str, notice: Notice, told: Alert) -> None:
    kind = KINDS[name]
    assert everything(kind, notice, told) == everything(kind, notice, told)


IDENTITIES: dict[str, Callable[[bytes], object]] = {
    "email": lambda body: rules.read_email(body)["Message-ID"],
    "webhook": lambda body: json.loads(body)["id"],
    "pagerduty": lambda body: json.loads(body)["dedup_key"],
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_a_later_attempt_is_known_by_its_id_and_another_message_is_not(name: str) -> None:
    writer, ident = KINDS[name].writer, IDENTITIES[name]
    notice = Notice(lead=lead(), now=CAPTURED)
    later = msgspec.structs.replace(notice, now=CAPTURED + timedelta(hours=7), instead_of="slack")
    first = ident(writer.alert(notice).body)
    assert ident(writer.alert(later).body) == first
    other = Notice(lead=lead(lead_id=ID[:-1] + "0"), now=CAPTURED)
    assert ident(writer.alert(other).body) != first


@pytest.mark.parametrize("name", ["email", "webhook"])
def test_what_is_told_again_on_purpose_and_what_happens_later_has_an_id_of_its_own(
    name: str,
) -> None:
    writer, ident = KINDS[name].writer, IDENTITIES[name]
    notice = Notice(lead=lead(), now=CAPTURED)
    alert = Alert(ID, name, CAPTURED, "new_lead/1")
    again_ = msgspec.structs.replace(notice, alerts=(alert,))
    reminders = [
        msgspec.structs.replace(again_, handling=Handling(rev=rev, level=rev)) for rev in (1, 2)
    ]
    found = [
        writer.alert(notice),
        writer.alert(again_),
        *(writer.reminder(late, alert) for late in reminders),
    ]
    assert len({ident(message.body) for message in found}) == 4


@pytest.mark.parametrize("name", ["email", "webhook"])
def test_the_same_lead_told_by_two_channels_has_two_ids(name: str) -> None:
    makers: dict[str, Callable[[str], Writer]] = {
        "email": lambda channel: EmailWriter(channel, "leads@example.com", ["a@example.com"]),
        "webhook": EventWriter,
    }
    notice = Notice(lead=lead(), now=datetime(2026, 3, 2, tzinfo=UTC))
    one, two = (makers[name](c).alert(notice).body for c in ("one", "two"))
    assert IDENTITIES[name](one) != IDENTITIES[name](two)


@each
def test_a_test_is_marked_as_one(name: str) -> None:
    writer = KINDS[name].writer
    real = Notice(lead=lead(), now=CAPTURED)
    made_up = msgspec.structs.replace(real, test=True)
    body = writer.alert(made_up).body
    text = rules.read_email(body).as_string() if name.startswith("email") else body.decode()
    assert re.search(r'Test: |"test":true', text)
    assert not re.search(rb'Test: |"test":true', writer.alert(real).body)


def test_every_reminder_says_how_urgent_it_is(kind: WriterKind) -> None:
    alert = Alert(ID, "c", CAPTURED, "new_lead/1", step=Step.NOTIFY)
    late = CAPTURED + timedelta(minutes=22)
    templates = [
        kind.writer.reminder(
            Notice(lead=lead(), now=late, handling=Handling(level=level)), alert
        ).template
        for level in (0, 1, 2, 3, 9)
    ]
    first, escalated, reassigned = "reminder/1", "escalated/1", "reassigned/1"
    assert templates == [first, first, escalated, reassigned, reassigned]


def test_a_card_with_links_too_long_for_it_goes_without_the_longest() -> None:
    url = "https://crm.example.com/".ljust(3000, "x")
    links = Links("https://leads.example.com/".ljust(2900, "y") + "{lead_id}", RECORDS)
    body = (
        TeamsWriter()
        .alert(Notice(lead=again(crm_url=url, message="漢" * 9000), now=CAPTURED, links=links))
        .body
    )
    assert rules.card_faults(body) == []
