"""Lists of answers, as form builders send them."""

import json
from pathlib import Path
from typing import Any

import pytest

from leadline.model.lead import Delivery, LeadFields
from leadline.standins.form_bodies import urlencoded
from leadline.standins.sample_bodies import compact
from tests.standins.payloads import AT, source

FORM = "application/x-www-form-urlencoded"
NAME, EMAIL, PHONE = "Ada Vance", "ada@example.com", "+12125550100"
WHO = (NAME, EMAIL, PHONE)


def leads(body: Any, media: str = "application/json", name: str = "generic") -> list[LeadFields]:
    raw = body if isinstance(body, bytes) else compact(body)
    delivery = Delivery(name, raw, AT, {"content-type": media})
    return [source(name).fields(event.raw) for event in source(name).events(delivery)]


def lead(body: Any, media: str = "application/json", name: str = "generic") -> LeadFields:
    (only,) = leads(body, media, name)
    return only


def who(found: LeadFields) -> tuple[str | None, ...]:
    halves = " ".join(filter(None, (found.first_name, found.last_name)))
    return found.name or halves or None, found.email, found.phone


SHAPES: dict[str, Any] = {
    "WPForms": {
        "form_id": "12",
        "fields": {
            "0": {"name": "Name", "value": NAME, "id": 0, "type": "name", "first": "Ada",
                  "middle": "", "last": "Vance"},
            "1": {"name": "Email", "value": EMAIL, "id": 1, "type": "email"},
            "2": {"name": "Phone", "value": PHONE, "id": 2, "type": "phone"},
            "3": {"name": "Looms", "value": "", "id": 3, "type": "number"},
        },
    },
    "HubSpot forms": {
        "submittedAt": 1796000000000,
        "fields": [
            {"objectTypeId": "0-1", "name": "email", "value": EMAIL},
            {"objectTypeId": "0-1", "name": "firstname", "value": "Ada"},
            {"objectTypeId": "0-1", "name": "lastname", "value": "Vance"},
            {"objectTypeId": "0-1", "name": "phone", "value": PHONE},
        ],
        "context": {"pageUri": "www.example.com/page", "pageName": "Prices"},
    },
    "Paperform": {
        "submission_id": "s",
        "data": [
            {"title": "Who are you?", "type": "text", "key": "cb1", "custom_key": "name",
             "value": NAME},
            {"title": "Email", "type": "email", "key": "9x", "custom_key": None, "value": EMAIL},
            {"title": "Phone", "type": "phone", "key": "8k", "custom_key": None, "value": PHONE},
            {"title": "Job title", "type": "text", "key": "7k", "custom_key": None, "value": None},
        ],
    },
    "Tally": {
        "eventId": "e1",
        "eventType": "FORM_RESPONSE",
        "data": {
            "responseId": "r",
            "formName": "Contact",
            "fields": [
                {"key": "question_3EKz4n", "label": "Name", "type": "INPUT_TEXT", "value": NAME},
                {"key": "question_9", "label": "Email", "type": "INPUT_EMAIL", "value": EMAIL},
                {"key": "question_12", "label": "Phone", "type": "INPUT_PHONE_NUMBER",
                 "value": PHONE},
            ],
        },
    },
    "OhMyForm": {
        "form": "f1",
        "submission": "s1",
        "fields": [
            {"field": "61", "slug": "name", "content": {"value": NAME}},
            {"field": "62", "slug": "email", "content": {"value": EMAIL}},
            {"field": "63", "slug": "phone", "content": {"value": PHONE}},
        ],
    },
    "Gravity Forms with its form": {
        "entry": {"id": "7", "form_id": "1", "2": EMAIL, "1.3": "Ada", "1.6": "Vance", "4": PHONE},
        "form": {
            "title": "Contact us",
            "fields": [
                {"id": 1, "type": "name", "label": "Name",
                 "inputs": [{"id": "1.3", "label": "First"}, {"id": "1.6", "label": "Last"}]},
                {"id": 2, "type": "email", "label": "Email"},
                {"id": 4, "type": "phone", "label": "Phone"},
            ],
        },
    },
    "Gravity Forms without a form": {"1.3": "Ada", "1.6": "Vance", "2": EMAIL, "phone": PHONE},
    "Typeform": {
        "event_id": "e",
        "form_response": {
            "definition": {
                "fields": [
                    {"id": "a", "ref": "r1", "title": "Your name", "type": "short_text"},
                    {"id": "b", "ref": "r2", "title": "Where may we write?", "type": "email"},
                    {"id": "c", "ref": "r3", "title": "May we call?", "type": "phone_number"},
                ]
            },
            "answers": [
                {"type": "text", "text": NAME, "field": {"id": "a", "ref": "r1"}},
                {"type": "email", "email": EMAIL, "field": {"id": "b", "ref": "r2"}},
                {"type": "phone_number", "phone_number": PHONE, "field": {"id": "c", "ref": "r3"}},
            ],
        },
    },
    "Typeform with references": {
        "answers": [
            {"type": "text", "text": "Ada", "field": {"id": "a", "ref": "first_name"}},
            {"type": "text", "text": "Vance", "field": {"id": "b", "ref": "last_name"}},
            {"type": "email", "email": EMAIL, "field": {"id": "c", "ref": "x"}},
            {"type": "phone_number", "phone_number": PHONE, "field": {"id": "d", "ref": "y"}},
        ]
    },
    "Jotform's answers": {
        "id": "1",
        "answers": {
            "1": {"name": "heading", "order": "1", "text": "Contact us", "type": "control_head"},
            "3": {"name": "whoAreYou", "order": "2", "text": "Full Name",
                  "type": "control_fullname", "answer": {"first": "Ada", "last": "Vance"},
                  "prettyFormat": NAME},
            "4": {"name": "email", "text": "E-mail", "type": "control_email", "answer": EMAIL},
            "5": {"name": "phone", "text": "Phone", "type": "control_phone",
                  "answer": {"full": PHONE}},
            "6": {"name": "email6", "text": "Second e-mail", "type": "control_email"},
            "7": {"name": "submit", "text": "Submit", "type": "control_button"},
        },
    },
    "Jotform's fields": urlencoded({
        "formID": "1", "q3_name[first]": "Ada", "q3_name[last]": "Vance",
        "q4_email": EMAIL, "q5_phone[full]": PHONE,
    }),
    "Fillout": {
        "formId": "f",
        "submission": {
            "questions": [
                {"id": "a1", "name": "Your name", "type": "ShortAnswer", "value": NAME},
                {"id": "b2", "name": "Email", "type": "EmailInput", "value": EMAIL},
                {"id": "c3", "name": "Phone", "type": "PhoneNumber", "value": PHONE},
                {"id": "d4", "name": "Company", "type": "ShortAnswer", "value": None},
            ]
        },
    },
    "Formbricks": {
        "event": "responseFinished",
        "data": {
            "data": {"q1name": NAME, "q2mail": EMAIL, "q3call": PHONE},
            "survey": {
                "questions": [
                    {"id": "q1name", "type": "openText", "headline": {"default": "Full name"}},
                    {"id": "q2mail", "type": "openText", "headline": {"default": "E-mail"}},
                    {"id": "q3call", "type": "openText", "headline": {"default": "Phone"}},
                ]
            },
        },
    },
    "Feathery": {
        "fields": [
            {"id": "full-name", "type": "text_field", "value": NAME, "display_text": "Name"},
            {"id": "email", "type": "email", "value": EMAIL, "hidden": False},
            {"id": "phone", "type": "phone_number", "value": PHONE, "hidden": False},
        ]
    },
    "Cognito Forms": {
        "Form": {"Id": "1", "InternalName": "Contact", "Name": "Contact us"},
        "Name": {"First": "Ada", "FirstAndLast": NAME, "Last": "Vance", "Prefix": "Ms."},
        "Email": EMAIL,
        "Phone": PHONE,
        "Entry": {"Number": 3, "Status": "Submitted"},
    },
    "Formstack": {
        "FormID": "1",
        "Name": "first = Ada\nlast = Vance",
        "Email": EMAIL,
        "Phone": PHONE,
        "Address": "address = 1 Mill Lane\ncity = Hull\nstate =\nzip = HU1\ncountry = GB",
    },
    "Formstack as a form": urlencoded({
        "FormID": "1", "Name": "first = Ada\n\nlast = Vance", "Email": EMAIL, "Phone": PHONE,
    }),
    "Formstack by numbers": {
        "data": [
            {"field": "101", "label": "Name", "value": "prefix = Ms.\nfirst = Ada\nlast = Vance"},
            {"field": "102", "label": "Email", "value": EMAIL},
            {"field": "103", "label": "Phone", "value": PHONE},
        ]
    },
    "Formstack by numbers without labels": {
        "data": [
            {"field": "101", "value": "first = Ada\nlast = Vance"},
            {"field": "102", "value": EMAIL},
            {"field": "103", "value": PHONE, "type": "phone"},
        ]
    },
    "Zapier": [
        {"question": "Name", "answer": NAME},
        {"question": "Email", "answer": EMAIL},
        {"question": "Phone", "answer": PHONE},
    ],
    "a list in a field": {
        "payload": json.dumps(
            [{"label": "Name", "value": NAME}, {"label": "Email", "value": EMAIL},
             {"label": "Phone", "value": PHONE}]
        )
    },
    "a list under a word for messages": {
        "details": [
            {"label": "Name", "value": NAME},
            {"label": "Email", "value": EMAIL},
            {"label": "Phone", "value": PHONE},
        ]
    },
    "Elementor": urlencoded({
        "form[id]": "f", "form[name]": "Contact",
        "fields[name][id]": "name", "fields[name][type]": "text", "fields[name][title]": "Name",
        "fields[name][value]": NAME, "fields[name][required]": "1",
        "fields[field_a1][id]": "field_a1", "fields[field_a1][type]": "email",
        "fields[field_a1][title]": "Email", "fields[field_a1][value]": EMAIL,
        "fields[field_a1][raw_value]": EMAIL, "fields[field_a1][required]": "1",
        "fields[field_b2][id]": "field_b2", "fields[field_b2][type]": "tel",
        "fields[field_b2][title]": "Call me", "fields[field_b2][value]": PHONE,
        "meta[page_url][title]": "Page URL", "meta[page_url][value]": "https://example.com/",
    }),
    "Elementor's own fields": urlencoded({
        "post_id": "3", "form_fields[name]": NAME, "form_fields[email]": EMAIL,
        "form_fields[phone]": PHONE,
    }),
    "numbered lists in a form": urlencoded({
        "fields[0][name]": "Name", "fields[0][value]": NAME, "fields[1][name]": "Email",
        "fields[1][value]": EMAIL, "fields[2][name]": "Phone", "fields[2][value]": PHONE,
    }),
    "Wix": {
        "data": {
            "formName": "Contact",
            "submissions": [
                {"label": "Name", "value": NAME},
                {"label": "Email", "value": EMAIL},
                {"label": "Phone", "value": PHONE},
            ],
        }
    },
    "labels and values with a prefix": {
        "submissionData": [
            {"formFieldId": "a", "formFieldLabel": "Name", "formFieldValue": NAME},
            {"formFieldId": "b", "formFieldLabel": "Email", "formFieldValue": EMAIL},
            {"formFieldId": "c", "formFieldLabel": "Phone", "formFieldValue": PHONE},
        ]
    },
    "Unbounce": urlencoded({
        "page_name": "Looms",
        "data.json": json.dumps({"name": [NAME], "email": [EMAIL], "phone": [PHONE],
                                 "ip_address": ["192.0.2.1"]}),
    }),
    "Google lead forms": {
        "lead_id": "L1",
        "user_column_data": [
            {"column_name": "Full Name", "string_value": NAME, "column_id": "FULL_NAME"},
            {"column_name": "User Email", "string_value": EMAIL, "column_id": "EMAIL"},
            {"column_name": "User Phone", "string_value": PHONE, "column_id": "PHONE_NUMBER"},
        ],
    },
    "LinkedIn": {
        "formResponse": {
            "answers": [
                {"questionId": 1, "answerDetails": {"textQuestionAnswer": {"answer": "Ada"}}},
                {"questionId": 2, "answerDetails": {"textQuestionAnswer": {"answer": "Vance"}}},
                {"questionId": 3, "answerDetails": {"textQuestionAnswer": {"answer": EMAIL}}},
                {"questionId": 4, "answerDetails": {"textQuestionAnswer": {"answer": PHONE}}},
            ]
        },
        "form": {
            "questions": [
                {"questionId": 1, "predefinedField": "FIRST_NAME"},
                {"questionId": 2, "predefinedField": "LAST_NAME"},
                {"questionId": 3, "predefinedField": "EMAIL"},
                {"questionId": 4, "predefinedField": "PHONE_NUMBER"},
            ]
        },
    },
    "Google Forms": {
        "answers": {
            "4a": {"questionId": "4a", "textAnswers": {"answers": [{"value": NAME}]}},
            "4b": {"questionId": "4b", "textAnswers": {"answers": [{"value": EMAIL}]}},
            "4c": {"questionId": "4c", "textAnswers": {"answers": [{"value": PHONE}]}},
        },
        "questions": {"4a": {"title": "Name"}, "4b": {"title": "Email"}, "4c": {"title": "Phone"}},
    },
    "Google Apps Script": {"namedValues": {"Name": [NAME], "Email": [EMAIL], "Phone": [PHONE]}},
    "question_1 and answer_1": {
        "question_1": "Name", "answer_1": NAME, "question_2": "Email", "answer_2": EMAIL,
        "question_3": "Phone", "answer_3": PHONE,
    },
    "q1 and a1": {"q1": "Name", "a1": NAME, "q2": "Email", "a2": EMAIL, "q3": "Phone",
                  "a3": PHONE},
    "label1 and value1": {"label1": "Name", "value1": NAME, "label2": "Email", "value2": EMAIL,
                          "label3": "Phone", "value3": PHONE},
    "field_1_label and field_1_value": urlencoded({
        "field_1_label": "Name", "field_1_value": NAME, "field_2_label": "Email",
        "field_2_value": EMAIL, "field_3_label": "Phone", "field_3_value": PHONE,
    }),
    "question_1 and question_1_answer": {
        "question_1": "Name", "question_1_answer": NAME, "question_2": "Email",
        "question_2_answer": EMAIL, "question_3": "Phone", "question_3_answer": PHONE,
    },
    "lists side by side": {"questions": ["Name", "Email", "Phone"], "answers": list(WHO)},
    "a table of one row": {"headers": ["Name", "Email", "Phone"], "rows": [list(WHO)]},
    "Cal.com": {
        "responses": {
            "name": {"label": "your_name", "value": {"firstName": "Ada", "lastName": "Vance"}},
            "email": {"label": "email_address", "value": EMAIL, "isHidden": False},
            "phone": {"label": "phone_number", "value": PHONE},
            "company": {"label": "Company", "value": ""},
        }
    },
    "Notion": {
        "properties": {
            "Name": {"id": "title", "type": "title",
                     "title": [{"type": "text", "text": {"content": NAME}, "plain_text": NAME}]},
            "E-mail": {"id": "a", "type": "email", "email": EMAIL},
            "Phone": {"id": "b", "type": "phone_number", "phone_number": PHONE},
        }
    },
    "monday.com": {
        "column_values": [
            {"id": "name", "title": "Name", "text": NAME, "value": None},
            {"id": "c1", "title": "Email", "text": EMAIL, "value": '{"email":"ada@example.com"}'},
            {"id": "c2", "title": "Phone", "text": PHONE, "value": '{"phone":"12125550100"}'},
        ]
    },
    "WS Form": {
        "0": {"label": "Name", "section": "Who", "group": "Tab", "type": "text", "value": [NAME]},
        "1": {"label": "Email", "section": "Who", "group": "Tab", "type": "email",
              "value": [EMAIL]},
        "2": {"label": "Phone", "section": "Who", "group": "Tab", "type": "tel", "value": [PHONE]},
    },
    "questions as keys": {
        "responses": {"Name": {"answer": NAME}, "Email": {"answer": EMAIL},
                      "Phone": {"answer": PHONE}}
    },
    "Calendly": {
        "event": "invitee.created",
        "payload": {
            "name": NAME,
            "email": EMAIL,
            "questions_and_answers": [
                {"question": "Looms", "answer": "40", "position": 0},
                {"question": "Phone", "answer": PHONE, "position": 1},
            ],
        },
    },
    "Meta": {
        "created_time": "2026-11-29T10:00:00+0000",
        "field_data": [
            {"name": "full_name", "values": [NAME]},
            {"name": "email", "values": [EMAIL]},
            {"name": "phone_number", "values": [PHONE]},
        ],
    },
    "Microsoft Forms": {
        "answers": [
            {"questionId": "r1", "answer1": NAME},
            {"questionId": "r2", "answer1": EMAIL},
            {"questionId": "r3", "answer1": PHONE},
        ],
        "questions": [
            {"id": "r1", "title": "Name"},
            {"id": "r2", "title": "Email"},
            {"id": "r3", "title": "Phone"},
        ],
    },
    "Formbricks' contact": {"data": {"data": {"who": ["Ada", "Vance", EMAIL, PHONE, ""]}}},
    "OhMyForm's JSON": {
        "fields": [
            {"slug": "name", "value": '{"value":"Ada Vance"}'},
            {"slug": "email", "value": '{"value":"ada@example.com"}'},
            {"slug": "phone", "value": '{"value":"+12125550100"}'},
        ]
    },
    "rows of a label and a value": {"rows": [["Name", NAME], ["Email", EMAIL], ["Phone", PHONE]]},
    "single letters": {"data": [{"q": "Name", "a": NAME}, {"q": "Email", "a": EMAIL},
                                {"q": "Phone", "a": PHONE}]},
    "objects of a question and an answer": {
        "answers": [
            {"question": {"id": 1, "title": "Name"}, "answer": {"text": NAME}},
            {"question": {"id": 2, "title": "Email"}, "answer": {"text": EMAIL}},
            {"question": {"id": 3, "title": "Phone"}, "answer": {"text": PHONE}},
        ]
    },
    "SurveyMonkey": {
        "pages": [
            {"questions": [
                {"id": "1", "heading": "Name", "answers": [{"text": NAME, "row_id": "0"}]},
                {"id": "2", "heading": "Email", "answers": [{"text": EMAIL}]},
            ]},
            {"questions": [{"id": "3", "heading": "Phone", "answers": [{"text": PHONE}]}]},
        ]
    },
    "numbered objects": {"question_1": {"label": "Name", "value": NAME},
                         "question_2": {"label": "Email", "value": EMAIL},
                         "question_3": {"label": "Phone", "value": PHONE}},
    "questions that were left out": {
        "questions": [
            {"id": "0", "title": "Job title"},
            {"id": "1", "title": "Name", "answer": NAME},
            {"id": "2", "title": "Email", "answer": EMAIL},
            {"id": "3", "title": "Phone", "answer": PHONE},
            {"id": "4", "text": "Message"},
        ]
    },
    "lists in a form": b"label[]=Name&label[]=Email&label[]=Phone&value[]=Ada+Vance"
    b"&value[]=ada%40example.com&value[]=%2B12125550100",
    "Ninja Forms": {
        "fields": {
            "5": {"id": 5, "key": "name_1", "label": "Name", "type": "textbox", "value": NAME},
            "6": {"id": 6, "key": "email_1", "label": "Email", "type": "email", "value": EMAIL},
            "7": {"id": 7, "key": "phone_1", "label": "Phone", "type": "phone", "value": PHONE},
            "8": {"id": 8, "key": "text_8", "label": "Looms", "type": "textbox", "value": "40"},
        }
    },
    "Netlify": {
        "payload": {
            "number": 4,
            "ordered_human_fields": [
                {"title": "Name", "name": "name", "value": NAME},
                {"title": "Email", "name": "email", "value": EMAIL},
                {"title": "Phone", "name": "phone", "value": PHONE},
            ],
        }
    },
}  # fmt: skip


def test_every_form_builder_that_the_guide_names_is_tested() -> None:
    guide = (Path(__file__).parents[3] / "docs/how-to/connect-a-sender.md").read_text()
    section = guide.partition("### Answers of form builders")[2].partition("\n### ")[0]
    rows = [line for line in section.splitlines() if line.startswith(("| `", "| answers"))]
    named = [name.strip() for row in rows for name in row.split("|")[-2].split(",")]
    builders = [name.partition(" (")[0] for name in named if name[0].isupper()]
    assert len(builders) > 20
    assert [name for name in builders if not any(shape.startswith(name) for shape in SHAPES)] == []


@pytest.mark.parametrize("source_name", ["generic", "form"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_answers_of_a_form_builder_are_a_lead(shape: str, source_name: str) -> None:
    body = SHAPES[shape]
    found = lead(body, FORM if isinstance(body, bytes) else "application/json", source_name)
    assert who(found) == WHO
    assert found.suspicions == ()
    assert found.title is None
    assert found.message is None
