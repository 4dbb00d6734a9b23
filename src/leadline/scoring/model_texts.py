"""The texts of a model's file that leads keep and people read, and the forms of its dates."""

from collections.abc import Iterable

from leadline.model.texts.patterns import late

LONGEST_NAME, LONGEST_TEXT = 80, 500
_FORM = late(r"(?:%[dmYHMS]|[-/. :]){0,20}")


def problem_of_name(name: str) -> str:
    """Why a model cannot have this name, which stands beside each score; "" if it can."""
    if 0 < len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip():
        return ""
    return f"the name of a model has 1 to {LONGEST_NAME} printable characters"


def problem_of_texts(texts: Iterable[str]) -> str:
    """Why a model cannot have these texts; "" if it can."""
    if any(len(text) > LONGEST_TEXT for text in texts):
        return f"it has a text of more than {LONGEST_TEXT} characters"
    return ""


def is_form(form: str) -> bool:
    """Whether dates can be read in this form of `strptime`: it asks for no part twice. Others would
    fail or be slow for each lead, not when the file is read."""
    parts = [one[:1] for one in form.split("%")[1:]]
    return _FORM.fullmatch(form) is not None and len(set(parts)) == len(parts)
