"""The interface for programs, asked whatever its document allows, by schemathesis, on a socket."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
import urllib3
from hypothesis import strategies
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from leadline.entrypoints.dashboard.api.limiting import ApiAllowance
from leadline.entrypoints.dashboard.api.openapi import api_document
from leadline.entrypoints.dashboard.api.operations import OPERATIONS
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.installations.accounts import accounts_of
from leadline.model.staff.accounts import ApiToken, Scope, UserRole, digest_of
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.dashboard_server import RunningDashboard, running
from tests.worlds.leads import HandClock

pytestmark = pytest.mark.fuzz

SECRET = "leadline_" + "f" * 43
KEY = "idempotency-key"
EXAMPLES = 60
NOT_DONE = ("assign",)
"""What chance does not come to: nobody is in `[people]`."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


class Fuzzed:
    """A served installation with leads, and a token that may do everything."""

    def __init__(self, made: Staged, server: RunningDashboard) -> None:
        self.ids = list(made.ids.values())
        self.fitting = {"release": made.ids["held"], "hold": made.ids["waiting"]}
        self.keys = count()
        self.url = f"http://127.0.0.1:{server.port}"
        self.headers = {"authorization": f"Bearer {SECRET}"}

    def bulk_job(self) -> str:
        """The id of a bulk action."""
        headers = {**self.headers, "idempotency-key": "job"}
        body = {"action": "hold", "filter": {}}
        answer = urllib3.request("POST", f"{self.url}/api/v1/bulk", json=body, headers=headers)
        return str(answer.json()["job"])


@pytest.fixture
def fuzzed(tmp_path: Path, clock: HandClock) -> Iterator[Fuzzed]:
    made = office(tmp_path, clock)
    accounts = accounts_of(made.installation.loaded().settings)
    now = clock()
    token = ApiToken(
        "fuzz", digest_of(SECRET), Scope.WRITE, UserRole.ADMIN, "root", now, now + timedelta(days=1)
    )
    assert accounts.add_token(token)
    app = create_app(Dashboard(made.installation, accounts, clock=clock))
    app.state.allowance = ApiAllowance(clock, burst=1 << 40)
    with running(app) as server:
        yield Fuzzed(made, server)


@pytest.mark.parametrize("name", [one.name for one in OPERATIONS])
def test_whatever_the_document_allows_is_answered_as_it_says(name: str, fuzzed: Fuzzed) -> None:
    schema = schemathesis.openapi.from_dict(api_document())
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    (operation,) = (one for one in found if one.definition.raw["operationId"] == name)
    known = strategies.sampled_from([*fuzzed.ids, None])
    if name in fuzzed.fitting:  # chance seldom comes to the only lead that is on hold, or waits
        known = strategies.one_of(strategies.just(fuzzed.fitting[name]), known)
    job = fuzzed.bulk_job() if name == "bulk_job" else ""

    statuses: Counter[int] = Counter()

    @hypothesis.settings(
        max_examples=EXAMPLES, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(case=operation.as_strategy(), lead_id=known, new=strategies.booleans())
    def ask_ledger(case: Any, lead_id: str | None, new: bool) -> None:
        if new and KEY in {one.lower() for one in case.headers or {}}:
            case.headers = {one: v for one, v in case.headers.items() if one.lower() != KEY}
            case.headers[KEY] = f"new-{next(fuzzed.keys)}"  # else most keys are those of another
        if lead_id is not None and "lead_id" in (case.path_parameters or {}):
            case.path_parameters["lead_id"] = lead_id
        if job and lead_id is not None:
            case.path_parameters["job_id"] = job
        if name == "bulk" and lead_id is not None and isinstance(case.body, dict):
            case.body = {**case.body, "ids": [lead_id], "filter": None, "expect": None}
        answer = case.call(base_url=fuzzed.url, headers=fuzzed.headers)
        case.validate_response(answer, checks=CHECKS)
        statuses[answer.status_code] += 1

    ask_ledger()
    assert statuses[200] or name in NOT_DONE, statuses
