"""Short forms of given names, and names folded for comparing."""

import subprocess
import sys
from pathlib import Path

import pytest

from leadline.refine.names.nickname_table import SHORT_FORMS
from leadline.refine.names.nicknames import are_nicknames, folded
from tools import nickname_table

ROWS = {row.split()[0]: row.split()[1:] for row in SHORT_FORMS.split(";")}


@pytest.mark.parametrize(
    "pair",
    ["Bob Robert", "Bill William", "Kate Katherine", "Katie Catherine", "Liz Elizabeth",
     "Sam Samuel", "Max Maximilian", "Chris Christopher", "Chris Christine", "Pat Patricia",
     "Paco Francisco", "PEPE josé", "Toño Antonio", "Hans Johannes", "Sepp Josef", "Zé José",
     "Саша Александр", "Katya Екатерина", "Gosia Małgorzata", "Beppe Giuseppe", "Kees Cornelis"],
)  # fmt: skip
def test_a_name_and_its_short_form_are_nicknames_either_way_round(pair: str) -> None:
    one, other = pair.split()
    assert are_nicknames(one, other)
    assert are_nicknames(other, one)


@pytest.mark.parametrize(
    "pair",
    ["Bill Robert", "Billy Robert", "Sam Samantha", "Max Maxine", "Erin Aaron", "Fred Winnifred",
     "Andy Andrea", "Julia Jules", "Patsy Patrick", "Bob Bert", "Ted Ned", "Peggy Meg", "Ada Ada",
     "Ada Bob", "- -", "王 明"],
)  # fmt: skip
def test_others_are_not(pair: str) -> None:
    one, other = pair.split()
    assert not are_nicknames(one, other)
    assert not are_nicknames(other, one)


def test_no_name_is_no_nickname() -> None:
    assert not are_nicknames("", "")
    assert not are_nicknames("", "Robert")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada", "ada"),
        ("O'Neil", "oneil"),
        ("Jean-Luc", "jeanluc"),
        ("Jean Luc", "jeanluc"),
        ("José Núñez", "josenunez"),
        ("Jose\u0301", "jose"),
        ("Łukasz Ørsted", "lukaszorsted"),
        ("Đặng Thị Ánh", "dangthianh"),
        ("Weiß", "weiss"),
        ("WEISS", "weiss"),
        ("Ægir Þór", "aegirthor"),
        ("Œuvrard", "oeuvrard"),
        ("IŞIL", "isil"),
        ("Işıl", "isil"),
        ("Иванов", "ivanov"),
        ("Дмитрий Щукин", "dmitryshchukin"),
        ("Фёдор", "fedor"),
        ("Юлия", "yuliya"),
        ("Γιώργος Παπαδόπουλος", "giorgospapadopoulos"),
        ("Μπάμπης", "bampis"),
        ("王小明", "王小明"),
        ("김민수", "김민수"),
        ("がぎ", "がぎ"),
        ("अमित", "अमित"),  # vowel signs are letters
        ("Ada 2", "ada"),
        ("17", ""),
        ("", ""),
    ],
)
def test_a_folded_name_is_its_letters(name: str, letters: str) -> None:
    assert folded(name) == letters
    assert folded(letters) == letters


def test_the_table_is_folded_small_and_has_each_pair_once() -> None:
    assert len(SHORT_FORMS.encode()) <= 30_000
    for name, short in ROWS.items():
        assert [folded(word) for word in (name, *short)] == [name, *short]
        assert not any(name in ROWS.get(other, ()) for other in short), name


def test_every_short_form_in_use_is_in_the_table() -> None:
    added, removed = nickname_table.usage(nickname_table.USAGE.read_text(encoding="utf-8"))
    for name, short in added.items():
        for form in short:
            assert are_nicknames(name, form), (name, form)
    for name, short in removed.items():
        assert not any(are_nicknames(name, form) for form in short)


def test_the_table_names_its_sources() -> None:
    root = Path(nickname_table.__file__).parent.parent
    assert "nickname_table.py" in (root / "NOTICE").read_text(encoding="utf-8")


def test_refinement_does_not_load_the_table() -> None:
    program = "import leadline.refine, leadline.refine.names.nicknames, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert b"leadline.refine.names.nicknames" in done.stdout
    assert b"nickname_table" not in done.stdout
