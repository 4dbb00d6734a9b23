"""Consent: the words for yes and no, and what becomes of words that say neither."""

from datetime import UTC, datetime

import pytest

from leadline.model.facts.consent import NO, UNKNOWN, YES, Consent, ConsentSaid
from leadline.model.lead import LeadFields
from leadline.refine import About, refine
from leadline.refine.consent import refine_consent, yes_or_no
from leadline.refine.consent_words import NO_WORDS, YES_WORDS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

AGREED = (
    "on", "Yes", "TRUE", "1", "checked", "Yes, please", "I agree to receive e-mails", "opt-in",
    "opted_in", "Ja", "Ja, gerne", "Ich stimme zu.", "Oui", "J’accepte", "Sí", "Acepto", "Sì",
    "Accetto", "Sim", "Aceito", "Akkoord", "Ja graag", "Tak", "Zgadzam się", "Ja tack",
    "Jeg godtar dette", "Да", "Согласен", "はい", "同意します", "是", "同意",
    "Freely given consent from contact",
    "I agree to the terms. My data is not shared.", "Ja, ich stimme zu; nicht an Dritte.",
)  # fmt: skip
REFUSED = (
    "off", "No", "FALSE", "0", "unchecked", "No, thanks", "No thank you", "I do not agree",
    "I don’t want any calls", "opt-out", "Unsubscribed", "Nein", "Nein danke",
    "Ich möchte keine Werbung", "Ich stimme nicht zu", "Non", "Non merci", "No gracias",
    "No acepto", "Non accetto", "Não", "Não, obrigado", "Nee", "Nie", "Nie wyrażam zgody", "Nej",
    "Nei takk", "Нет", "Не согласен", "いいえ", "同意しません", "否", "不同意",
)  # fmt: skip
UNCLEAR = (
    "maybe",
    "Not applicable",
    "2026-03-02",
    "Legitimate interest",
    "ask me",
    "note",
    "onion",
    "ok, never",
    "Yes, but not by phone",
    "Yes, but don't call",
    "I want no calls",
    "Ich stimme einer Kontaktaufnahme nicht zu",
    "Ich willige in Werbung nicht ein",
    "Ja, aber keine Anrufe",
    "Je souhaite ne pas être appelé",
    "Acepto, pero nunca por teléfono",
    "Ja, men aldrig per telefon",
    "Согласен, но не звоните",
)


@pytest.mark.parametrize("words", AGREED)
def test_words_that_agree(words: str) -> None:
    assert yes_or_no(words) == YES


@pytest.mark.parametrize("words", REFUSED)
def test_words_that_refuse(words: str) -> None:
    assert yes_or_no(words) == NO


@pytest.mark.parametrize("words", UNCLEAR)
def test_words_that_say_neither_are_unknown(words: str) -> None:
    assert yes_or_no(words) == UNKNOWN


def test_no_word_means_both() -> None:
    assert not YES_WORDS & NO_WORDS


def test_a_long_answer_takes_no_longer_than_its_length() -> None:
    assert yes_or_no("a " * 200_000) == UNKNOWN
    (said,) = refine_consent({"ads": ConsentSaid("x y " * 999, "q" * 999)}, "form", NOON).values()
    assert len(said.text) == 300


def test_consent_is_kept_by_purpose_with_its_source_and_time() -> None:
    said = {
        "email": ConsentSaid("on", "newsletter"),
        "phone": ConsentSaid("no", "DoNotCall", source="CRM salesforce"),
        "sms": ConsentSaid("vielleicht", "per SMS?"),
        "ads": ConsentSaid("  "),
        "other": ConsentSaid("yes"),
    }
    fields = LeadFields(name="Ada Vance", email="ADA@example.com", consent=said)
    about = About("id", NOON, NOON, "form")
    lead = refine(fields, about)
    assert lead.consent == {
        "email": Consent(YES, "form", NOON, "newsletter"),
        "phone": Consent(NO, "CRM salesforce", None, "DoNotCall"),
        "sms": Consent(UNKNOWN, "form", NOON, "per SMS?: vielleicht"),
    }
    bare = refine(LeadFields(name="Ada Vance", email="ADA@example.com"), about)
    assert (lead.contact, lead.changes, lead.problems) == (
        bare.contact, bare.changes, bare.problems
    )  # fmt: skip
