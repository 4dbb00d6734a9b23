"""Ephemeral messages in Slack, seen by one person: answers to buttons and commands."""

from collections.abc import Sequence

from leadline.alerts.wording import words
from leadline.alerts.wording.words import units
from leadline.channels.slack import blockkit, pieces
from leadline.channels.slack.messages import Message
from leadline.journey.responding.claiming import CLAIM
from leadline.ports.channel import Notice

MOST_LISTED = 20
"""The maximum number of leads in a list; Slack takes 50 blocks."""
_BUDGET = 8000
_HELP = (
    "`/leads` lists the open leads that you have claimed or own.",
    "`/leads unassigned` lists the newest leads that nobody owns or has claimed.",
    "`/leads next` gives you the first lead that waits in the queue of a team of yours.",
    "`/leads away until Monday` (or `2026-12-24`, or `3d`): no team gives you leads until then.",
    "`/leads back` ends that.",
)


def answer_to_one(text: str, undo: str = "") -> Message:
    """A message with *text*, which is markup; *undo* is the id of a lead for a button "Take it
    back", or ""."""
    blocks = [blockkit.section(text)]
    if undo:
        blocks += blockkit.button_row([blockkit.button(CLAIM, "Take it back", undo)])
    return _for_one(text, blocks)


def lead_list(title: str, notices: Sequence[Notice], hidden: int, nothing: str) -> Message:
    """A list of leads, one section each while they fit, with a claim button for leads without a
    holder. *hidden* further leads are only counted; *nothing* is the text of an empty list."""
    if not notices:
        return answer_to_one(nothing)
    sections: list[blockkit.Block] = []
    used = 0
    for notice in notices[:MOST_LISTED]:
        line = _line(notice)
        used += units(line)
        if used > _BUDGET:
            break
        sections.append({**blockkit.section(line), **_claim_button(notice)})
    blocks = [blockkit.headline(title), *sections]
    hidden += len(notices) - len(sections)
    if hidden:
        more = f"{hidden} more {'is' if hidden == 1 else 'are'} not listed here."
        blocks.append(blockkit.context(more))
    return _for_one(title, blocks)


def command_help(unknown: str = "") -> Message:
    """The help text; *unknown* is a command that was typed but is not known."""
    lines = [f"`/leads` does not know “{pieces.shown(unknown, limit=100)}”."] if unknown else []
    return answer_to_one("\n".join([*lines, *_HELP]))


def _for_one(text: str, blocks: Sequence[blockkit.Block]) -> Message:
    return {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": text,
        "blocks": [*blocks],
    }


def _line(notice: Notice) -> str:
    handled = notice.handling
    parts = [f"{words.span(notice.now - notice.lead.captured_at)} old"]
    if handled.claimed_by is not None:
        parts.append("claimed")
    if handled.snoozed_until is not None and handled.snoozed_until > notice.now:
        until = blockkit.date(handled.snoozed_until, "{date_short_pretty} at {time}")
        parts.append(f"snoozed until {until}")
    link = notice.links.record(notice.lead)
    if words.is_link(link):
        parts.append(blockkit.linked(link, "open in CRM"))
    return f"{pieces.digest_line(notice)}\n{' · '.join(parts)}"


def _claim_button(notice: Notice) -> blockkit.Block:
    if notice.holder is not None:
        return {}
    return {"accessory": blockkit.button(CLAIM, "Claim", notice.lead.lead_id)}
