"""Text whose letters were lost on its way, because a program replaced what its charset has not:
`????? ??????`, `M\ufffdller`. The letters can't be brought back."""

from leadline.model.lead import LeadFields
from leadline.model.texts.patterns import late

_MARK = late("[\ufffd\ud800-\udfff]")
_FEW_MARKS = 3  # "?" and "??" are typed, too


def damages(fields: LeadFields) -> list[str]:
    """The problem codes of texts that lost letters: `name.damaged`, `company.damaged`,
    `title.damaged`, `message.damaged`."""
    found = []
    for written in (fields.name, fields.first_name, fields.last_name):
        if written and not (written.isascii() and "?" not in written):
            found += ["name.damaged"] * _is_damaged_name(written)
    for field, written in (
        ("company", fields.company), ("title", fields.title), ("message", fields.message),
    ):  # fmt: skip
        if written and (_has_mark(written) or ("???" in written and is_lost(written))):
            found.append(f"{field}.damaged")
    return found


def is_lost(text: str) -> bool:
    """Whether at least as many letters were lost as are left."""
    if text.isascii() and "?" not in text:
        return False
    marks = 0 if text.isascii() else len(_MARK.findall(text))
    lost = marks + text.count("?")
    if not marks and lost < _FEW_MARKS:
        return False
    return lost >= sum(map(str.isalnum, text))


def _has_mark(text: str) -> bool:
    return not text.isascii() and _MARK.search(text) is not None


def _is_damaged_name(name: str) -> bool:
    return _has_mark(name) or (
        "?" in name and (name.count("?") >= _FEW_MARKS or _has_letters(name))
    )


def _has_letters(name: str) -> bool:
    return any(map(str.isalpha, name))
