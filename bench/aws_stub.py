"""A stand-in for AWS, in a process of its own: `python -m bench.aws_stub CERTIFICATE KEY`.

It answers the calls that functions make in their true shapes, and keeps what it is told without
judging it: conditions always hold. It prints two ports, of plain HTTP and of TLS, and ends with its
standard input. `POST /-/keep` remembers what is there now, `POST /-/reset` goes back to it.
"""

import hashlib
import json
import ssl
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


class Aws:
    """Objects by path and items by key."""

    def __init__(self) -> None:
        self.kept: tuple[dict[str, bytes], dict[tuple[str, str], Any]] = ({}, {})
        self.reset()

    def keep(self) -> None:
        self.kept = (dict(self.objects), dict(self.items))

    def reset(self) -> None:
        self.objects, self.items = dict(self.kept[0]), dict(self.kept[1])

    def answer(self, method: str, path: str, target: str, body: bytes) -> Answer:
        if path in ("/-/keep", "/-/reset"):
            (self.keep if path == "/-/keep" else self.reset)()
            return 200, {}, b""
        if target:
            return self.call(target.partition(".")[2], json.loads(body))
        if method == "PUT":
            self.objects[path] = body
            etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
            return 200, {"etag": f'"{etag}"', "x-amz-version-id": etag[:16]}, b""
        if path in self.objects:
            return 200, {"content-type": "application/json"}, self.objects[path]
        missing = b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'
        return 404, {"content-type": "application/xml"}, missing

    def call(self, operation: str, asked: dict[str, Any]) -> Answer:
        told = OPERATIONS[operation](self, asked)
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-crc32": "0"}
        return 200, headers, json.dumps(told).encode()

    def put(self, asked: dict[str, Any]) -> dict[str, Any]:
        item = asked["Item"]
        self.items[item["pk"]["S"], item["sk"]["S"]] = item
        return {}

    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = self.items.get((asked["Key"]["pk"]["S"], asked["Key"]["sk"]["S"]))
        return {"Item": found} if found else {}

    def get_all(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = {
            table: [one["Item"] for key in about["Keys"] if (one := self.get({"Key": key}))]
            for table, about in asked["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def write_all(self, asked: dict[str, Any]) -> dict[str, Any]:
        for one in asked["TransactItems"]:
            self.put(one["Put"])
        return {}

    def send(self, asked: dict[str, Any]) -> dict[str, Any]:
        digest = hashlib.md5(asked["MessageBody"].encode(), usedforsecurity=False).hexdigest()
        return {"MD5OfMessageBody": digest, "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274"}

    def parameter(self, asked: dict[str, Any]) -> dict[str, Any]:
        text = self.objects["/settings"].decode()
        return {"Parameter": {"Name": asked["Name"], "Type": "SecureString", "Value": text}}


OPERATIONS: dict[str, Callable[[Aws, dict[str, Any]], dict[str, Any]]] = {
    "PutItem": Aws.put,
    "GetItem": Aws.get,
    "BatchGetItem": Aws.get_all,
    "TransactWriteItems": Aws.write_all,
    "SendMessage": Aws.send,
    "GetParameter": Aws.parameter,
}


class Handler(BaseHTTPRequestHandler):
    """One connection of a function."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    aws = Aws()
    lock = threading.Lock()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        target = self.headers.get("x-amz-target", "")
        with self.lock:
            status, headers, answer = self.aws.answer(self.command, self.path, target, body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("x-amzn-requestid", "4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()

    do_GET = do_PUT = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        pass


def listen() -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


def main() -> None:
    plain, secure = listen(), listen()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*sys.argv[1:])
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    for server in (plain, secure):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(plain.server_port, secure.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
