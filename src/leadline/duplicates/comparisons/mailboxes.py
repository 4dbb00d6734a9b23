"""Whose a mailbox is: a person's, or one that several read."""

from functools import lru_cache

from leadline.model.geography.countries import COUNTRIES
from leadline.refine import text
from leadline.refine.emails.kinds import DomainKind, business_domain, domain_kind, is_role

_REMEMBERED = 4096


@lru_cache(_REMEMBERED)  # a candidate's address is asked about in each comparison
def is_shared_mailbox(email: str) -> bool:
    """Whether several people read a mailbox ("info@…", "info+fair@…")."""
    return is_role(untagged(email.rpartition("@")[0]))


def untagged(local: str) -> str:
    """The local part of an address without its +tag."""
    return local.partition("+")[0] or local


@lru_cache(_REMEMBERED)
def is_of_a_business(domain: str) -> bool:
    """Whether the mailboxes of a domain are those of one organisation."""
    return bool(domain) and domain_kind(domain) is DomainKind.BUSINESS


def is_usual_end(end: str) -> bool:
    """Whether a top-level domain is that of a country, or one of those that are in wide use."""
    return end.upper() in COUNTRIES or end in _ENDS


_ENDS = text.words(
    "com net org edu gov mil int info biz name pro mobi eu uk aero coop museum jobs travel app dev "
    "cloud online shop store site tech xyz club agency group email solutions consulting digital "
    "media studio design global world life live today company business services systems network "
    "berlin hamburg wien london nyc paris example"
)


@lru_cache(_REMEMBERED)
def firm_of(email: str) -> str:
    """The domain by which the organisation of a mailbox is known, "" if it says nothing of one."""
    return business_domain(email) or ""


@lru_cache(_REMEMBERED)
def firm_name(email: str) -> str:
    """What the domain of an organisation has for its name: "alder" of ove@alder.example; "" if the
    mailbox says nothing of one."""
    return firm_of(email).partition(".")[0].replace("-", "")
