"""Messages about a made-up lead, by which it shows whether a channel's messages arrive."""

from datetime import datetime, timedelta

from leadline import wiring
from leadline.channels.registry import channel_configs, make_channel
from leadline.model.errors import ConfigurationError
from leadline.model.handling import Handling
from leadline.model.ids import uuid7
from leadline.model.lead import Contact, LeadDetails, Ownership, RefinedLead
from leadline.model.staff.people import Person
from leadline.ports.channel import Notice
from leadline.ports.installation import Installation
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.settings.connected.channels import SesConfig
from leadline.settings.top.general import Settings


def send_test(
    installation: Installation,
    settings: Settings,
    name: str,
    owner: Person | None,
    now: datetime,
    source: str = "leadline deliver test",
) -> Sent | Refused | Busy | Unreachable:
    """Send a message about a made-up lead of this *owner* by a channel, marked as a test; returns
    the reply. Nothing is stored, and the channel's health is neither read nor changed. *source* is
    where the lead says to come from.

    Raises ConfigurationError if there is no such channel.
    """
    configs = channel_configs(settings)
    if name not in configs:
        there = ", ".join(configs) or "none"
        raise ConfigurationError(f"there is no channel {name!r} (there are: {there})")
    config = configs[name]
    if isinstance(config, SesConfig) and installation.dead_letters() is not None:
        installation.lend_credentials(config.region)
    destination = make_channel(name, config, settings)
    message = destination.writer.alert(made_up_notice(settings, owner, now, source))
    return destination.messenger.send(message.body)


def made_up_notice(settings: Settings, owner: Person | None, now: datetime, source: str) -> Notice:
    """The notice about a made-up lead, marked as a test."""
    lead = RefinedLead(
        lead_id=uuid7(now),
        captured_at=now - timedelta(minutes=10),
        processed_at=now,
        status="refined",
        contact=Contact(
            name="Ada Example",
            email="ada@example.com",
            phone="+1 555-010-0123",
            company="Example & Sons",
        ),
        lead_details=LeadDetails(
            source=source,
            lead_score=85.0,
            message="This lead is made up, to see whether alerts arrive here.",
        ),
        received_from="test",
    )
    handling = Handling(owner=owner, ownership=Ownership.ASSIGNED) if owner else Handling()
    return Notice(lead=lead, now=now, handling=handling, links=wiring.links(settings), test=True)
