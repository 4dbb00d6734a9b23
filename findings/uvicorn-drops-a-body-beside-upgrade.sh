#!/usr/bin/env bash
# uvicorn 0.54.0 with httptools 0.9.0: a POST that also offers HTTP/2 (`Upgrade: h2c`, RFC 7540,
# section 3.2; the HttpClient of Java sends it with plain-text requests by default) reaches the
# application as a complete request with an empty body, although the offer is not taken up and the
# body was sent: the parser stops after the head and leaves the rest to the other protocol. A server
# may ignore Upgrade (RFC 9110, section 7.8), and then this is an ordinary request. With the parser
# h11 the body arrives.
# Seen: "httptools: 0 bytes" and "h11: 5 bytes".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uvicorn==0.54.0 httptools==0.9.0 h11==0.16.0
cat > "$folder/post.py" <<'PYTHON'
import asyncio
import sys

import uvicorn


async def application(scope, receive, send):
    size = 0
    try:
        while True:
            message = await asyncio.wait_for(receive(), 2)
            if message["type"] != "http.request":
                break
            size += len(message["body"])
            if not message["more_body"]:
                break
        print(f"{sys.argv[1]}: {size} bytes", flush=True)
    except TimeoutError:
        print(f"{sys.argv[1]}: no body within 2 s", flush=True)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def main():
    config = uvicorn.Config(application, port=0, http=sys.argv[1], lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade, HTTP2-Settings\r\n"
        b"upgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
        b"content-length: 5\r\n\r\nhello"
    )
    await reader.readline()
    writer.close()
    server.should_exit = True
    await running


asyncio.run(main())
PYTHON
seen=$("$folder/venv/bin/python" "$folder/post.py" httptools 2>/dev/null
  "$folder/venv/bin/python" "$folder/post.py" h11 2>/dev/null)
echo "$seen"
[ "$seen" = $'httptools: 0 bytes\nh11: 5 bytes' ]
