"""An authorization server on loopback: its metadata, its keys, and tokens that it would issue."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import serialize_compact

AUDIENCE = "https://leads.example.com"
CLIENT = "partner-portal"
_RSA = RSAKey.generate_key(2048, private=True)  # slow to make
_CURVE = ECKey.generate_key("P-256", private=True)
_OTHER = ECKey.generate_key("P-256", private=True)


class TokenIssuer:
    """Serves a key set with two keys, "rsa" and "curve". While `serving` is not set, answers wait;
    `status` is that of key sets, and `keys_body` replaces what is published."""

    def __init__(self) -> None:
        self.serving = threading.Event()
        self.serving.set()
        self.status = 200
        self.keys_body: bytes | None = None
        self.more_keys: list[dict[str, Any]] = []
        self.metadata: dict[str, Any] | None = None
        self.asked: list[str] = []
        handler = type("Handler", (_Handler,), {"issuer": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.jwks_url = f"{self.url}/keys"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.serving.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def key_set(self) -> dict[str, Any]:
        """What is published at `jwks_url`."""
        return {
            "keys": [
                *published_keys(),
                {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
                *self.more_keys,
            ]
        }

    def publish_another(self) -> None:
        """Publish the key "other" from now on."""
        self.more_keys = [{**_OTHER.as_dict(private=False), "kid": "other", "use": "sig"}]

    def claims(self, **more: Any) -> dict[str, Any]:
        """The claims of a token for this installation; a claim that is None is left out."""
        now = int(time.time())
        usual = {
            "iss": self.url, "aud": AUDIENCE, "sub": CLIENT, "client_id": CLIENT, "iat": now,
            "exp": now + 300,
        }  # fmt: skip
        return {name: one for name, one in {**usual, **more}.items() if one is not None}

    def token(self, kid: str | None = "rsa", **more: Any) -> str:
        """A token as the server issues it, signed with the key *kid*; with None, by its RSA key
        without saying so."""
        return signed_by(kid, self.claims(**more))


def published_keys() -> list[dict[str, Any]]:
    """The public keys "rsa" and "curve"."""
    return [
        {**_RSA.as_dict(private=False), "kid": "rsa", "use": "sig", "alg": "RS256"},
        {**_CURVE.as_dict(private=False), "kid": "curve", "use": "sig"},
    ]


def signed_by(kid: str | None, claims: dict[str, Any] | bytes) -> str:
    """A token with these claims (or bytes instead), signed with the key *kid*; with None, by the
    RSA key without saying so."""
    algorithm = "RS256" if kid in ("rsa", None) else "ES256"
    key: RSAKey | ECKey = _RSA
    if algorithm == "ES256":
        key = _CURVE if kid == "curve" else _OTHER
    header = {"alg": algorithm} | ({"kid": kid} if kid is not None else {})
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return serialize_compact(header, payload, key, [algorithm])


def forged(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    """A token that no server issued."""
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts)


class _Handler(BaseHTTPRequestHandler):
    issuer: TokenIssuer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        issuer = self.issuer
        issuer.asked.append(self.path)
        issuer.serving.wait(30)
        if self.path == "/keys":
            body = issuer.keys_body or json.dumps(issuer.key_set()).encode()
            self._answer(issuer.status, body)
        elif self.path == "/.well-known/openid-configuration":
            told = issuer.metadata or {"issuer": issuer.url, "jwks_uri": issuer.jwks_url}
            self._answer(200, json.dumps(told).encode())
        else:
            self._answer(404, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # whoever asked did not wait, or read no more

    def log_message(self, *_: object) -> None:
        """Say nothing."""
