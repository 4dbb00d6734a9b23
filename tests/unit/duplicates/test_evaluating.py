"""`leadline.duplicates.measuring.evaluating`, `tables`, `fitting`: how well it works, by which
weights."""

from pathlib import Path

import pytest

from leadline.duplicates.measuring.evaluating import clusters_found, evaluated
from leadline.duplicates.measuring.fitting import weights_fitted_to
from leadline.duplicates.measuring.tables import Unlabelled, labelled_rows
from leadline.duplicates.traits import traits_of
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Traits
from tests.unit.duplicates.people import refined

WEIGHTS = Weights.load_default()
TABLE = """\
id,given_name,surname,e-mail,Phone number,site_name,street_address,cluster
1,Clara,Holm,clara.holm@alder.example,,Alder,,a
2,Ove,Lindgren,,+46 70 123 45 67,,12 Mill Lane,b
3,C.,Holm,clara.holm@alder.example,,,,a
4,Ove,Lindgren,,+46701234567,,,b
5,Greta,Sandqvist,,+46701234567,,,c
"""


def table(tmp_path: Path, text: str = TABLE) -> Path:
    (tmp_path / "leads.csv").write_text(text, encoding="utf-8")
    return tmp_path / "leads.csv"


def test_pairs_and_clusters_are_scored() -> None:
    result = evaluated(["a", "a", "a", "b", "c"], [1, 1, 2, 2, 3])
    assert (result.pairs.precision, result.pairs.recall) == (1 / 3, 1 / 2)
    assert result.pairs.f1 == pytest.approx(2 / 5)
    assert result.clusters.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert result.clusters.recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1) / 5)
    assert (result.exact.precision, result.exact.recall) == (1 / 3, 1 / 3)


def test_nothing_found_and_nothing_to_be_found_are_right() -> None:
    assert evaluated(["a", "b"], [1, 2]).pairs.f1 == 1.0
    assert evaluated([], []).clusters.f1 == 1.0


def test_columns_are_known_by_their_usual_names(tmp_path: Path) -> None:
    rows, clusters = labelled_rows(table(tmp_path))
    assert clusters == ["a", "b", "a", "b", "c"]
    assert (rows[0].first_name, rows[0].last_name) == ("Clara", "Holm")
    assert (rows[0].email, rows[0].company) == ("clara.holm@alder.example", "Alder")
    assert rows[1].phone == "+46 70 123 45 67"
    assert rows[1].custom == {"street_address": "12 Mill Lane"}


def test_a_table_without_clusters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unlabelled, match="no column person"):
        labelled_rows(table(tmp_path), "person")


def test_rows_go_through_refinement_and_linking(tmp_path: Path) -> None:
    rows, true = labelled_rows(table(tmp_path))
    found = clusters_found(rows, WEIGHTS)
    assert found == ["00000000", "00000001", "00000000", "00000001", "00000004"]
    assert evaluated(found, true).pairs.f1 == 1.0


LETTERS = "bcdfghklmnprstvz"


def people() -> tuple[list[Traits], list[str]]:
    """Sixty people, each three times: with a mailbox, without, and with another first name."""
    leads: list[Traits] = []
    clusters: list[str] = []
    for number in range(60):
        first = f"{LETTERS[number % 16]}a{LETTERS[number // 16]}o"
        last = f"{LETTERS[number // 4]}e{LETTERS[number % 7]}u{LETTERS[number % 5]}"
        email = f"{first}{number}@alder.example"
        whole = {"first_name": first, "last_name": last}
        for contact in (
            whole | {"email": email, "email_canonical": email},
            whole | {"email": email, "email_canonical": email, "title": "buyer"},
            {"first_name": first[::-1], "last_name": last, "company": f"firm {number}"},
        ):
            leads.append(traits_of(refined(len(leads), **contact)))
            clusters.append(str(number if "title" in contact or "email" in contact else -number))
    return leads, clusters


@pytest.mark.parametrize("is_labelled", [True, False])
def test_weights_follow_from_leads_with_or_without_known_clusters(is_labelled: bool) -> None:
    leads, clusters = people()
    weights = weights_fitted_to(leads, WEIGHTS, clusters if is_labelled else None)
    assert weights.levels["email.same"] > 5
    assert weights.levels["first.other"] < 0
    assert weights.prior < -3
    assert weights.levels["phone.same"] == WEIGHTS.levels["phone.same"]  # nothing was seen


def test_leads_that_share_no_key_leave_the_weights_alone() -> None:
    assert weights_fitted_to([Traits(first="ana"), Traits(first="ove")], WEIGHTS) == WEIGHTS
