"""The dated list of prices, `infra/prices.toml`."""

import tomllib
from collections.abc import Mapping

import msgspec


class Meter(msgspec.Struct, frozen=True):
    """Something that AWS charges for: its service, unit, offer file and usage type in AWS's price
    lists, its web page, the quantity that is free per account and month, and where its first price
    tier ends (0: it has one price)."""

    service: str
    unit: str
    offer: str
    usage: str
    page: str
    free: float = 0
    first_tier: float = 0


class Tier(msgspec.Struct, frozen=True):
    """The price of what is `above` a quantity, for as many units as the first price."""

    above: float
    usd: float


class Price(msgspec.Struct, frozen=True):
    """US dollars (`usd`) for `per` units; `checked` is a date or "unverified". `tiers` are the
    lower prices above the first tier, if they are known."""

    usd: float
    checked: str
    per: int = 1
    tiers: tuple[Tier, ...] = ()


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
