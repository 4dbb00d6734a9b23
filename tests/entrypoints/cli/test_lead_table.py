"""How a list of leads is laid out for terminals and written as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from rich.cells import cell_len

from leadline.entrypoints.cli._terminal import fitted, padded
from leadline.entrypoints.cli.look._lead_table import named_in_words, table_lines
from leadline.entrypoints.cli.look.leads import ListedStatus
from leadline.model.lead import Status
from leadline.model.task import ON_HOLD, ON_HOLD_UNTIL
from leadline.model.texts.harmless_texts import escaped_json, in_spreadsheet
from leadline.operations.lists.lead_csv import FIELDS, csv_lines
from leadline.operations.lists.listing import Listed
from leadline.ports.reading.ledger import LeadRow
from leadline.ports.reading.listing import Wait

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OBEYED = "\x1b[31m\x07\r\n\t\x9b2J\u202e\u2066\u200f"
WIDE = "山田太郎株式会社" * 6


def row(**fields: object) -> LeadRow:
    usual = LeadRow(
        "0195a3c2-0000-7000-8000-0000deadbeef", NOW - timedelta(minutes=5), "web_to_lead",
        Status.ALERTED, name="Ada Vance", email="ada.vance@analytical.example.com",
        phone="+12125550100", company="Example & Sons of the Old Town", owner="Bob Builder",
    )  # fmt: skip
    return msgspec.structs.replace(usual, **fields)


def waiting(due_at: datetime, **fields: object) -> Listed:
    return Listed(row(status=Status.WAITING, **fields), Wait(due_at))


ROWS = [
    Listed(row()),
    waiting(NOW + timedelta(minutes=5)),
    waiting(NOW + timedelta(days=3)),
    waiting(ON_HOLD_UNTIL),
    Listed(row(name=OBEYED + WIDE, email=f"{'x' * 90}@example.com", company=WIDE, owner=WIDE)),
    Listed(row(name=None, email=None, captured_at=NOW - timedelta(days=400))),
    Listed(row(status=Status.QUARANTINED, name="e\u0301\u200d" * 50)),
]


@pytest.mark.parametrize("width", [60, 66, 72, 80, 100, 120, 200])
@pytest.mark.parametrize("digits", [8, 12])
def test_every_line_fits_the_width(width: int, digits: int) -> None:
    drawn = list(table_lines(ROWS, width, NOW, digits))
    assert len(drawn) == len(ROWS) + 1
    assert max(map(cell_len, drawn)) <= width
    assert all("0000deadbeef"[-digits:] in line for line in drawn[1:])


def test_later_leads_fit_although_only_the_first_decide_the_widths() -> None:
    many = [Listed(row(name="Al", email="a@example.com"))] * 60 + ROWS
    assert max(map(cell_len, table_lines(many, 80, NOW, 8))) <= 80


def test_only_the_first_leads_are_read_before_the_first_line_comes() -> None:
    read: list[int] = []

    def endless() -> object:
        while True:
            read.append(1)
            yield Listed(row())

    drawn = table_lines(endless(), 80, NOW, 8)  # type: ignore[arg-type]
    next(drawn)
    assert len(read) < 100


def test_a_lead_shows_the_time_of_today_and_else_the_date() -> None:
    _, today, _, _, _, _, older, _ = table_lines(ROWS, 80, NOW, 8)
    at = NOW - timedelta(minutes=5)
    assert today.startswith(f"{at.astimezone():%H:%M}  ")
    assert older.startswith(f"{(NOW - timedelta(days=400)).astimezone():%Y-%m-%d}  ")


def test_a_lead_that_is_due_after_midnight_shows_the_time() -> None:
    eve = (NOW.astimezone() + timedelta(days=1)).replace(hour=23, minute=55)
    _, line = table_lines([waiting(eve + timedelta(minutes=8))], 80, eve, 8)
    assert "waiting 00:03 " in line


def test_a_waiting_lead_shows_when_it_is_due_and_one_on_hold_that_it_is() -> None:
    _, _, today, later, held, *_ = table_lines(ROWS, 80, NOW, 8)
    assert f"waiting {(NOW + timedelta(minutes=5)).astimezone():%H:%M}" in today
    assert f"waiting {(NOW + timedelta(days=3)).astimezone():%Y-%m-%d}" in later
    assert f" {ON_HOLD} " in held
    assert "waiting" not in held
    assert "Ada Vance" in today


def test_a_wider_terminal_shows_more() -> None:
    narrow, wide = list(table_lines(ROWS, 60, NOW, 8)), list(table_lines(ROWS, 200, NOW, 8))
    assert "owner" in wide[0]
    assert "owner" not in narrow[0]
    assert "ada.vance@analytical.example.com" in wide[1]
    assert "Bob Builder" in wide[1]


def test_a_column_with_nothing_in_it_is_left_out_where_that_is_sure() -> None:
    bare = [Listed(row(company=None, owner=None))]
    assert "company" not in next(table_lines(bare, 200, NOW, 8))
    assert "company" in next(table_lines(bare * 100 + ROWS, 200, NOW, 8))


def test_there_is_no_heading_without_leads() -> None:
    assert list(table_lines([], 80, NOW, 8)) == []


def test_nothing_that_a_terminal_obeys_is_in_a_list() -> None:
    everywhere = dict.fromkeys(("name", "email", "company", "owner", "source", "why"), OBEYED)
    listed = [Listed(row(**everywhere))]
    drawn = "".join(table_lines(listed, 200, NOW, 8))
    drawn += "".join(csv_lines(listed)).replace("\r\n", "")
    drawn += named_in_words(listed[0])
    assert not set(drawn) & set(OBEYED.replace("[31m", "").replace("2J", ""))


def test_json_says_with_escapes_what_a_terminal_would_obey() -> None:
    text = escaped_json(msgspec.json.encode(OBEYED).decode())
    assert not set(text) & set("\x1b\x07\x9b\u202e\u2066\u200f")
    assert msgspec.json.decode(text) == OBEYED


@pytest.mark.parametrize(
    ("text", "width", "kept"),
    [
        ("Ada", 3, "Ada"),
        ("Ada Vance", 5, "Ada…"),
        ("Ada Vance", 6, "Ada V…"),
        ("山田太郎", 8, "山田太郎"),
        ("山田太郎", 7, "山田太…"),
        ("山田太郎", 6, "山田…"),
        ("", 5, ""),
    ],
)
def test_a_text_is_cut_by_the_width_that_it_takes_up(text: str, width: int, kept: str) -> None:
    assert fitted(text, width) == kept
    assert cell_len(padded(text, width)) == width


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", " \n=1", "\uff1d1", "\uff0b1", "\uff20x"],
)
def test_a_formula_is_made_a_text(text: str) -> None:
    assert in_spreadsheet(text).startswith("'")


@pytest.mark.parametrize(
    ("text", "safe"),
    [("a;=1+1", "a;'=1+1"), ("a; @SUM(A1)", "a; '@SUM(A1)"), ('a;"+1;-2', "a;\"'+1;'-2")],
)
def test_no_formula_begins_behind_the_separator_of_other_countries(text: str, safe: str) -> None:
    assert in_spreadsheet(text) == safe


@pytest.mark.parametrize("text", ["Ada", "a; b", "a=b", "x-y", "'=1", "ada@example.com", ""])
def test_what_is_no_formula_stays(text: str) -> None:
    assert in_spreadsheet(text) == text


def test_csv_is_read_back_with_quotes_commas_and_line_ends() -> None:
    name = 'Ada "the\r\nfirst", Vance'
    text = "".join(csv_lines([waiting(NOW, name=name, company="=HYPERLINK(1)", score=-5.0)]))
    assert text.count("\r\n") == text.count("\n") == 2
    (read,) = csv.DictReader(io.StringIO(text, newline=""))
    assert tuple(read) == FIELDS
    assert read["name"] == 'Ada "the  first", Vance'
    assert read["company"] == "'=HYPERLINK(1)"
    assert read["phone"] == "'+12125550100"
    assert (read["status"], read["score"]) == ("waiting", "-5")
    assert datetime.fromisoformat(read["due_at"]) == NOW


def test_every_status_can_be_asked_for() -> None:
    assert {*ListedStatus} == {*map(str, Status), ON_HOLD}
