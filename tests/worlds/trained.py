"""Models and leads with known outcomes, composed: a small model by hand, and a market of leads."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from leadline.model.facts.attribution import Attribution
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.scoring.model_file import (
    FORMAT,
    STEPS,
    Calibration,
    Column,
    ColumnGroup,
    ColumnKind,
    HeldOut,
    ModelFile,
    Quality,
    Ranks,
    Split,
    Tree,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
VISITS = Column("custom.visits", ColumnKind.NUMBER, ColumnGroup.INTENT, edges=(2.5, 7.5))
KIND = Column("email_kind", ColumnKind.CATEGORY, ColumnGroup.FIT, words=("business", "free"))
SIGNUP = Column("custom.signup", ColumnKind.DATE, ColumnGroup.FIT, edges=(30.0,))
_STEPS = tuple(-2.0 + 4 * place / STEPS for place in range(STEPS))
_MEASURED = Quality(100, 10, 0.9, 0.08, 3.0)


def needs_lightgbm() -> None:
    """Skip what trains where LightGBM can't be loaded."""
    try:
        import lightgbm  # noqa: F401
    except (ImportError, OSError) as error:  # OSError: the system lacks libgomp
        pytest.skip(f"LightGBM can't be loaded: {error}")


def hand_made(**changed: Any) -> ModelFile:
    """Two trees: one asks for visits and then for the kind of address, one for the signup."""
    first = Tree(
        (
            Split(0, 1, -3, 0.1, at=1, missing_left=True),
            Split(1, -1, -2, -0.2, codes=(0,)),
        ),
        (0.4, -0.6, 1.2),
    )
    second = Tree((Split(2, -1, -2, 0.05, at=0),), (0.25, -0.5))
    model = ModelFile(
        format=FORMAT, name="spring", version=3, trained_at="2026-11-30T00:00:00Z", zone="UTC",
        outcome="won is 1", leads=400, won=80, columns=(VISITS, KIND, SIGNUP),
        trees=(first, second), calibration=Calibration(slope=1.5, offset=-1.0),
        ranks=Ranks(_STEPS, _STEPS, _STEPS), held_out=HeldOut(share=0.8), model=_MEASURED,
        baseline=_MEASURED,
    )  # fmt: skip
    return msgspec.structs.replace(model, **changed)


def worth(
    number: int = 0,
    *,
    custom: dict[str, Any] | None = None,
    email_kind: str | None = "business",
    title: str | None = None,
    country: str | None = None,
    source: str | None = None,
    at: datetime = START,
    **more: Any,
) -> RefinedLead:
    """A refined lead of somebody made up."""
    name = f"Ada Ember{number}"
    contact = Contact(
        name=name,
        email=f"ada.ember{number}@example.com",
        phone=f"+1202555{number % 10_000:04}",
        email_kind=email_kind,
        title=title,
        country=country,
    )
    details = LeadDetails(source=source, message=f"My name is {name}, please call me.")
    return RefinedLead(
        f"{number:08}", at, at, "refined", contact, details, "generic", custom=custom or {}, **more
    )


def market(
    size: int, seed: int = 1, *, step: timedelta = timedelta(hours=1)
) -> list[tuple[RefinedLead, bool]]:
    """Leads of a made-up market, an hour apart, and whether each was won: by visits, by the kind of
    address, by country and title. Some values are missing, and some are of one lead alone."""
    chance = random.Random(seed)
    return [_of_market(number, chance, START + number * step) for number in range(size)]


def _of_market(number: int, chance: random.Random, at: datetime) -> tuple[RefinedLead, bool]:
    visits = None if chance.random() < 0.2 else chance.randrange(0, 40) / 2
    kind = chance.choice(["business", "free", "free", None])
    country = chance.choice(["de", "us", "fr", "at", None, f"rare{number}"])
    title = chance.choice(["Head of Sales", "Sales Manager", "Student", None])
    custom: dict[str, Any] = {
        "Plan": chance.choice(["gold", "silver", "bronze", f"own plan of {number}"]),
        "Code": f"{chance.randrange(1 << 40):x}",
        "Signup": (at - timedelta(days=chance.randrange(400))).date().isoformat(),
        "Call duration": chance.randrange(300),
        "Referred by": f"ada.ember{number}@example.com",
    }
    if visits is not None:
        custom["Visits"] = visits
    strength = -2.2 + 0.15 * (visits or 0) + 1.5 * (kind == "business") + (country == "de")
    won = chance.random() < 1 / (1 + 2.718281828**-strength)
    custom["Deal size"] = chance.randrange(1000) if won else ""
    campaign = Attribution(utm_source=chance.choice(["google", "newsletter"]))
    lead = worth(
        number,
        custom=custom,
        email_kind=kind,
        title=title,
        country=country,
        source=chance.choice(["web", "fair"]),
        at=at,
        attribution=campaign,
        problems=("email.role",) if chance.random() < 0.1 else (),
    )
    return lead, won
