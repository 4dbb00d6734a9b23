"""The commands in the console blocks of README and the guides are carried out in a folder of their
own, on loopback; those that cannot be are listed here with the reason."""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest

from leadline.settings.top.general import Settings, declared
from leadline.standins.slack_inbox import SlackInbox
from tests.acceptance.installation import Installation
from tests.standins.mail_server import MailServerStandIn, mail_server
from tests.vendors.hubspot.standin import HubSpotStandIn
from tests.worlds.documented import ROOT, Documented, command_lines

ON_AWS = "it needs a stack on AWS; its options are parsed by tests/unit/test_documented_commands.py"
NOT_RUN = {
    "aws": "a program of AWS",
    "cd": "no program",
    "npx": "it installs and runs programs of npm; tests/aws runs them on the emulator",
    "pip": "it installs packages from a registry",
    "git": "it needs the repository's address, which each reader has",
    "pipx": "it installs packages from a registry",
    "podman": "it needs a container engine; tests/unit/test_install.py checks the Containerfile",
    "python3": "it installs packages; tests/cloud/test_packaging.py builds the wheel",
    "scp": "it needs another machine",
    "sudo": "it changes the machine",
}
"""Other programs that are not run, and why."""
FIRST_STEPS = "tests/acceptance/test_first_steps.py runs them one after another, beside a server"
OURS_NOT_RUN = {
    "leadline init": FIRST_STEPS,
    "leadline inbox": FIRST_STEPS,
    "leadline send --sample": FIRST_STEPS,
    "accounts add ada": "it asks for a password; tests/acceptance/test_dashboard.py adds accounts",
    "dashboard --port": "it serves on; tests/acceptance/test_dashboard.py starts it",
    "badge_scanner": "it needs the plug-in of its page",
    "leadline tail": "tests/acceptance/test_status_and_tail.py runs it beside a server",
    "score check --settings": "it needs the settings that one is about to change; "
    "tests/entrypoints/cli/test_score.py has such",
    "score train": "it needs hundreds of leads that ended; "
    "tests/entrypoints/cli/test_score_models.py has them",
    "score compare": "it needs two models; tests/entrypoints/cli/test_score_models.py has them",
    "score drift": "it needs a model; tests/entrypoints/cli/test_score_models.py has one",
    "enrich try pdl": "it asks a service; tests/entrypoints/cli/test_enriching.py asks a stand-in",
    "outcomes push --to meta": "it speaks to an ad network; "
    "tests/acceptance/test_outcomes_commands.py speaks to stand-ins",
    "package aws": "it fetches wheels; tests/aws/test_package.py runs it",
    "/srv/leadline": "it needs the installation of its page",
    "YOUR-API": ON_AWS,
}
"""Words of commands of ours that are not run, and why."""
ASKS = {"replay", "correct", "wait", "hold", "release", "write-back", "merge", "unlink"}
EXIT_CODES = {("restore", "--undo"): 2, ("status",): 1}
"""Other exit codes than 0: nothing is left to undo after a finished restore, and there is a
dead letter."""
_PATIENCE_S = 120.0


class Stage:
    """An installation with leads of all kinds, whose server is stopped; `copies` stands for the
    folder of backups that the pages name."""

    def __init__(self, folder: Path, slack: SlackInbox, mail: MailServerStandIn, crm_url: str):
        self.installation = Installation(folder, LEADLINE_DATA="leadline-data", LEADLINE_DELAY="0s")
        self.installation.data = folder / "leadline-data"
        self.copies = folder / "copies"
        (folder / "leadline.toml").write_text(
            f'slack_webhook_url = "{slack.webhook_url}"\n'
            f'[channels.mail]\nkind = "email"\nserver = "127.0.0.1"\nport = {mail.port}\n'
            'security = "none"\nsender = "leads@example.com"\nto = ["owner", "all@example.com"]\n'
            '[people.ada]\nemail = "ada@example.com"\n'
            '[sources.form]\ndelay = "9h"\n[sources.typeform]\nkeep_unreadable = "yes"\n'
            f'[crm.hubspot]\ntoken = "{HubSpotStandIn.secret}"\nurl = "{crm_url}"\n'
            '[crm.hubspot.write]\nscore = "leadline_score"\n'
            '[score.points.company]\nwhen = "email_kind = business"\npoints = 30\n'
            '[outcomes.meta]\nkind = "meta"\nconsent = "ads"\ndataset = "1234"\n'
            'token = "made-up"\n[outcomes.meta.stages]\nwon = "Converted"\n',
            encoding="utf-8",
        )
        body = {"name": "Ada Vance", "email": "ada@example.com"}
        (folder / "lead.json").write_text(json.dumps(body), encoding="utf-8")
        (folder / "clock.json").write_text('{"Clock": "schedules"}', encoding="utf-8")
        self.installation.start()
        self.told = self._post(json.dumps(body).encode())
        other = {"name": "Cid Stone", "email": "cid@example.com"}
        self.other = self._post(json.dumps(other).encode())
        self.waiting = self._post(json.dumps({**body, "name": "Ben Smith"}).encode(), "form")
        self.unreadable = self._post(b'{"form_response":', "typeform")
        self._wait_until_told()
        assert self.installation.stop() == 0

    def copied(self, folder: Path) -> Installation:
        """An installation in another folder with the same settings and leads."""
        shutil.copytree(self.installation.folder, folder)
        same = {n: v for n, v in self.installation.settings.items() if n != "LEADLINE_PORT"}
        return Installation(folder, **same)

    def _post(self, body: bytes, source: str = "") -> str:
        answer = self.installation.post(body, source)
        found = json.loads(answer.data).get("lead_id")
        assert found, answer.data
        return str(found)

    def _wait_until_told(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while json.loads(self.installation.command("leads", "--json").stdout or "[]"):
            shown = [
                self.installation.command("show", i, "--json") for i in (self.told, self.other)
            ]
            if all(json.loads(one.stdout)["row"]["status"] == "alerted" for one in shown):
                return
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def words(self, line: Documented) -> list[str]:
        """The words of a command with what is there in place of what the page has."""
        words = [*(line.ours or ())]
        lead = self.waiting if {"wait", "hold", "release"} & {*words} else self.told
        lead = self.unreadable if "--body" in words else lead
        found = []
        for word in words:
            whole = re.sub(r"^/backups\b", str(self.copies), word)
            known = {"ID": lead, "5f1c09ab": lead, "0b7e21d4": self.other}
            found.append(known.get(whole, whole))
        asks = ASKS & {*words} and "--dry-run" not in words
        return [*found, "--yes"] if asks else found

    def run(self, line: Documented) -> None:
        words = self.words(line)
        if "serve" in words:
            self.installation.start(*words[words.index("serve") + 1 :])
            assert self.installation.stop() == 0
            return
        target = None
        if ">" in words:
            words, target = words[: words.index(">")], words[-1]
        done = self.installation.command(*words)
        wanted = EXIT_CODES.get(tuple(words), 0)
        assert done.returncode == wanted, f"{line}\n{done.stdout}{done.stderr}"
        if target is not None:
            mended = done.stdout.replace('{"form_response":', "{}")
            (self.installation.folder / target).write_text(mended, encoding="utf-8")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage that each test gets a copy of."""
    folder = tmp_path_factory.mktemp("stage")
    with SlackInbox() as slack, mail_server(MailServerStandIn()) as mail, HubSpotStandIn() as crm:
        made = Stage(folder, slack, mail, crm.url)
        with made.installation:
            yield made


@pytest.fixture
def stage(prepared: Stage, tmp_path: Path) -> Iterator[Stage]:
    with prepared.copied(tmp_path / "copy") as installation:
        made = copy(prepared)
        made.installation, made.copies = installation, tmp_path / "copies"
        yield made


def reason_not_to_run(line: Documented) -> str:
    """Why a line is not run; "" if it is."""
    ours = line.ours
    if ours is None:
        return NOT_RUN.get(line.words[0], "")
    if {"--aws", "--stack", "deploy", "destroy", "logs"} & {*ours}:
        return ON_AWS
    said = " ".join(line.words)
    return next((why for part, why in OURS_NOT_RUN.items() if part in said), "")


LINES = command_lines()
PAGES = sorted({one.page for one in LINES if one.ours is not None and not reason_not_to_run(one)})


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_can_be_carried_out_one_after_another(
    page: str, stage: Stage
) -> None:
    for line in LINES:
        if line.page == page and line.ours is not None and not reason_not_to_run(line):
            stage.run(line)


OTHERS = [one for one in LINES if one.ours is None and not reason_not_to_run(one)]


@pytest.mark.parametrize("line", [one for one in OTHERS if one.words[0] == "make"], ids=str)
def test_every_target_that_is_made_exists(line: Documented) -> None:
    done = subprocess.run(["make", "-n", *line.words[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


_OF_A_DELIVERY = 6
"""The words of an example that delivers a lead: curl, its URL, a header and a body."""


@pytest.mark.parametrize(
    "line",
    [one for one in OTHERS if one.words[0] == "curl" and len(one.words) == _OF_A_DELIVERY],
    ids=str,
)
def test_every_example_of_a_delivery_makes_a_lead(line: Documented, stage: Stage) -> None:
    _, url, _, header, _, body = line.words
    name, _, value = header.partition(": ")
    path = url.removeprefix(f"http://127.0.0.1:{Settings().port}")
    stage.installation.start()
    answer = stage.installation.http.request(
        "POST", stage.installation.url + path, body=body.encode(), headers={name: value}
    )
    assert answer.status == 200
    assert json.loads(answer.data)["message"] == "Lead captured successfully"
    assert stage.installation.stop() == 0


def test_all_other_lines_are_settings_or_a_stand_in() -> None:
    rest = [one.words for one in OTHERS if one.words[0] not in ("make", "curl")]
    exported = [words[1].partition("=")[0] for words in rest if words[0] == "export"]
    programs = [words[1:] for words in rest if words[0] != "export"]
    assert {name.removeprefix("LEADLINE_").lower() for name in exported} <= {*declared()}
    for words in programs:
        assert words[:2] == ("-m", "leadline.standins.slack_inbox")
        shown = subprocess.run(
            [sys.executable, *words[:2], "--help"], capture_output=True, text=True
        )
        assert shown.returncode == 0
        assert all(word in shown.stdout for word in words[2:] if word.startswith("--"))


def test_every_program_that_is_not_run_is_still_named() -> None:
    assert {*NOT_RUN} <= {one.words[0] for one in LINES}
    said = [str(one) for one in LINES]
    assert [part for part in OURS_NOT_RUN if not any(part in one for one in said)] == []
