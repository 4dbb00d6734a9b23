"""The person that `erase` and `access` are asked about."""

from collections.abc import Collection, Mapping
from typing import Annotated, NamedTuple

import typer

from leadline.duplicates.comparisons.mailboxes import is_shared_mailbox
from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._choosing import whole_id
from leadline.installations.erased import erasing_kit
from leadline.journey.personal_data.finding_people import LeadOfPerson, find_people
from leadline.journey.same_person.judging import cluster_of
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError
from leadline.ports.installation import OpenStore
from leadline.ports.reading.ledger import Ledger
from leadline.privacy.finding import EMAIL, email_name, phone_names
from leadline.refine.phones.number import number_in
from leadline.settings.top.general import Settings

Email = Annotated[str | None, typer.Option(help="The person's e-mail address.")]
Phone = Annotated[str | None, typer.Option(help="The person's phone number, such as +14155550101.")]


class Sought(NamedTuple):
    """By what a person is sought: the options that were given, what they are known by
    (`privacy.finding`), and the leads that were named."""

    asked: tuple[str, ...]
    names: frozenset[str]
    lead_ids: tuple[str, ...] = ()


class People(NamedTuple):
    """The parts for one command."""

    options: Options
    kit: Kit
    ledger: Ledger
    store: OpenStore

    @property
    def settings(self) -> Settings:
        """The settings of the installation."""
        return self.options.installation.loaded().settings

    @property
    def where(self) -> str:
        """The installation, in words."""
        return self.options.installation.where()


def people_parts(options: Options, ledger: Ledger, store: OpenStore) -> People:
    """The parts for one command, of an installation whose ledger and store are open."""
    return People(options, erasing_kit(options.installation, store), ledger, store)


def sought_person(settings: Settings, email: str | None, phone: str | None) -> Sought:
    """The person with this address, this number, or both. Raises ConfigurationError if one of them
    is not valid, or the address is that of somebody who works with the leads."""
    names: set[str] = set()
    if email is not None:
        name = email_name(email)
        if name is None:
            raise ConfigurationError(f"{email!r} is no e-mail address")
        colleagues = {email_name(one.email) for one in settings.people.values() if one.email}
        if name in colleagues:
            raise ConfigurationError(
                f"{email} is in [people]: it stands in every lead of theirs; name leads with --lead"
            )
        names.add(name)
    if phone is not None:
        number = number_in(phone.strip(), settings.region)
        if not number.e164:
            raise ConfigurationError(
                f"{phone!r} is no phone number; write it with its country code, as in +14155550101"
            )
        names |= phone_names(number.e164)
    given = (("email", email), ("phone", phone))
    return Sought(tuple(what for what, value in given if value is not None), frozenset(names))


def leads_named(parts: People, lead: str, *, cluster: bool) -> tuple[Sought, tuple[str, ...]]:
    """A lead, with *cluster* all leads of its person; and the ids of the others of the cluster. Of
    a whole cluster the e-mail addresses are sought, too, unless several people read them."""
    lead_id = whole_id(parts.options, parts.ledger, lead)
    refined = parts.store.refined([lead_id]).get(lead_id)
    members: Collection[str] = ()
    if refined is not None:
        members = [one.lead_id for one in cluster_of(parts.store, refined)[1]]
    others = tuple(one for one in members if one != lead_id)
    if not cluster:
        return Sought(("lead",), frozenset(), (lead_id,)), others
    ids = (lead_id, *others)
    addresses = {one.contact.email_canonical for one in parts.store.refined(ids).values()}
    own = frozenset(f"{EMAIL}{one}" for one in addresses if one and not is_shared_mailbox(one))
    return Sought(("lead",), own, ids), ()


def found_leads(parts: People, sought: Sought) -> Mapping[str, LeadOfPerson]:
    """The leads of the person, by id."""
    return find_people(parts.store, sought.names, sought.lead_ids)
