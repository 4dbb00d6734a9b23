"""Model files are checked before they are used: anybody may have written them."""

from typing import Any

import msgspec
import pytest

from leadline.scoring.model_file import (
    MOST_BYTES,
    MOST_CODES,
    Calibration,
    Column,
    ColumnGroup,
    ColumnKind,
    HeldOut,
    ModelRefused,
    Ranks,
    Split,
    Tree,
    model_bytes,
    model_in,
)
from leadline.scoring.trained import load_model
from tests.worlds.trained import KIND, SIGNUP, VISITS, hand_made


def refused(data: bytes) -> str:
    with pytest.raises(ModelRefused) as found:
        load_model(data)
    return str(found.value)


def encoded(**changed: Any) -> bytes:
    return msgspec.json.encode(hand_made(**changed))


def test_a_model_is_read_as_it_was_written() -> None:
    assert model_in(model_bytes(hand_made())) == hand_made()


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 100_000, encoded()[:-20]],
    ids=["empty", "list", "object", "null", "no text", "deep", "cut off"],
)
def test_what_is_no_model_is_refused(data: bytes) -> None:
    assert "no model of Leadline" in refused(data)


def test_a_file_of_a_later_format_is_refused() -> None:
    assert refused(encoded(format=2)) == "it is of format 2; this version reads 1"


def test_a_file_that_is_too_long_is_refused_unread() -> None:
    assert f"at most {MOST_BYTES}" in refused(b" " * (MOST_BYTES + 1))


def tree(*splits: Split, leaves: tuple[float, ...] = (1.0, 2.0)) -> dict[str, Any]:
    return {"trees": (Tree(splits, leaves),)}


GOOD = Split(0, -1, -2, 0.0, at=0)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"trees": ()}, "0 trees"),
        ({"trees": hand_made().trees * 501}, "1002 trees"),
        ({"columns": (VISITS,) * 201}, "201 columns"),
        (tree(GOOD, leaves=(1.0,)), "1 leaves and 1 splits"),
        (tree(GOOD, leaves=(1.0, 1e9)), "no number of at most"),
        (tree(Split(9, -1, -2, 0.0, at=0)), "a column that is not there"),
        (tree(Split(0, -1, -2, 1e9, at=0)), "no mean of at most"),
        (tree(Split(0, 0, -2, 0.0, at=0)), "goes back"),
        (tree(Split(0, -1, -1, 0.0, at=0)), "each leaf and each split once"),
        (tree(Split(0, -1, -9, 0.0, at=0)), "each leaf and each split once"),
        (tree(Split(0, -1, 7, 0.0, at=0)), "each leaf and each split once"),
        (tree(Split(0, -1, -2, 0.0, at=3)), "a code that the column does not have"),
        (tree(Split(0, -1, -2, 0.0, at=0, codes=(1,))), "a code that the column does not have"),
        (tree(Split(1, -1, -2, 0.0, codes=(3,))), "a code that the column does not have"),
        (tree(Split(1, -1, -2, 0.0, codes=(-1,))), "a code that the column does not have"),
        (tree(Split(1, -1, -2, 0.0, at=0)), "a code that the column does not have"),
        ({"ranks": Ranks((1.0,))}, "not 100 finite numbers"),
        ({"ranks": Ranks(tuple(map(float, range(100, 0, -1))))}, "descend"),
        ({"ranks": Ranks(hand_made().ranks.raw, usual=(1.0,))}, "10 numbers of 0 to 1"),
        ({"ranks": Ranks(hand_made().ranks.raw, usual=(-1.0,) * 10)}, "10 numbers of 0 to 1"),
        ({"columns": (msgspec.structs.replace(VISITS, usual=(-5.0,) * 4), KIND, SIGNUP)}, "fit"),
        ({"columns": (VISITS, KIND, msgspec.structs.replace(SIGNUP, form="%d%d"))}, "in no form"),
        ({"columns": (VISITS, KIND, msgspec.structs.replace(SIGNUP, form="x" * 99))}, "in no form"),
        ({"columns": (VISITS, KIND, msgspec.structs.replace(SIGNUP, name="x" * 501))}, "500"),
        ({"columns": (VISITS, msgspec.structs.replace(KIND, words=("x" * 501,)), SIGNUP)}, "500"),
        ({"columns": (VISITS, KIND, VISITS)}, "a column twice"),
        ({"calibration": Calibration(knots=((0.0, 0.9), (1.0, 0.2)))}, "a lower probability"),
        ({"name": "x" * 81}, "1 to 80 printable characters"),
        ({"name": "spring\x1b[2J"}, "1 to 80 printable characters"),
        ({"name": ""}, "1 to 80 printable characters"),
        ({"version": 10**15}, "numbers of leads"),
        ({"leads": -1}, "numbers of leads"),
        ({"calibration": Calibration(slope=-1.0)}, "does not ascend"),
        ({"calibration": Calibration(knots=((1.0, 0.2), (0.0, 0.4)))}, "do not ascend"),
        ({"calibration": Calibration(knots=((0.0, 1.2),))}, "outside 0 to 1"),
        ({"columns": (msgspec.structs.replace(VISITS, edges=(2.0, 1.0)), KIND, SIGNUP)}, "ascend"),
        ({"columns": (VISITS, msgspec.structs.replace(KIND, words=("a", "a")), SIGNUP)}, "twice"),
        ({"columns": (VISITS, msgspec.structs.replace(KIND, usual=(1.0,)), SIGNUP)}, "fit its"),
        ({"zone": "Nowhere/Atlantis"}, "there is no time zone 'Nowhere/Atlantis'"),
        ({"zone": "../../etc/passwd"}, "there is no time zone"),
    ],
)  # fmt: skip
def test_what_it_could_not_score_by_is_refused_in_words(
    changed: dict[str, Any], words: str
) -> None:
    assert words in refused(encoded(**changed))


def test_numbers_beyond_all_bounds_are_refused() -> None:
    text = encoded().replace(b'"offset":-1.0', b'"offset":1e999')
    assert "1e999" not in encoded().decode()
    refused(text)


def test_the_memory_that_a_file_can_ask_for_is_bounded() -> None:
    words = tuple(f"word {n}" for n in range(500))
    many = tuple(
        Column(f"custom.{n}", ColumnKind.CATEGORY, ColumnGroup.FIT, words=words) for n in range(30)
    )
    assert f"at most {MOST_CODES}" in refused(encoded(columns=(VISITS, KIND, SIGNUP, *many)))


def test_a_model_that_would_be_refused_is_not_written() -> None:
    with pytest.raises(ModelRefused):
        model_bytes(hand_made(trees=()))


def test_what_is_held_out_stands_in_the_file() -> None:
    held = HeldOut(since=1_772_442_000.0)
    assert model_in(model_bytes(hand_made(held_out=held))).held_out == held
