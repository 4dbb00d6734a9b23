"""Common names of a lead's fields in webhooks and forms, and of the objects that contain them.

Collected from vendors' documentation, form plug-ins and the labels of forms. The names of a field
are in order of preference.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from leadline.model.texts.patterns import late

if TYPE_CHECKING:
    from leadline.model.labels import Reading

_ALIASES = {
    "name": "full_name fullname your_name contact_name lead_name customer_name display_name "
    "person_name nombre_completo name nombre nome nom person customer",
    "first_name": "first_name firstname fname given_name vorname prenom voornaam forename first",
    "last_name": "last_name lastname lname surname family_name nachname apellido apellidos cognome "
    "achternaam last",
    "email": "email email_address e_mail mail your_email work_email business_email email1 "
    "email_from email_id contact_email primary_email e_mail_adresse correo correo_electronico "
    "courriel emails",
    "phone": "phone phone_number telephone tel mobile mobile_number mobile_phone mobile_no cell "
    "cell_phone your_phone work_phone work_number phone_work phone_mobile contact_phone "
    "primary_phone primary_phone_number telefon telefonnummer telefono handy whatsapp phones "
    "phone_numbers",
    "company": "company_name organization_name organisation_name account_name business_name "
    "partner_name org_name orgname your_company company organization organisation business "
    "employer org firma unternehmen empresa entreprise societe azienda",
    "title": "job_title jobtitle your_title position designation role function title",
    "country": "country country_name country_region address_country primary_address_country land "
    "pays pais country_id country_code countrycode",
    "website": "website web_site company_website company_url webseite homepage domain",
    "message": "message your_message comments comment enquiry inquiry question nachricht mensaje "
    "how_can_we_help description notes note details body text",
    "source": "lead_source leadsource source utm_source hs_analytics_source source_name source_id "
    "origin platform",
    "campaign": "campaign utm_campaign campaign_name campaign_id",
    "owner": "lead_owner assigned_to sales_owner contact_owner deal_owner record_owner "
    "account_owner lead_owner_email assigned_to_email assigned_user assigned_user_name "
    "assigned_user_id assignee sales_rep salesperson owner_email owner_name hubspot_owner_id "
    "owner_id ownerid owner",
    "score": "score lead_score leadscore hubspotscore rating probability",
    "created": "created created_at createdat create_date created_time createdate created_date "
    "submitted_at date_created timestamp submittedat",
    "record": "crm_id record_id lead_id contact_id",
}
_MEANING = {
    alias: (name, rank)
    for name, aliases in _ALIASES.items()
    for rank, alias in enumerate(aliases.split())
}
_PREFIX = late(r"^(?:q\d+|lead|contact|customer|client|prospect|person|visitor|user|form|your)_")
_NUMBERED = late(r"_?\d+$")
_NOT_STRIPPED = frozenset({"id", "title", "source_id", "country_id", "name"})
_LONGEST_KEY = 80
_LONGEST_LABEL = 200
_PER_STEP = 50
_LABELS = 300  # the rank of a label after all names of programs


class Role(Enum):
    """What an object in a body describes, which decides the lead's fields that it can provide."""

    PERSON = "person"
    COMPANY = "company"
    OWNER = "owner"
    CAMPAIGN = "campaign"
    CONTEXT = "context"
    PLACE = "place"
    THING = "thing"
    NOBODY = "nobody"


_ROLES = {
    Role.PERSON: "lead contact person customer client prospect traits user visitor contact_person "
    "contactperson ansprechpartner kontaktperson contactpersoon",
    Role.COMPANY: "company companies account accounts organization organisation org employer "
    "business",
    Role.OWNER: "owner lead_owner sales_owner assignee assigned_to sales_rep account_manager",
    Role.CAMPAIGN: "campaign",
    Role.CONTEXT: "context meta metadata attribution tracking utm utms analytics marketing",
    Role.PLACE: "address addresses location primary_location mailing_address",
    Role.THING: "form page event scheduled_event event_type product webhook trigger",
    Role.NOBODY: "created_by updated_by modified_by last_modified_by creator actor author admin "
    "admins agent agents staff teammates host hosts organizer event_memberships guests library "
    "device integrations headers links schema definition id object_metadata tags notes",
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split()}


def normal(key: str) -> str:
    """A key in snake case: `First Name` and `firstName` become `first_name`, `Prénom-2` becomes
    `prenom_2`. Long keys become "": they are no common names, and normalising a text of combining
    marks takes quadratic time."""
    return _normal(key) if len(key) <= _LONGEST_KEY else ""


@lru_cache(maxsize=4096)
def _normal(key: str) -> str:
    plain = unicodedata.normalize("NFKD", key.strip())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    return re.sub(r"[^0-9a-z]+", "_", plain.lower()).strip("_")


def meaning(key: str) -> tuple[str, int] | None:
    """The field that a key means, with its rank (lower is better); None if unknown."""
    found = understood(key)
    return (found.field, found.rank) if found.field else None


def understood(key: str) -> "Reading":
    """What a key means: the usual names of programs first, then labels as people write them. Only
    its beginning is read."""
    return _understood(key[:_LONGEST_LABEL])


@lru_cache(maxsize=4096)
def _understood(key: str) -> "Reading":
    from leadline.model.labels import read_label  # imported here: most captures read no label

    found = read_label(key)
    if named := _named(normal(key)):
        return found._replace(field=named[0], rank=named[1], likely=None)
    if found.field:
        return found._replace(rank=found.rank + _LABELS)
    if found.bare and (named := _named(found.bare)):  # "Notes (optional)"
        return found._replace(field=named[0], rank=named[1] + _LABELS, likely=None)
    return found


def _named(name: str) -> tuple[str, int] | None:
    for steps, shorter in enumerate(_shortened(name)):
        if shorter in _MEANING:
            field, rank = _MEANING[shorter]
            return field, rank + _PER_STEP * steps
    return None


def _shortened(name: str) -> Iterator[str]:
    """The name, then the name without a trailing number, then without one prefix after another."""
    yield name
    name = _NUMBERED.sub("", name)
    yield name
    while (shorter := _PREFIX.sub("", name)) != name and shorter not in _NOT_STRIPPED:
        yield shorter
        name = shorter


def role(key: str) -> Role | None:
    """What an object under this key describes; None if the key does not say."""
    return _role(key) if len(key) <= _LONGEST_KEY else None


@lru_cache(maxsize=4096)
def _role(key: str) -> Role | None:
    return _ROLE_OF.get(normal(key))
