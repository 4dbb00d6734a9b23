"""The line of each setting in a TOML file, and what it costs to read many."""

import tomllib
from typing import Any

import pytest

from leadline.model.errors import ConfigurationError
from leadline.settings.files import parse_toml
from leadline.settings.loading import load

TRICKY = '''\
a = 1 # [ "
b = "x # [ \\" ]"
c = [
  1, # ]
  "]",
]
d = """
q [ \\""" #
""""
e = {f = [1], g = "}"}
[t."h.i"]
j = \'\'\'
\\
\'\'\'\'\'

k = \'"\'
[[l]]
'm' = ""
'''


def test_texts_lists_and_comments_do_not_hide_where_a_setting_begins() -> None:
    found = {path: origin for path, _, origin in parse_toml(TRICKY, "x", [])}
    assert found == {
        ("a",): "x line 1",
        ("b",): "x line 2",
        ("c",): "x line 3",
        ("d",): "x line 7",
        ("e", "f"): "x line 10",
        ("e", "g"): "x line 10",
        ("t", "h.i", "j"): "x line 12",
        ("t", "h.i", "k"): "x line 16",
        ("l",): "x line 17",
    }


def test_a_long_list_is_read_once_and_not_once_for_each_of_its_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loads, read = tomllib.loads, list[int]()

    def counted(text: str) -> dict[str, Any]:
        read.append(len(text))
        return loads(text)

    monkeypatch.setattr(tomllib, "loads", counted)
    text = "[rules.x]\nwhen = [\n" + '"company = a",\n' * 500 + "]\n"
    (one,) = parse_toml(text, "x", [])
    assert one[2] == "x line 2"
    assert sum(read) <= 2 * len(text) + 1  # whole, and by its statements


def test_of_very_many_wrong_names_the_first_are_told() -> None:
    text = "".join(f"nothing_{number} = 1\n" for number in range(2000))
    with pytest.raises(ConfigurationError) as raised:
        load(environ={}, document=(text, "x"))
    lines = raised.value.detail.splitlines()
    assert 200 < len(lines) < 210
    assert "nothing_0" in lines[1]
    assert "there is more that is wrong" in lines[-1]
