"""Views of the list of leads that people have saved in the dashboard."""

import msgspec

LONGEST_NAME = 60
"""The most characters of a view's name."""
MOST_VIEWS = 50
"""How many views an account may have."""


class SavedView(msgspec.Struct, frozen=True):
    """A view: filters, order, columns and length of the list of leads.

    `account` is whose it is: the name of an account, `command:NAME` for somebody who came by a link
    made on the machine, "" for a shared one of an account that was removed. A `shared` one is seen
    by all. `query` holds the parameters of the list's address, without the words that were
    searched, which may name a person. `id` is 0 until it is kept.
    """

    name: str
    account: str
    query: str
    shared: bool = False
    id: int = 0

    @property
    def address(self) -> str:
        """The address of the list as the view has it."""
        return f"/leads?{self.query or 'view=none'}"
