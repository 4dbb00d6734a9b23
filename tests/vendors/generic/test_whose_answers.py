"""What an answer says, which of its labels counts, and what is no list of answers."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.standins.form_bodies import urlencoded
from leadline.standins.sample_bodies import compact
from leadline.vendors._reader.aliases import meaning
from leadline.vendors._reader.dial_labels import tells
from leadline.vendors._reader.guess import guessed
from tests.standins.payloads import source
from tests.vendors.generic.test_answers import EMAIL, FORM, NAME, PHONE, lead, leads, who

MAIL = {"name": "Email", "value": EMAIL}


def with_mail(*answers: Any) -> Any:
    return lead({"fields": [MAIL, *answers]})


# --- values


OPTIONS = [{"id": "a1", "text": "Looms"}, {"id": "b2", "text": "Yarn"}]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"label": "What?", "value": ["a1"], "options": OPTIONS}, "Looms"),
        ({"label": "What?", "value": ["a1", "b2"], "options": OPTIONS}, ["Looms", "Yarn"]),
        ({"label": "What?", "value": "b2", "choices": OPTIONS}, "Yarn"),
        ({"label": "What?", "value": "2", "choices": {"1": "Looms", "2": "Yarn"}}, "Yarn"),
        ({"label": "What?", "value": 2, "options": [{"value": 2, "label": "Yarn"}]}, "Yarn"),
        ({"label": "What?", "value": "silk", "options": OPTIONS}, "silk"),
        ({"label": "What?", "value": True, "options": OPTIONS}, True),
        ({"label": "What?", "value": False}, False),
        ({"label": "What?", "value": {"label": "Looms", "id": "a1"}}, "Looms"),
        ({"label": "What?", "value": {"labels": ["Looms"], "ids": ["a1"], "other": "Silk"}},
         ["Looms", "Silk"]),
        ({"label": "What?", "value": [{"id": "a1", "name": "Looms"}]}, "Looms"),
        ({"label": "What?", "values": [{"value": "Looms"}, {"value": "Yarn"}]}, ["Looms", "Yarn"]),
        ({"label": "What?", "content": {"value": "Looms"}}, "Looms"),
        ({"title": "What?", "type": "choice", "choice": {"label": "Looms"}}, "Looms"),
        ({"label": "What?", "value": [], "answer": "Looms"}, "Looms"),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_what_was_chosen(answer: Any, said: Any) -> None:
    assert with_mail(answer).custom == {"fields.What?": said}


def test_the_cells_of_a_matrix_have_the_names_of_rows_and_columns() -> None:
    rows, columns = [{"id": "r", "text": "Price"}], [{"id": "c", "text": "Good"}]
    answer = {"label": "Rate", "value": {"r": ["c"]}, "rows": rows, "columns": columns}
    assert with_mail(answer).custom == {"fields.Rate.Price": ["Good"]}


def test_a_choice_may_be_a_field_of_the_lead() -> None:
    options = [{"id": "c1", "text": "Germany"}]
    assert with_mail({"label": "Country", "value": ["c1"], "options": options}).country == "Germany"


def test_a_file_is_named_and_is_nobodys_name() -> None:
    file = {"id": "f", "name": "brief.pdf", "url": "https://example.com/f", "size": 12}
    found = with_mail({"label": "Brief", "type": "file", "value": [file]})
    assert found.name is None
    assert found.custom["fields.Brief.filename"] == "brief.pdf"


@pytest.mark.parametrize(
    "value",
    [
        {"first": "Ada", "last": "Vance"},
        {"firstName": "Ada", "lastName": "Vance", "title": "Dr."},
        {"prefix": "Ms.", "first": "Ada", "middle": "", "last": "Vance", "suffix": ""},
        ["Ada", "Vance"],
        "prefix = Dr.\nfirst = Ada\nlast = Vance",
        "first = Ada\r\n\r\nlast = Vance",
    ],
)
@pytest.mark.parametrize("label", ["Name", "Who are you?"])
def test_a_name_in_parts_is_put_together(value: Any, label: str) -> None:
    if label != "Name" and isinstance(value, list):
        return
    found = with_mail({"label": label, "type": "name", "value": value})
    assert who(found)[0] == NAME
    assert found.title is None


@pytest.mark.parametrize(
    ("value", "more", "phone"),
    [
        ({"full": "(212) 555-0100", "international": PHONE}, {}, PHONE),
        ({"area": "212", "phone": "5550100"}, {}, "212 5550100"),
        ("2125550100", {"dial_code": "+1"}, "(+1) 2125550100"),
        (2125550100, {}, "2125550100"),
    ],
)
def test_a_phone_in_parts_is_put_together(value: Any, more: Any, phone: str) -> None:
    assert with_mail({"label": "Phone", "value": value, **more}).phone == phone


def test_an_address_is_read_by_its_parts() -> None:
    value = {"addr_line1": "1 Mill Lane", "city": "Hull", "country": "GB"}
    assert with_mail({"label": "Address", "value": value}).country == "GB"
    lines = "address = 1 Mill Lane\ncity = Hull\ncountry = GB"
    assert with_mail({"label": "Address", "value": lines}).country == "GB"


@pytest.mark.parametrize(
    "body",
    [
        {"Name": {"value": "first = Ada\nlast = Vance", "field_type": "name"}, "Email": EMAIL},
        {"name": {"value": {"first": "Ada", "last": "Vance"}}, "email": {"value": EMAIL}},
    ],
)
def test_the_parts_of_a_name_may_stand_in_a_value(body: Any) -> None:
    assert who(lead(body)) == (NAME, EMAIL, None)


@pytest.mark.parametrize(
    "text",
    ["city = Hull\ncountry = GB", "first = Ada\nand more", "a = b\nc = d", "city = Hull", "x = "],
)
def test_lines_that_are_no_parts_stay_a_text(text: str) -> None:
    assert lead({"email": EMAIL, "message": text}).message == text


# --- labels


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ({"custom_key": "company", "key": "email", "title": "Name"}, "company"),
        ({"ref": "company", "title": "Phone"}, "company"),
        ({"key": "company", "label": "Name of the firm"}, "company"),
        ({"name": "company", "label": "Phone"}, "company"),
        ({"key": "question_8", "label": "Company"}, "company"),
        ({"key": "text_8", "label": "Company"}, "company"),
        ({"id": "c8d1", "name": "Company"}, "company"),
        ({"field": {"id": "c8d1", "ref": "x", "title": "Company"}}, "company"),
        ({"question": {"id": 4, "text": "Company"}}, "company"),
        ({"headline": {"default": "Company", "de": "Wer?"}}, "company"),
        ({"formFieldId": "c8d1", "formFieldLabel": "Company"}, "company"),
    ],
)
def test_the_machines_name_counts_if_it_is_telling_else_the_label(
    question: dict[str, Any], label: str
) -> None:
    assert getattr(with_mail({**question, "value": "Vance Looms"}), label) == "Vance Looms"


@pytest.mark.parametrize(
    "question",
    [
        {"key": "cb1", "label": "How many looms?"},
        {"id": 7, "title": "How many looms?", "name": "looms7"},
        {"key": "text_7", "label": "How many looms?"},
        {"id": "7a", "name": "How many looms?"},
    ],
)
def test_a_question_that_nobody_knows_is_called_as_visitors_see_it(question: Any) -> None:
    assert with_mail({**question, "value": "40"}).custom == {"fields.How many looms?": "40"}


def test_answers_to_one_label_are_all_kept() -> None:
    found = with_mail({"name": "Email", "value": "second@example.com"}, MAIL,
                      {"name": "Looms", "value": "1"}, {"name": "Looms", "value": "2"})  # fmt: skip
    assert found.email == EMAIL
    assert found.custom == {"fields.Email (2)": "second@example.com", "fields.Email (3)": EMAIL,
                            "fields.Looms": "1", "fields.Looms (2)": "2"}  # fmt: skip


@pytest.mark.parametrize("empty", [None, "", [], {}, "____"])
@pytest.mark.parametrize("label", ["Name", "Phone", "Company", "Title", "Email"])
def test_a_question_that_was_left_out_is_nothing(empty: Any, label: str) -> None:
    kinds = ({"label": label, "value": empty}, {"id": "7", "title": label, "value": empty},
             {"name": "x7", "text": label, "type": "control_textbox"})  # fmt: skip
    for left_out in kinds:
        found = with_mail(left_out)
        assert who(found) == (None, EMAIL, None)
        assert (found.company, found.title, found.custom) == (None, None, {})
    under_keys = lead({"work_email": {"label": "E-mail", "value": EMAIL},
                       label.lower(): {"label": label, "value": empty}})  # fmt: skip
    assert under_keys.company is None
    assert under_keys.name is None


def test_an_answer_that_an_update_empties_clears_its_field() -> None:
    empty = [{"name": "phone", "value": ""}, {"name": "company", "value": None}]
    answers = [MAIL, *empty, {"name": "x", "value": ""}]
    cleared = source("generic").cleared
    assert cleared(compact({"data": {"fields": answers}})) == ("phone", "company")
    answers.append({"name": "phone", "value": PHONE})
    assert cleared(compact({"data": {"fields": answers}})) == ("company",)


def test_questions_without_answers_are_nobody() -> None:
    questions = [
        {"id": "q1", "name": "Full name", "type": "text"},
        {"id": "q2", "name": "E-mail", "type": "text", "description": "Yours"},
    ]
    found = lead({"email": EMAIL, "form": {"questions": questions}, "fields": questions})
    assert (found.name, found.message, found.custom) == (None, None, {})


@pytest.mark.parametrize("label", ["Emergency contact", "Number of someone else", "Notfallkontakt"])
def test_a_name_or_phone_that_is_asked_of_somebody_else_is_not_the_leads(label: str) -> None:
    found = with_mail(
        {"label": "Who are you?", "type": "name", "value": {"first": "Ada", "last": "Vance"}},
        {"label": "Referred by", "type": "name", "value": {"first": "Ben", "last": "Okoro"}},
        {"label": label, "type": "phone", "value": PHONE},
    )
    assert who(found) == (NAME, EMAIL, None)
    assert found.custom == {"fields.Referred by": "Ben Okoro", f"fields.{label}": PHONE}


def test_a_type_tells_only_where_no_label_does() -> None:
    asked = {"label": "Call me at", "type": "phone", "value": PHONE}
    assert with_mail(asked).phone == PHONE
    told = with_mail(asked, {"label": "Phone", "value": "+12125550199"})
    assert told.phone == "+12125550199"
    two = with_mail(asked, {"label": "Or at", "type": "phone", "value": "+12125550199"})
    assert two.phone is None
    name = {"label": "Alpha", "type": "name", "value": {"first": "Ada", "last": "Vance"}}
    assert who(with_mail(name))[0] == NAME
    assert who(with_mail(name, {**name, "label": "Beta"}))[0] is None
    halves = ({"label": "A", "type": "first_name", "value": "Ada"},
              {"label": "B", "type": "last_name", "value": "Vance"})  # fmt: skip
    assert who(with_mail(*halves))[0] == NAME
    assert with_mail({"label": "C", "type": "file_name", "value": "brief.pdf"}).name is None


# --- people, things and answers


BEN = "ben@example.com"


@pytest.mark.parametrize(
    "body",
    [
        {"leads": [{"name": "Ada", "email": EMAIL, "value": 500},
                   {"name": "Ben", "email": BEN, "value": 300}]},
        {"data": [{"label": "VIP", "name": "Ada", "email": EMAIL, "value": "x"},
                  {"label": "VIP", "name": "Ben", "email": BEN, "value": "y"}]},
        {"contacts": [{"id": 1, "title": "CEO", "email": EMAIL, "answer": "yes"},
                      {"id": 2, "title": "CTO", "email": BEN, "answer": "no"}]},
        [{"name": "Ada", "email": EMAIL, "answer": "yes"},
         {"name": "Ben", "email": BEN, "answer": "no"}],
        {"submissions": [{"answers": [{"question": "Email", "answer": EMAIL}]},
                         {"answers": [{"question": "Email", "answer": BEN}]}]},
        [[{"question": "Email", "answer": EMAIL}, {"question": "Name", "answer": "Ada"}],
         [{"question": "Email", "answer": BEN}, {"question": "Name", "answer": "Ben"}]],
        {"entries": [{"fields": [{"label": "Email", "value": EMAIL}]},
                     {"fields": [{"label": "Email", "value": BEN}]}]},
    ],
)  # fmt: skip
def test_a_list_of_people_is_no_list_of_answers(body: Any) -> None:
    assert [found.email for found in leads(body)] == [EMAIL, BEN]


@pytest.mark.parametrize("key", ["leads", "contacts", "data", "submissions", "items", "fields"])
def test_a_list_of_answers_is_no_list_of_people(key: str) -> None:
    answers = [{"name": "email", "value": EMAIL, "type": "email"},
               {"name": "phone", "value": PHONE, "type": "tel"},
               {"name": "fullname", "value": NAME, "type": "text"}]  # fmt: skip
    assert who(lead({key: answers})) == (NAME, EMAIL, PHONE)
    flat = {f"{key}[{i}][{k}]": v for i, one in enumerate(answers) for k, v in one.items()}
    assert who(lead(urlencoded(flat), FORM)) == (NAME, EMAIL, PHONE)


@pytest.mark.parametrize(
    "body",
    [
        {"items": [{"name": "Loom", "value": 2, "sku": "a"}, {"name": "Yarn", "value": 1}]},
        {"deal": {"name": "40 looms", "value": 500}},
        {"product": {"label": "Loom", "value": 5, "price": 3}},
        {"labels": ["hot", "new"], "values": ["1", "2"]},
        {"stage": {"name": "Loom", "value": "n"}, "plan": {"label": "40 looms", "value": "g"}},
        {
            "contact": {"name": NAME, "email": EMAIL, "type": "person", "value": 1},
            "deal": {"name": "40 looms", "type": "deal", "value": 2},
        },
        {"name_1": "Loom", "value_1": "5"},
    ],
)
def test_things_are_no_answers_and_keep_all_that_is_said_of_them(body: Any) -> None:
    found = lead({"contact": {"name": NAME, "email": EMAIL}, **body})
    assert who(found)[:2] == (NAME, EMAIL)
    said = " ".join(f"{path} {value}" for path, value in found.custom.items())
    for word in ("Loom", "Yarn", "40 looms", "500", "sku", "hot"):
        assert (word in str(body)) <= (word in said)


def test_fields_in_parts_are_no_questions() -> None:
    found = lead({"name": NAME, "phone": {"label": "Mobile", "value": "2125550100",
                                          "country_code": "+1"},
                  "company": {"id": 5, "name": "Vance Looms", "value": 9000}})  # fmt: skip
    assert (found.phone, found.company) == ("(+1) 2125550100", "Vance Looms")


def test_paths_in_the_settings_are_those_of_the_body() -> None:
    body = {"fields": [{"id": "x1", "name": "x1", "value": "Vance Looms"}, MAIL]}
    placed = source("generic", map={"company": "fields.0.value"}).fields(compact(body))
    assert (placed.company, placed.email) == ("Vance Looms", EMAIL)


def test_a_list_of_thousands_of_answers_is_read_in_part() -> None:
    many = [{"name": f"q{i}", "value": str(i)} for i in range(20_000)]
    found = lead({"fields": [MAIL, *many]})
    assert found.email == EMAIL
    assert len(found.custom) < 3_000


# --- any answers


PERSON = {"Name": NAME, "E-mail": EMAIL, "Phone": PHONE, "Company": "Vance Looms"}
ABOUT: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(0, 99) | st.uuids().map(str),
    "type": st.sampled_from(["text", "INPUT_TEXT", "string", "short_text"]),
    "required": st.booleans(),
    "order": st.integers(0, 9),
    "page": st.integers(0, 9),
    "description": st.just("") | st.just("As in your passport"),
    "options": st.just([]),
    "raw_value": st.text(max_size=5),
    "objectTypeId": st.just("0-1"),
    "validation": st.none(),
}
LABEL_KEYS = st.sampled_from(["label", "title", "question", "name", "key", "formFieldLabel"])
VALUE_KEYS = st.sampled_from(["value", "answer", "response", "formFieldValue", "content"])
UNKNOWN = st.text(max_size=12).filter(
    lambda text: meaning(text) is None and "@" not in text and not tells(text)  # of dial codes
)


@st.composite
def lists_of_answers(draw: st.DrawFn) -> Any:
    label, value = draw(LABEL_KEYS), draw(VALUE_KEYS)
    about = draw(st.fixed_dictionaries({}, optional=ABOUT))
    questions = {**PERSON, draw(UNKNOWN) or "?": draw(st.text(max_size=9)) + "!"}
    each = [{**about, label: asked, value: said} for asked, said in questions.items()]
    each = draw(st.permutations(each))
    listed = {str(i): one for i, one in enumerate(each)} if draw(st.booleans()) else each
    return {draw(st.sampled_from(["fields", "answers", "data", "x"])): listed}


def check_answers(body: Any) -> None:
    found = lead(body)
    assert who(found) == (NAME, EMAIL, PHONE)
    assert found.company == "Vance Looms"
    assert found.suspicions == ()


@given(body=lists_of_answers())
def test_what_stands_beside_an_answer_changes_nothing(body: Any) -> None:
    check_answers(body)


@pytest.mark.fuzz
@settings(max_examples=10_000, suppress_health_check=list(HealthCheck))
@given(body=lists_of_answers())
def test_what_stands_beside_an_answer_changes_nothing_at_length(body: Any) -> None:
    check_answers(body)


@given(first=UNKNOWN, value=st.text(max_size=9), data=st.dictionaries(UNKNOWN, UNKNOWN))
def test_answers_of_any_text_lose_nobody(first: str, value: str, data: dict[str, str]) -> None:
    answers = [{"label": label, "value": said} for label, said in {**data, first: value}.items()]
    assert guessed({"fields": answers, "contact": {"name": NAME, "email": EMAIL}}).email == EMAIL
