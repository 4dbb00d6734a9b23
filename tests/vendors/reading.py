"""Reads of stand-ins for CRMs, in few words."""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from leadline.ports.crm import Crm, CrmRecord, Page
from tests.standins.crm_api import START, StandIn

S = TypeVar("S", bound=StandIn)


def healthy(stand_in: S) -> Iterator[S]:
    with stand_in:
        yield stand_in
    assert stand_in.complaints == []


def set_to(stand_in: StandIn, **settings: Any) -> Crm:
    return stand_in.crm(msgspec.structs.replace(stand_in.config(), **settings))


def record_of(crm: Crm, name: str) -> CrmRecord:
    told = crm.read([name])
    assert isinstance(told, dict)
    record = told[name]
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


def read_all(vendor: StandIn, names: list[str], **settings: object) -> dict[str, Any]:
    told = vendor.crm(msgspec.structs.replace(vendor.config(), **settings)).read(names)
    assert isinstance(told, dict)
    return told


def read_one(vendor: StandIn, name: str, **settings: Any) -> CrmRecord:
    return record_of(set_to(vendor, **settings), name)
