"""What the page ANALYTICS shows: funnel, groups, hours of the week, rules, and their exports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from leadline.model.texts.harmless_texts import in_spreadsheet
from leadline.operations.figures.analytics import Analysis
from leadline.operations.lists.lead_csv import csv_line
from leadline.operations.rules.rule_effects import RuleEffect
from leadline.ports.reading.questions import Figures
from leadline.privacy.masking import masked_text

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHADES = 5
"""How many shades a heat map has, beside none for no lead."""
FUNNEL: Sequence[tuple[str, str, str]] = (
    ("captured", "Captured", ""),
    ("valid", "Valid", "captured"),
    ("unique", "Unique", "valid"),
    ("told", "Told", "valid"),
    ("claimed", "Claimed", "valid"),
    ("contacted", "Contacted", "valid"),
    ("won", "Won", "valid"),
)
"""The steps of the funnel: the figure, its name, and the figure of which its rate is a share."""
TABLES = ("source", "campaign", "owner", "score", "hours", "rules")
"""The tables that can be exported, by the value of `table`."""
NONE: Mapping[str, str] = {
    "source": "",
    "campaign": "(no campaign)",
    "owner": "(nobody)",
    "score": "(no score)",
}
"""The name of leads without a value, by group."""
_FIGURES = Figures.__struct_fields__
_RATES = ("open", "won_share", "duplicate_share", "junk_share")
_EFFECTS = RuleEffect.__struct_fields__


class FunnelStep(msgspec.Struct, frozen=True):
    """A step of the funnel: its name, its number, its share of all captured leads, and its share of
    the step *of* (None: there are none in it)."""

    name: str
    number: int
    share: float
    of: str = ""
    rate: float | None = None


def funnel_of(figures: Figures) -> list[FunnelStep]:
    """The way from capture to a deal."""
    return list(_steps(figures))


def _steps(figures: Figures) -> Iterator[FunnelStep]:
    for name, words, of in FUNNEL:
        number: int = getattr(figures, name)
        whole: int = getattr(figures, of) if of else 0
        share = number / figures.captured if figures.captured else 0.0
        yield FunnelStep(words, number, share, of, number / whole if whole else None)


def groups_in(found: Analysis) -> Mapping[str, Mapping[str, Figures]]:
    """The figures by source, campaign, owner and band of the score."""
    return {
        "source": found.by_source,
        "campaign": found.by_campaign,
        "owner": found.by_owner,
        "score": found.by_score,
    }


def masked_analysis(found: Analysis) -> Analysis:
    """The figures for who may not know whom leads are about: a campaign is named by what a sender
    wrote, in which addresses and numbers are masked. Campaigns that look the same then are one."""
    merged: dict[str, Figures] = {}
    for name, figures in found.by_campaign.items():
        shown = masked_text(name)
        merged[shown] = merged.get(shown, Figures()) + figures
    ordered = sorted(merged.items(), key=lambda item: (-item[1].captured, item[0]))
    return msgspec.structs.replace(found, by_campaign=dict(ordered))


def shade_of(number: int, most: int) -> int:
    """The shade of a number in a heat map: 0 for none, `SHADES` for the most."""
    return -(-number * SHADES // most) if number else 0


def table_csv(found: Analysis, table: str) -> Iterator[str]:
    """One of `TABLES` as lines of CSV, with a heading. Shares are numbers from 0 to 1."""
    if table == "hours":
        yield csv_line(["day", *(f"{hour:02}:00" for hour in range(24))])
        for day, numbers in zip(DAY_NAMES, found.hours, strict=True):
            yield csv_line([day, *map(str, numbers)])
    elif table == "rules":
        yield csv_line(["rule", *_EFFECTS])
        for name, effect in found.rules.items():
            yield csv_line([in_spreadsheet(name), *_texts(effect, _EFFECTS)])
    else:
        columns = (*_FIGURES, *_RATES)
        yield csv_line([table, *columns])
        for name, figures in groups_in(found)[table].items():
            yield csv_line([in_spreadsheet(name), *_texts(figures, columns)])


def analysis_json(found: Analysis) -> str:
    """All figures as JSON."""
    data = {
        "whole": _values(found.whole),
        **{
            f"by_{part}": {name: _values(one) for name, one in groups.items()}
            for part, groups in groups_in(found).items()
        },
        "hours": found.hours,
        "rules": found.rules,
        "is_cut": found.is_cut,
        "rules_of": found.rules_of,
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def _values(figures: Figures) -> dict[str, float | int | None]:
    return {name: getattr(figures, name) for name in (*_FIGURES, *_RATES)}


def _texts(of: Figures | RuleEffect, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        value = getattr(of, name)
        yield "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
