"""How lines of `when` are read, and what is said of wrong ones."""

import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.errors import ConfigurationError
from leadline.settings.comparing import changed_settings
from leadline.settings.conditions.fields import FIELDS
from leadline.settings.conditions.operators import OPERATORS
from leadline.settings.conditions.parsing import Condition, ListFile, WrongCondition, parse
from leadline.settings.conditions.text import fold_text
from leadline.settings.loading import Loaded, load
from tests.worlds.thorough import thorough

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("line", "op", "values"),
    [
        ("company = Smith, Jones & Co", "=", ("Smith, Jones & Co",)),
        ("company='O''Neil'", "=", ("O'Neil",)),
        ("company = O'Neil", "=", ("O'Neil",)),
        ('company = "say ""hi"""', "=", ('say "hi"',)),
        ("Company  IS  NOT   EMPTY", "is not empty", ()),
        ("company in [A, 'B, C', D ]", "in", ("A", "B, C", "D")),
        ("company in(A,B)", "in", ("A", "B")),
        ("company not in [a.csv, b]", "not in", ("a.csv", "b")),
        ("country in de, AUT, Switzerland", "in", ("DE", "AT", "CH")),
        ("weekday in Monday, TUE", "in", ("mon", "tue")),
        ("score>=50", ">=", ("50",)),
        ("score between -1.5 AND 2", "between", ("-1.5", "2")),
        ("title matches ^(a|b), c$", "matches", ("^(a|b), c$",)),
    ],
)
def test_values_are_read_as_they_are_written(line: str, op: str, values: tuple[str, ...]) -> None:
    found = parse(line)
    assert (found.op, found.values, found.file) == (op, values, None)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("custom.budget = 1", ("budget",)),
        ("custom.address.city = 1", ("address", "city")),
        ('custom."Budget (EUR)" = 1', ("Budget (EUR)",)),
        ('custom.\'a.b\'."c""d"=1', ("a.b", 'c"d')),
        ("custom.größe-2 = 1", ("größe-2",)),
    ],
)
def test_custom_fields_are_named_as_their_sender_does(line: str, path: tuple[str, ...]) -> None:
    assert parse(line).path == path


def test_files_are_named_with_their_column() -> None:
    assert parse("company in lists/my banks.csv").file == ListFile("lists/my banks.csv")
    assert parse("email domain in BANKS.CSV:Domain name").file == ListFile(
        "BANKS.CSV", "Domain name"
    )
    assert parse('name not in "a, b.csv:c"').file == ListFile("a, b.csv", "c")


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("", 1, "expected a field"),
        ("= 3", 1, "expected a field"),
        ("compnay = x", 1, "no field 'compnay'; the nearest is company"),
        ("histroy.leads = 1", 1, "the nearest is history.leads"),
        ("zzzz = x", 1, "a field of your sender's own is custom.NAME"),
        ("custom = 3", 7, "expected a name after custom"),
        ("company", 8, "expected an operator (=, !=, in, not in,"),
        ("company equals x", 9, "not 'equals'"),
        ("score == 5", 7, "not '=='"),
        ("company inside x", 9, "expected an operator"),
        ("company =  ", 12, "expected a value after ="),
        ('company = ""', 11, "is empty asks for none"),
        ("score = x", 9, "expected a number such as 80 or 0.5, not 'x'"),
        ("custom.x > many", 12, "expected a number"),
        ("score contains 3", 7, "score has no contains; expected one of =,"),
        ("score between 9", 15, "expected two numbers"),
        ("score between 9 and x", 15, "expected a number, not 'x'"),
        ("score between 9 and 3", 15, "the smaller number first"),
        ("company in a, ,b", 15, "expected a value"),
        ("company in a,", 14, "expected a value"),
        ("company in []", 13, "expected a value"),
        ("company in 'a' b", 16, "expected a comma"),
        ('company in "a', 12, "is not closed"),
        ("company = 'a' b", 14, "expected nothing after the closing quotation mark"),
        ("company is empty x", 18, "expected nothing after is empty"),
        ("company in a, b.csv", 15, "a file stands alone"),
        ("score in scores.csv", 10, "this field is in no file"),
        ("seen = ever", 8, "expected one of new, before, not 'ever'"),
        ("country = Germny", 11, "expected a country such as DE or Germany"),
        ("name matches " + "x" * 201, 14, "at most 200 characters, not 201"),
    ],
)
def test_a_wrong_line_says_where_and_what_was_expected(line: str, column: int, words: str) -> None:
    with pytest.raises(WrongCondition) as caught:
        parse(line)
    assert words in caught.value.words
    assert caught.value.column == column


PIECES = st.sampled_from(
    [
        *FIELDS, *OPERATORS, *(one.example for one in FIELDS.values()), "custom.", ".", ",", "'",
        '"', "[", "]", "(", "and", "1", "-2.5", "x.csv", "x.csv:y", " ", "\t", "\u3000", "ſ", "é",
    ]
)  # fmt: skip


@thorough(5000, often=150)
@given(st.lists(PIECES | st.text(max_size=4), max_size=7).map("".join) | st.text(max_size=60))
def test_any_line_is_read_or_refused_at_a_place_in_it(line: str) -> None:
    found = parsed(line)
    if isinstance(found, WrongCondition):
        assert 1 <= found.column <= len(line) + 1
        assert found.words
    else:
        assert found.field in FIELDS
        assert found.op in OPERATORS
        assert found.means == parse(f" {line} ").means


def parsed(line: str) -> Condition | WrongCondition:
    try:
        return parse(line)
    except WrongCondition as error:
        return error


WORD = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)


@thorough(2000, often=60)
@given(values=st.lists(WORD, min_size=1, max_size=4), mark=st.sampled_from("'\""))
def test_quoted_values_are_read_back(values: list[str], mark: str) -> None:
    quoted = [mark + value.replace(mark, mark * 2) + mark for value in values]
    assert parse(f"company in [{', '.join(quoted)}]").values == tuple(values)


RULE = """
[rules.banks]
when = {lines}
team = "desk"
[teams.desk]
people = ["ann"]
[people.ann]
email = "ann@example.com"
"""


def written(folder: Path, *lines: str) -> Path:
    path = folder / "team.toml"
    path.write_text(RULE.format(lines=json.dumps(lines)), encoding="utf-8")
    return path


def loaded(folder: Path, *lines: str) -> Loaded:
    return load(environ={}, folder=folder, config=written(folder, *lines))


def problems(folder: Path, *lines: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        loaded(folder, *lines)
    return [one.partition("team.toml ")[2] for one in str(caught.value).splitlines()[1:]]


def test_wrong_conditions_name_the_rule_the_line_and_the_column(tmp_path: Path) -> None:
    found = problems(tmp_path, "company contains bank", "compnay = x", "score > ten")
    assert found == [
        "line 3: rules.banks.when: line 2, column 1: there is no field 'compnay'; the nearest is "
        "company",
        "line 3: rules.banks.when: line 3, column 9: expected a number such as 80 or 0.5, not "
        "'ten'",
    ]


def test_a_pattern_that_is_none_is_refused(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "title matches (a")
    assert "column 15: this is no pattern that RE2 knows: missing ): (a" in found
    (found,) = problems(tmp_path, r"title matches (a)\1")
    assert "invalid escape sequence" in found


def test_without_its_engine_patterns_are_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    (found,) = problems(tmp_path, "title matches a")
    assert "needs the package google-re2, which is not installed" in found
    assert "pip install google-re2" in found


def test_a_list_is_read_with_the_settings(tmp_path: Path) -> None:
    text = '\ufeffDomain;"Name; long"\nexample.com; Example  Bank\n\n;x\nÉCOLE.example;"A ""b"""\n'
    (tmp_path / "banks.csv").write_text(text, encoding="utf-8")
    found = loaded(tmp_path, "email domain in banks.csv", "company in banks.csv:name; long")
    lists = found.settings.rules["banks"].lists
    assert lists == {
        "banks.csv": {"domain", "example.com", "école.example"},
        "banks.csv:name; long": {"example bank", "x", 'a "b"'},
    }
    assert tmp_path / "banks.csv" in found.read


def test_a_changed_list_is_a_changed_rule(tmp_path: Path) -> None:
    (tmp_path / "banks.csv").write_text("example.com\n")
    before = loaded(tmp_path, "email domain in banks.csv").settings
    assert changed_settings(before, loaded(tmp_path, "email domain in banks.csv").settings) == ()
    (tmp_path / "banks.csv").write_text("example.com\nexample.org\n")
    after = loaded(tmp_path, "email domain in banks.csv").settings
    assert changed_settings(before, after) == ("rules.banks",)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.csv", None, "there is no file none.csv beside the settings"),
        ("a.csv:who", b"name,domain\nx,y\n", "a.csv has no column 'who'; its first line is name"),
        ("a.csv", b"\n\n", "a.csv has no values"),
        ("a.csv", b"\xff\xfe", "a.csv is not UTF-8 (byte 0)"),
        ("a.csv", b'"open', "a.csv is not CSV"),
        ("a.csv", b"x\n" * 100_001, "a.csv has 100001 lines; 100000 are the most"),
        ("../a.csv", b"x", "../a.csv is not beside the settings"),
        ("/etc/a.csv", None, "/etc/a.csv is not beside the settings"),
        ("out.csv", None, "out.csv leads out of the folder of the settings"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    folder = tmp_path / "settings"
    folder.mkdir()
    (tmp_path / "elsewhere.csv").write_text("x\n")
    (folder / "out.csv").symlink_to(tmp_path / "elsewhere.csv")
    if content is not None:
        (folder / name.partition(":")[0]).write_bytes(content)
    (found,) = problems(folder, f"company in {name}")
    assert found.startswith("line 3: rules.banks.when: column 12: ")
    assert words in found


def test_a_list_of_countries_names_countries(tmp_path: Path) -> None:
    (tmp_path / "emea.csv").write_text("DE\nAustria\n")
    lists = loaded(tmp_path, "country in emea.csv").settings.rules["banks"].lists
    assert lists == {"emea.csv": {"de", "austria"}}
    (tmp_path / "emea.csv").write_text("DE\nAtlantis\n")
    (found,) = problems(tmp_path, "country in emea.csv")
    assert "emea.csv: 'atlantis' is no country" in found


def test_the_rules_of_the_guide_load(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/write-rules.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(toml|text)\n(.*?)```", page, re.DOTALL)
    (accounts,) = (text for kind, text in blocks if kind == "text")
    (tmp_path / "target-accounts.csv").write_text(accounts)
    path = tmp_path / "leadline.toml"
    path.write_text("".join(text for kind, text in blocks if kind == "toml"), encoding="utf-8")
    rules = load(environ={}, config=path).settings.rules
    assert len(rules) == 8
    assert "bank.example.com" in rules["accounts"].lists["target-accounts.csv:domain"]


@pytest.mark.parametrize("before", [0, 254, 255, 256, 510])
def test_letters_with_marks_are_the_same_in_long_texts_however_they_are_encoded(
    before: int,
) -> None:
    assert fold_text("a" * before + "E\u0301cole") == "a" * before + "\u00e9cole"
