"""The pages, one module each, and the table of them.

Navigation, keyboard help, the reference page and tests go through the table.
"""

from collections.abc import Sequence

import msgspec

from leadline.entrypoints.dashboard.actions.own_account import own_account
from leadline.entrypoints.dashboard.guarding.roles import Handler
from leadline.entrypoints.dashboard.pages.accounts import accounts
from leadline.entrypoints.dashboard.pages.analytics import (
    analytics,
    analytics_csv,
    analytics_json,
)
from leadline.entrypoints.dashboard.pages.audit import audit_export, audit_page, audit_verify
from leadline.entrypoints.dashboard.pages.bulk import bulk_job, bulk_list, bulk_plan
from leadline.entrypoints.dashboard.pages.correct import correct_page
from leadline.entrypoints.dashboard.pages.dead import dead, dead_job, dead_retry
from leadline.entrypoints.dashboard.pages.health import health, health_now
from leadline.entrypoints.dashboard.pages.lead import lead
from leadline.entrypoints.dashboard.pages.leads import leads, leads_csv, leads_json, new_leads
from leadline.entrypoints.dashboard.pages.live import live, live_bars, live_newest, live_now
from leadline.entrypoints.dashboard.pages.response import (
    response,
    response_export,
    response_now,
)
from leadline.entrypoints.dashboard.pages.rules import backtest_page, rules_page
from leadline.entrypoints.dashboard.pages.saved_views import by_default_view, saved_views
from leadline.entrypoints.dashboard.pages.team import team, team_job, team_now, team_reassign
from leadline.model.staff.accounts import UserRole


class DashboardPage(msgspec.Struct, frozen=True):
    """A page: its path, its title, what it shows in one sentence, and the lowest role that may see
    it. `key` opens it after `g` on the keyboard; "" for a page that is not in the navigation."""

    path: str
    title: str
    about: str
    handler: Handler
    key: str = ""
    lowest: UserRole = UserRole.VIEWER


PAGES: Sequence[DashboardPage] = (
    DashboardPage("/", "Live", "What comes in now, what waits and what is late.", live, key="l"),
    DashboardPage(
        "/leads", "Leads", "Every lead: search, filters, export.", by_default_view(leads), "e"
    ),
    DashboardPage("/dead", "Dead", "Dead letters by reason, and their retry.", dead, key="d"),
    DashboardPage(
        "/team", "Team", "Who is here, whose turn is next, and what waits.", team, key="t"
    ),
    DashboardPage(
        "/response", "Response", "What is answered in time, and what is late.", response, "r"
    ),
    DashboardPage(
        "/analytics",
        "Analytics",
        "What became of leads, and where they come from.",
        analytics,
        key="a",
    ),
    DashboardPage(
        "/rules",
        "Rules",
        "The rules, what they did of late, and a place to try others.",
        rules_page,
        "s",
    ),
    DashboardPage(
        "/health", "Health", "Whether everything works: queue, channels, sources.", health, "h"
    ),
    DashboardPage("/audit", "Audit", "Who did what, and when.", audit_page, "i", UserRole.ADMIN),
    DashboardPage(
        "/accounts",
        "Accounts",
        "Who may log in, and tokens of programs.",
        accounts,
        key="u",
        lowest=UserRole.ADMIN,
    ),
    DashboardPage("/account", "Your account", "Your password and time zone.", own_account, key="y"),
)
"""Every page, in the order of the navigation."""

PARTS: Sequence[DashboardPage] = (
    DashboardPage("/live/now", "Figures", "The figures of LIVE alone.", live_now),
    DashboardPage("/live/bars", "Bars", "The numbers of the bars of LIVE alone.", live_bars),
    DashboardPage("/live/newest", "Newest leads", "The newest leads alone.", live_newest),
    DashboardPage("/health/now", "Health now", "What changes of HEALTH.", health_now),
    DashboardPage("/leads/new", "New leads", "How many leads came in meanwhile.", new_leads),
    DashboardPage("/leads/export.csv", "Leads as CSV", "All leads that match.", leads_csv),
    DashboardPage("/leads/export.json", "Leads as JSON", "All leads that match.", leads_json),
    DashboardPage("/leads/views", "Views", "Saved views of LEADS.", saved_views),
    DashboardPage(
        "/leads/bulk",
        "Bulk actions",
        "The recent bulk actions.",
        bulk_list,
        lowest=UserRole.OPERATOR,
    ),
    DashboardPage(
        "/leads/bulk/{plan_id}",
        "Bulk action",
        "What a bulk action would do.",
        bulk_plan,
        lowest=UserRole.OPERATOR,
    ),
    DashboardPage(
        "/leads/bulk/jobs/{job_id}",
        "Bulk action",
        "How far a bulk action is.",
        bulk_job,
        lowest=UserRole.OPERATOR,
    ),
    DashboardPage(
        "/dead/retry", "Retry", "What a retry would do.", dead_retry, lowest=UserRole.OPERATOR
    ),
    DashboardPage(
        "/dead/jobs/{job_id}", "Retry", "How far a retry is.", dead_job, lowest=UserRole.OPERATOR
    ),
    DashboardPage("/team/now", "Team now", "How people and teams stand.", team_now),
    DashboardPage(
        "/team/reassign",
        "Hand on",
        "Who would get whose leads.",
        team_reassign,
        lowest=UserRole.OPERATOR,
    ),
    DashboardPage(
        "/team/jobs/{job_id}",
        "Hand on",
        "How far handing on is.",
        team_job,
        lowest=UserRole.OPERATOR,
    ),
    DashboardPage(
        "/response/now", "Response now", "How many leads are in each state.", response_now
    ),
    DashboardPage(
        "/response/export.csv", "Response as CSV", "The leads of the list.", response_export
    ),
    DashboardPage(
        "/response/export.json", "Response as JSON", "The leads of the list.", response_export
    ),
    DashboardPage(
        "/analytics/export.csv", "Analytics as CSV", "One table of figures.", analytics_csv
    ),
    DashboardPage("/analytics/export.json", "Analytics as JSON", "All figures.", analytics_json),
    DashboardPage(
        "/rules/backtests/{job_id}",
        "Backtest",
        "How far a backtest is, and what came of it.",
        backtest_page,
        lowest=UserRole.OPERATOR,
    ),
    DashboardPage(
        "/audit/verify", "Audit", "Whether the log is whole.", audit_verify, lowest=UserRole.ADMIN
    ),
    DashboardPage(
        "/audit/export.jsonl", "Audit", "All that match.", audit_export, lowest=UserRole.ADMIN
    ),
    DashboardPage(
        "/leads/{lead_id}/correct",
        "Correct",
        "The fields of one lead, to be corrected.",
        correct_page,
        lowest=UserRole.OPERATOR,
    ),
    DashboardPage("/leads/{lead_id}", "Lead", "Everything about one lead, and why.", lead),
)
"""Parts of pages, exports, and pages that show one thing: none is in the navigation."""
