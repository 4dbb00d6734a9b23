"""A real Tryton on loopback, with a company, two employees and people who want something.

`make tryton` installs it into `.tryton`, apart from what Leadline itself needs.
"""

import base64
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from leadline.vendors.tryton.webhook import tryton_value
from tests.standins.ports import free_port

HOME = Path(__file__).parents[3] / ".tryton"
DATABASE, USER, PASSWORD = "leads", "admin", "a-made-up-password"
_MODEL = "sale.opportunity"


class Tryton:
    """A server and its database; everything ends with `stop`."""

    def __init__(self, folder: Path) -> None:
        if not (HOME / "bin" / "trytond").exists():
            raise FileNotFoundError(f"{HOME} is missing: run `make tryton`")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._settings = folder / "trytond.conf"
        self._settings.write_text(
            f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n"
        )
        (folder / f"{DATABASE}.sqlite").touch()
        (folder / "password").write_text(PASSWORD)
        self._environment = {**os.environ, "TRYTONPASSFILE": str(folder / "password")}
        self._environment.pop("PYTHONPATH", None)
        self._log = folder / "trytond.log"
        with self._log.open("wb") as sink:
            made = self._command("trytond-admin", "--email", "admin@example.com", "-u",
                                 "sale_opportunity", "--activate-dependencies")  # fmt: skip
            subprocess.run(made, env=self._environment, stdout=sink, stderr=sink, check=True)
            self._process = subprocess.Popen(
                self._command("trytond"), env=self._environment, stdout=sink, stderr=sink,
                start_new_session=True,
            )  # fmt: skip
        try:
            self._wait()
            self._found_a_company()
        except BaseException:
            self.stop()
            raise

    def _command(self, program: str, *more: str) -> list[str]:
        return [str(HOME / "bin" / program), "-c", str(self._settings), "-d", DATABASE, *more]

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"Tryton ended at once:\n{self._log.read_text()[-2000:]}")
            try:
                self._rpc("system.listMethods")
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
            else:
                return
        raise TimeoutError(f"Tryton does not answer:\n{self._log.read_text()[-2000:]}")

    def _found_a_company(self) -> None:
        (self.currency,) = self.call(
            "currency.currency.create", [{"name": "Euro", "code": "EUR", "symbol": "€"}]
        )
        (party,) = self.call("party.party.create", [{"name": "Our Company"}])
        (self.company,) = self.call(
            "company.company.create", [{"party": party, "currency": self.currency}]
        )
        self.call("res.user.write", [1], {"companies": [["add", [self.company]]],
                                          "company": self.company})  # fmt: skip
        self.ann = self._employ("Ann Archer", "ann@example.com")
        self.ben = self._employ("Ben Bell", "ben@example.com")

    def _employ(self, name: str, email: str) -> int:
        party = self._party(name, email=email)
        (employee,) = self.call(
            "company.employee.create", [{"party": party, "company": self.company}]
        )
        return int(employee)

    def _party(self, name: str, **ways: str) -> int:
        mechanisms = [{"type": kind, "value": value} for kind, value in ways.items()]
        values = {"name": name, "contact_mechanisms": [["create", mechanisms]]}
        (party,) = self.call("party.party.create", [values])
        return int(party)

    def lead(self, name: str, amount: int = 0, **ways: str) -> str:
        """Somebody enters a lead; its record."""
        values: dict[str, Any] = {
            "party": self._party(name, **ways),
            "company": self.company,
            "currency": self.currency,
            "description": "Wants a demo",
        }
        if amount:
            values["amount"] = {"__class__": "Decimal", "decimal": str(amount)}
        (number,) = self.call(f"{_MODEL}.create", [values])
        return f"{_MODEL}:{number}"

    def edit(self, record: str, **values: Any) -> None:
        """Somebody changes a lead."""
        self.call(f"{_MODEL}.write", [_number(record)], values)

    def press(self, record: str, button: str) -> None:
        """Somebody presses a button of a lead."""
        self.call(f"{_MODEL}.{button}", [_number(record)])

    def values(self, record: str, *names: str) -> dict[str, Any]:
        """What Tryton has."""
        (body,) = self.call(f"{_MODEL}.read", [_number(record)], list(names))
        plain: dict[str, Any] = tryton_value(body)
        return plain

    def hook(self, record: str, action: str = "write") -> bytes:
        """What a trigger of one's own would post of a lead."""
        names = ["id", "description", "reference", "comment", "state", "employee", "write_date"]
        (body,) = self.call(f"{_MODEL}.read", [_number(record)], names)
        return json.dumps({"model": _MODEL, "action": action, "record": body}).encode()

    def config(self, **more: Any) -> CrmConfig:
        """Settings of an adapter that asks here."""
        said = {"url": self.url, "database": DATABASE, "user": USER, "token": PASSWORD, **more}
        return CrmConfig(**said)

    def call(self, method: str, *params: Any) -> Any:
        """What a method of a model returns."""
        return self._rpc(f"model.{method}", *params, {})

    def _rpc(self, method: str, *params: Any) -> Any:
        body = json.dumps({"id": 1, "method": method, "params": params}).encode()
        who = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        headers = {"content-type": "application/json", "authorization": f"Basic {who}"}
        request = urllib.request.Request(f"{self.url}/{DATABASE}/rpc/", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            data = json.loads(answer.read())
        if "error" in data:
            raise AssertionError(f"{method}: {str(data['error'])[:300]}")
        return data["result"]

    def stop(self) -> None:
        """End the server with all that it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(10)


def _number(record: str) -> int:
    return int(record.partition(":")[2])
