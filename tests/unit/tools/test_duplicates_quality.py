"""`make bench-quality`: its lines about duplicates, and about what is absent."""

from pathlib import Path

import pytest

from bench import duplicates_quality
from bench.duplicates_quality import run

PEOPLE = """\
unique_id,first_name,surname,dob,city,email,cluster
1,Clara,Holm,1990-03-02,Alderby,clara.holm@alder.example,7
2,Clara,Holm,1990-03-02,Alderby,clara.holm@alder.example,7
3,Ove,Lindgren,1990-03-02,Alderby,ove@birch.example,8
"""
FEBRL = """\
rec_id,given_name,surname,street_number,address_1,suburb,postcode,soc_sec_id
rec-1-org,clara,holm,12,mill lane,alderby,4011,111
rec-1-dup-0,clara,holm,12,mill lane,alderby,4011,111
rec-2-org,ove,lindgren,7,quay road,alderby,4011,222
"""


def test_a_folder_without_sets_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    assert list(run(folder)) == [f"duplicates: no data sets in {folder}; nothing was measured"]


def test_absent_sets_and_an_absent_splink_have_a_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates_quality, "find_spec", lambda _: None)
    lines = list(run(tmp_path))
    assert len([line for line in lines if "skipped: it is not in" in line]) == 6
    assert lines[-1] == duplicates_quality.INSTALL


def test_sets_are_measured_against_their_goals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates_quality, "find_spec", lambda _: None)
    (tmp_path / "dedupe_people_email.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "dedupe_febrl1.csv").write_text(FEBRL, encoding="utf-8")
    lines = list(run(tmp_path))
    for start, end in (
        ("people_email: pairs ", "1.0000   0.860 met"),
        ("people_email: clusters ", "1.0000   0.930 met"),
        ("people_email, with dates of birth: pairs ", "1.0000"),
        ("febrl1: pairs ", "1.0000   0.997 met"),
    ):
        [line] = [one for one in lines if one.startswith(start)]
        assert line.endswith(end)
