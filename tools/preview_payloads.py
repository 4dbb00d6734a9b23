"""Put every recorded vendor body of a folder through the parse and the refinement of `preview`.

    python tools/preview_payloads.py FOLDER [-v]

A measuring target, not a test: prints for each file what became of it, and exits 1 when a body of
one of our sources can't be read or a lead comes out blank. Says so when the folder is absent.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from leadline.journey.capture import CaptureKit, read
from leadline.journey.refining import preview
from leadline.model.errors import LeadlineError
from leadline.model.lead import Delivery, Kind
from leadline.ports.store import Waiting
from leadline.settings.general import Settings
from leadline.wiring import in_memory

SOURCE_OF = {
    "close": "close",
    "hubspot": "hubspot",
    "pipedrive": "pipedrive",
    "salesforce": "salesforce",
    "typeform": "typeform",
    "html_form": "form",
    "jotform": "form",
    "activecampaign": "form",
    "zoho": "zoho",
    "odoo": "odoo",
    "meta": "meta",
    "linkedin": "linkedin",
    "attio": "attio",
    "copper": "copper",
}
# What a vendor's API answers, or we answer it, is no delivery; nor is a query string.
NO_DELIVERY = ("api_", "jsonrpc_", "outbound_message_ack")
# Recorded from a form that asks for no contact at all.
NO_LEAD = ("jotform/submission_multipart.txt",)
NO_DELIVERY_ENDS = ("_get.txt", "_headers.json")


def media_type(path: Path, body: bytes) -> str:
    if body.startswith(b"--"):
        boundary = body.split(b"\n", 1)[0].strip()[2:].decode()
        return f"multipart/form-data; boundary={boundary}"
    return {".json": "application/json", ".xml": "text/xml"}.get(
        path.suffix, "application/x-www-form-urlencoded"
    )


def main() -> int:
    folder = Path(sys.argv[1])
    if not folder.is_dir():
        print(f"{folder} is absent: nothing was measured")
        return 0
    kit = in_memory(Settings())
    front = CaptureKit(kit.sources, Settings().delay)
    now = datetime.now(UTC)
    failures = files = leads = 0
    for path in sorted(folder.glob("*/*")):
        if path.name.startswith(NO_DELIVERY) or path.name.endswith(NO_DELIVERY_ENDS):
            continue
        files += 1
        name = SOURCE_OF.get(path.parent.name, "generic")
        if path.stem == "web_to_lead_form":
            name = "web_to_lead"
        body = path.read_bytes()
        headers = {"content-type": media_type(path, body)}
        delivery = Delivery(name, body, now, headers, "POST", f"https://x.example/webhook/{name}")
        try:
            events = read(delivery, front)
        except LeadlineError as error:
            failures += 1
            print(f"FAILED {path.parent.name}/{path.name}: {error.detail}")
            continue
        for event in events:
            if event.kind is Kind.IGNORED:
                print(f"filtered  {path.parent.name}/{path.name}: {event.why}")
                continue
            try:
                lead = preview(kit, Waiting(event.id, name, now, event.raw, event.record))
            except LeadlineError as error:
                where = f"{path.parent.name}/{path.name}"
                ours = path.parent.name in SOURCE_OF and where not in NO_LEAD
                failures += ours
                print(f"{'DEAD' if ours else 'dead'}      {path.parent.name}/{path.name}: {error}")
                continue
            leads += 1
            contact = lead.contact
            print(
                f"{event.kind:9} {path.parent.name}/{path.name}: name={contact.name!r} "
                f"email={contact.email!r} phone={contact.phone!r} company={contact.company!r} "
                f"source={lead.lead_details.source!r} owner={lead.lead_details.owner!r} "
                f"{lead.status} {','.join(lead.problems)}"
            )
            if "-v" in sys.argv:
                print("          ", lead.custom)
    print(f"{files} files, {leads} leads, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
