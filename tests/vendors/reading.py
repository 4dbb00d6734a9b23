"""Reads of stand-ins for CRMs, in few words."""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from leadline.ports.crm import Crm, CrmRecord, Page
from tests.standins.crm_api import START, CrmStandIn

S = TypeVar("S", bound=CrmStandIn)


def healthy(stand_in: S) -> Iterator[S]:
    with stand_in:
        yield stand_in
    assert stand_in.complaints == []


def set_to(stand_in: CrmStandIn, **settings: Any) -> Crm:
    return stand_in.crm(msgspec.structs.replace(stand_in.config(), **settings))


def record_of(crm: Crm, name: str) -> CrmRecord:
    records = crm.read([name])
    assert isinstance(records, dict)
    record = records[name]
    assert isinstance(record, CrmRecord)
    return record


def all_since(crm: Crm) -> list[str]:
    found: list[str] = []
    after = ""
    for _ in range(20):
        page = crm.since(START, after)
        assert isinstance(page, Page)
        found += [one.record for one in page.found]
        after = page.after
        if not after:
            return found
    raise AssertionError("there is no end to the pages")


def read_all(vendor: CrmStandIn, names: list[str], **settings: object) -> dict[str, Any]:
    records = vendor.crm(msgspec.structs.replace(vendor.config(), **settings)).read(names)
    assert isinstance(records, dict)
    return records


def read_one(vendor: CrmStandIn, name: str, **settings: Any) -> CrmRecord:
    return record_of(set_to(vendor, **settings), name)
