"""`leadline.duplicates.weights`: weights come from versioned JSON."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from leadline.duplicates.comparing import compared
from leadline.duplicates.weights import Weights, weights_in, written
from leadline.model.facts.likeness import Traits

WEIGHTS = Weights.load_default()


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "weights.json").write_bytes(written(WEIGHTS))
    assert Weights.read(tmp_path / "weights.json") == WEIGHTS


def test_weights_of_another_format_are_refused() -> None:
    other = msgspec.structs.replace(WEIGHTS, format=99)
    with pytest.raises(ValueError, match="format 99"):
        weights_in(written(other))


def test_weights_that_lack_one_are_refused() -> None:
    levels = {code: bits for code, bits in WEIGHTS.levels.items() if code != "email.same"}
    with pytest.raises(ValueError, match=r"email\.same"):
        weights_in(written(msgspec.structs.replace(WEIGHTS, levels=levels)))


def test_an_unknown_name_is_as_rare_as_one_in_all_that_were_counted_and_one() -> None:
    assert WEIGHTS.last.bits("sandqvist") == pytest.approx(14.29, abs=0.01)  # log2(20,001)
    assert WEIGHTS.last.bits("smith") < 7
    assert WEIGHTS.last.bits("nguyen") < 8


def test_a_blank_says_nothing() -> None:
    blank = compared(Traits(), Traits(), WEIGHTS)
    assert (blank.findings, blank.bits, blank.may_link) == ((), WEIGHTS.prior, False)


def test_every_outcome_has_a_weight_and_those_that_agree_weigh_more() -> None:
    levels = WEIGHTS.levels
    for code in ("email", "phone", "first", "last", "house", "street", "postcode", "city"):
        assert levels[f"{code}.same"] > levels[f"{code}.other"]
    assert levels["email.same"] > levels["email.near"] > levels["email.local"]


def test_rapidfuzz_is_loaded_only_when_two_leads_are_compared() -> None:
    program = (
        "import sys, leadline.duplicates.deciding, leadline.duplicates.keys, "
        "leadline.duplicates.traits\nprint('rapidfuzz' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "False"
