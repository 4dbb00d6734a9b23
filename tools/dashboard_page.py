"""The text of docs/reference/dashboard.md, out of the tables of pages and actions."""

from leadline.entrypoints.dashboard.actions.leads import ACTIONS
from leadline.entrypoints.dashboard.guarding.logins import (
    LINK_LASTS,
    MOST_OF_ACCOUNT,
    MOST_OF_ADDRESS,
    WITHIN,
)
from leadline.entrypoints.dashboard.guarding.passwords import LONGEST, SHORTEST
from leadline.entrypoints.dashboard.guarding.security import HEADERS
from leadline.entrypoints.dashboard.pages import PAGES
from leadline.model.staff.accounts import UserRole

PAGE = "docs/reference/dashboard.md"

_INTRODUCTION = """# Dashboard

<!-- Written by `make docs` out of src/leadline/entrypoints/dashboard: edit that, not this. -->

[Use the dashboard](../how-to/use-the-dashboard.md) says how to log in and let others in; its
settings are in the [list of all](settings.md).
"""


def text() -> str:
    """The page."""
    parts = [_INTRODUCTION, _pages(), _actions(), _limits(), _headers()]
    return "\n".join(parts)


def _pages() -> str:
    rows = [
        f"| {one.title} | `{one.path}` | {f'`g {one.key}`' if one.key else ''} | "
        f"{one.lowest.word} | {one.about} |"
        for one in PAGES
    ]
    return _table("Pages", "| page | path | keys | lowest role | shows |", rows)


def _actions() -> str:
    rows = [
        f"| {one.label} | `/leads/ID/do/{name}` | {one.lowest.word} | {one.about} |"
        for name, one in ACTIONS.items()
    ]
    return _table("Actions on a lead", "| action | path | lowest role | does |", rows)


def _limits() -> str:
    roles = ", ".join(role.word for role in UserRole)
    minutes = int(WITHIN.total_seconds() // 60)
    lasts = int(LINK_LASTS.total_seconds() // 60)
    rows = [
        f"| roles, from the lowest | {roles} |",
        f"| a link is good for | one login within {lasts} minutes |",
        f"| a password has | {SHORTEST} to {LONGEST:,} characters |",
        f"| logins may fail | {MOST_OF_ACCOUNT} times for a name and {MOST_OF_ADDRESS} times from "
        f"an address within {minutes} minutes |",
    ]
    return _table("Access", "| what | how |", rows)


def _headers() -> str:
    rows = [f"| `{name}` | `{value}` |" for name, value in HEADERS.items()]
    return _table("Headers of every answer", "| header | value |", rows)


def _table(title: str, heading: str, rows: list[str]) -> str:
    line = "| " + " | ".join("---" for _ in range(heading.count("|") - 1)) + " |"
    return "\n".join([f"## {title}", "", heading, line, *rows, ""])
