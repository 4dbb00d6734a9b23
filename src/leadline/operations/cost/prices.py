"""The dated list of prices, `infra/prices.toml`."""

import tomllib
from collections.abc import Mapping

import msgspec


class Meter(msgspec.Struct, frozen=True):
    """Something that AWS charges for: its service, unit, offer file and usage type in AWS's price
    lists, its web page, and the quantity that is free per account and month."""

    service: str
    unit: str
    offer: str
    usage: str
    page: str
    free: float = 0


class Price(msgspec.Struct, frozen=True):
    """US dollars (`usd`) for `per` units; `checked` is a date or "unverified"."""

    usd: float
    checked: str
    per: int = 1


class Region(msgspec.Struct, frozen=True):
    """A region's name and its prices by meter."""

    name: str
    prices: Mapping[str, Price]


class PriceList(msgspec.Struct, frozen=True):
    """The content of `infra/prices.toml`; `dated` is the date of the prices."""

    dated: str
    meters: Mapping[str, Meter]
    regions: Mapping[str, Region]


def read_prices(text: str) -> PriceList:
    """The list of prices in a TOML text; raises msgspec.ValidationError for any other content."""
    return msgspec.convert(tomllib.loads(text), PriceList)
