"""A marked person is sent through every source and channel, and found only where the list of
places (`leadline.privacy.places`) says that people can be; and nowhere after an erasure."""

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import apsw
import pytest

from leadline.privacy.places import place_of
from leadline.privacy.places.files import KEYS
from leadline.privacy.places.place import WHOLE, Place, PlaceKind
from leadline.standins.samples import DEMO_SOURCES, Sample
from leadline.standins.slack_inbox import SlackInbox
from leadline.stores.sqlite.file.folder import FILE
from tests.acceptance.installation import Installation
from tests.acceptance.office import Hook
from tests.standins.mail_server import MailServerStandIn, mail_server
from tests.standins.scripted_server import ScriptedServer, answer
from tests.standins.slack_api import TOKEN, SlackApi
from tests.worlds.marked_person import (
    EMAIL,
    MARKS,
    MESSAGE,
    PERSON,
    deliveries,
    marked_columns,
    marked_files,
    marks_in,
    records,
)
from tests.worlds.older_schema import set_back

HOOK = "whsec_" + "dGhpcnR5LXR3byBvY3RldHMgb2YgYSBzZWNyZXQsICE="
PATIENCE_S = 60.0
SETTINGS = """
delay = "1s"
look_up_every = "1s"
public_url = "{url}"

{sources}
[sources.generic.map]
record = "/id"
{crms}

[channels.bot]
kind = "slack-bot"
token = "{token}"
room = "C0SALES"
url = "{bot}"
per_second = 100

[channels.hook]
kind = "slack-webhook"
url = "{inbox}"
per_second = 100

[channels.mail]
kind = "email"
server = "127.0.0.1"
port = {mail}
security = "none"
sender = "Leads <leads@example.org>"
to = ["sales@example.org"]
per_second = 100

[channels.program]
kind = "webhook"
url = "{program}"
secret = "{secret}"
per_second = 100

[channels.teams]
kind = "teams"
url = "{others}/teams"
per_second = 100

[channels.pager]
kind = "pagerduty"
token = "0123456789abcdef0123456789abcdef"
url = "{others}/pager"
per_second = 100

[channels.apprise]
kind = "apprise"
url = "{apprise}"
per_second = 100
"""
SOURCE = """[sources.{name}]
secret = "{secret}"
"""
CRM = """[crm.{name}]
kind = "document"
url = "file://{records}/{{lead_id}}.json"
[crm.{name}.write]
phone = "leadline_phone"
email = "leadline_email"
"""


class MarkedInstallation:
    """A server with every source and kind of channel; `with` ends it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with ExitStack() as stack:
            self._begin(stack)
            self._stack = stack.pop_all()

    def _begin(self, stack: ExitStack) -> None:
        folder, enter = self.folder, stack.enter_context
        self.bot, self.mail = enter(SlackApi()), enter(mail_server(MailServerStandIn()))
        self.inbox = enter(SlackInbox(record=folder / "inbox.jsonl"))
        self.program = enter(Hook())
        self.others = enter(ScriptedServer(answer("202 Accepted", b'{"status":"success"}')))
        self.apprise = enter(ScriptedServer(answer()))
        self.server = enter(Installation(folder))
        del self.server.settings["LEADLINE_DELAY"]  # the file says it
        records(folder / "records")
        sources = [
            SOURCE.format(name=name, secret=" ".join(one.secret))
            + "".join(f'organization = "{account}"\n' for account in one.organization)
            for name, one in DEMO_SOURCES.items()
        ]
        crms = [
            CRM.format(name=name, records=folder / "records")
            for name in ("attio", "copper", "hubspot", "linkedin", "meta", "zoho")
        ]
        (folder / "leadline.toml").write_text(SETTINGS.format(
            url=self.server.url, sources="\n".join(sources), crms="\n".join(crms), token=TOKEN,
            bot=self.bot.url, inbox=self.inbox.webhook_url, mail=self.mail.port,
            program=self.program.url, secret=HOOK, others=self.others.endpoint,
            apprise=self.apprise.endpoint.replace("http://", "json://"),
        ))  # fmt: skip

    def __enter__(self) -> "MarkedInstallation":
        try:
            self.server.start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def send(self, sample: Sample) -> int:
        """Send a delivery; the status of the answer."""
        http, url = self.server.http, self.server.url + sample.path
        return http.request("POST", url, body=sample.body, headers=dict(sample.headers)).status

    def send_all(self) -> None:
        """Every source, twice; and deliveries that can't be read, or are in another encoding."""
        samples = deliveries(datetime.now(UTC), self.server.url)
        assert [s.about for s in samples if self.send(s) != s.status] == []
        assert {one.source for one in samples} == set(DEMO_SOURCES)
        for sample in samples:
            self.send(sample)
        said = {**PERSON, "message": MESSAGE}
        for body in bodies(said):
            self.send(own("generic", body))
        for message in (MESSAGE, f"{MESSAGE}, once more"):
            body = json.dumps({**said, "message": message}).encode()
            self.send(own("generic", body, **{"idempotency-key": "one"}))
        form = {"your-name": said["name"], "your-email": EMAIL, "comments": MESSAGE}
        for encoding in ("utf-8", "latin-1"):
            self.send(own("form", urlencode(form, encoding=encoding).encode()))

    def wait_until_told(self) -> None:
        """Wait until nothing is left to be done at once."""
        deadline = time.monotonic() + PATIENCE_S
        while self._undone():
            assert time.monotonic() < deadline, self.server.log.read_text()[-4000:]
            time.sleep(0.1)

    def _undone(self) -> int:
        flags = apsw.SQLITE_OPEN_READONLY
        with closing(apsw.Connection(str(self.server.data / FILE), flags=flags)) as db:
            db.set_busy_timeout(5000)
            count = (
                "SELECT count(*) FROM task WHERE dead_at IS NULL AND step IN ('refine','notify')"
            )
            ((number,),) = db.execute(count)
        return int(number)

    def run(self, *words: str, to: str = "") -> str:
        """Run a command; its output goes to a file, too, if one is named."""
        done = self.server.command(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        if to:
            (self.folder / to).write_text(done.stdout)
        return done.stdout

    def stop(self) -> None:
        assert self.server.stop() == 0


def bodies(said: Mapping[str, str]) -> Iterator[bytes]:
    """Bodies of a lead with everything, as programs write them, and some that can't be read."""
    yield json.dumps(said).encode()
    yield json.dumps({**said, "id": "77"}, ensure_ascii=False).encode()
    yield json.dumps({"lead": {**said, "more": [said]}}, ensure_ascii=False).encode("utf-16")
    yield json.dumps(said)[:-2].encode()
    yield json.dumps([said, {"x": 1}]).encode()
    yield json.dumps({"type": "lead.deleted", **said}).encode()


def own(source: str, body: bytes, **more: str) -> Sample:
    """A delivery with the secret of its source."""
    (secret,) = DEMO_SOURCES[source].secret
    headers = {"authorization": f"Bearer {secret}", **more}
    if source == "form":
        headers["content-type"] = "application/x-www-form-urlencoded"
    return Sample(source, f"/webhook/{source}", headers, body, "")


def place_of_file(path: str) -> Place | None:
    """The place of a file of an installation."""
    folder, _, name = path.partition("/")
    if folder == "data":
        return place_of(PlaceKind.FILE, name)
    if folder == "data.keys":
        return place_of(PlaceKind.FILE, f"{KEYS}/{name}")
    if path == "server.log":
        return place_of(PlaceKind.OUTSIDE, "log")
    return place_of(PlaceKind.COPY, path)


def not_named(folder: Path) -> list[str]:
    """Where the person stands, and the list does not say so."""
    wrong = []
    for path, marks in marked_files(folder).items():
        place = place_of_file(path)
        if place is None or WHOLE not in place.person:
            wrong.append(f"{path}: {marks}")
    for name, marks in marked_columns(folder / "data" / FILE).items():
        table, _, column = name.partition(".")
        place = place_of(PlaceKind.TABLE, table)
        if place is None or column not in place.person:
            wrong.append(f"{name}: {marks}")
    return wrong


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MarkedInstallation]:
    """An installation through which the person went, stopped, with every copy of it."""
    with MarkedInstallation(tmp_path_factory.mktemp("marked")) as made:
        made.send_all()
        made.wait_until_told()
        made.run("replay", "--status", "dead", "--yes")
        made.wait_until_told()
        made.stop()
        set_back(made.server.data, 9)
        made.server.start()
        made.stop()
        made.run("backup", "backup")
        made.run("export", "export")
        made.run("export", "export.tar.gz")
        made.run("access", "--email", EMAIL, "--json", to="access.json")
        made.run("leads", "--json", to="output.json")
        made.run("restore", "backup", "--replace")
        yield made


def test_the_person_stands_only_where_the_list_says_so(marked: MarkedInstallation) -> None:
    assert not_named(marked.folder) == []


def test_the_person_went_through_every_table_copy_and_channel(marked: MarkedInstallation) -> None:
    columns = marked_columns(marked.server.data / FILE)
    assert {
        "raw.raw", "raw.body", "refined.head", "likeness.traits", "handling.body", "history.detail"
    } <= set(columns)  # fmt: skip
    assert columns["raw.raw"] == columns["refined.head"] == set(MARKS)
    files = marked_files(marked.folder)
    assert {
        "data/leadline.db", "data/before-restore-1/leadline.db", "backup/leadline.db",
        "export.tar.gz", "access.json", "output.json", "inbox.jsonl",
    } <= set(files)  # fmt: skip
    assert [path for path in files if path.startswith("data/before-schema-")]
    assert [path for path in files if path.startswith("export/raw/")]
    told = {
        "bot": json.dumps(marked.bot.messages).encode(),
        "mail": b"".join(octets for _, octets in marked.mail.messages),
        "program": json.dumps(marked.program.events).encode(),
        "others": b"".join(one.body for one in marked.others.requests),
        "apprise": b"".join(one.body for one in marked.apprise.requests),
    }
    assert {name for name, data in told.items() if "email" in marks_in(data)} == set(told)


def test_after_an_erasure_the_person_stands_only_where_the_list_says_that_it_is_left(
    marked: MarkedInstallation, tmp_path: Path
) -> None:
    shutil.copytree(marked.server.data, tmp_path / "data")
    shutil.copy(marked.folder / "leadline.toml", tmp_path)
    here = Installation(tmp_path)
    del here.settings["LEADLINE_DELAY"]
    before = set(marked_files(tmp_path))
    assert "data/leadline.db" in before
    phone = PERSON["phone"]
    done = here.command(
        "erase", "--email", EMAIL, "--phone", phone, "--yes", "--receipt", "receipt"
    )
    assert done.returncode == 0, done.stderr
    assert marked_columns(here.data / FILE) == {}
    places = {path: place_of_file(path) for path in before}
    left = {path for path, place in places.items() if place is not None and WHOLE in place.left}
    assert set(marked_files(tmp_path)) == left
    assert {path.split("/")[1].rstrip("0123456789") for path in left} == {
        "before-restore-", "before-schema-",
    }  # fmt: skip
    assert "copies that a restore or an update put aside (delete before-restore-1," in done.stdout
