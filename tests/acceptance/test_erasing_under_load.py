"""A person is erased while the server captures and refines leads of others: no lead of others is
lost, and no byte of the person is left in the data folder."""

import json
import threading
import time
from pathlib import Path

import pytest
import urllib3

from tests.acceptance.installation import Installation
from tests.worlds.marked_person import EMAIL, MESSAGE, PERSON, marked_files

PATIENCE_S = 900.0
SETTINGS = """
[channels.hook]
kind = "webhook"
secret = "whsec_dGhpcnR5LXR3byBvY3RldHMgb2YgYSBzZWNyZXQsICE="
url = "http://127.0.0.1:9/nobody"
"""


_PAUSE_S = 0.005
"""Between two leads: an erasure looks into all leads that there are, and there should be some."""


class Senders:
    """Senders of leads of others to a server, in a thread; `with` ends them."""

    def __init__(self, server: Installation) -> None:
        self.server = server
        self.accepted: list[str] = []
        self.failures: list[BaseException] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Senders":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        http = urllib3.PoolManager(retries=False, timeout=60)
        try:
            while not self._stop.wait(_PAUSE_S):
                self.send(http, f"meanwhile{len(self.accepted)}")
        except BaseException as error:
            self.failures.append(error)

    def send(self, http: urllib3.PoolManager, name: str) -> None:
        message = "hello " * (sum(name.encode()) * 7 % 900)
        lead = {"name": f"Max {name}", "email": f"{name}@example.org", "message": message}
        body = json.dumps(lead).encode()
        headers = {"content-type": "application/json"}
        answer = http.request("POST", f"{self.server.url}/webhook", body=body, headers=headers)
        assert answer.status == 200, answer.data
        self.accepted.append(name)


def send_person(server: Installation, senders: Senders, count: int) -> None:
    """Leads of the person of many sizes, each with one of somebody else."""
    for n in range(count):
        message = f"{MESSAGE} {n} " * (1 + n * 37 % 700)
        answer = server.post(json.dumps({**PERSON, "message": message}).encode())
        assert answer.status == 200
        senders.send(server.http, f"before{n}")


@pytest.mark.slow
def test_an_erasure_beside_a_busy_server_leaves_no_byte_and_loses_no_lead(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text(SETTINGS)
    with Installation(tmp_path) as server:
        server.start()
        senders = Senders(server)
        send_person(server, senders, 40)
        with senders:
            phone = PERSON["phone"]
            done = server.command("erase", "--email", EMAIL, "--phone", phone, "--yes")
        assert senders.failures == []
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("40 leads"), done.stdout
        wait_until_overwritten(server)
        assert set(marked_files(server.data)) == set()
        assert server.stop() == 0
        assert set(marked_files(tmp_path)) == set()
        verified = server.command("verify")
        assert verified.returncode == 0, verified.stdout
        leads = json.loads(server.command("leads", "--json", "--limit", "100000").stdout)
        assert len(leads) == 40 + len(senders.accepted)


def wait_until_overwritten(server: Installation) -> None:
    """Nothing to wait for, unless a reader put the command off."""
    deadline = time.monotonic() + PATIENCE_S
    while list(server.data.glob("erased.*")):
        assert time.monotonic() < deadline, server.log.read_text()[-4000:]
        time.sleep(0.1)
