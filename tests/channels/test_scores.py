"""Every kind of channel says what a lead is worth and why, in words and within its limits."""

import email
import email.policy

import msgspec
import pytest

from leadline.model.facts.score import LeadScore, ScoreReason
from leadline.model.lead import RefinedLead
from leadline.model.texts.links import Links
from tests.channels.leads import again, lead, noticed
from tests.contracts.test_writers import KINDS

REASONS = (
    ScoreReason("points.price", "asks for a price", 40.0),
    ScoreReason("points.company", "writes from a company", 25.0),
    ScoreReason("country", "Norway", -5.0),
)
SCORE = LeadScore(85, "spring 3", probability=0.4, fit=70, intent=90, hot=True, reasons=REASONS)


def text_of(message: bytes) -> str:
    """All texts of a message."""
    if message.startswith(b"{"):
        return "\n".join(_texts(msgspec.json.decode(message)))
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    return "\n".join(str(part.get_content()) for part in parsed.walk() if not part.is_multipart())


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [str(value)]


def told(kind: str, one: RefinedLead) -> bytes:
    message = KINDS[kind].writer.alert(noticed(one, Links()))
    assert KINDS[kind].faults(message.body) == []
    return message.body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [lead, again], ids=["new", "seen before"])
def test_an_alert_tells_the_score_and_its_strongest_reasons(kind: str, make: object) -> None:
    one = msgspec.structs.replace(make(), score=SCORE)  # type: ignore[operator]
    text = text_of(told(kind, one))
    assert "85" in text
    for words in ("asks for a price", "writes from a company", "Norway"):
        assert words in text


@pytest.mark.parametrize("kind", KINDS)
def test_reasons_of_any_length_and_content_break_no_message(kind: str) -> None:
    reasons = tuple(ScoreReason("points.x", "<!channel> *_`" + "ü\n" * 900, 9.0) for _ in range(3))
    score = msgspec.structs.replace(SCORE, reasons=reasons)
    told(kind, msgspec.structs.replace(lead(), score=score))
