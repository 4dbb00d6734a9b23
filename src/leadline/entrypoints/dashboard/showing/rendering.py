"""Pages out of templates: whatever a template is given is escaped."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import KnownUser, Who
from leadline.entrypoints.dashboard.showing.filters import FILTERS
from leadline.settings.notation.zones import zone

if TYPE_CHECKING:
    from leadline.entrypoints.dashboard.pages import DashboardPage

TEMPLATES = Path(__file__).parent.parent / "templates"


@jinja2.pass_context
def _time(context: Context, at: datetime | None) -> Markup:
    """The time of day in the viewer's zone, with the date unless it is today's; the whole time is
    in the title."""
    if at is None:
        return Markup("<span>never</span>")
    local = at.astimezone(zone(_zone_in(context)))
    today = context["at"].astimezone(local.tzinfo).date()
    shown = f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(), f"{local:%Y-%m-%d %H:%M:%S %Z}", shown
    )


@jinja2.pass_context
def _field_time(context: Context, at: datetime | None) -> str:
    """The time in the viewer's zone, as a field for times wants it; "" for None."""
    return "" if at is None else f"{at.astimezone(zone(_zone_in(context))):%Y-%m-%dT%H:%M:%S}"


def _zone_in(context: Context) -> str:
    who = context["who"]
    return who.zone if isinstance(who, Who) else "UTC"


def _number(value: int) -> str:
    return f"{value:,}"


@cache
def environment() -> jinja2.Environment:
    """The templates, compiled once a process. A name that a template is not given is an error, not
    an empty text."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["time"] = _time
    made.filters["field_time"] = _field_time
    made.filters["number"] = _number
    made.filters.update(FILTERS)
    return made


def render_page(
    request: Request, template: str, *, title: str = "", status: int = 200, **values: Any
) -> HTMLResponse:
    """The answer to a request: a template with these values, and with what every page shows.

    The title is that of the page in the table, unless another is given.
    """
    state = request.app.state
    known: KnownUser | None = getattr(request.state, "known", None)
    who = known.who if known is not None else None
    given: dict[str, Any] = {
        "who": who,
        "pages": _seen_by(who, state.pages),
        "path": request.url.path,
        "csrf": known.csrf if known is not None else "",
        "title": title or _title_of(request.url.path, state.pages),
        "at": dashboard_of(request).clock(),
        "theme": _theme_of(request),
    }
    text = state.templates.get_template(template).render(given | values)
    return HTMLResponse(text, status)


def _theme_of(request: Request) -> str:
    """The theme that the viewer has chosen; "" for that of their system."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in ("light", "dark") else ""


def _seen_by(who: Who | None, pages: "Sequence[DashboardPage]") -> "list[DashboardPage]":
    return [one for one in pages if one.key and who is not None and who.role >= one.lowest]


def _title_of(path: str, pages: "Sequence[DashboardPage]") -> str:
    return next((one.title for one in pages if one.path == path), "Leadline")
