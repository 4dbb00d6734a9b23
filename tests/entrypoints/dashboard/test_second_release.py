"""Every page of the dashboard shows what commit ee38b013 left in a data folder."""

from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.pages import PAGES
from leadline.model.staff.accounts import UserRole
from tests.worlds.dashboard import Browser, dashboard_for
from tests.worlds.second_release import unpacked

SETTINGS = """
[rules.all]
team = "dach"

[teams.dach]
people = ["ada", "bob", "cyd"]
cap_open = 3
fallback = "queue"

[people.ada]
email = "ada@example.com"

[people.bob]
email = "bob@example.com"

[people.cyd]
email = "cyd@example.com"
"""


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.ADMIN])
def test_every_page_shows_leads_of_before(tmp_path: Path, role: UserRole) -> None:
    ids = unpacked(tmp_path)
    (tmp_path / "leadline.toml").write_text(SETTINGS)
    browser = Browser(dashboard_for(tmp_path, role))
    pages = {page.path: browser.get(page.path) for page in PAGES if page.lowest <= role}
    pages |= {f"/leads/{one}": browser.get(f"/leads/{one}") for one in ids.values()}
    assert {path: shown.status for path, shown in pages.items()} == dict.fromkeys(pages, 200)
    listed, first = pages["/leads"].text, pages[f"/leads/{ids['first']}"].text
    assert all(one in listed for one in ids.values())
    unmasked = role is UserRole.ADMIN
    assert ("me@first.example" in listed, "First Lane" in first) == (unmasked, unmasked)
    assert "cyd" in pages["/team"].text
