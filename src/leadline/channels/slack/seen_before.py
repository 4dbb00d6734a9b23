"""What Slack messages say about duplicates, in markup."""

from leadline.alerts.wording import seen_before as words
from leadline.alerts.wording.words import on_one_line
from leadline.channels.slack import blockkit, pieces
from leadline.channels.slack.mrkdwn import harmless
from leadline.model.facts.likeness import FirstSeen
from leadline.model.lead import RefinedLead
from leadline.ports.channel import Notice

_WHY = 400
_MAYBE = 250
_PERSON = 200
_DAY = "{date_short_pretty} at {time}"


def story_of_duplicate(notice: Notice, first: FirstSeen) -> blockkit.Block:
    """The first lead of the person, how often and by whom they were seen since, and why it is the
    same person."""
    seen = blockkit.date(first.captured_at, _DAY)
    same = harmless(on_one_line(words.matched_words(first)), 200)
    lines = [f"First seen {seen}{f' {same}' if same else ''}, as lead `{_named(first.lead_id)}`."]
    if (history := notice.history) is not None:
        # A date is markup: it replaces a mark that no name contains after it was made harmless.
        told = (harmless(line, _PERSON) for line in words.history_remarks(history, _MARK))
        lines += [line.replace(_MARK, blockkit.date(history.last_at, _DAY)) for line in told]
    if first.probability is not None:
        lines.append(harmless(words.why_same(first), _WHY))
    return blockkit.section("\n".join(lines))


_MARK = "\x01"


def doubts_about_person(lead: RefinedLead) -> list[blockkit.Block]:
    """The leads that may be about the same person; no block if there are none."""
    shown = lead.possible[: words.MOST_POSSIBLE]
    told = [harmless(words.possible_words(one, _named(one.lead_id)), _MAYBE) for one in shown]
    if not told:
        return []
    more = len(lead.possible) - len(told)
    last = f"{f'{more} more like this. ' if more else ''}{words.REVIEW}"
    return [blockkit.context(*(f"👥 {line}" for line in told), last)]


def _named(lead_id: str) -> str:
    return pieces.lead_id(lead_id)
