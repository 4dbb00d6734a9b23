"""Patterns of conditions, by RE2, whose matching takes time in proportion to the text.

Python's own `re` can take forever for a pattern such as `(a+)+$`, and what is matched is written by
strangers. RE2 has no look-around and no back references.
"""

from collections.abc import Callable

LONGEST_MATCHED = 1000
"""Patterns look at so many characters of a field."""

_MOST_MEMORY = 1 << 20
_MOST_SHOWN = 100


class WrongPattern(ValueError):
    """A pattern that cannot be used; the text says why."""


class NoEngine(WrongPattern):
    """RE2 is not installed, so no pattern can be used."""


def compiled_pattern(pattern: str) -> Callable[[str], bool]:
    """Whether a text has a part that the pattern matches, in whatever case; only the beginning of a
    long text is looked at. Raises WrongPattern if the pattern is none, and NoEngine if RE2 is not
    installed."""
    try:
        import re2  # imported here: an extra, and few conditions have a pattern
    except ImportError:
        raise NoEngine(
            "matches needs the package google-re2, which is not installed; install it "
            "(pip install google-re2) or use contains, begins with or ends with"
        ) from None
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        search = re2.compile(pattern, options).search
    except UnicodeError:
        raise WrongPattern("this pattern is no text") from None
    except re2.error as error:
        why = error.args[0] if error.args else ""
        words = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise WrongPattern(f"this is no pattern that RE2 knows: {words[:_MOST_SHOWN]}") from None
    # As bytes, because a text may have half of a surrogate pair, which re2 does not encode.
    return lambda text: search(text[:LONGEST_MATCHED].encode("utf-8", "replace")) is not None
