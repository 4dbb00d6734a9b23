"""Names in settings that mean other tables."""

import re
from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.settings.loading import load
from leadline.settings.top.general import Settings

RIGHT = """
unassigned_channel = "pool"
[channels.pool]
kind = "slack-webhook"
url = "https://hooks.slack.example.com/x"
[hours.office]
zone = "Europe/Berlin"
[people.ann]
email = "ann@example.com"
next = "ben"
[people.ben]
email = "ben@example.com"
[rules.hot]
sources = "close"
during = "office"
channels = ["pool", "slack"]
assign = ["ann", "ben"]
[targets.all]
hours = "office"
escalate_to = "pool"
"""


def settings(toml: str) -> Settings:
    return load(environ={}, document=(toml, "team.toml")).settings


def test_names_that_mean_something_are_taken() -> None:
    assert settings(RIGHT).rules["hot"].assign == ("ann", "ben")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('next = "ben"', 'next = "bea"', "people.ann.next: there is no person 'bea'"),
        ('during = "office"', 'during = "offices"', "rules.hot.during: there is no table of hours"),
        ('"pool", "slack"', '"pols"', "rules.hot.channels: there is no channel 'pols'"),
        ('"ann", "ben"', '"ann", "bea"', "rules.hot.assign: there is no person 'bea'"),
        ('"close"', '"closed"', "rules.hot.sources: there is no source 'closed'"),
        ('escalate_to = "pool"', 'escalate_to = "x"', "targets.all.escalate_to: there is no"),
        ('unassigned_channel = "pool"', 'unassigned_channel = "x"', "unassigned_channel: there is"),
    ],
)
def test_a_name_that_means_nothing_is_refused_where_it_stands(
    right: str, wrong: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings(RIGHT.replace(right, wrong))
    line = 1 + next(i for i, text in enumerate(RIGHT.splitlines()) if right in text)
    assert f"team.toml line {line}:" in str(caught.value)
    assert said in str(caught.value)


def test_all_of_them_are_told_with_what_there_is() -> None:
    wrong = RIGHT.replace('next = "ben"', 'next = "bea"').replace('"close"', '"closed"')
    with pytest.raises(ConfigurationError) as caught:
        settings(wrong)
    assert len(str(caught.value).splitlines()) == 3
    assert "(there are: ann, ben)" in str(caught.value)


def test_what_the_how_to_says_can_be_set() -> None:
    page = Path(__file__).parents[3] / "docs/how-to/respond-in-time.md"
    blocks = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    managers = '[channels.managers]\nkind = "slack-webhook"\nurl = "https://hooks.example.com/x"'
    made = settings("\n".join([managers, *blocks]))
    assert [*made.targets] == ["hot", "daytime"]
    assert made.sources["close"].skip_when_owned
