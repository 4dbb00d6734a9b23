"""E-mail: whom it goes to, how it hangs together, and that nobody's words become headers."""

from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadline.alerts.wording.story import story_of_lead
from leadline.channels.email.message import EmailWriter, is_mailbox, read_mailbox
from leadline.model.errors import ConfigurationError
from leadline.model.handling import Handling
from leadline.model.lead import Ownership
from leadline.model.staff.people import Person
from leadline.model.task import Alert
from leadline.model.texts.links import Links
from leadline.ports.channel import Notice
from tests.channels.leads import CAPTURED, ID, RECORDS, TEXT, again, lead
from tests.standins.message_rules import read_email

SENDER = "Leads <leads@example.com>"
ANN = Person(id="7", name="Ann", email="ann@elsewhere.example")
BEN = Person(id="8", name="Ben", email="ben@elsewhere.example")


def writer(*to: str, team: tuple[str, ...] = ()) -> EmailWriter:
    return EmailWriter("mail", SENDER, to or ("sales@example.com",), team)


def notice(**more: Any) -> Notice:
    return Notice(lead=more.pop("lead", lead()), now=CAPTURED, **more)


def owned(who: Person, ownership: Ownership = Ownership.ASSIGNED, **more: Any) -> Notice:
    return notice(handling=Handling(owner=who, ownership=ownership), **more)


def to_of(made: EmailWriter, notice: Notice) -> list[str]:
    message = read_email(made.alert(notice).body)
    return [address for _, address in getaddresses(message.get_all("To", []))]


INJECTIONS = st.lists(
    st.sampled_from(
        ["\r\n", "\n", "\r", "Bcc: x@evil.example", "\r\n\r\n<b>", "=?utf-8?q?=0d=0aBcc:?=",
         "é", "😀", " ", "\x0b", "\x0c", "\x85", "\u2028", "A" * 300, ":", "\t", "=?", "?="]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(st.one_of(INJECTIONS, TEXT), st.one_of(INJECTIONS, TEXT))
@example("Ada\r\nBcc: x@evil.example", "Evil\r\n\r\nbody")
@example("=?utf-8?b?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=", "")
def test_no_name_becomes_a_header_and_the_subject_reads_as_it_was_meant(
    name: str, company: str
) -> None:
    told = notice(lead=lead(name=name, company=company))
    body = writer().alert(told).body
    message = read_email(body)
    usual = read_email(writer().alert(notice()).body)
    assert message.keys() == usual.keys()
    head = body.partition(b"\r\n\r\n")[0]
    raw = head.split(b"\r\nSubject: ")[1].split(b"\r\nDate:")[0].decode("ascii")
    subject = str(make_header(decode_header(raw.replace("\r\n", ""))))
    assert subject == story_of_lead(told).headline
    assert len(message["Subject"].splitlines()) == 1


def test_the_message_says_who_it_is_from_and_that_nobody_wrote_it() -> None:
    message = read_email(
        writer("Sales <sales@example.com>", "boss@example.com").alert(notice()).body
    )
    assert message["From"] == SENDER
    assert message["To"] == "Sales <sales@example.com>, boss@example.com"
    assert message["Subject"] == "New lead: Ada Lovelace, Byron & Sons"
    assert message["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"


def test_what_the_lead_wrote_is_text_in_the_html() -> None:
    evil = '<img src="https://evil.example/x.png"><script>alert(1)</script>'
    url = 'https://x.example/"><img src=x>'
    told = notice(lead=lead(name=evil, message=evil, crm_url=url), links=Links(records=RECORDS))
    html = read_email(writer().alert(told).body).get_body(["html"])
    assert html is not None
    assert "<img" not in html.get_content()
    assert "<script" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()


def test_the_lead_opens_by_a_link_in_both_parts() -> None:
    links = Links("https://leads.example.com/{lead_id}")
    message = read_email(writer().alert(notice(links=links)).body)
    for kind in ("plain", "html"):
        part = message.get_body([kind])
        assert part is not None
        assert f"https://leads.example.com/{ID}" in part.get_content()


# --- whom it goes to ----------------------------------------------------------------------------


def test_it_goes_to_the_owner_alone_when_the_crm_names_them() -> None:
    both = writer("owner", "sales@example.com")
    assert to_of(both, owned(ANN)) == [ANN.email]
    assert to_of(both, owned(Person(name="No address"))) == ["sales@example.com"]
    assert to_of(both, notice(lead=lead(owner=None))) == ["sales@example.com"]
    assert to_of(writer("owner"), notice(lead=lead(owner=None))) == []
    assert to_of(writer("sales@example.com"), owned(ANN)) == ["sales@example.com"]


def test_who_claimed_it_comes_before_its_owner() -> None:
    handling = Handling(owner=ANN, ownership=Ownership.ASSIGNED, claimed_by=BEN)
    assert to_of(writer("owner"), notice(handling=handling)) == [BEN.email]


def test_an_owner_whom_only_a_form_names_is_believed_only_if_they_are_one_of_us() -> None:
    form = notice(lead=lead(owner="victim@evil.example"))
    assert to_of(writer("owner", "sales@example.com"), form) == ["sales@example.com"]
    assert to_of(writer("owner"), notice(lead=lead(owner="ann@example.com"))) == ["ann@example.com"]
    team = writer("owner", team=("Ann@Elsewhere.example",))
    assert to_of(team, owned(ANN, Ownership.NOT_ASKED)) == [ANN.email]
    assert to_of(writer("owner"), owned(ANN, Ownership.UNKNOWN)) == []


def test_an_escalation_goes_to_the_next_person_and_to_the_holder() -> None:
    late = owned(ANN, escalated_to=BEN)
    message = read_email(writer("owner").reminder(late, None).body)
    assert message["To"] == f"{BEN.email}, {ANN.email}"


@pytest.mark.parametrize(
    "address",
    ["a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "a b@c.example", "ä@b.example",
     '"a"@b.example', "a@b", "@b.example", "a@-b.example", "a@b.example\nc@d.example",
     "a@b.example\x00c@d.example", "a@b.example\x0bc@d.example", "a@b.example\u2028c@d.example",
     f"{'a' * 65}@b.example", "a..b@c.example"],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_mailed_to_by_nobody(address: str) -> None:
    assert not is_mailbox(address)
    assert to_of(writer("owner"), owned(Person(email=address))) == []


def test_leads_of_different_people_stand_in_no_common_message() -> None:
    to_owners = writer("owner", "sales@example.com")
    assert to_owners.digest([owned(ANN), owned(BEN)]) is None
    many = to_owners.digest([owned(ANN), owned(ANN, lead=again())])
    assert many is not None
    assert read_email(many.body)["To"] == ANN.email
    assert "Reply-To" not in read_email(many.body)
    assert writer().digest([owned(ANN), owned(BEN)]) is not None


# --- how messages hang together -----------------------------------------------------------------


def test_an_answer_to_the_message_goes_to_the_lead() -> None:
    assert read_email(writer().alert(notice()).body)["Reply-To"] == "ada.lovelace@example.com"


@pytest.mark.parametrize(
    "doubtful",
    [
        lead(email=None),
        lead(email="ada@example.com\r\nBcc: x@evil.example"),
        lead(email="ada@example.com, x@evil.example"),
        lead(problems=("email.invalid",)),
        lead(problems=("email.placeholder",)),
        lead(problems=("email.lines",)),
    ],
)
def test_an_answer_goes_to_no_address_that_is_doubtful(doubtful: Any) -> None:
    assert "Reply-To" not in read_email(writer().alert(notice(lead=doubtful)).body)


def test_later_messages_answer_the_first() -> None:
    first = read_email(writer().alert(notice()).body)
    alert = Alert(ID, "mail", CAPTURED, "new_lead/1", ref=str(first["Message-ID"]))
    news = writer().news(owned(ANN, alerts=(alert,)), alert)
    assert news is not None
    assert news.template == "owner/1"
    late = msgspec.structs.replace(
        owned(ANN, alerts=(alert,)), now=CAPTURED + timedelta(minutes=22)
    )
    for outgoing in (news, writer().reminder(late, alert)):
        message = read_email(outgoing.body)
        assert message["In-Reply-To"] == message["References"] == first["Message-ID"]
        assert message["Message-ID"] != first["Message-ID"]


@given(TEXT)
@example("<a@b.example>\r\nBcc: x@evil.example")
def test_a_reference_is_a_message_id_or_is_left_out(ref: str) -> None:
    alert = Alert(ID, "mail", CAPTURED, "new_lead/1", ref=ref)
    message = read_email(writer().reminder(notice(), alert).body)
    assert message["References"] in (None, ref)
    assert "Bcc" not in message


def test_there_is_no_news_of_a_lead_that_nobody_has() -> None:
    alert = Alert(ID, "mail", CAPTURED, "new_lead/1")
    assert writer().news(notice(lead=lead(owner=None)), alert) is None


# --- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("leads@example.com", "leads@example.com"),
        ("Leads <leads@example.com>", '"Leads" <leads@example.com>'),
        ('"Leads, all" <leads@example.com>', '"Leads, all" <leads@example.com>'),
        ("Anfragen für uns <leads@example.com>",
         "=?utf-8?q?Anfragen_f=C3=BCr_uns?= <leads@example.com>"),
    ],
)  # fmt: skip
def test_a_mailbox_is_written_as_headers_have_it(text: str, header: str) -> None:
    assert read_mailbox(text, "x") == (header, "leads@example.com")


@pytest.mark.parametrize(
    "text", ["", "leads", "a@b", "Leads <leads@example.com>\r\nBcc: x@y.example"]
)
def test_what_is_no_mailbox_is_a_wrong_setting(text: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^channels.mail.sender must be an e-mail address"
    ):
        EmailWriter("mail", text, ["sales@example.com"], setting="channels.mail")
    with pytest.raises(ConfigurationError, match=r"^channels.mail.to must be an e-mail address"):
        EmailWriter("mail", SENDER, [text or "nobody"], setting="channels.mail")
