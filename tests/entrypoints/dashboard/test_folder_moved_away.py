"""The data folder is moved away while the dashboard is served, and comes back."""

from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.api.operations import OPERATIONS
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.pages import PAGES, PARTS
from leadline.entrypoints.dashboard.process import embedded_dashboard
from leadline.installations.embedded import Embedded
from leadline.model.errors import StorageFailed
from leadline.model.staff.accounts import UserRole
from leadline.model.staff.people import Person
from tests.worlds.dashboard import CSRF, Browser, known_as
from tests.worlds.leads import HandClock
from tests.worlds.sales_floor import SalesFloor

KEPT_ELSEWHERE = {"/account", "/accounts", "/leads/bulk", "/leads/views", "/team/reassign"}
"""Accounts with their views and bulk actions stay open; the last one asks for nothing as it is."""
PATHS = [
    path
    for path in (
        *(one.path for one in (*PAGES, *PARTS)),
        *(one.path for one in OPERATIONS if one.wanted is None),
    )
    if "{" not in path and path not in KEPT_ELSEWHERE
]


class Movable:
    """A sales floor, whose data folder can be moved away, and a browser of an admin."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        self.floor = SalesFloor(folder, clock)
        self.floor.lead("anna")
        loaded = self.floor.installation.loaded()
        self.data, self.aside = loaded.settings.data, folder / "aside"
        installation = Embedded(loaded, lambda words: None, makes=False)
        door = known_as("op", UserRole.ADMIN)
        accounts = self.floor.accounts
        self.browser = Browser(create_app(Dashboard(installation, accounts, clock, door)))

    def move_away(self) -> None:
        self.data.rename(self.aside)

    def move_back(self) -> None:
        self.aside.rename(self.data)


@pytest.fixture
def movable(tmp_path: Path, clock: HandClock) -> Movable:
    return Movable(tmp_path, clock)


def test_every_page_says_so_and_makes_no_folder_in_its_place(movable: Movable) -> None:
    movable.move_away()
    answers = {path: movable.browser.get(path).status for path in PATHS}
    assert answers == dict.fromkeys(PATHS, 503)
    assert not movable.data.exists()
    movable.move_back()
    answers = {path: movable.browser.get(path).status for path in PATHS}
    assert answers == dict.fromkeys(PATHS, 200)


def test_an_action_is_not_done_and_can_be_sent_again_later(movable: Movable) -> None:
    lead_id = movable.floor.ids["anna"]
    forms = {
        "/team/away": {"person": "bob"},
        f"/leads/{lead_id}/do/claim": {},
    }
    movable.move_away()
    for path, fields in forms.items():
        assert movable.browser.post(path, {"csrf": CSRF, "form": "x", **fields}).status == 503
    assert not movable.data.exists()
    movable.move_back()
    for path, fields in forms.items():
        assert movable.browser.post(path, {"csrf": CSRF, "form": "x", **fields}).status == 303
    assert movable.floor.handling("anna").claimed_by == Person(name="op")
    assert "said by op" in movable.browser.get("/team").text


def test_a_dashboard_that_starts_meanwhile_makes_none_either(movable: Movable) -> None:
    settings = movable.floor.installation.loaded().settings
    movable.move_away()
    with pytest.raises(StorageFailed, match="was moved or deleted"):
        embedded_dashboard(settings)
    assert not movable.data.exists()
