"""The interface for programs: what it answers, to whom, and what it never says."""

import json
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.routing import Route

from leadline.entrypoints.dashboard.api import writing
from leadline.entrypoints.dashboard.api.limiting import BURST
from leadline.entrypoints.dashboard.api.openapi import api_document, failures_of
from leadline.entrypoints.dashboard.api.operations import OPERATIONS, ApiOperation
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.installations.accounts import accounts_of
from leadline.model.errors import StorageFull
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.staff.accounts import ApiToken, Scope, UserRole, digest_of
from leadline.model.task import Drop, Step, Task
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.dashboard import Browser, Shown
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock, captured, lease_task, settle
from tests.worlds.questions import take_in

SECRETS = {
    (Scope.READ, UserRole.VIEWER): "leadline_" + "v" * 43,
    (Scope.READ, UserRole.OPERATOR): "leadline_" + "r" * 43,
    (Scope.WRITE, UserRole.VIEWER): "leadline_" + "x" * 43,
    (Scope.WRITE, UserRole.OPERATOR): "leadline_" + "w" * 43,
}
READER, WRITER = (Scope.READ, UserRole.OPERATOR), (Scope.WRITE, UserRole.OPERATOR)
MASKED = (Scope.READ, UserRole.VIEWER)
PEOPLE = """
[people.ada]
email = "ada@example.com"
[people.bob]
email = "bob@example.com"
[teams.dach]
people = ["ada", "bob"]
[rules.all]
team = "dach"
"""
QUESTIONS = [one for one in OPERATIONS if one.wanted is None]
ACTIONS = [one for one in OPERATIONS if one.wanted is not None]


class Programs:
    """An installation with leads, and programs that ask for them."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        (folder / "leadline.toml").write_text(PEOPLE)
        self.staged: Staged = office(folder, clock)
        self.ids = self.staged.ids
        self.installation = self.staged.installation
        accounts = accounts_of(self.installation.loaded().settings)
        self.app = create_app(Dashboard(self.installation, accounts, clock=clock))
        self.keys = 0
        for (scope, role), secret in SECRETS.items():
            name, now = f"{scope.word} {role.word}", clock()
            ends = now + timedelta(days=90)
            token = ApiToken(name, digest_of(secret), scope, role, "root", now, ends)
            assert accounts.add_token(token)

    def ask(self, path: str, who: tuple[Scope, UserRole] = READER) -> Shown:
        return Browser(self.app).get(f"/api/v1{path}", authorization=f"Bearer {SECRETS[who]}")

    def answer(self, path: str, who: tuple[Scope, UserRole] = READER) -> Any:
        shown = self.ask(path, who)
        assert shown.status == 200, shown.text
        return json.loads(shown.body)

    def do(
        self,
        name: str,
        action: str,
        body: object = None,
        key: str | None = None,
        who: tuple[Scope, UserRole] = WRITER,
        kind: str = "application/json",
    ) -> Shown:
        path = f"/leads/{self.ids.get(name, name)}/{action}"
        return self.post(path, body, key, who, kind)

    def post(
        self,
        path: str,
        body: object = None,
        key: str | None = None,
        who: tuple[Scope, UserRole] = WRITER,
        kind: str = "application/json",
    ) -> Shown:
        self.keys += 1
        headers = {
            "authorization": f"Bearer {SECRETS[who]}",
            "idempotency-key": f"key-{self.keys}" if key is None else key,
            "content-type": kind,
        }
        sent = b"" if body is None else json.dumps(body).encode()
        return Browser(self.app).ask("POST", f"/api/v1{path}", headers, sent)

    def bulk_job(self) -> str:
        """The id of a bulk action that has ended."""
        shown = self.post("/bulk", {"action": "claim", "filter": {}})
        assert shown.status == 200, shown.text
        for one in threading.enumerate():
            if one.name.startswith("job "):
                one.join()
        return str(json.loads(shown.body)["job"])

    def handling(self, name: str) -> Handling:
        with closing(self.installation.store()) as store:
            return store.handling([self.ids[name]]).get(self.ids[name], UNHANDLED)

    def noted(self) -> list[tuple[str, str, str, str]]:
        entries = [one.entry for one in self.installation.audit().entries()]
        return [(one.actor, one.action, one.subject, one.detail) for one in entries]


@pytest.fixture
def programs(tmp_path: Path, clock: HandClock) -> Programs:
    return Programs(tmp_path, clock)


@pytest.fixture(params=["by the ledger", "by the index"])
def paged(
    request: pytest.FixtureRequest, programs: Programs, tmp_path: Path, clock: HandClock
) -> Programs:
    if request.param == "by the index":
        take_in(tmp_path / "data", clock)
    return programs


def problem_in(shown: Shown) -> str:
    """What a problem says; it has the form that programs rely on."""
    assert shown.headers["content-type"] == "application/problem+json"
    problem = json.loads(shown.body)
    assert problem["status"] == shown.status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    return str(problem["detail"])


@pytest.mark.parametrize("one", QUESTIONS, ids=lambda one: one.name)
@pytest.mark.parametrize("who", [READER, MASKED], ids=["operator", "viewer"])
def test_an_answer_is_as_the_document_says(
    one: ApiOperation, who: tuple[Scope, UserRole], programs: Programs
) -> None:
    document = api_document()
    schema = {
        "$ref": f"#/components/schemas/{one.answer.__name__}",
        "components": document["components"],
    }
    names = programs.ids if "{lead_id}" in one.path else ["-"]
    job = programs.bulk_job() if "{job_id}" in one.path else ""
    for name in names:
        path = one.path.removeprefix("/api/v1").replace("{lead_id}", programs.ids.get(name, ""))
        path = path.replace("{job_id}", job)
        jsonschema.validate(programs.answer(path, who), schema)


def test_every_route_below_api_is_in_the_document_and_no_other(programs: Programs) -> None:
    routes = {
        (one.path, method)
        for one in programs.app.routes
        if isinstance(one, Route) and one.path.startswith("/api")
        for method in (one.methods or set()) - {"HEAD"}
    }
    document = json.loads(Browser(programs.app).get("/openapi.json").body)
    assert document["openapi"].startswith("3.1.")
    told = {(p, m.upper()) for p, methods in document["paths"].items() for m in methods}
    assert routes == told


def test_leads_come_page_by_page_newest_first(paged: Programs) -> None:
    seen, cursor = [], ""
    while True:
        page = paged.answer(f"/leads?limit=2&cursor={cursor}")
        seen += [one["lead_id"] for one in page["leads"]]
        if page["next"] is None:
            break
        assert len(page["leads"]) == 2
        cursor = page["next"]
    assert seen == sorted(paged.ids.values(), reverse=True)


def test_new_leads_do_not_disturb_who_pages(paged: Programs) -> None:
    first = paged.answer("/leads?limit=3")
    with closing(paged.installation.store()) as store:
        store.accept([captured(paged.staged.clock, "new")])
    rest = paged.answer(f"/leads?limit=200&cursor={first['next']}")
    ids = [one["lead_id"] for one in (*first["leads"], *rest["leads"])]
    assert ids == sorted(paged.ids.values(), reverse=True)


def test_a_lead_that_leaves_the_filter_is_no_end_of_the_pages(paged: Programs) -> None:
    first = paged.answer("/leads?status=waiting&limit=1")
    assert first["next"] == paged.ids["waiting"]
    gone = paged.ids["again"]  # as if it had waited when the page before was asked for
    rest = paged.answer(f"/leads?status=dead&cursor={gone}")
    assert {one["lead_id"] for one in rest["leads"]} == {
        one for name, one in paged.ids.items() if name.startswith("dead") and one < gone
    }
    older = paged.answer(f"/leads?status=alerted&cursor={paged.ids['dead']}")["leads"]
    assert [one["lead_id"] for one in older] == [
        paged.ids[name] for name in ("evil", "again", "told")
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=dead", {"dead", "dead too"}),
        ("status=held", {"held"}),
        ("q=ada.vance", {"told", "again"}),
        ("owner=BOB", {"told", "again"}),
        ("duplicates=true", {"again"}),
        ("reason=contact.blank", {"dead", "dead too"}),
        ("since=2100-01-01T00:00:00Z", set()),
        ("until=2000-01-01T00:00:00Z", set()),
        ("source=nobody", set()),
    ],
)
def test_leads_are_filtered(query: str, names: set[str], programs: Programs) -> None:
    found = {one["lead_id"] for one in programs.answer(f"/leads?{query}")["leads"]}
    by_id = {lead_id: name for name, lead_id in programs.ids.items()}
    assert {by_id[one] for one in found} == names


def test_fields_choose_what_is_answered(programs: Programs) -> None:
    leads = programs.answer("/leads?fields=lead_id,email&limit=200")["leads"]
    assert all(set(one) == {"lead_id", "email"} for one in leads)
    story = programs.answer(f"/leads/{programs.ids['told']}?fields=row,timeline")
    assert set(story) == {"row", "timeline"}


def test_who_may_not_know_whom_a_lead_is_about_gets_it_masked(programs: Programs) -> None:
    paths = ["/leads?limit=200", "/dead", "/team", "/figures", "/health"]
    for lead_id in programs.ids.values():
        paths += [f"/leads/{lead_id}", f"/leads/{lead_id}/why"]
    said = "".join(programs.ask(path, MASKED).text for path in paths)
    for secret in ("ada.vance", "Vance", "555-0100"):
        assert secret not in said
    assert "ada.vance" in programs.ask("/leads?limit=200").text


def test_who_may_not_know_whom_a_lead_is_about_reads_no_name_in_an_error(
    programs: Programs,
) -> None:
    folder, clock = programs.installation.loaded().settings.data, programs.staged.clock
    with closing(SqliteStore(folder, clock=clock)) as store:
        store.put([Task(Step.NOTIFY, programs.ids["told"], "slack", again=True)], clock.now)
        drop = Drop("slack.refused", "refused: Ada Vance has too long a name")
        assert settle(store, lease_task(store, Step.NOTIFY, "slack"), drop)
    assert "Ada Vance has" in programs.ask("/dead").text
    masked = programs.ask("/dead", MASKED).text
    assert "has too long a name" in masked
    assert "Vance" not in masked
    assert "Ada" not in masked


def test_what_can_not_be_done_now_is_told_with_when_to_ask_again(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*asked: object) -> None:
        raise StorageFull

    monkeypatch.setattr(writing, "do_once", full)
    shown = programs.do("told", "junk", key="k")
    assert (shown.status, shown.headers["retry-after"]) == (503, "2")
    problem_in(shown)
    monkeypatch.undo()
    assert programs.do("told", "junk", key="k").status == 200


def test_a_masked_search_finds_only_what_is_shown(programs: Programs) -> None:
    assert programs.answer("/leads?q=vance", MASKED)["leads"] == []
    assert programs.answer("/leads?q=analytical", MASKED)["leads"] != []


@pytest.mark.parametrize(
    "query",
    ["x=1", "limit=0", "limit=201", "limit=ten", "limit=1&limit=2", "since=yesterday",
     "since=2026-01-01T00:00:00", "status=gone", "cursor=1", "fields=secret", f"q={'x' * 201}"],
)  # fmt: skip
def test_a_wrong_parameter_is_said_and_not_repeated(query: str, programs: Programs) -> None:
    shown = programs.ask(f"/leads?{query}")
    assert shown.status == 400
    detail = problem_in(shown)
    value = query.rpartition("=")[2]
    assert len(value) < 3 or value not in detail


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: f"{one.method} {one.name}")
def test_without_a_token_there_is_no_answer(one: ApiOperation, programs: Programs) -> None:
    path = one.path.replace("{lead_id}", programs.ids["told"])
    shown = Browser(programs.app).ask(one.method, path)
    assert shown.status == 401
    assert shown.headers["www-authenticate"] == "Bearer"
    problem_in(shown)


@pytest.mark.parametrize("one", ACTIONS, ids=lambda one: one.name)
@pytest.mark.parametrize("who", [READER, MASKED, (Scope.WRITE, UserRole.VIEWER)])
def test_only_who_may_write_acts(
    one: ApiOperation, who: tuple[Scope, UserRole], programs: Programs
) -> None:
    before = programs.noted()
    path = one.path.removeprefix("/api/v1").replace("{lead_id}", programs.ids["told"])
    shown = programs.post(path, {"person": "ada"}, who=who)
    assert shown.status == 403
    problem_in(shown)
    assert programs.noted() == before


def test_a_lead_that_is_not_there_is_404(programs: Programs) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    for path in (f"/leads/{unknown}", f"/leads/{unknown}/why", "/leads/x", "/none"):
        shown = programs.ask(path)
        assert shown.status == 404
        problem_in(shown)
    assert programs.do(unknown, "junk").status == 404
    assert programs.do("x", "junk").status == 404


def test_what_is_asked_in_another_way_is_a_problem_too(programs: Programs) -> None:
    headers = {"authorization": f"Bearer {SECRETS[WRITER]}"}
    shown = Browser(programs.app).ask("DELETE", "/api/v1/leads", headers)
    assert shown.status == 405
    assert set(shown.headers["allow"].split(", ")) == {"GET", "HEAD"}
    problem_in(shown)


def test_a_lead_is_claimed_for_somebody_and_the_next_hears_that(programs: Programs) -> None:
    shown = programs.do("told", "claim", {"person": "ada"})
    assert (shown.status, json.loads(shown.body)["message"]) == (200, "It is yours.")
    holder = programs.handling("told").claimed_by
    assert holder is not None
    assert (holder.name, holder.email) == ("ada", "ada@example.com")
    late = programs.do("told", "claim", {"person": "bob"})
    assert late.status == 409
    assert "ada claimed it" in problem_in(late)
    who, told = "token:write operator", programs.ids["told"]
    assert programs.noted()[-3:] == [
        (who, "api.claim", told, "for ada"),
        (who, "api.claim", told, "for bob"),
        (who, "api.claim", told, "not done: conflict"),
    ]


def test_a_lead_is_assigned_and_junked(programs: Programs) -> None:
    assert programs.do("told", "assign", {"person": "ada"}).status == 200
    owner = programs.handling("told").owner
    assert owner is not None
    assert owner.name == "ada"
    stale = programs.do("told", "junk", {"rev": 0})
    assert stale.status == 409
    assert programs.do("told", "junk").status == 200
    assert programs.handling("told").ending == "junk"


def test_a_lead_is_corrected_and_the_same_again_changes_nothing(programs: Programs) -> None:
    said = {"email": "ada@example.com", "phone": "", "custom": {"size": "5"}}
    assert programs.do("told", "correct", said).status == 200
    with closing(programs.installation.store()) as store:
        (raw,) = store.waiting([programs.ids["told"]])[programs.ids["told"]].corrections
    assert json.loads(raw)["fields"] == {"email": said["email"], "phone": "", "custom.size": "5"}
    again = programs.do("told", "correct", said)
    assert again.status == 409
    assert "nothing would change" in problem_in_text(again)
    assert programs.do("told", "correct", {"owner": "ada"}).status == 400
    assert "api.correct" in [one[1] for one in programs.noted()]


def problem_in_text(shown: Shown) -> str:
    return str(json.loads(shown.body)["detail"])


def test_a_wait_is_held_and_released_and_a_lead_replayed(programs: Programs) -> None:
    assert programs.do("waiting", "hold").status == 200
    waiting = programs.ids["waiting"]
    held = programs.answer("/leads?status=held&fields=lead_id,on_hold")["leads"]
    assert {"lead_id": waiting, "on_hold": True} in held
    assert programs.do("waiting", "hold").status == 409
    assert programs.do("waiting", "release").status == 200
    assert programs.do("dead", "replay", {"from": "dead"}).status == 200
    assert programs.answer(f"/leads/{programs.ids['dead']}")["row"]["status"] == "waiting"


def test_an_action_is_done_once_for_its_key(programs: Programs) -> None:
    first = programs.do("told", "claim", {"person": "ada"}, key="once")
    rev = programs.handling("told").rev
    again = programs.do("told", "claim", {"person": "ada"}, key="once")
    assert (again.status, again.body) == (first.status, first.body)
    assert programs.handling("told").rev == rev
    for name, action in (("again", "claim"), ("told", "junk")):
        other = programs.do(name, action, key="once")
        assert other.status == 422
        problem_in(other)


def test_of_many_who_send_the_same_key_at_once_one_acts(programs: Programs) -> None:
    answers: list[Shown] = []

    def claim() -> None:
        answers.append(programs.do("told", "claim", {"person": "ada"}, key="same"))

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.status for one in answers} <= {200, 409}  # 409: it is still being done
    assert 200 in {one.status for one in answers}
    claims = [one for one in programs.noted() if one[1] == "api.claim"]
    assert len(claims) == 1


def test_what_was_refused_may_be_asked_again_with_the_same_key(programs: Programs) -> None:
    assert programs.do("told", "assign", {"person": "nobody"}, key="k").status == 422
    assert programs.do("told", "assign", {"person": "ada"}, key="k").status == 200


@pytest.mark.parametrize("key", ["", " ", "k" * 101, "sp ace", "é"])
def test_an_action_needs_a_key(key: str, programs: Programs) -> None:
    shown = programs.do("told", "junk", key=key)
    assert shown.status == 400
    assert "Idempotency-Key" in problem_in(shown)
    assert programs.handling("told").ending == ""


@pytest.mark.parametrize(
    "body", [[], "x", {"persom": "x"}, {"person": 3}, {"person": None}, {"person": "x" * 201}]
)
def test_a_wrong_body_is_said_and_not_repeated(body: object, programs: Programs) -> None:
    shown = programs.do("told", "claim", body)
    assert shown.status == 400
    assert "persom" not in problem_in(shown)
    assert programs.do("told", "claim", {}, kind="text/plain").status == 415


def test_a_body_that_is_too_large_is_a_problem_too(programs: Programs) -> None:
    shown = programs.do("told", "claim", {"person": "x" * (2 << 20)})
    assert shown.status == 413
    problem_in(shown)


def test_who_asks_too_often_waits(programs: Programs) -> None:
    assert {programs.ask("/health").status for _ in range(BURST)} == {200}
    shown = programs.ask("/health")
    assert (shown.status, shown.headers["retry-after"]) == (429, "1")
    problem_in(shown)
    assert programs.ask("/health", MASKED).status == 200
    programs.staged.clock.advance(seconds=1)
    assert programs.ask("/health").status == 200


def test_looks_at_unmasked_leads_are_noted_and_no_others(programs: Programs) -> None:
    told = programs.ids["told"]
    for who in (READER, MASKED):
        programs.ask("/leads?q=vance&limit=3", who)
        programs.ask(f"/leads/{told}", who)
        programs.ask("/leads/x", who)
        programs.ask("/figures", who)
    looks = [one for one in programs.noted() if ".look" in one[1]]
    assert looks == [
        ("token:read operator", "api.look_leads", "", "q"),
        ("token:read operator", "api.look_lead", told, ""),
    ]


def test_every_failure_that_is_answered_is_in_the_document(programs: Programs) -> None:
    by_name = {one.name: failures_of(one) for one in OPERATIONS}
    assert {400, 401, 403, 404, 409, 413, 415, 422, 429} < set(by_name["claim"])
    assert 409 not in by_name["leads"]
