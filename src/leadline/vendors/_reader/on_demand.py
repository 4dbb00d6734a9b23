"""The reader of whole bodies, loaded when it is first needed.

Loading takes 10 ms, which a capture on AWS spends only if a body holds a list, or JSON in a text.
"""

from collections.abc import Mapping
from typing import Any

from leadline.model.lead import LeadFields


def guessed_late(value: Any, mapping: Mapping[str, str] = {}) -> LeadFields:
    """See `guess.guessed`."""
    from leadline.vendors._reader import guess

    return guess.guessed(value, mapping)


def claimed_late(value: Any) -> frozenset[str]:
    """See `guess.claimed`."""
    from leadline.vendors._reader import guess

    return guess.claimed(value)


def names_somebody_late(value: Any) -> bool:
    """See `guess.names_somebody`."""
    from leadline.vendors._reader import guess

    return guess.names_somebody(value)


def is_answer_late(value: Any) -> bool:
    """See `answers.is_answer`."""
    from leadline.vendors._answers import answers

    return answers.is_answer(value)


def are_answers_late(value: Any) -> bool:
    """See `answers.are_answers`."""
    from leadline.vendors._answers import answers

    return answers.are_answers(value)
