"""Teams, and the rules that give leads to them, as settings."""

from datetime import date
from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.settings.loading import load
from leadline.settings.top.general import Settings

PEOPLE = """
[channels.pool]
kind = "slack-webhook"
url = "https://hooks.slack.example.com/x"
[people.ann]
away = ["2026-12-24/2027-01-02", "2026-11-30"]
[people.ben]
holidays = "2026-12-24"
[rules.all]
team = "one"
"""


def settings(toml: str) -> Settings:
    return load(environ={}, document=(PEOPLE + toml, "t")).settings


def problem(toml: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        settings(toml)
    (line,) = str(caught.value).splitlines()[1:]
    return line


def team(*lines: str, name: str = "one", people: str = "ann, ben") -> str:
    names = ", ".join(f'"{one.strip()}"' for one in people.split(","))
    return "\n".join((f"[teams.{name}]", f"people = [{names}]", *lines, ""))


def test_a_team_is_read_with_everything_that_it_may_have() -> None:
    found = settings(
        team(
            'order = "weight"',
            'weights = ["ann=2", "ben=0.5"]',
            "cap_day = 10",
            'fallback = "two"',
            'credit = ["junk", "duplicate"]',
            'channel = "pool"',
        )
        + team('fallback = "queue"', name="two", people="ben")
    )
    one = found.teams["one"]
    assert (one.weights, one.cap_day, one.cap_week) == (("ann=2", "ben=0.5"), 10, None)
    assert one.credit == ("junk", "duplicates")
    assert found.people["ann"].away == (
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 12, 24), date(2027, 1, 2)),
    )


@pytest.mark.parametrize("to", ["two", "ann", "pool", "slack", "queue"])
def test_a_fallback_is_a_team_a_person_a_channel_or_the_queue(to: str) -> None:
    assert settings(team(f'fallback = "{to}"') + team(name="two")).teams["one"].fallback == to


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        (
            team() + '[rules.x]\nteam = "one"\nassign = ["ann"]\n',
            "rules.x.team: a rule has `team` or",
        ),
        ('[teams.one]\norder = "turn"\n', "teams.one.people: a team needs people"),
        (team(people="ann, ben, ann"), "teams.one.people: ann is named twice"),
        (team(people="ann, cid"), "teams.one.people: there is no person 'cid'"),
        (team('weights = ["ann=2"]'), 'teams.one.weights: weights need `order = "weight"`'),
        (
            team('order = "weight"', 'weights = ["cid=2"]'),
            "cid is not among the people of the team",
        ),
        (team('order = "weight"', 'weights = ["ann=0"]'), "write name=number such as ada=1.5"),
        (team('order = "weight"', 'weights = ["ann=-1"]'), "write name=number"),
        (team('order = "weight"', 'weights = ["ann"]'), "write name=number"),
        (team('order = "weight"', 'weights = ["ann=1", "ann=2"]'), "ann has two weights"),
        (team('credit = ["spam"]'), "teams.one.credit must be junk, duplicates or both"),
        (team('fallback = "nobody"'), "there is no team, person or channel 'nobody'; `queue` lets"),
        (team('fallback = "one"'), "it leads back to the same team: one, one"),
        (team('fallback = "ben"') + team(name="ben"), "ben is a team and a person"),
        (team('fallback = "queue"') + team(name="queue"), "queue is a team, and lets leads wait"),
        (team('channel = "nowhere"'), "there is no channel 'nowhere'"),
        (team("cap_day = 0"), "cap_day must be a whole number from 1"),
    ],
)
def test_a_team_that_cannot_be_is_refused_in_words(toml: str, words: str) -> None:
    assert words in problem(toml)


def test_fallbacks_that_lead_in_a_circle_are_refused() -> None:
    three = (
        team('fallback = "two"')
        + team('fallback = "three"', name="two")
        + team('fallback = "two"', name="three")
    )
    with pytest.raises(ConfigurationError) as caught:
        settings(three)
    assert [line.strip() for line in str(caught.value).splitlines()[1:]] == [
        "t line 16: teams.two.fallback: it leads back to the same team: two, three, two",
        "t line 19: teams.three.fallback: it leads back to the same team: three, two, three",
    ]


@pytest.mark.parametrize(
    "slack", ["ada", "@ada", "<@U012ABCDEF>", "u012abcdef", "U0", "C012ABCDEF"]
)
def test_a_slack_id_that_can_be_none_is_refused(tmp_path: Path, slack: str) -> None:
    (tmp_path / "leadline.toml").write_text(f'[people.ada]\nslack = "{slack}"\n')
    with pytest.raises(ConfigurationError) as caught:
        load(environ={}, folder=tmp_path)
    assert "people.ada.slack: a Slack user id is U or W and then" in caught.value.detail
    assert "such as U012ABCDEF" in caught.value.detail


@pytest.mark.parametrize("slack", ["U012ABCDEF", "W012ABCDEF01", " U012ABCDEF ", ""])
def test_slack_ids_of_all_kinds_of_workspaces_are_taken(tmp_path: Path, slack: str) -> None:
    (tmp_path / "leadline.toml").write_text(f'[people.ada]\nslack = "{slack}"\n')
    people = load(environ={}, folder=tmp_path).settings.people
    assert people["ada"].slack == slack.strip()


def test_settings_that_a_stack_has_already_stay_valid_with_any_slack_id() -> None:
    text = '[people.ada]\nslack = "ada"\n'
    settings = load(environ={}, document=(text, "the stack's settings")).settings
    assert settings.people["ada"].slack == "ada"


def test_a_team_may_learn_and_tells_leads_apart_by_a_few_fields_alone() -> None:
    one = settings(team('order = "learned"', 'kinds = ["source", "score"]', "floor = 0.1")).teams[
        "one"
    ]
    assert (one.order, one.kinds, one.floor) == ("learned", ("score", "source"), 0.1)
    assert one.within.days == 30
    for wrong in ("name", "title", "email"):
        assert "score, country, source" in problem(
            team('order = "learned"', f'kinds = ["source", "{wrong}"]')
        )
    assert "kinds need" in problem(team('kinds = ["source"]'))
    assert "0.05" in problem(team('order = "learned"', "floor = 0"))
