"""A stand-in for AWS, in a process of its own: `python -m bench.aws_stub CERTIFICATE KEY`.

It answers the calls that functions make in their true shapes, and keeps what it is told without
judging it: conditions always hold. It prints two ports, of plain HTTP and of TLS, and ends with its
standard input. `POST /-/keep` remembers what is there now, `POST /-/reset` goes back to it,
`POST /-/clear` forgets all; `POST /-/slow` with a number of milliseconds lets every later answer
take so long, and `GET /-/calls` tells the calls since then: what was called, when, and until when.
"""

import hashlib
import json
import ssl
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

Answer = tuple[int, dict[str, str], bytes]

PAGE = 1_000
"""Keys of one listing (S3 API Reference, "ListObjectsV2")."""


class Aws:
    """Objects by path and items by key."""

    def __init__(self) -> None:
        self.kept: tuple[dict[str, bytes], dict[tuple[str, str], Any]] = ({}, {})
        self.reset()

    def keep(self) -> None:
        self.kept = (dict(self.objects), dict(self.items))

    def clear(self) -> None:
        self.objects.clear()
        self.items.clear()

    def reset(self) -> None:
        self.objects, self.items = dict(self.kept[0]), dict(self.kept[1])

    def answer(self, method: str, target: str, operation: str, body: bytes) -> Answer:
        if operation:
            return self.call(operation, json.loads(body))
        url = urlsplit(target)
        if url.path in ("/-/keep", "/-/reset", "/-/clear"):
            {"keep": self.keep, "reset": self.reset, "clear": self.clear}[url.path[3:]]()
            return 200, {}, b""
        if method == "POST":
            return 200, {"content-type": "text/html"}, b"ok"  # an incoming webhook of Slack
        if method == "PUT":
            self.objects[url.path] = body
            etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
            return 200, {"etag": f'"{etag}"', "x-amz-version-id": etag[:16]}, b""
        if "list-type" in url.query:
            return 200, {"content-type": "application/xml"}, self.listing(url.path, url.query)
        if url.path in self.objects:
            return 200, {"content-type": "application/json"}, self.objects[url.path]
        missing = b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'
        return 404, {"content-type": "application/xml"}, missing

    def listing(self, bucket: str, query: str) -> bytes:
        """One page of keys; a page goes on behind the last key of the one before."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        after = asked.get("continuation-token") or asked.get("start-after", "")
        start = f"{bucket}/{asked['prefix']}"
        keys = sorted(path[len(bucket) + 1 :] for path in self.objects if path.startswith(start))
        found = [key for key in keys if key > after]
        shown = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in found[:PAGE])
        if len(found) > PAGE:
            shown += f"<NextContinuationToken>{found[PAGE - 1]}</NextContinuationToken>"
        return f"<ListBucketResult>{shown}</ListBucketResult>".encode()

    def call(self, operation: str, query: dict[str, Any]) -> Answer:
        data = OPERATIONS[operation](self, query)
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-crc32": "0"}
        return 200, headers, json.dumps(data).encode()

    def put(self, query: dict[str, Any]) -> dict[str, Any]:
        item = query["Item"]
        self.items[item["pk"]["S"], item["sk"]["S"]] = item
        return {}

    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        found = self.items.get((query["Key"]["pk"]["S"], query["Key"]["sk"]["S"]))
        return {"Item": found} if found else {}

    def get_all(self, query: dict[str, Any]) -> dict[str, Any]:
        found = {
            table: [one["Item"] for key in about["Keys"] if (one := self.get({"Key": key}))]
            for table, about in query["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def write_all(self, query: dict[str, Any]) -> dict[str, Any]:
        for one in query["TransactItems"]:
            ((kind, write),) = one.items()
            (self.put if kind == "Put" else self.delete)(write)
        return {}

    def delete(self, query: dict[str, Any]) -> dict[str, Any]:
        self.items.pop((query["Key"]["pk"]["S"], query["Key"]["sk"]["S"]), None)
        return {}

    def query(self, query: dict[str, Any]) -> dict[str, Any]:
        """Of the index `due`, all that is due by `:now`."""
        values = {name: value["S"] for name, value in query["ExpressionAttributeValues"].items()}
        found = [
            item
            for item in self.items.values()
            if item.get("due_pk", {}).get("S") == values[":pk"]
            and item["due_sk"]["S"] <= values[":now"]
        ]
        found.sort(key=lambda item: str(item["due_sk"]["S"]))
        found = found[: query.get("Limit")]
        return {"Count": len(found), "Items": [] if query.get("Select") == "COUNT" else found}

    def send(self, query: dict[str, Any]) -> dict[str, Any]:
        digest = hashlib.md5(query["MessageBody"].encode(), usedforsecurity=False).hexdigest()
        return {"MD5OfMessageBody": digest, "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274"}

    def parameter(self, query: dict[str, Any]) -> dict[str, Any]:
        text = self.objects["/settings"].decode()
        return {"Parameter": {"Name": query["Name"], "Type": "SecureString", "Value": text}}


OPERATIONS: dict[str, Callable[[Aws, dict[str, Any]], dict[str, Any]]] = {
    "PutItem": Aws.put,
    "GetItem": Aws.get,
    "BatchGetItem": Aws.get_all,
    "TransactWriteItems": Aws.write_all,
    "DeleteItem": Aws.delete,
    "Query": Aws.query,
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
    slow_s = 0.0
    calls: ClassVar[list[tuple[str, float, float]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        operation = self.headers.get("x-amz-target", "").partition(".")[2]
        if self.path == "/-/slow":
            Handler.slow_s = float(body) / 1_000
            self.calls.clear()
            return self.say(200, {}, b"")
        if self.path == "/-/calls":
            return self.say(200, {}, json.dumps(self.calls).encode())
        began = time.monotonic()
        time.sleep(self.slow_s)
        with self.lock:
            told = self.aws.answer(self.command, self.path, operation, body)
            self.calls.append(
                (operation or _named(self.command, self.path), began, time.monotonic())
            )
        return self.say(*told)

    def say(self, status: int, headers: dict[str, str], answer: bytes) -> None:
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


def _named(method: str, target: str) -> str:
    """What a call without a name of its own is."""
    if method == "GET":
        return "ListObjectsV2" if "list-type" in target else "GetObject"
    return "PutObject" if method == "PUT" else "Slack"


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
