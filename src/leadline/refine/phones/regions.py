"""The regions that share a country code: which of them a number belongs to, and whether it is of
one of their number types. Compiled from the metadata of phonenumbers."""

import re
from collections.abc import Callable, Sequence
from functools import cache

import msgspec
import phonenumbers

from leadline.model.texts.patterns import late
from leadline.refine import text

Fits = Callable[[str], object]
Finds = Callable[[str], re.Match[str] | None]

NEVER = r"(?!)"
"""An expression that nothing matches."""
_TYPES = text.words(
    "fixed_line mobile toll_free premium_rate shared_cost personal_number voip pager uan voicemail"
)


class Regions(msgspec.Struct, frozen=True):
    """Regions that follow each other in the order of phonenumbers: those that leading digits
    identify are told by one expression (`leads`), whose groups are their places in `types`. A
    region without leading digits stands alone, and `leads` is None: its number types tell."""

    leads: Finds | None
    types: tuple[Fits, ...]


def others_of(regions: Sequence[str]) -> Callable[[], tuple[Regions, ...]]:
    """What gives the `Regions` of these. They are loaded at the first number that is none of the
    main region's, because the 24 other regions of +1 are rare."""

    @cache
    def loaded() -> tuple[Regions, ...]:
        found: list[Regions] = []
        led: list[tuple[str, Fits]] = []
        for region in regions:
            meta = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
            assert meta is not None  # noqa: S101 - regions of a code have metadata
            if meta.leading_digits:
                led.append((meta.leading_digits, types_of(meta)))
                continue
            found += _told_by_digits(led)
            found.append(Regions(None, (types_of(meta),)))
            led = []
        return (*found, *_told_by_digits(led))

    return loaded


def _told_by_digits(led: Sequence[tuple[str, Fits]]) -> list[Regions]:
    if not led:
        return []
    patterns = (f"(?P<r{place}>{leading})" for place, (leading, _) in enumerate(led))
    return [Regions(re.compile("|".join(patterns)).match, tuple(types for _, types in led))]


def types_of(meta: "phonenumbers.PhoneMetadata") -> Fits:
    """Whether a number is of one of the number types of a region, with their possible lengths.

    The regular expressions of the types are long: each is compiled at the first number that is of
    no type before it.
    """
    general = late(_sized(meta.general_desc) or NEVER)
    described = (_sized(getattr(meta, name)) for name in sorted(_TYPES))
    kinds = [late(one) for one in dict.fromkeys(described) if one]  # landlines are often as mobiles

    def fits(national: str) -> bool:
        if general.fullmatch(national) is None:
            return False
        for kind in kinds:  # noqa: SIM110 - a generator costs as much as the expressions
            if kind.fullmatch(national) is not None:
                return True
        return False

    return fits


def _sized(desc: "phonenumbers.PhoneNumberDesc | None") -> str:
    if desc is None or not desc.national_number_pattern:
        return ""
    sizes = "|".join(f"[0-9]{{{size}}}" for size in desc.possible_length) or "[0-9]+"
    return f"(?:(?=(?:{sizes})\\Z)(?:{desc.national_number_pattern}))"
