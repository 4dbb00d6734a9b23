"""The dated list of prices, `infra/prices.toml`."""

import tomllib
from collections.abc import Mapping

import msgspec


class Meter(msgspec.Struct, frozen=True):
    """Something that AWS counts: whose it is, its unit, its offer file and usage type in AWS's
    price lists, its page, and how much of it every account has free each month."""

    service: str
    unit: str
    offer: str
    usage: str
    page: str
    free: float = 0


class Price(msgspec.Struct, frozen=True):
    """`usd` for `per` units; `checked` is a date or "unverified"."""

    usd: float
    checked: str
    per: int = 1


class Region(msgspec.Struct, frozen=True):
    """A region's prices by meter."""

    name: str
    prices: Mapping[str, Price]


class PriceList(msgspec.Struct, frozen=True):
    """All that `infra/prices.toml` says."""

    dated: str
    meters: Mapping[str, Meter]
    regions: Mapping[str, Region]


def read_prices(text: str) -> PriceList:
    """The list of prices from its TOML; raises msgspec.ValidationError where it is not one."""
    return msgspec.convert(tomllib.loads(text), PriceList)
