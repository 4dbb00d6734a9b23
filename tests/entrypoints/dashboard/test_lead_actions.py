"""What people do with one lead from the dashboard, in whose name, and once for each form."""

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.actions.leads import ACTIONS
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.installations.accounts import accounts_of
from leadline.model.facts.likeness import Ruling
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import CapturedLead
from leadline.model.staff.accounts import UserRole
from leadline.model.task import ON_HOLD_UNTIL, Drop, Step
from leadline.ports.reading.ledger import LeadStory
from leadline.ports.store import Store
from tests.worlds.dashboard import CSRF, Browser, Shown, embedded, known_as
from tests.worlds.leads import HandClock, captured, lease_task, refined_in, settle

PEOPLE = """
[people.ada]
email = "ada@example.com"
slack = "U01ADA"
[people.bob]
email = "bob@example.com"
[rules.all]
assign = ["ada", "bob"]
"""


class LeadDesk:
    """An installation with people, and browsers of those who work with it."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        (folder / "leadline.toml").write_text(PEOPLE)
        self.clock = clock
        self.installation = embedded(folder)
        self.accounts = accounts_of(self.installation.loaded().settings)
        self.forms = 0

    def browser(self, name: str = "ada", role: UserRole = UserRole.OPERATOR) -> Browser:
        door = known_as(name, role)
        return Browser(create_app(Dashboard(self.installation, self.accounts, self.clock, door)))

    def refined(self, name: str = "ada") -> CapturedLead:
        with closing(self.installation.store()) as store:
            return refined_in(store, self.clock, name)

    def waiting(self) -> CapturedLead:
        lead = captured(self.clock, "wanda", delay=timedelta(days=3000))
        with closing(self.installation.store()) as store:
            store.accept([lead])
        return lead

    def replay(self, lead: CapturedLead, start: str) -> Shown:
        form = {"csrf": CSRF, "form": f"replay-{start}", "from": start}
        return self.browser().post(f"/leads/{lead.id}/do/replay", form, hx_request="true")

    def do(
        self, lead: CapturedLead, action: str, browser: Browser | None = None, **fields: str
    ) -> Shown:
        """Press a button on the page of a lead, as htmx does: each time on a new form."""
        self.forms += 1
        form = {"csrf": CSRF, "form": f"form-{self.forms}", **fields}
        path = f"/leads/{lead.id}/do/{action}"
        return (browser or self.browser()).post(path, form, hx_request="true")

    def handling(self, lead: CapturedLead) -> Handling:
        with closing(self.installation.store()) as store:
            return store.handling([lead.id]).get(lead.id, UNHANDLED)

    def story(self, lead: CapturedLead) -> LeadStory:
        with closing(self.installation.ledger()) as ledger:
            found = ledger.story(lead.id)
        assert found is not None
        return found

    def noted(self) -> list[tuple[str, str, str]]:
        """Who did what to which lead, by the audit log."""
        entries = [one.entry for one in self.installation.audit().entries()]
        return [(one.actor, one.action, one.subject) for one in entries]


@pytest.fixture
def desk(clock: HandClock, tmp_path: Path) -> LeadDesk:
    return LeadDesk(tmp_path, clock)


def test_the_first_to_claim_a_lead_has_it_and_the_next_hears_who_was_faster(desk: LeadDesk) -> None:
    lead = desk.refined()
    assert "It is yours." in desk.do(lead, "claim", desk.browser("bob")).text
    desk.clock.advance(seconds=3)
    shown = desk.do(lead, "claim", desk.browser("ada"))
    assert "bob claimed it 3 s ago." in shown.text
    assert 'class="told told-conflict"' in shown.text
    assert "You claimed it 3 s ago." in desk.do(lead, "claim", desk.browser("bob")).text
    holder = desk.handling(lead).claimed_by
    assert holder is not None
    assert (holder.name, holder.email) == ("bob", "bob@example.com")
    assert ("person:bob", "dashboard.claim", lead.id) in desk.noted()
    assert ("person:ada", "dashboard.claim", lead.id) in desk.noted()


def test_the_audit_log_tells_what_was_done_from_what_was_tried(desk: LeadDesk) -> None:
    lead = desk.refined()
    for name in ("bob", "ada"):
        desk.do(lead, "claim", desk.browser(name))
    desk.do(lead, "hold", desk.browser("ada"))
    entries = [one.entry for one in desk.installation.audit().entries()]
    assert [(one.actor, one.action, one.detail) for one in entries] == [
        ("person:bob", "dashboard.claim", ""),
        ("person:ada", "dashboard.claim", ""),
        ("person:ada", "dashboard.claim", "not done: conflict"),
        ("person:ada", "dashboard.hold", ""),
        ("person:ada", "dashboard.hold", "not done: refused"),
    ]


def test_who_is_not_in_people_acts_by_the_name_of_their_account(desk: LeadDesk) -> None:
    lead = desk.refined()
    desk.do(lead, "claim", desk.browser("carol"))
    holder = desk.handling(lead).claimed_by
    assert holder is not None
    assert holder.name == "carol"
    claimed = [one for one in desk.story(lead).timeline if one.what == "claimed"]
    assert [one.detail for one in claimed] == ["carol"]


def test_of_many_who_claim_at_once_one_gets_the_lead(desk: LeadDesk) -> None:
    lead, answers = desk.refined(), []
    names = ["ada", "bob", "carol", "dan"]
    browsers = {name: desk.browser(name) for name in names}

    def claim(name: str) -> None:
        form = {"csrf": CSRF, "form": name}
        path = f"/leads/{lead.id}/do/claim"
        answers.append(browsers[name].post(path, form, hx_request="true").text)

    threads = [threading.Thread(target=claim, args=(name,)) for name in names]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum("It is yours." in text for text in answers) == 1
    assert sum("claimed it 0 s ago." in text for text in answers) == 3


@pytest.mark.parametrize("action", ACTIONS)
def test_viewers_do_nothing(action: str, desk: LeadDesk) -> None:
    lead = desk.refined()
    before = desk.story(lead)
    assert desk.do(lead, action, desk.browser("eve", UserRole.VIEWER)).status == 403
    assert desk.story(lead) == before
    assert desk.noted() == []


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_is_done_for_a_lead_that_is_not_there(action: str, desk: LeadDesk) -> None:
    shown = desk.do(captured(desk.clock, "nobody"), action, person="bob")
    assert shown.status == 200
    assert "told-refused" in shown.text


@pytest.mark.parametrize("lead_id", ["x", "..", "%2e%2e", "0", "' OR 1=1 --", "\x00"])
def test_what_is_no_lead_has_no_address(lead_id: str, desk: LeadDesk) -> None:
    form = {"csrf": CSRF, "form": "x"}
    assert desk.browser().post(f"/leads/{lead_id}/do/claim", form).status == 404
    lead = desk.refined()
    assert desk.browser().post(f"/leads/{lead.id}/do/destroy", form).status == 404


def test_a_form_that_is_sent_twice_is_done_once_and_answered_alike(desk: LeadDesk) -> None:
    lead, browser = desk.refined(), desk.browser()
    form = {"csrf": CSRF, "form": "one", "from": "refine"}
    path = f"/leads/{lead.id}/do/replay"
    first, second = (browser.post(path, form, hx_request="true") for _ in range(2))
    assert first.text == second.text
    assert "replayed from refine" in first.text
    assert [one[1] for one in desk.noted()] == ["dashboard.replay"]
    replays = [one for one in desk.story(lead).timeline if one.what == "replayed"]
    assert len(replays) == 1


def test_a_form_of_somebody_else_is_another_form(desk: LeadDesk) -> None:
    lead = desk.refined()
    form = {"csrf": CSRF, "form": "one"}
    path = f"/leads/{lead.id}/do/claim"
    assert "yours" in desk.browser("bob").post(path, form, hx_request="true").text
    assert "bob claimed it" in desk.browser("ada").post(path, form, hx_request="true").text


def test_a_form_of_which_nothing_came_may_be_sent_again(
    desk: LeadDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, browser = desk.refined(), desk.browser()
    form = {"csrf": CSRF, "form": "one"}
    path = f"/leads/{lead.id}/do/claim"

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("leadline.entrypoints.dashboard.actions.leads.press", broken)
        assert browser.post(path, form).status == 500
    assert "It is yours." in browser.post(path, form, hx_request="true").text


@pytest.mark.parametrize("token", ["", "x" * 101])
def test_a_form_without_a_token_of_its_own_is_refused(token: str, desk: LeadDesk) -> None:
    lead = desk.refined()
    shown = desk.browser().post(f"/leads/{lead.id}/do/claim", {"csrf": CSRF, "form": token})
    assert shown.status == 400
    assert desk.handling(lead).claimed_by is None


def test_without_scripts_the_page_of_the_lead_tells_what_came_of_it(desk: LeadDesk) -> None:
    lead = desk.refined()
    shown = desk.browser().post(f"/leads/{lead.id}/do/claim", {"csrf": CSRF, "form": "one"})
    assert shown.status == 303
    path, _, query = shown.headers["location"].partition("?")
    assert path == f"/leads/{lead.id}"
    assert query.startswith("told=")
    assert "yours" in desk.accounts.answered(bytes.fromhex(query.removeprefix("told=")))


def test_a_lead_is_assigned_and_the_next_hears_of_a_change_they_have_not_seen(
    desk: LeadDesk,
) -> None:
    lead = desk.refined()
    seen = str(desk.handling(lead).rev)
    assert "bob has it now." in desk.do(lead, "assign", person="bob", rev=seen).text
    owner = desk.handling(lead).owner
    assert owner is not None
    assert owner.name == "bob"
    shown = desk.do(lead, "assign", person="ada", rev=seen)
    assert "changed it since this page was shown. Nothing was done." in shown.text
    assert desk.handling(lead).owner == owner
    assert "bob has it already" in desk.do(lead, "assign", person="bob").text
    assert "nobody of that name" in desk.do(lead, "assign", person="<b>eve</b>").text


def test_junk_is_taken_back_by_a_claim(desk: LeadDesk) -> None:
    lead = desk.refined()
    desk.do(lead, "claim")
    assert "It is junk." in desk.do(lead, "junk").text
    assert desk.handling(lead).ending == "junk"
    assert "junk already" in desk.do(lead, "junk").text
    assert "no junk any more" in desk.do(lead, "claim").text
    assert desk.handling(lead).ending == ""


def due_at(desk: LeadDesk, lead: CapturedLead) -> datetime:
    (task,) = desk.story(lead).tasks
    return task.due_at


def test_a_waiting_lead_is_held_released_and_sent(desk: LeadDesk) -> None:
    lead = desk.waiting()
    usual = due_at(desk, lead)
    assert "not on hold" in desk.do(lead, "release").text
    assert "on hold until" in desk.do(lead, "hold").text
    assert due_at(desk, lead) == ON_HOLD_UNTIL
    assert "on hold already" in desk.do(lead, "hold").text
    assert "due when its wait ends" in desk.do(lead, "release").text
    assert due_at(desk, lead) < usual  # by the settings
    assert "Its wait is over." in desk.do(lead, "now").text
    assert due_at(desk, lead) <= datetime.now(UTC)
    notes = [one.what for one in desk.story(lead).timeline if one.what.startswith("wait.")]
    assert notes == ["wait.held ada", "wait.released ada", "wait.ended ada"]


def test_the_wait_of_a_refined_lead_is_over(desk: LeadDesk) -> None:
    lead = desk.refined()
    for action in ("hold", "now"):
        assert "does not wait any more" in desk.do(lead, action).text


def kill(store: Store) -> None:
    assert settle(store, lease_task(store, Step.REFINE), Drop("refine.gave_up", "it failed"))


def test_a_dead_lead_is_retried(desk: LeadDesk) -> None:
    assert "no dead letter" in desk.replay(desk.refined("eda"), "dead").text
    with closing(desk.installation.store()) as store:
        lead = captured(desk.clock, "ada", delay=timedelta())
        store.accept([lead])
        kill(store)
    assert "retry it" in desk.do(lead, "now").text
    assert "replayed from dead" in desk.replay(lead, "dead").text
    assert [one.dead_at for one in desk.story(lead).tasks] == [None]
    assert "no such step" in desk.replay(lead, "<b>").text


def test_two_leads_are_kept_apart(desk: LeadDesk) -> None:
    one, other = desk.refined("ada"), desk.refined("eda")
    assert "kept apart" in desk.do(one, "unlink", other=other.id).text
    assert "linked to no other" in desk.do(one, "unlink").text
    assert "linked to no other" in desk.do(one, "unlink", other=one.id).text
    assert "linked to no other" in desk.do(one, "unlink", other="' OR 1=1").text
    with closing(desk.installation.store()) as store:
        (judged,) = store.judgements([one.id])[one.id]
        assert (judged.ruling, judged.by) == (Ruling.APART, "ada")
        assert not store.lease(Step.REFINE, 9, timedelta(seconds=1))  # nothing linked them
