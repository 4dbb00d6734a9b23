"""An OpenID provider on loopback: it logs people in, checks its client as a strict one does, and
misbehaves if a test says so."""

import base64
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from tests.standins.token_issuer import published_keys, signed_by

CLIENT_ID, CLIENT_SECRET = "leadline dashboard", "s3cret+of/the&client=1"
Claims = dict[str, Any]


class LoginIssuer:
    """Logs in whoever of `people` asks for it: subjects with their claims. `person` is logged in
    without being asked; with None a page asks.

    What a test may change: `claims` of all ID tokens (None leaves one out); `made`, which makes
    the token of the claims; `token_status` and `token_body` of the token endpoint; `metadata`; and
    `serving`, while which is not set all answers wait. `user_info` is what UserInfo adds to each
    person's subject (None: the issuer has none), or `user_info_answer` its status and body.
    `asked` are the requests, with their bodies.
    """

    def __init__(
        self,
        return_url: str,
        host: str = "127.0.0.1",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.return_url = return_url
        self._clock = clock
        self.people: dict[str, Claims] = {}
        self.person: str | None = None
        self.claims: Claims = {}
        self.made: Callable[[Claims], str] = lambda claims: signed_by("rsa", claims)
        self.token_status = 200
        self.token_body: bytes | None = None
        self.status = 200
        self.names_itself = True
        self.serving = threading.Event()
        self.serving.set()
        self.user_info: dict[str, Claims] | None = None
        self.user_info_answer: tuple[int, bytes] | None = None
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self._codes: dict[str, tuple[str, dict[str, str]]] = {}
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("H", (_Handler,), {"is_of": self})
        )
        self._server.daemon_threads = True
        self.url = f"http://{host}:{self._server.server_port}"
        self.metadata: dict[str, Any] = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?tenant=1",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/logout",
            "authorization_response_iss_parameter_supported": True,
        }
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.serving.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def settings(self, **more: str) -> dict[str, str]:
        """The settings of a dashboard that is its client."""
        usual = {
            "issuer": self.url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            "name": "Example Inc", "admins": "leadline-admins",
            "operators": "sales,ops@example.com", "viewers": "@example.com",
        }  # fmt: skip
        return {
            "dashboard_url": self.return_url.removesuffix("/login/oidc/return"),
            **{f"dashboard_oidc_{name}": value for name, value in (usual | more).items()},
        }

    def answer_to(self, url: str, person: str) -> str:
        """Where the browser is sent that came with this URL, and is *person*."""
        asked = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["redirect_uri"] == self.return_url
        assert asked["code_challenge_method"] == "S256"
        assert asked["tenant"] == "1"
        assert "openid" in asked["scope"].split()
        code = token_urlsafe(16)
        self._codes[code] = (person, asked)
        named = {"iss": self.url} if self.names_itself else {}
        return f"{self.return_url}?{urlencode({'code': code, 'state': asked['state'], **named})}"

    def exchanged(self, fields: Mapping[str, str]) -> tuple[int, bytes]:
        """What the token endpoint answers to a client that has proved to be ours."""
        if self.token_body is not None or self.token_status != 200:
            return self.token_status, self.token_body or b"{}"
        person, asked = self._codes.pop(fields.get("code", ""), ("", {}))
        proof = base64.urlsafe_b64encode(sha256(fields["code_verifier"].encode()).digest())
        fits = proof.rstrip(b"=").decode() == asked.get("code_challenge")
        if not person or not fits or fields["redirect_uri"] != asked["redirect_uri"]:
            return 400, b'{"error": "invalid_grant"}'
        now = int(self._clock().timestamp())
        claims = {
            "iss": self.url, "sub": person, "aud": CLIENT_ID, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **self.people[person], **self.claims,
        }  # fmt: skip
        token = self.made({name: one for name, one in claims.items() if one is not None})
        self.tokens.append(token)
        answer = {"access_token": f"for-{person}", "token_type": "Bearer", "id_token": token}
        return 200, json.dumps(answer).encode()

    def has_user_info(self, claims: dict[str, Claims]) -> None:
        """Say these claims at an endpoint of UserInfo."""
        self.user_info = claims
        self.metadata["userinfo_endpoint"] = f"{self.url}/userinfo"

    def info_for(self, authorization: str) -> tuple[int, bytes]:
        """What UserInfo answers to who sends an access token."""
        if self.user_info_answer is not None:
            return self.user_info_answer
        person = authorization.removeprefix("Bearer for-")
        if self.user_info is None or person not in self.user_info:
            return 401, b"{}"
        return 200, json.dumps({"sub": person, **self.user_info[person]}).encode()

    def logout_token(self, **more: Any) -> str:
        """A token by which this issuer ends logins; a claim that is None is left out."""
        now = int(self._clock().timestamp())
        claims = {
            "iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 120,
            "jti": token_urlsafe(8),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **more,
        }  # fmt: skip
        return self.made({name: one for name, one in claims.items() if one is not None})


class _Handler(BaseHTTPRequestHandler):
    is_of: LoginIssuer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        issuer, path = self.is_of, urlsplit(self.path).path
        issuer.asked.append(self.path)
        issuer.serving.wait(30)
        query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if issuer.status != 200:
            self._answer(issuer.status, b"{}")
        elif path == "/.well-known/openid-configuration":
            self._answer(200, json.dumps(issuer.metadata).encode())
        elif path == "/keys":
            self._answer(200, json.dumps({"keys": published_keys()}).encode())
        elif path == "/authorize" and (person := query.get("person") or issuer.person):
            self._answer(302, b"", location=issuer.answer_to(self._without_person(), person))
        elif path == "/authorize":
            links = "".join(
                f'<p><a href="{escape(self.path)}&amp;person={one}">{one}</a></p>'
                for one in issuer.people
            )
            page = f"<!doctype html><html lang=en><title>Example Inc</title>{links}"
            self._answer(200, page.encode(), kind="text/html")
        elif path == "/userinfo":
            self._answer(*issuer.info_for(self.headers.get("authorization", "")))
        elif path == "/logout":
            self._answer(302, b"", location=query["post_logout_redirect_uri"])
        else:
            self._answer(404, b"{}")

    def _without_person(self) -> str:
        return self.path.partition("&person=")[0]

    def do_POST(self) -> None:
        issuer = self.is_of
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        issuer.asked.append(f"{self.path} {body}")
        issuer.serving.wait(30)
        fields = dict(parse_qsl(body))
        kind, _, pair = self.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            name, _, secret = base64.b64decode(pair).decode().partition(":")
            given = unquote_plus(name), unquote_plus(secret)
        else:
            given = fields.get("client_id", ""), fields.get("client_secret", "")
        if given != (CLIENT_ID, CLIENT_SECRET):
            self._answer(401, b'{"error": "invalid_client"}')
        else:
            self._answer(*issuer.exchanged(fields))

    def _answer(
        self, status: int, body: bytes, location: str = "", kind: str = "application/json"
    ) -> None:
        try:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            if location:
                self.send_header("location", location)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # whoever asked did not wait

    def log_message(self, *_: object) -> None:
        """Say nothing."""
