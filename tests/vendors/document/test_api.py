"""Documents that say whose a lead is: in files, at URLs, in the shapes that people write them."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from leadline.model.errors import ConfigurationError
from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.ports.crm import Crm, CrmChange, CrmRecord, NotYet, Written
from leadline.ports.messenger import Refused, Unreachable
from leadline.settings.connected.crm_kinds import DocumentConfig
from leadline.vendors.registry import make_crm
from tests.standins.crm_api import START, CrmLead, CrmRequest, CrmResponse
from tests.vendors.document.standin import DocumentStandIn


@pytest.fixture
def shop() -> Iterator[DocumentStandIn]:
    with DocumentStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def in_folder(folder: Path, template: str = "{lead_id}.json") -> Crm:
    return make_crm("document", DocumentConfig(url=f"{folder.as_uri()}/{template}"))


def only(crm: Crm, name: str) -> CrmRecord:
    records = crm.read([name])
    assert isinstance(records, dict)
    record = records[name]
    assert isinstance(record, CrmRecord)
    return record


@pytest.mark.parametrize(
    ("document", "owner"),
    [
        ({"owner": "Ada Vance", "owner_email": "ada@example.org"}, ("", "Ada Vance")),
        ({"lead_owner": "Ada Vance", "lead_owner_email": "ada@example.org"}, ("", "Ada Vance")),
        ({"owner": {"id": 7, "name": "Ada Vance", "email": "ada@example.org"}}, ("7", "Ada Vance")),
        ({"assigned_to": "ada@example.org"}, ("", "")),
        (
            {
                "contact": {"name": "Grace Hale", "email": "grace@example.com"},
                "lead_details": {"owner": "Ada Vance", "owner_email": "ada@example.org"},
            },
            ("", "Ada Vance"),
        ),
    ],
)
def test_an_owner_is_found_in_many_shapes(
    tmp_path: Path, document: object, owner: tuple[str, str]
) -> None:
    (tmp_path / "57.json").write_text(json.dumps(document))
    found = only(in_folder(tmp_path), "lead:57").owner
    assert found == Person(id=owner[0], name=owner[1], email="ada@example.org")


def test_what_a_sender_wrote_names_no_owner_and_ends_nothing(tmp_path: Path) -> None:
    told = {"owner_email": "eve@example.net", "status": "lost", "email": "grace@example.com"}
    documents: list[dict[str, object]] = [{}, {"owner_id": "7"}, {"lead_details": {"owner": None}}]
    for number, known in enumerate(documents):
        (tmp_path / f"{number}.json").write_text(json.dumps({**known, "raw_data": told}))
        config = DocumentConfig(
            url=f"{tmp_path.as_uri()}/{{lead_id}}.json", endings={"lost": "lost"}
        )
        record = only(make_crm("document", config), str(number))
        assert (record.owner.email if record.owner else "") == ""
        assert record.fields.owner in (None, "7")
        assert (record.fields.email, record.ending) == ("grace@example.com", Ending.OPEN)


def test_the_settings_may_place_the_owner_in_what_a_sender_wrote(tmp_path: Path) -> None:
    (tmp_path / "57.json").write_text('{"raw_data": {"owner_email": "ada@example.org"}}')
    read = {"owner_email": "raw_data.owner_email"}
    url = f"{tmp_path.as_uri()}/{{lead_id}}.json"
    record = only(make_crm("document", DocumentConfig(url=url, read=read)), "57")
    assert record.owner == Person(email="ada@example.org")


def test_a_document_that_names_nobody_has_no_owner(tmp_path: Path) -> None:
    (tmp_path / "57.json").write_text('{"owner": null, "email": "grace@example.com"}')
    assert only(in_folder(tmp_path), "57").owner is None


def test_a_document_of_ours_tells_the_contact(tmp_path: Path) -> None:
    contact = {"name": "Grace Hale", "email": "grace@example.com", "company": "Hale Instruments"}
    document = {"contact": contact, "lead_details": {"owner": "Ada Vance", "lead_score": 70}}
    (tmp_path / "57.json").write_text(json.dumps(document))
    fields = only(in_folder(tmp_path), "57").fields
    assert (fields.name, fields.email) == ("Grace Hale", "grace@example.com")
    assert (fields.company, fields.owner) == ("Hale Instruments", "Ada Vance")


def test_no_file_is_not_yet(tmp_path: Path) -> None:
    assert in_folder(tmp_path).read(["lead:57"]) == {"lead:57": NotYet()}
    assert in_folder(tmp_path / "no" / "such").read(["57"]) == {"57": NotYet()}


@pytest.mark.parametrize("name", ["../secret", "..", "a/../../secret", "x:../secret", "./secret"])
def test_no_record_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.json").write_text('{"owner": "somebody else"}')
    (tmp_path / "owner.json").write_text('{"owner": "somebody else"}')
    folder = tmp_path / "leads"
    folder.mkdir()
    for template in ("{record}.json", "{lead_id}.json", "{record}/owner.json"):
        assert in_folder(folder, template).read([name]) == {name: NotYet()}


def test_half_a_file_is_unreachable_for_it_may_be_whole_soon(tmp_path: Path) -> None:
    (tmp_path / "57.json").write_text('{"owner": "Ada')
    assert in_folder(tmp_path).read(["57"]) == Unreachable("crm.broken_json")


def test_a_file_that_is_no_object_is_refused_beside_one_that_is(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("[1]")
    (tmp_path / "2.json").write_text('{"owner": "Ada Vance"}')
    records = in_folder(tmp_path).read(["1", "2"])
    assert isinstance(records, dict)
    assert isinstance(records["1"], Refused)
    assert isinstance(records["2"], CrmRecord)


def test_a_file_is_written_whole_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "57.json"
    path.write_text('{"owner": "Ada Vance", "phone": "1"}')
    path.chmod(0o640)
    results = in_folder(tmp_path).write([CrmChange("57", {"phone": "2", "score": 70})])
    assert isinstance(results, dict)
    assert isinstance(results["57"], Written)
    assert json.loads(path.read_text()) == {"owner": "Ada Vance", "phone": "2", "score": 70}
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    results = in_folder(tmp_path).write([CrmChange("57", {"score": 70})])
    assert results == {"57": NotYet()}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_the_store_does_not_show_is_not_yet(status: int) -> None:
    class Store(DocumentStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            return CrmResponse(status, {"Code": "AccessDenied"})

    with Store() as store:
        assert store.crm().read(["lead:1"]) == {"lead:1": NotYet()}


def test_the_address_of_a_document_holds_the_id_alone_where_asked_to(
    shop: DocumentStandIn,
) -> None:
    name = shop.put(CrmLead(owned=True))
    url = f"{shop.url}/leads/lead:{{lead_id}}.json?version=3"
    record = only(shop.crm(msgspec.structs.replace(shop.config(), url=url)), name)
    assert record.owner is not None
    assert shop.requests[0].path == "/leads/lead:0.json"
    assert shop.requests[0].one("version") == "3"


def test_no_token_sends_none(shop: DocumentStandIn) -> None:
    shop.crm(msgspec.structs.replace(shop.config(), token="")).read(["lead:1"])
    assert "authorization" not in shop.requests[0].headers


def test_what_somebody_wrote_meanwhile_is_not_replaced() -> None:
    class Racing(DocumentStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            if request.method == "PUT":
                self.versions["lead:0"] = 5
            return super().answer(request)

    with Racing() as store:
        name = store.put(CrmLead())
        results = store.crm().write([CrmChange(name, {"title": "CTO"})])
        assert results == {name: Unreachable("crm.modified_meanwhile")}
        assert "title" not in store.documents[name]


def test_what_is_written_already_is_not_sent_again(shop: DocumentStandIn) -> None:
    name, crm = shop.put(CrmLead()), shop.crm()
    for _ in range(2):
        crm.write([CrmChange(name, {"title": "CTO"})])
    assert len(shop.asked("PUT", "leads")) == 1


def test_documents_are_not_listed(shop: DocumentStandIn) -> None:
    assert isinstance(shop.crm().since(START), Refused)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "url must be set for kind document"),
        ("https://example.com/leads.json", "url must contain one of {record}, {lead_id}"),
        ("https://{record}.example.com/x.json", "must come after the host"),
    ],
)
def test_a_url_that_names_no_record_is_refused_at_once(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^\[crm\.form\]: ") as refused:
        make_crm("form", DocumentConfig(url=url))
    assert words in str(refused.value)
