"""A provider of facts about leads: what it is asked, and what it may answer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

import msgspec

from leadline.model.facts.enrichment import Scalar
from leadline.model.lead import RefinedLead
from leadline.settings.connected.enrich import AnyEnrichConfig

Query = Mapping[str, str]
"""What is known of a lead, by field: `QUERY_FIELDS`, and values of earlier providers."""

QUERY_FIELDS = (
    "domain", "email", "phone", "name", "first_name", "last_name", "company", "website", "country",
    "title",
)  # fmt: skip
"""The fields of a lead that a provider can be asked about; `domain` is that of a company."""

OF_COMPANIES = frozenset(("domain", "company", "website", "country"))
"""The fields that are about a company. Answers to questions about nothing else are cached."""


class FactsFound(msgspec.Struct, frozen=True):
    """The provider knows something: values by field, and how sure it is, 0 to 1, if it says so."""

    values: Mapping[str, Scalar]
    confidence: float | None = None


class NothingFound(msgspec.Struct, frozen=True):
    """The provider knows nothing about the lead, or nothing of what is sought; `charged` is whether
    it may count its answer as a hit nevertheless."""

    charged: bool = False


class NotNow(msgspec.Struct, frozen=True):
    """The provider gave no answer now, and may later: `why` is a code, `after` the pause that it
    wants (zero: as the breaker decides). `charged` is whether it may have charged for the call,
    `told` whether it may have got what it was asked."""

    why: str
    after: timedelta = timedelta()
    charged: bool = False
    told: bool = True


class NoUse(msgspec.Struct, frozen=True):
    """The provider's answer can't be used, and asking again would give the same; `why` is a code.
    `charged` and `told` are as in `NotNow`."""

    why: str
    charged: bool = False
    told: bool = True


Answer = FactsFound | NothingFound | NotNow | NoUse


class FactProvider(Protocol):
    """One entry of `[enrich]`."""

    @property
    def config(self) -> AnyEnrichConfig:
        """Its settings."""

    @property
    def needs(self) -> frozenset[str]:
        """The fields without which it is not asked; nothing else of a lead leaves."""

    @property
    def gives(self) -> frozenset[str]:
        """The fields that it may give."""

    @property
    def is_local(self) -> bool:
        """Whether it answers at once, from this machine."""

    def fits(self, lead: RefinedLead) -> bool:
        """Whether the lead meets the conditions of the settings."""

    def ask(self, query: Query, timeout: float) -> Answer:
        """The answer, within *timeout* seconds; never raises because of the network."""
