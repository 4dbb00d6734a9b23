"""Ad networks on loopback in their documented shapes: Meta's Conversions API, Google's Data Manager
API with its token endpoint, and LinkedIn's Conversions API.

They check what comes by rules of their own, know people by hashes that are made here of plain
addresses and numbers, count an event once by its id, and can misbehave.
"""

import base64
import json
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

TOKEN = "ad-token"
_DAY = 86_400.0
_HEX = re.compile("[0-9a-f]{64}")
Reply = tuple[int, dict[str, Any]]


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def account_json(key: RSAPrivateKey, **changed: str) -> str:
    """The key file of a service account, as Google gives it."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    usual = {
        "type": "service_account",
        "project_id": "project",
        "private_key_id": "key1",
        "private_key": pem,
        "client_email": "leads@project.iam.example.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps(usual | changed)


def hashed(text: str) -> str:
    """The hash of a text as it is written here."""
    return sha256(text.encode()).hexdigest()


class AdNetworkServer:
    """Takes events at the paths of all three networks.

    `replies` come first, each an answer instead of the usual one. So many answers as
    `loses_answers` says do not arrive, though the events were taken. `taken` are the events that
    counted, by their ids; `requests` are the bodies as they came. An event with a name in `bad` is
    not taken. `meanwhile` is called before each answer.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.replies: list[tuple[int, dict[str, Any], dict[str, str]]] = []
        self.loses_answers = 0
        self.meanwhile: Callable[[], object] = str
        self.bad: set[str] = set()
        self.names_bad_places = True
        self.taken: dict[str, dict[str, Any]] = {}
        self.tests: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.repeated = 0
        self.tokens_given = 0
        self.token_life = 3599
        self.account: RSAPrivateKey | None = None
        self.assertions: list[dict[str, Any]] = []
        handler = type("Handler", (_Handler,), {"network": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, headers: dict[str, str], body: Any) -> Reply:
        """The answer of the network whose path it is."""
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"error": {"code": 190, "message": "Invalid OAuth access token"}}
        if path.endswith("/events"):
            return self._meta(body)
        if path == "/v1/events:ingest":
            return self._google(body)
        assert path == "/conversionEvents"
        assert headers["x-restli-method"] == "BATCH_CREATE"
        return self._linkedin(body)

    def token_for(self, form: dict[str, list[str]]) -> Reply:
        """The answer of the token endpoint: by a refresh token, or by an assertion that the key of
        `account` has signed for Google's endpoint and the scope of the API."""
        if form["grant_type"] != ["refresh_token"] and not self._may(form["assertion"][0]):
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        self.tokens_given += 1
        return 200, {"access_token": TOKEN, "expires_in": self.token_life}

    def _may(self, assertion: str) -> bool:
        head, claims, signature = assertion.split(".")
        assert self.account is not None
        try:
            key = self.account.public_key()
            key.verify(_decoded(signature), f"{head}.{claims}".encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        said, header = json.loads(_decoded(claims)), json.loads(_decoded(head))
        self.assertions.append(said)
        return bool(
            header == {"alg": "RS256", "typ": "JWT", "kid": "key1"}
            and said["iss"] == "leads@project.iam.example.com"
            and said["aud"] == "https://oauth2.googleapis.com/token"
            and said["scope"] == "https://www.googleapis.com/auth/datamanager"
            and said["exp"] - said["iat"] == 3600
            and abs(said["iat"] - time.time()) < 60
        )

    def _take(self, event: dict[str, Any], key: str, *, test: bool = False) -> None:
        if test:
            self.tests.append(event)
        elif key in self.taken:
            self.repeated += 1
        else:
            self.taken[key] = event

    def _meta(self, body: dict[str, Any]) -> Reply:
        events = body["data"]
        faults = [self._fault_of_meta(one) for one in events]
        if len(events) > 1000 or any(faults):
            message = next((one for one in faults if one), "too many events")
            return 400, {"error": {"code": 100, "error_subcode": 2804050, "message": message}}
        for one in events:
            self._take(one, one["event_name"] + one["event_id"], test="test_event_code" in body)
        return 200, {"events_received": len(events), "messages": [], "fbtrace_id": "trace1"}

    def _fault_of_meta(self, one: dict[str, Any]) -> str:
        user, at = one["user_data"], one["event_time"]
        hashes = [*user.get("em", ()), *user.get("ph", ())]
        if one["event_name"] in self.bad:
            return "Invalid parameter"
        if not isinstance(at, int) or not self.now.timestamp() - 7 * _DAY <= at:
            return "event_time is too old"
        if at > self.now.timestamp():
            return "event_time is in the future"
        if one["action_source"] != "system_generated" or not user:
            return "no action_source, or nobody"
        if "lead_id" in user and not (
            isinstance(user["lead_id"], int) and user["lead_id"] > 10**14
        ):
            return "lead_id is no lead of ours"
        if one["custom_data"]["event_source"] != "crm":
            return "event_source"
        return "" if all(map(_HEX.fullmatch, hashes)) else "not hashed"

    def _google(self, body: dict[str, Any]) -> Reply:
        events = body["events"]
        references = [one["reference"] for one in body["destinations"]]
        assert len(set(references)) == len(references) <= 10
        bad = [n for n, one in enumerate(events) if self._fault_of_google(one, references)]
        if bad:
            fields = [f"events.events[{n}].event_timestamp" for n in bad]
            violations = [
                {"field": one if self.names_bad_places else "events", "reason": "INVALID_EVENT"}
                for one in fields
            ]
            detail = {
                "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations,
            }  # fmt: skip
            error = {"code": 400, "status": "INVALID_ARGUMENT", "details": [detail],
                     "message": "There was a problem with the request."}  # fmt: skip
            return 400, {"error": error}
        for one in events:
            reference = one["destinationReferences"][0]
            self._take(one, reference + one["transactionId"], test=body.get("validateOnly", False))
        return 200, {"requestId": "request1"}

    def _fault_of_google(self, one: dict[str, Any], references: list[str]) -> bool:
        at = datetime.fromisoformat(one["eventTimestamp"])
        people = one.get("userData", {}).get("userIdentifiers", [])
        hashes = [text for person in people for text in person.values()]
        return (
            not (0 <= (self.now - at).total_seconds() <= 90 * _DAY)
            or not set(one["destinationReferences"]) <= set(references)
            or self.bad & set(one["destinationReferences"]) != set()
            or one["consent"]["adUserData"] != "CONSENT_GRANTED"
            or not (people or one.get("adIdentifiers"))
            or not all(map(_HEX.fullmatch, hashes))
        )

    def _linkedin(self, body: dict[str, Any]) -> Reply:
        told = []
        for one in body["elements"]:
            status = self._status_of_linkedin(one)
            error = {"message": "Invalid conversion", "status": status}
            told.append({"status": status} if status == 201 else {"status": status, "error": error})
            if status == 201:
                self._take(one, one["conversion"] + one["eventId"])
        return 200, {"elements": told}

    def _status_of_linkedin(self, one: dict[str, Any]) -> int:
        age = self.now.timestamp() * 1000 - one["conversionHappenedAt"]
        user = one["user"]
        emails = [i["idValue"] for i in user["userIds"] if i["idType"] == "SHA256_EMAIL"]
        if one["conversion"].rpartition(":")[2] in self.bad or not 0 <= age <= 90 * _DAY * 1000:
            return 400
        named = user["userIds"] or user.get("lead") or user.get("userInfo")
        return 201 if named and all(map(_HEX.fullmatch, emails)) else 422


class _Handler(BaseHTTPRequestHandler):
    network: AdNetworkServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        network = self.network
        if self.path == "/token":
            self._tell(*network.token_for(parse_qs(raw.decode())), {})
            return
        body = json.loads(raw)
        headers = {name.lower(): value for name, value in self.headers.items()}
        network.requests.append(body)
        network.headers.append(headers)
        network.meanwhile()
        if network.replies:
            self._tell(*network.replies.pop(0))
            return
        status, said = network.answer(self.path, headers, body)
        if network.loses_answers:
            network.loses_answers -= 1
            self.close_connection = True
            return
        self._tell(status, said, {})

    def _tell(self, status: int, said: dict[str, Any], headers: dict[str, str]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
