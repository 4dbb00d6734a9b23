"""The text of docs/reference/conditions.md, out of the tables of fields and operators."""

from leadline.settings.conditions.fields import FIELDS, FieldKind
from leadline.settings.conditions.list_files import MOST_LINES
from leadline.settings.conditions.operators import OPERATORS
from leadline.settings.conditions.parsing import LONGEST_PATTERN
from leadline.settings.conditions.patterns import LONGEST_MATCHED

PAGE = "docs/reference/conditions.md"

_KINDS = {
    FieldKind.TEXT: "text",
    FieldKind.NUMBER: "number",
    FieldKind.CHOICE: "one of",
    FieldKind.COUNTRY: "country",
    FieldKind.TEXTS: "several texts",
    FieldKind.ANY: "anything",
}

_PAGE = """# Conditions

<!-- Written by `make docs` out of src/leadline/settings/conditions: edit that, not this. -->

The lines of `when` in `[rules.NAME]`. Each is a field, an operator and, for most operators, a
value. A lead must meet all lines of a rule and all its other settings (`sources`, `countries`, …);
for "or", write another rule. [Write rules](../how-to/write-rules.md) shows how they are used.

```toml
[rules.banks]
when = [
    "company contains bank",
    "country in DE, AT, CH",
    "custom.employees >= 250",
    "email domain not in competitors.csv",
]
team = "finance"
```

## How a line is written

- **Case and blanks** do not count, accents do: `company = example bank` is met by `EXAMPLE  Bank`.
  An accent is the same however it is encoded.
- **A value** is the rest of the line: `company = Smith, Jones & Co`. It may stand in quotation
  marks of either kind, `'Smith'` or `"Smith"`; two of them stand for one: `'O''Neil'`.
- **A list** is separated by commas, with brackets if you like: `title in CEO, CTO` or
  `title in [CEO, CTO]`. A value with a comma is quoted:
  `company in "Smith, Jones & Co", Example Ltd`.
- **A number** has digits, at most one point, and no thousands separators: `12500.50`. Of custom
  fields and texts that are compared with numbers, only what is written like that counts as a
  number.
- **A missing field** meets `!=`, `not in`, `does not contain`, `domain not in` and `is empty`, and
  nothing else. A blank one counts as missing.
- **A field with several values** (`problems`, a list in `custom`) meets a condition if one of its
  values does, and a condition with "not" if none is what that excludes.

What is wrong in a line is said when the settings are read, with its place:

```text
leadline.toml line 2: rules.banks.when: line 2, column 1: there is no field 'contry'; \
the nearest is country
```

## Operators

| operator | meaning | for | example |
| --- | --- | --- | --- |
{operators}

## Fields

| field | meaning | holds | example |
| --- | --- | --- | --- |
{fields}

The fields `history.…` are about earlier leads that are
[linked as the same person's](../how-to/duplicates.md), and so are `seen` and `duplicate.…`. They
say how it was when the lead was refined.

## Lists in files

`in FILE.csv` looks for the field among the values of the first column of a CSV file,
`in FILE.csv:COLUMN` in the column whose name is in the first line. `not in`, `domain in` and
`domain not in` take files, too. A path is relative to the folder of the settings file, and stays
in it. The file is UTF-8, columns are separated by comma, semicolon or tab, and it has at most
{lines:,} lines. Without a column the first line counts as a value like the others. A value that
ends with `.csv` and is no file stands in brackets: `company in [example.csv]`.

The file is read with the settings: change it, then have the server read the settings anew
(`systemctl reload`, or SIGHUP), which names the rules that changed.
`leadline deploy aws --settings FILE` carries the lists in the package of the functions, as it does
the weights of the search for duplicates: each may have as many lines as elsewhere, and all
together about {domains:,} domains. They take no room of the settings. A changed list is deployed
again; without `--settings` a deployment keeps the lists that it finds. Settings that an earlier
version deployed, with their lists in their own text, stay valid.

## Patterns

`matches` takes a regular expression of [RE2](https://github.com/google/re2/wiki/Syntax) with at
most {pattern} characters. It looks at the first {matched:,} characters of a field, in whatever
case, and finds a part; `^` and `$` stand for its beginning and end. RE2 takes time in proportion
to the text, whatever the pattern and the text are, and has no look-around and no back references.
It is the extra `patterns` of Leadline, the package google-re2 (`pip install google-re2`); without
it, settings with `matches` are refused. `leadline deploy aws --settings FILE` carries it in the
package of the functions if a rule has a pattern, built for their Python and processor, and says so
in words if there is no such wheel. Functions load it when they look at rules with patterns.
"""


def text() -> str:
    """The whole page."""
    return _PAGE.format(
        operators="\n".join(
            f"| `{op}` | {one.meaning} | {_kinds(one.kinds)} | `{_cell(one.example)}` |"
            for op, one in OPERATORS.items()
        ),
        fields="\n".join(
            f"| `{name}` | {one.meaning} | {_holds(one.kind, one.words)} | `{_cell(one.example)}` |"
            for name, one in FIELDS.items()
        ),
        lines=MOST_LINES,
        domains=6 * MOST_LINES,
        pattern=LONGEST_PATTERN,
        matched=LONGEST_MATCHED,
    )


def _holds(kind: FieldKind, words: tuple[str, ...]) -> str:
    return f"{_KINDS[kind]} {', '.join(words)}" if words else _KINDS[kind]


def _kinds(kinds: frozenset[FieldKind]) -> str:
    if kinds == frozenset(FieldKind):
        return "all fields"
    return ", ".join(_KINDS[kind] for kind in FieldKind if kind in kinds)


def _cell(code: str) -> str:
    return code.replace("|", "\\|")
