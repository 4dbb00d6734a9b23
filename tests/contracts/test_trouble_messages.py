"""Every kind of channel can tell operators of troubles."""

import json
from datetime import timedelta

import pytest

from leadline.alerts.wording.trouble_story import MOST_TOLD
from leadline.channels.email.message import EmailWriter
from leadline.model.monitoring.trouble import KnownTrouble, Trouble, TroubleKind, TroubleState
from leadline.ports.channel import OutgoingMessage
from tests.channels.leads import CAPTURED, ID
from tests.contracts.test_writers import KINDS
from tests.standins.message_rules import read_email

FAILING = KnownTrouble(
    Trouble(
        kind=TroubleKind.CHANNEL,
        subject="slack",
        words="The channel slack has failed since 09:00 UTC.",
        remedy="Its alerts wait.",
    ),
    CAPTURED,
    CAPTURED,
)
DEAD = KnownTrouble(
    Trouble(
        kind=TroubleKind.DEAD_LETTERS,
        subject="notify slack.no_service",
        words="3 dead letters of notify: slack.no_service.",
        remedy="`leadline replay --reason slack.no_service` tries them again.",
        count=3,
        lead_id=ID,
    ),
    CAPTURED,
    CAPTURED,
)
SINGLE_ONLY = ("pagerduty",)

each = pytest.mark.parametrize("name", KINDS)


def over(known: KnownTrouble) -> KnownTrouble:
    return KnownTrouble(known.trouble.ended(), known.since, known.since + timedelta(minutes=20))


def messages(name: str, *troubles: KnownTrouble) -> list[OutgoingMessage]:
    """What a channel sends about these troubles."""
    writer = KINDS[name].writer
    one = writer.troubles(troubles)
    if one is not None:
        return [one]
    assert name in SINGLE_ONLY
    made = [writer.troubles([known]) for known in troubles]
    assert all(made)
    return [message for message in made if message is not None]


def read(name: str, body: bytes) -> str:
    """The text of a message as its reader gets it."""
    if "email" not in name:
        return json.dumps(json.loads(body), ensure_ascii=False)
    part = read_email(body).get_body(("plain",))
    assert part is not None
    return f"{read_email(body)['Subject']}\n{part.get_content()}"


@each
def test_a_trouble_is_told_with_what_to_do_about_it(name: str) -> None:
    made = messages(name, FAILING, DEAD)
    assert [fault for m in made for fault in KINDS[name].faults(m.body)] == []
    told = "\n".join(read(name, m.body) for m in made)
    for words in ("The channel slack has failed since 09:00 UTC.", "Its alerts wait.", ID):
        assert words in told
    assert "--reason slack.no" in told.replace("\u02cd", "_")
    assert {m.template for m in made} == {"trouble/1"}


@each
def test_the_end_of_a_trouble_is_told_as_its_end(name: str) -> None:
    (made,) = messages(name, over(FAILING))
    assert KINDS[name].faults(made.body) == []
    assert made.template == "trouble_over/1"
    told = read(name, made.body)
    if name == "pagerduty":
        begun = json.loads(messages(name, FAILING)[0].body)
        assert json.loads(told) == {"event_action": "resolve", "dedup_key": begun["dedup_key"]}
    elif name == "webhook":
        (sent,) = json.loads(told)["data"]["troubles"]
        assert (sent["state"], sent["since"]) == ("ended", "2026-03-02T09:00:00.000000Z")
    else:
        assert "Over since 2026-03-02 09:20 UTC" in told


@each
@pytest.mark.parametrize("letter", ["x", "&", "😀", '"', "漢", "{{", "=?utf-8?b?", "\n", "*"])
def test_as_many_troubles_as_are_told_at_once_fit_into_a_message(name: str, letter: str) -> None:
    long = letter * 3000
    many = [
        KnownTrouble(
            Trouble(
                kind=TroubleKind.DEAD_LETTERS,
                subject=f"{n}{long}",
                words=f"{n} {long}",
                remedy=long,
                lead_id=long,
                count=n + 1,
                state=TroubleState.ONCE,
            ),
            CAPTURED,
            CAPTURED,
        )
        for n in range(MOST_TOLD)
    ]
    made = messages(name, *many)
    assert [fault for m in made for fault in KINDS[name].faults(m.body)] == []
    told = "\n".join(read(name, m.body) for m in made)
    assert f"{MOST_TOLD - 1} " in told


def test_a_mail_about_troubles_goes_to_the_addresses_that_are_no_owners() -> None:
    writer = EmailWriter("mail", "leads@example.com", ["owner", "ops@example.com"])
    message = writer.troubles([FAILING])
    assert message is not None
    assert read_email(message.body)["To"] == "ops@example.com"
