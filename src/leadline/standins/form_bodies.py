"""Bodies of forms as browsers and form services send them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from leadline.standins.sample_bodies import ORGANIZATION, Persona, compact


def web_to_lead(person: Persona, **more: str) -> bytes:
    """Salesforce Web-to-Lead: the fields of the generated form."""
    return urlencode(
        {
            "oid": ORGANIZATION[:15],
            "retURL": "https://www.example.com/thanks",
            "first_name": person.first,
            "last_name": person.last,
            "email": person.email,
            "phone": person.phone,
            "company": person.company,
            "title": person.title,
            "country": person.country,
            "lead_source": "Web",
            "00N5g00000ExmplX": "Newsletter",
            **more,
        }
    ).encode()


def typeform_response(person: Persona, at: datetime) -> bytes:
    """Typeform: one response, which has questions and answers in separate lists."""
    asked: list[tuple[str, str, str, Any]] = [
        ("q1", "First name", "text", person.first),
        ("q2", "Last name", "text", person.last),
        ("q3", "What is your e-mail?", "email", person.email),
        ("q4", "Phone number", "phone_number", person.phone),
        ("q5", "Which company do you work for?", "text", person.company),
        ("q6", "How many seats do you need?", "number", person.number % 90 + 3),
    ]
    return compact(
        {
            "event_id": f"01EXAMPLE{person.number:017d}",
            "event_type": "form_response",
            "form_response": {
                "form_id": "exampl3",
                "token": f"tok{person.number:029d}",
                "submitted_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "landed_at": (at - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "hidden": {"utm_source": "podcast", "utm_campaign": "autumn"},
                "calculated": {"score": person.number % 100},
                "definition": {
                    "id": "exampl3",
                    "title": "Talk to sales",
                    "fields": [{"id": i, "title": title, "type": t} for i, title, t, _ in asked],
                },
                "answers": [
                    {"type": t, t: value, "field": {"id": i, "type": t, "ref": f"ref-{i}"}}
                    for i, _, t, value in asked
                ],
            },
        }
    )


def form_fields(person: Persona) -> dict[str, str]:
    """The fields of a contact form."""
    return {
        "your-name": person.name,
        "your-email": person.email,
        "your-phone": person.phone,
        "company": person.company,
        "country": person.country,
        "message": "Hello,\r\nplease send a quote & a price list.",
        "utm_source": "newsletter",
        "utm_campaign": "spring & summer",
        "url2": "",
    }


def urlencoded(fields: Mapping[str, str], charset: str = "utf-8") -> bytes:
    """A form as browsers send it, URL-encoded."""
    return urlencode(fields, encoding=charset).encode()


def multipart(fields: Mapping[str, str], boundary: str) -> bytes:
    """A form with a file as browsers send it, multipart."""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    parts = [f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    file = f'{head}brief"; filename="brief.txt"\r\nContent-Type: text/plain\r\n\r\nForty seats.\r\n'
    return "".join([*parts, file, f"--{boundary}--\r\n"]).encode()


def flat_lead(person: Persona) -> dict[str, Any]:
    """A lead as an automation tool or a user's own program sends it."""
    return {
        "First Name": person.first,
        "Last Name": person.last,
        "email_address": person.email,
        "phone": person.phone,
        "company": person.company,
        "jobTitle": person.title,
        "country": person.country,
        "lead_source": "Partner portal",
        "utm_campaign": "brand",
        "score": person.number % 100,
        "owner": "",
        "seats": 40,
    }
