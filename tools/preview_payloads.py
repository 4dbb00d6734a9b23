"""Put every recorded vendor body of a folder through the parse and the refinement of `preview`.

    python tools/preview_payloads.py FOLDER [-v]

A measuring target, not a test: prints for each file what became of it, and exits 1 when a body of
one of our sources can't be read or a lead comes out blank. Says so when the folder is absent.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from leadline.journey.receiving.capture import CaptureKit, read
from leadline.journey.refinement.refining import preview
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.lead import Delivery, Kind, RefinedLead
from leadline.ports.store import Waiting
from leadline.settings.top.general import Settings
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


class Tally:
    """What came of the files so far."""

    def __init__(self) -> None:
        self.files = self.leads = self.failures = 0


def main() -> int:
    folder = Path(sys.argv[1])
    if not folder.is_dir():
        print(f"{folder} is absent: nothing was measured")
        return 0
    kit = in_memory(Settings())
    tally = Tally()
    for path in sorted(folder.glob("*/*")):
        if not path.name.startswith(NO_DELIVERY) and not path.name.endswith(NO_DELIVERY_ENDS):
            preview_file(kit, path, tally)
    print(f"{tally.files} files, {tally.leads} leads, {tally.failures} failures")
    return 1 if tally.failures else 0


def preview_file(kit: Kit, path: Path, tally: Tally) -> None:
    """Print every lead that the delivery in a file brings."""
    tally.files += 1
    where = f"{path.parent.name}/{path.name}"
    name = SOURCE_OF.get(path.parent.name, "generic")
    if path.stem == "web_to_lead_form":
        name = "web_to_lead"
    body, now = path.read_bytes(), datetime.now(UTC)
    headers = {"content-type": media_type(path, body)}
    delivery = Delivery(name, body, now, headers, "POST", f"https://x.example/webhook/{name}")
    try:
        events = read(delivery, CaptureKit(kit.sources, Settings().delay))
    except LeadlineError as error:
        tally.failures += 1
        print(f"FAILED {where}: {error.detail}")
        return
    for event in events:
        if event.kind is Kind.IGNORED:
            print(f"filtered  {where}: {event.why}")
            continue
        try:
            lead = preview(kit, Waiting(event.id, name, now, event.raw, event.record))
        except LeadlineError as error:
            ours = path.parent.name in SOURCE_OF and where not in NO_LEAD
            tally.failures += ours
            print(f"{'DEAD' if ours else 'dead'}      {where}: {error}")
            continue
        tally.leads += 1
        print_lead(event.kind, where, lead)


def print_lead(kind: Kind, where: str, lead: RefinedLead) -> None:
    contact = lead.contact
    print(
        f"{kind:9} {where}: name={contact.name!r} "
        f"email={contact.email!r} phone={contact.phone!r} company={contact.company!r} "
        f"source={lead.lead_details.source!r} owner={lead.lead_details.owner!r} "
        f"{lead.status} {','.join(lead.problems)}"
    )
    if "-v" in sys.argv:
        print("          ", lead.custom)


if __name__ == "__main__":
    sys.exit(main())
