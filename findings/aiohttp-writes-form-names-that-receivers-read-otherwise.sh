#!/usr/bin/env bash
# aiohttp 3.14.5, as a client, writes the names of a form's fields in two ways. A form without a
# file is urlencoded, and every name arrives as it is. A form with a file is multipart, and a
# space in a name is written as a quoted-pair of RFC 5322: name="First\ name". Browsers, requests
# and httpx write name="First name" (WHATWG HTML, "Multipart form data"), and receivers differ:
# Werkzeug 3.1.9 takes the backslash off, python-multipart 0.0.34 (used by Starlette and FastAPI)
# and Django 5.2.9 keep it. A name with an "ö" can't be sent in this way at all: it becomes
# `name*=`, and then an assertion of aiohttp itself fails, which the caller sees as a
# ClientConnectionError, as if the receiver had hung up. FormData(quote_fields=False) writes both
# names as browsers do. What it means for leads: the field "First name" of a form that a script
# relays is lost from the day on which somebody adds a file to the form, and nothing fails. A form
# in German is retried in vain, because the error looks like one of the network.
# Seen: the lines of "expected" below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  aiohttp==3.14.5 python-multipart==0.0.34 Werkzeug==3.1.9 Django==5.2.9
cat > "$folder/send.py" <<'PYTHON'
import asyncio
import io

import aiohttp
from aiohttp import web
from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser
from python_multipart.multipart import parse_form
from werkzeug.formparser import parse_form_data

settings.configure()


async def sent(name, *, file, **options):
    """The content type and body that a server gets."""
    got = []

    async def take(request):
        got.append((request.headers["content-type"], await request.read()))
        return web.Response()

    application = web.Application()
    application.router.add_post("/", take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    form = aiohttp.FormData(**options)
    form.add_field(name, "Ada")
    if file:
        form.add_field("cv", b"text", filename="cv.txt", content_type="text/plain")
    try:
        async with aiohttp.ClientSession() as client:
            await client.post(f"http://127.0.0.1:{runner.addresses[0][1]}/", data=form)
    finally:
        await runner.cleanup()
    return got[0]


def as_environ(content_type, body):
    return {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }


async def main():
    _, body = await sent("First name", file=False)
    print(f"without a file: {body.decode()}")
    content_type, body = await sent("First name", file=True)
    print(f"werkzeug: {list(parse_form_data(as_environ(content_type, body))[1])[0]}")
    names = []
    parse_form(
        {"Content-Type": content_type.encode()},
        io.BytesIO(body),
        lambda field: names.append(field.field_name.decode()),
        lambda file: None,
    )
    print(f"python-multipart: {names[0]}")
    environ = as_environ(content_type, body)
    django = MultiPartParser(environ, io.BytesIO(body), [MemoryFileUploadHandler()]).parse()
    print(f"django: {list(django[0])[0]}")
    try:
        await sent("Größe", file=True)
    except aiohttp.ClientConnectionError as error:
        print(f"Größe: ClientConnectionError because of {type(error.__cause__).__name__}")
    _, body = await sent("Größe", file=True, quote_fields=False)
    whole = 'name="Größe"'.encode() in body
    print(f"Größe, not quoted: {whole}")


asyncio.run(main())
PYTHON
seen=$("$folder/venv/bin/python" "$folder/send.py" 2>/dev/null)
echo "$seen"
expected='without a file: First+name=Ada
werkzeug: First name
python-multipart: First\ name
django: First\ name
Größe: ClientConnectionError because of AssertionError
Größe, not quoted: True'
[ "$seen" = "$expected" ]
