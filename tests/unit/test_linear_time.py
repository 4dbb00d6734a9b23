"""Whatever a lead writes costs in proportion to its length, at each rule, reader and writer.

Four times the text may take nine times the processor's time at most: what is quadratic takes
sixteen. Sizes are compared, no time is prescribed; where one is too short to be measured, it counts
as `UNMEASURABLE_S`.
"""

import io
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from json import dumps
from typing import Any

import msgspec
import pytest
from rich.console import Console

from leadline.alerts.wording import words
from leadline.channels.slack import mrkdwn
from leadline.entrypoints.cli.look._story import print_story
from leadline.journey.refinement.folding import laid_over
from leadline.model.errors import LeadlineError
from leadline.model.handling import Handling
from leadline.model.keys import match_keys
from leadline.model.labels import read_label
from leadline.model.lead import (
    Contact,
    Delivery,
    LeadDetails,
    LeadFields,
    RefinedLead,
    Status,
)
from leadline.model.staff.people import Person
from leadline.model.texts.json_text import decode, read_json
from leadline.ports.channel import Notice
from leadline.ports.reading.ledger import LeadRow, LeadStory
from leadline.privacy.masking import (
    masked_lead,
    masked_phone,
    masked_raw,
    masked_text,
    masked_url,
)
from leadline.refine import About, limits, refine, text
from leadline.refine.companies.company import refine_company
from leadline.refine.companies.key import company_key
from leadline.refine.country import regions_of
from leadline.refine.doubtful.quarantine import suspicions
from leadline.refine.emails.email import refine_email
from leadline.refine.misplaced.fields import put_right
from leadline.refine.misplaced.found_in_text import find_email, find_phone
from leadline.refine.names.casing import recase, recase_last
from leadline.refine.names.name import refine_name
from leadline.refine.phones.phone import refine_phone
from leadline.refine.website import refine_website
from leadline.team.matching.conditions import compile_condition
from leadline.team.matching.subject import Subject
from leadline.team.people import Team
from leadline.vendors._api.client import CrmReply, words_of
from leadline.vendors._reader import guess, looks
from leadline.vendors._reader.names import Given, whole_name
from tests.channels.leads import lead
from tests.contracts.test_writers import KINDS
from tests.standins.payloads import ADA, AT, BODIES, MEDIA, source
from tests.worlds.thorough import THOROUGH

SMALL = 3_000
"""Characters; the largest text that is tried is four times as long."""
UNMEASURABLE_S = 0.0015
MOST_TIMES = 9.0
TRIES = 5

MADE_OF = {
    "acute accents": "\u0301", "marks of two classes": "\u0301\u0323", "nukta": "a\u093c\u0301",
    "double marks": "\u0344", "half-width voiced marks": "\uff9e", "marks apart": "\u0301\u200b",
    "spaces": " ", "no-break spaces": "\xa0", "spaces after a letter": "a  ", "newlines": "\n",
    "carriage returns": "\r", "lines": "a \n", "at signs": "@", "at and dot": "a@b.", "digits": "1",
    "words": "a ", "capitals": "AB ", "long capitals": "ABCDEF", "Turkish": "İŞ ",
    "suffixes": "jr ",
    "honorifics": "Mr ", "legal forms": "Inc ", "apostrophes": "o'", "quotes": ' "a', "less": "<",
    "greater": ">", "tags": "<a ", "open and at": "<a@", "mailto": "mailto:", "ampersands": "&",
    "references": "&#1", "entities": "&amp", "joiners": "\u200d", "family": "👩\u200d",
    "flags": "🇩", "right to left": "\u202e\u05d0", "hidden": "\u200b", "surrogates": "\ud800",
    "one letter": "a", "accented letter": "é", "ideograph": "李", "wide": "Ａ", "ligature": "ﬁ",
    "dots": ".", "commas": ",", "dashes": "-", "dashed": "a-", "colons": ":", "colon word": ":a",
    "slashes": "/", "links": "https://", "www": "www.", "brackets": "[", "markup": "[url",
    "opened": "(", "stars": "*", "underscores": "_", "ticks": "`", "plus": "+1 ", "percent": "%",
    "or": "or ", "extensions": "1x", "backslashes": "\\", "sessions": "<SessionId ",
    "semicolons": "a;", "numbers": "212 555 0147 ", "addresses": "a@example.com ",
}  # fmt: skip
FRAMES = ("{}", "tel:{}", "<a@{}>x", "Ada {}", "{}@example.com", "1{}", "a, {}", '"{}')

ABOUT = About("0190", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), "form")
FIELDS = [*sorted(limits.LIMITS.keys() - {"custom", "custom_name", "crm_record"}), "record"]

Work = Callable[[str], object]


def lead_of(data: dict[str, Any]) -> LeadFields:
    """What a source says, by the names of the fields."""
    return LeadFields(**data)


def masked_example(written: str) -> RefinedLead:
    """A lead that says nothing but this text."""
    return RefinedLead(
        ABOUT.lead_id, ABOUT.captured_at, ABOUT.processed_at, "refined",
        Contact(name=written, company=written, email=written, website=written, phone=written),
        LeadDetails(message=written, campaign=written), "form", custom={written: written},
    )  # fmt: skip


CONDITIONS = [
    compile_condition(line, {"a.csv": frozenset({"example.com"})})
    for line in (
        "company contains bank", "company = bank", "title matches (a+)+b$", "email domain in a.csv",
        "website domain not in b.example", "custom.a.a > 3", "custom.a.a in bank, 7",
    )
]  # fmt: skip


def conditions_met(written: str) -> list[bool]:
    """Which conditions a lead of nothing but this text meets."""
    lead_ = RefinedLead(
        ABOUT.lead_id, ABOUT.captured_at, ABOUT.processed_at, "refined",
        Contact(company=written, title=written, email=written, website=written), LeadDetails(),
        "form", custom={"a": [{"a": written}, written], written: written},
    )  # fmt: skip
    subject = Subject(lead_, ABOUT.captured_at, hours={}, team=Team())
    return [met(subject) for met in CONDITIONS]


RULES: dict[str, Work] = {
    "line": text.line,
    "code": text.code,
    "bare": text.bare,
    "lines": text.lines,
    "name": lambda written: refine_name(written, None, None, "US"),
    "first and last name": lambda written: refine_name(None, written, written, "US"),
    "all names": lambda written: refine_name(written, written, written, "ES"),
    "recase": recase,
    "recase_last": recase_last,
    "company": refine_company,
    "key of a company": company_key,
    "email": refine_email,
    "phone": lambda written: refine_phone(written, "US"),
    "phone in a text": lambda written: find_phone(written, "US"),
    "address in a text": find_email,
    "country": regions_of.__wrapped__,
    "labels": read_label,
    "put right": lambda written: put_right(lead_of(dict.fromkeys(FIELDS, written))),
    "halves of a name": lambda written: whole_name(
        [Given(field, written, False, 0) for field in ("name", "name", "first_name")]
    ),
    "masks": lambda written: (masked_text(written), masked_url(written), masked_phone(written)),
    "masked lead": lambda written: masked_lead(masked_example(written)),
    "masked JSON": lambda written: masked_raw(dumps({written: [written] * 3}).encode()),
    "looks": lambda written: (looks.is_email(written), looks.may_be_phone(written)),
    "website": refine_website,
    "quarantine": lambda written: suspicions(
        lead_of(dict.fromkeys(FIELDS, written)), "test@test.com"
    ),
    "conditions of rules": lambda written: conditions_met(written),
    "custom": lambda written: limits.cut_custom({"a": written, written: [written]}),
}
WORDS: dict[str, Work] = {
    "harmless": lambda written: mrkdwn.harmless(words.on_one_line(written), 2000),
    "on_lines": words.on_lines,
    "clamped": lambda written: words.clamped(written, 2000),
    "clamped at its end": lambda written: words.clamped(written, len(written) - 1),
    "harmless at its end": lambda written: mrkdwn.harmless(written, len(written)),
    "units": words.units,
    "words of a CRM": lambda written: words_of(CrmReply(400, {"message": written})),
}


def whole_step(written: str) -> object:
    """A lead of nothing but this text is refined."""
    custom = {written: written, "a": [written]}
    fields = lead_of({**dict.fromkeys(FIELDS, written), "custom": custom})
    return match_keys(refine(fields, ABOUT))


def seconds(work: Work, written: str) -> float:
    """The processor's time for it."""
    began = time.process_time()
    work(written)
    return time.process_time() - began


def growth(work: Work, grown: Callable[[int], str], small: int = SMALL) -> float:
    """How many times as long four times the text takes, by the best of some tries at each size:
    about 4 where time grows with the length, 16 where it grows with its square."""
    texts = [grown(size) for size in (small, 2 * small, 4 * small)]
    if seconds(work, texts[2]) <= MOST_TIMES * UNMEASURABLE_S:
        return 1.0
    best = [float("inf")] * 3
    times = float("inf")
    for _ in range(TRIES):
        best = [min(one, seconds(work, text)) for one, text in zip(best, texts, strict=True)]
        least = max(best[0], UNMEASURABLE_S)
        times = min(best[2] / least, (best[1] / least) ** 2)
        if times <= MOST_TIMES:
            break
    return times


def repeated(piece: str, frame: str = "{}") -> Callable[[int], str]:
    """A text of any size that is made of one piece, in a frame."""
    return lambda size: frame.format(piece * (size // len(piece)))


def too_slow(
    work: Work, frames: Sequence[str] = ("{}",), pieces: Sequence[str] = tuple(MADE_OF)
) -> dict[str, float]:
    """The texts for which the time grows faster than their length, and how many times as long four
    times as much takes."""
    found = {
        f"{name} in {frame}": growth(work, repeated(MADE_OF[name], frame))
        for at, name in enumerate(pieces)
        for frame in (frames if THOROUGH else {frames[0], frames[at % len(frames)]})
    }
    return {name: round(times, 1) for name, times in found.items() if times > MOST_TIMES}


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules meet texts that they never do, so that they are seen to need no limit themselves."""
    monkeypatch.setattr(text, "LIMITS", dict.fromkeys(limits.LIMITS, 10**9))


@pytest.mark.thorough  # each text bare and in one frame; with all of them by `make test-fuzz`
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.usefixtures("without_limits")
def test_a_rule_takes_time_in_proportion_to_the_text(rule: str) -> None:
    assert too_slow(RULES[rule], FRAMES) == {}


def test_an_address_takes_time_in_proportion_to_it_where_it_is_within_its_limit() -> None:
    def grown(size: int) -> str:
        return f"<{'@' * (size // 2)}{'.' * (size // 2)}>x"

    assert growth(refine_email, grown, small=limits.LIMITS["email"] // 4 - 1) <= MOST_TIMES


@pytest.mark.thorough
def test_refinement_takes_time_in_proportion_to_the_text() -> None:
    assert too_slow(whole_step, pieces=tuple(MADE_OF)[:: 1 if THOROUGH else 2]) == {}


@pytest.mark.parametrize("what", WORDS)
def test_words_are_made_fit_for_a_message_in_proportion_to_their_length(what: str) -> None:
    assert too_slow(WORDS[what]) == {}


@pytest.mark.thorough  # a third of the texts, other ones at each writer; all by `make test-fuzz`
@pytest.mark.parametrize("kind", KINDS)
def test_a_writer_takes_time_in_proportion_to_what_the_lead_wrote(kind: str) -> None:
    writer = KINDS[kind].writer

    def write(written: str) -> None:
        contact = [n for n in Contact.__struct_fields__ if n != "ownership"]
        details = [n for n in LeadDetails.__struct_fields__ if n not in ("lead_score", "ownership")]
        data: dict[str, Any] = dict.fromkeys([*contact, *details], written)
        who = Person(written, written, written, written)
        refined_lead = msgspec.structs.replace(
            lead(**data), problems=(written,), custom={"a": written}
        )
        handling = Handling(owner=who, claimed_by=who)
        notice = Notice(
            lead=refined_lead, now=refined_lead.processed_at, handling=handling, interactive=True
        )
        writer.alert(notice)
        writer.reminder(notice, None)
        writer.digest([notice, notice])

    third = tuple(MADE_OF)[list(KINDS).index(kind) % 3 :: 3]
    assert too_slow(write, pieces=tuple(MADE_OF) if THOROUGH else third) == {}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_reader_takes_time_in_proportion_to_the_text(name: str) -> None:
    reader = source(name, honeypot="trap")
    delivery = Delivery(
        name, BODIES[name](ADA), AT, {"content-type": MEDIA.get(name, "application/json")}
    )
    values = [decode(event.raw) for event in reader.events(delivery)]

    def read(written: str) -> None:
        for value in values:
            for raw in (_filled(value, written), {written: _filled(value, written)}):
                try:
                    reader.fields(read_json(msgspec.json.encode(raw)))
                except LeadlineError:
                    continue

    assert too_slow(lambda written: read(written.replace("\ud800", "\ufffd"))) == {}


def _filled(value: Any, written: str) -> Any:
    """The value with every text in it replaced."""
    if isinstance(value, dict):
        return {key: _filled(inner, written) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, written) for inner in value]
    return written if isinstance(value, str) else value


@pytest.mark.parametrize("name", sorted(BODIES.keys() - {"form", "web_to_lead"}))
def test_an_event_is_cut_out_in_time_that_is_in_proportion_to_the_names_in_it(name: str) -> None:
    reader = source(name, map={"record": "/lead_id", "event_id": "/event_id"})
    values = (_told(name), {"email": "ada@example.com"})

    def cut(written: str) -> None:
        for value in values:
            body = msgspec.json.encode({**value, "lead_id": "123", written: "x"})
            list(reader.events(Delivery(name, body, AT, {"content-type": "application/json"})))

    assert too_slow(lambda written: cut(written.replace("\ud800", "\ufffd"))) == {}


def _told(name: str) -> dict[str, Any]:
    """An event of this source, or an empty one where it is a list."""
    media = {"content-type": MEDIA.get(name, "application/json")}
    (raw, *_) = (
        event.raw for event in source(name).events(Delivery(name, BODIES[name](ADA), AT, media))
    )
    value = decode(raw)
    return value if isinstance(value, dict) else {}


def test_updates_are_laid_over_a_lead_in_time_that_is_in_proportion_to_their_number() -> None:
    def lay(written: str) -> None:
        news = ((LeadFields(custom={f"field {n}": n}), ()) for n in range(len(written)))
        assert len(laid_over(LeadFields(), *news).custom) == len(written)

    assert growth(lay, repeated("a")) <= MOST_TIMES


def test_a_lead_is_printed_in_time_that_is_in_proportion_to_what_it_wrote() -> None:
    def show(written: str) -> None:
        refined_lead = lead(message=written[: limits.LIMITS["message"]])
        story = LeadStory(
            row=LeadRow(refined_lead.lead_id, AT, "form", Status.REFINED),
            raw=msgspec.Raw(msgspec.json.encode({"message": written})),
            media_type="application/json",
            record=None,
            timeline=(),
            tasks=(),
            alerts=(),
            related=(),
            refined=msgspec.Raw(msgspec.json.encode(refined_lead)),
        )
        print_story(Console(file=io.StringIO(), width=200, highlight=False), story)

    frames = {piece: growth(show, repeated(piece)) for piece in ("\\", "[", "[a", "a ", "é")}
    assert {piece: times for piece, times in frames.items() if times > MOST_TIMES} == {}


@pytest.mark.parametrize("media", ["urlencoded", "multipart", "json", "xml"])
def test_a_body_is_read_in_time_that_is_in_proportion_to_it(media: str) -> None:
    def read(written: str) -> None:
        body = 10 * written.encode("utf-8", "replace")
        name, kind = "form", "application/x-www-form-urlencoded"
        if media == "multipart":
            kind = "multipart/form-data; boundary=b"
            head = b'--b\r\ncontent-disposition: form-data; name="'
            body = head + body + b'"\r\n\r\n' + body + b"\r\n--b--\r\n"
        elif media == "json":
            name, kind = "generic", "application/json"
        elif media == "xml":
            name, kind = "salesforce", "text/xml"
        reader = source(name)
        with suppress(LeadlineError):
            reader.events(Delivery(name, body, AT, {"content-type": kind}))
        reader.keepable(body)

    assert too_slow(read) == {}


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "utf-7", "koi8-r"])
def test_no_charset_that_a_sender_names_makes_reading_slow(charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"

    def read(written: str) -> None:
        source("form").events(Delivery("form", written.encode(), AT, {"content-type": kind}))

    for piece in ("9a", "a", "b", "a.", "+AGE-", "\\u0041"):
        assert growth(read, repeated(piece, "a-=a-{}"), small=30_000) <= MOST_TIMES


@pytest.mark.parametrize("read", [guess.guessed, lambda value: source("pipedrive").fields(
    msgspec.json.encode({"meta": {"entity": "person", "action": "create"}, "data": value})
)], ids=["guessed", "drawn"])  # fmt: skip
def test_the_name_of_an_object_is_not_repeated_whole_for_each_of_its_members(
    read: Callable[[Any], LeadFields],
) -> None:
    value = {"email": "ada@example.com", "k" * 5_000: {f"m{n}": n for n in range(500)}}
    fields = read(value)
    assert len(fields.custom) >= 1
    assert sum(map(len, fields.custom)) <= 500 * limits.LIMITS["custom_name"]
