"""`make bench-quality`: its lines about companies, and about what is absent."""

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from bench import quality_companies, refine_quality
from leadline.refine.companies.key import company_key

NAMES = "name,country\nExample Widgets Ltd.,Canada\nExample Works & Co. plc,Canada\n"
LABELLED = (
    (("example", "CorporationName"), ("inc.", "CorporationLegalType")),
    (("example", "CorporationName"), ("company", "CorporationNameOrganization")),
)


def test_a_folder_without_sets_is_said(tmp_path: Path) -> None:
    assert refine_quality.run(tmp_path / "nowhere") == [
        f"refine quality: no data sets in {tmp_path / 'nowhere'}; nothing was measured"
    ]


def test_sets_and_libraries_that_are_absent_have_a_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(quality_companies, "version", absent)
    (tmp_path / "company_names_country.csv").write_text(NAMES, encoding="utf-8")
    lines = refine_quality.run(tmp_path)
    assert sum("is not installed: .venv/bin/pip install -e '.[bench]'" in one for one in lines) == 2
    labelled = [one for one in lines if one.startswith("company, labelled")]
    assert len(labelled) == 2
    assert all(
        one.endswith(f"skipped: no {tmp_path / 'names_company_labelled.jsonl'}") for one in labelled
    )
    [case] = [one for one in lines if one.startswith("company: case after lower()")]
    assert case.endswith("2/2     100.00%")


def test_companies_are_judged_beside_a_library(tmp_path: Path) -> None:
    rows = [json.dumps({"text": " ".join(w for w, _ in row), "tokens": row}) for row in LABELLED]
    (tmp_path / quality_companies.LABELLED).write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "company_names_country.csv").write_text(NAMES, encoding="utf-8")
    theirs = quality_companies.keyed(lambda name: name.rpartition(" ")[0])
    assert [good for good, _ in quality_companies.taken_off(tmp_path, str.upper)] == [False]
    assert [good for good, _ in quality_companies.left_alone(tmp_path, str.upper)] == [True]
    for key, good in ((company_key, True), (theirs, False)):
        judged = list(quality_companies.same_key(tmp_path, key))
        assert len(judged) > 10
        assert all(right for right, _ in judged) == good
