"""Whom a lead is about that is not refined yet, for lists of commands."""

from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._show import say
from leadline.installations.waiting_contacts import waiting_contacts
from leadline.operations.lists.listing import ContactReader


def contact_reader(options: Options) -> ContactReader:
    """Reads the contact data of waiting leads with the settings of the installation."""
    return waiting_contacts(lambda: options.installation.loaded().settings, say)
