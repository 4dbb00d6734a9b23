"""Reads a line of `when`: `field operator value`."""

import msgspec

from leadline.model.texts.patterns import late
from leadline.settings.conditions.fields import FIELDS, OPEN, ConditionField, FieldKind
from leadline.settings.conditions.operators import OPERATORS, Operator, Takes
from leadline.settings.conditions.text import fold_text
from leadline.settings.conditions.values import checked_value, is_number

LONGEST_PATTERN = 200
"""The most characters of a pattern."""

_WORD = late(r"[^\W\d][\w-]*")
_PART = late(r"\.\s*(?:\"((?:[^\"]|\"\")+)\"|'((?:[^']|'')+)'|([\w-]+))")
_SIGNS = late(r"[=!<>~]+")
_FILE = late(r"(.+\.csv)(?::(.+))?", 2)  # re.IGNORECASE
_OPERATOR_WORDS = sorted(
    (op.split() for op in OPERATORS if op.isascii() and op[0].isalpha()), key=len
)
_BRACKETS = {"[": "]", "(": ")"}
_MOST_SHOWN = 40


class WrongCondition(ValueError):
    """A line that is no condition: at which column (from 1), and what is wrong there."""

    def __init__(self, column: int, words: str) -> None:
        super().__init__(f"column {column}: {words}")
        self.column = column
        self.words = words


class ListFile(msgspec.Struct, frozen=True):
    """A file with the values of a condition: its path, and the column ("": the first)."""

    path: str
    column: str = ""

    @property
    def name(self) -> str:
        """As it is written: `banks.csv:domain`."""
        return f"{self.path}:{self.column}" if self.column else self.path


class Condition(msgspec.Struct, frozen=True):
    """A condition as it was read. `path` is what follows `custom` or
    `enriched`. `values` are in the order
    written, words and countries in their usual form. `at` is the column of the values."""

    field: str
    path: tuple[str, ...]
    op: str
    values: tuple[str, ...] = ()
    file: ListFile | None = None
    at: int = 0

    @property
    def means(self) -> tuple[object, ...]:
        """Equal for conditions that every lead meets or does not meet alike, as far as their
        writing shows it."""
        values: object = tuple(self.values)
        if OPERATORS[self.op].takes in (Takes.VALUE, Takes.LIST):
            values = frozenset(map(fold_text, self.values))
        return (self.field, self.path, self.op, values, self.file)


def parse(line: str) -> Condition:
    """The condition of a line. Raises WrongCondition."""
    return _Reader(line).condition()


class _Reader:
    """Reads one line from left to right."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0

    def condition(self) -> Condition:
        """The whole line."""
        begin = self._past_blanks()
        name, path = self._field(begin)
        field = FIELDS[name]
        begin = self._past_blanks()
        op = self._operator(begin)
        operator = OPERATORS[op]
        if field.kind not in operator.kinds:
            known = ", ".join(o for o, one in OPERATORS.items() if field.kind in one.kinds)
            raise WrongCondition(begin + 1, f"{name} has no {op}; expected one of {known}")
        at = self._past_blanks()
        values, file = self._operand(field, operator, op)
        return Condition(name, path, op, values, file, at + 1)

    def _past_blanks(self) -> int:
        line = self._line
        while self._at < len(line) and line[self._at].isspace():
            self._at += 1
        return self._at

    def _field(self, begin: int) -> tuple[str, tuple[str, ...]]:
        match = _WORD.match(self._line, begin)
        if match is None:
            raise WrongCondition(begin + 1, "expected a field, such as company or custom.budget")
        parts = [match[0]]
        end = match.end()
        while part := _PART.match(self._line, end):
            quoted = (part[1] or "").replace('""', '"') or (part[2] or "").replace("''", "'")
            parts.append(quoted or part[3])
            end = part.end()
        self._at = end
        if (first := parts[0].casefold()) in OPEN:
            if len(parts) == 1:
                words = f"expected a name after {first}, such as {first}.budget"
                raise WrongCondition(end + 1, words)
            return first, tuple(parts[1:])
        name = ".".join(parts).casefold()
        if name not in FIELDS:
            raise WrongCondition(begin + 1, _no_such_field(".".join(parts)))
        return name, ()

    def _operator(self, begin: int) -> str:
        if signs := _SIGNS.match(self._line, begin):
            self._at = signs.end()
            if signs[0] in OPERATORS:
                return signs[0]
            raise WrongCondition(begin + 1, _no_such_operator(signs[0]))
        written = self._line[begin:].casefold().split()
        for words in reversed(_OPERATOR_WORDS):  # the longest first
            if self._begins_with(written, words):
                self._at = begin
                for word in words:
                    self._at = self._past_blanks() + len(word)
                return " ".join(words)
        raise WrongCondition(begin + 1, _no_such_operator(written[0] if written else ""))

    @staticmethod
    def _begins_with(written: list[str], words: list[str]) -> bool:
        *before, last = written[: len(words)] or [""]
        ends = last == words[-1] or last.startswith(tuple(words[-1] + one for one in "[(\"'"))
        return before == words[:-1] and ends

    def _operand(
        self, field: ConditionField, operator: Operator, op: str
    ) -> tuple[tuple[str, ...], ListFile | None]:
        at, rest = self._at, self._line[self._at :].rstrip()
        if operator.takes is Takes.NOTHING:
            if rest:
                raise WrongCondition(at + 1, f"expected nothing after {op}")
            return (), None
        if not rest:
            raise WrongCondition(at + 1, f"expected a value after {op}")
        if operator.takes is Takes.SPAN:
            return _span(rest, at), None
        if operator.takes is Takes.LIST:
            return self._list(field, rest, at)
        value = _whole(rest, at)
        if operator.takes is Takes.PATTERN:
            if len(value) > LONGEST_PATTERN:
                raise WrongCondition(
                    at + 1, f"a pattern has at most {LONGEST_PATTERN} characters, not {len(value)}"
                )
            return (value,), None
        needs_number = op in ("<", "<=", ">", ">=")
        return (_checked(field, value, at, needs_number=needs_number),), None

    @staticmethod
    def _list(field: ConditionField, rest: str, at: int) -> tuple[tuple[str, ...], ListFile | None]:
        closing = _BRACKETS.get(rest[0])
        bracketed = closing is not None and rest.endswith(closing)
        found = _items(rest[1:-1] if bracketed else rest, at + bracketed)
        files = [] if bracketed else [one for one in found if _FILE.fullmatch(one[0])]
        if files and len(found) > 1:
            raise WrongCondition(
                files[0][1] + 1, "a file stands alone; put a list of values in brackets"
            )
        if files and field.kind in (FieldKind.NUMBER, FieldKind.CHOICE):
            raise WrongCondition(files[0][1] + 1, "this field is in no file; write its values")
        if files and (match := _FILE.fullmatch(files[0][0])):
            return (), ListFile(match[1].strip(), (match[2] or "").strip())
        return tuple(_checked(field, value, place) for value, place in found), None


def _checked(field: ConditionField, value: str, at: int, *, needs_number: bool = False) -> str:
    try:
        return checked_value(field, value, needs_number=needs_number)
    except ValueError as error:
        raise WrongCondition(at + 1, str(error)) from None


def _whole(rest: str, at: int) -> str:
    """The one value of the rest of a line."""
    if rest[0] not in "\"'":
        return rest
    value, end = _quoted(rest, 0, at)
    if end < len(rest):
        raise WrongCondition(at + end + 1, "expected nothing after the closing quotation mark")
    return value


def _items(rest: str, at: int) -> list[tuple[str, int]]:
    """The values of a list, each with its place in the line."""
    found: list[tuple[str, int]] = []
    here = 0
    while True:
        while here < len(rest) and rest[here].isspace():
            here += 1
        begin = here
        if here < len(rest) and rest[here] in "\"'":
            value, here = _quoted(rest, here, at)
            while here < len(rest) and rest[here].isspace():
                here += 1
            if here < len(rest) and rest[here] != ",":
                raise WrongCondition(at + here + 1, "expected a comma")
        else:
            comma = rest.find(",", here)
            here = len(rest) if comma < 0 else comma
            value = rest[begin:here].strip()
        if not value:
            raise WrongCondition(at + begin + 1, "expected a value")
        found.append((value, at + begin))
        if here >= len(rest):
            return found
        here += 1


def _quoted(rest: str, begin: int, at: int) -> tuple[str, int]:
    """A value in quotation marks, of which two stand for one, and where it ends."""
    mark, here, value = rest[begin], begin + 1, ""
    while (end := rest.find(mark, here)) >= 0:
        value += rest[here:end]
        if rest[end + 1 : end + 2] != mark:
            if not value.strip():
                raise WrongCondition(at + begin + 1, "expected a value; is empty asks for none")
            return value, end + 1
        value, here = value + mark, end + 2
    raise WrongCondition(at + begin + 1, f"the quotation mark {mark} is not closed")


def _span(rest: str, at: int) -> tuple[str, str]:
    words = rest.split()
    if len(words) != 3 or words[1].casefold() != "and":
        raise WrongCondition(at + 1, "expected two numbers, such as 50 and 80")
    for number in (words[0], words[2]):
        if not is_number(number):
            raise WrongCondition(at + 1, f"expected a number, not {number[:_MOST_SHOWN]!r}")
    if float(words[0]) > float(words[2]):
        raise WrongCondition(at + 1, "expected the smaller number first")
    return words[0], words[2]


def _no_such_field(name: str) -> str:
    import difflib  # imported here: it is slow to load, and only mistakes need it

    shown = f"there is no field {name[:_MOST_SHOWN]!r}"
    close = difflib.get_close_matches(name.casefold()[:100], FIELDS, 1)
    if close:
        return f"{shown}; the nearest is {close[0]}"
    return f"{shown}; a field of your sender's own is custom.NAME"


def _no_such_operator(written: str) -> str:
    wanted = f"expected an operator ({', '.join(OPERATORS)})"
    return f"{wanted}, not {written[:_MOST_SHOWN]!r}" if written else wanted
