"""One object of a body, and what it may give a lead."""

from typing import Any

from leadline.vendors._reader.aliases import Role

UNSURE = 1_000
"""The rank of a label that speaks of an e-mail address or a phone in words not all known."""

Candidate = tuple[int, str, str, str, Any]
"""A value that may be a field of the lead: rank, field, text, path, value."""


class Node:
    """One object of the body: its candidates for fields of the lead, and its other members
    (`rest`: path, value). `others` says that it describes somebody who is not the lead."""

    __slots__ = ("among", "candidates", "depth", "of_a_form", "others", "path", "rest", "role")

    def __init__(self, path: str, role: Role, depth: int, among: list[Any] | None = None) -> None:
        self.path = path
        self.role = role
        self.depth = depth
        self.among = among  # the nearest list that contains it
        self.of_a_form = False
        self.others = False
        self.candidates: list[Candidate] = []
        self.rest: list[tuple[str, Any]] = []

    def has_candidate(self, field: str) -> bool:
        """Whether it has a value for a field of the person."""
        return self.role is Role.PERSON and field in [one[1] for one in self.candidates]

    def key(self, place: str) -> str:
        """The key of a member by its path."""
        return place[len(self.path) + 1 :] if self.path else place
