"""The API for packages that add a source or a CRM. These names are stable; all others may move.

A source is a subclass of `Source`, registered in the entry point group `leadline.sources`. A CRM
implements `Crm`, is called with a `CrmConfig`, and is registered in the group `leadline.crms`.
"""

from leadline.model.errors import ConfigurationError, NotUnderstood, Unauthentic, Unreadable
from leadline.model.facts.consent import ConsentSaid
from leadline.model.handling import Ending
from leadline.model.lead import Delivery, Event, Kind, LeadFields, Receipt
from leadline.model.staff.people import Person
from leadline.ports.crm import (
    Crm,
    CrmChange,
    CrmRecord,
    CrmUsers,
    Found,
    NotYet,
    Page,
    Written,
)
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.source import Answer, Source
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.connected.sources import SourceConfig

__all__ = [
    "Answer",
    "Busy",
    "ConfigurationError",
    "ConsentSaid",
    "Crm",
    "CrmChange",
    "CrmConfig",
    "CrmRecord",
    "CrmUsers",
    "Delivery",
    "Ending",
    "Event",
    "Found",
    "Kind",
    "LeadFields",
    "NotUnderstood",
    "NotYet",
    "Page",
    "Person",
    "Receipt",
    "Refused",
    "Source",
    "SourceConfig",
    "Unauthentic",
    "Unreachable",
    "Unreadable",
    "Written",
]
