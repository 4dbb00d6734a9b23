"""The table `[score]`: points, the threshold of hot leads, and what is refused."""

from pathlib import Path

import pytest

from leadline.cloud.packages.carried import ARM_MODELS, LISTS, MODEL, carried_files
from leadline.installations.settings_check import check
from leadline.journey.refinement.scoring import scorer_of
from leadline.model.errors import ConfigurationError
from leadline.scoring import model_in_use
from leadline.scoring.model_in_use import arm_file_name
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from leadline.settings.top.score import HotThreshold
from tests.worlds.scores import small_model

POINTS = """
[score]
start = 20
hot = 70
[score.points.company]
when = "email_kind = business"
points = 25
say = "writes from a company"
[score.points.price]
when = ["message contains price", "title is not empty"]
points = 40
kind = "intent"
"""


def loaded(text: str) -> Settings:
    return load(document=(text, "leadline.toml"), environ={}).settings


def test_points_stand_in_a_table_within_that_of_scores() -> None:
    settings = loaded(POINTS)
    assert settings.scores_leads
    assert (settings.score_start, settings.score_hot) == (20.0, HotThreshold(least=70.0))
    company, price = settings.score_points.values()
    assert (company.when, company.points, company.kind) == (("email_kind = business",), 25, "fit")
    assert company.words == "writes from a company"
    assert price.words == "message contains price and title is not empty"
    assert not Settings().scores_leads
    assert scorer_of(Settings()) is None


def test_variables_set_points_as_well() -> None:
    found = load(
        environ={
            "LEADLINE_SCORE_POINTS__COMPANY__WHEN": "email_kind = business",
            "LEADLINE_SCORE_POINTS__COMPANY__POINTS": "5",
        },
        folder=Path("/nowhere"),
    ).settings
    assert found.score_points["company"].points == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[score]\nhot = "best 5 %"', "a share of the best needs a `score_model`"),
        ('[score]\nhot = "best 0 %"', "score_hot must be a score from 0 to 100, such as 80, or"),
        ("[score]\nhot = 101", "score_hot must be a score from 0 to 100"),
        ("[score]\nstat = 4", "did you mean score.start?"),
        ("[score.points.x]\npoints = 5", "score_points.x.when: points need a condition"),
        ('[score.points.x]\nwhen = "phone is empty"', "say how many `points` it gives"),
        ('[score.points.x]\nwhen = "score > 5"\npoints = 1', "sender's own score is sender_score"),
        ('[score.points.x]\nwhen = "hot = yes"\npoints = 1', "hot is what points give"),
        ('[score.points.x]\nwhen = "owner = ada"\npoints = 1', "owner is known only after"),
        ('[score.points.x]\nwhen = "history.leads > 1"\npoints = 1', "is known only after"),
        ('[score.points.x]\nwhen = "emial = a"\npoints = 1', "column 1: there is no field 'emial'"),
        ('[score.points.x]\nwhen = "phone is empty"\nkind = "luck"', "kind must be one of fit,"),
    ],
)
def test_wrong_values_are_refused_with_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(text)
    assert words in caught.value.detail


def with_model(tmp_path: Path, content: bytes | None) -> Path:
    model, path = tmp_path / "ours.json", tmp_path / "leadline.toml"
    if content is not None:
        model.write_bytes(content)
    path.write_text(f'[score]\nhot = "best 5 %"\nmodel = "{model.as_posix()}"\n')
    return path


def test_a_deployment_carries_the_model_and_the_lists_of_points(tmp_path: Path) -> None:
    path = with_model(tmp_path, small_model())
    assert carried_files(path) == {MODEL: small_model()}
    (tmp_path / "wanted.csv").write_text("firm.example\n")
    path.write_text('[score.points.x]\nwhen = "email domain in wanted.csv"\npoints = 5\n')
    (name,) = carried_files(path)
    assert name.startswith(LISTS)
    settings = load(config=path, environ={}).settings
    assert settings.score_points["x"].lists == {"wanted.csv": frozenset(["firm.example"])}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such file"),
        (b"{", "it is no model of Leadline"),
        (b" " * ((8 << 20) + 1), "a model has at most 8388608"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_before_a_lead_comes(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = with_model(tmp_path, content)
    for ask in (carried_files, lambda one: check(load(config=one, environ={}).settings)):
        with pytest.raises(ConfigurationError) as caught:
            ask(path)
        assert "score_model" in caught.value.detail
        assert words in caught.value.detail
    check(load(config=path, environ={}).settings, elsewhere=True)


def test_a_function_reads_the_model_that_was_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = tmp_path / model_in_use.CARRIED.name
    carried.write_bytes(small_model())
    monkeypatch.setattr(model_in_use, "CARRIED", carried)
    assert model_in_use.model_at("/on/another/machine.json").by == "small 1"


def with_arm(tmp_path: Path, content: bytes | None) -> tuple[Path, str]:
    """The path of settings of which an arm names a model, and the path of that."""
    model, path = tmp_path / "spring.json", tmp_path / "leadline.toml"
    if content is not None:
        model.write_bytes(content)
    path.write_text(
        "[score.points.x]\nwhen = 'name is not empty'\npoints = 5\n"
        "[experiments.spring]\nchange = 'model'\narms = { usual = 1, spring = 1 }\n"
        f"values = {{ usual = 'x', spring = '{model.as_posix()}' }}\n"
    )
    return path, model.as_posix()


@pytest.mark.parametrize("content", [None, b"{"])
def test_a_model_of_an_arm_that_cannot_be_used_is_told_before_a_lead_comes(
    tmp_path: Path, content: bytes | None
) -> None:
    path, _ = with_arm(tmp_path, content)
    for ask in (carried_files, lambda one: check(load(config=one, environ={}).settings)):
        with pytest.raises(ConfigurationError, match=r"experiments\.spring\.values\.spring: "):
            ask(path)
    check(load(config=path, environ={}).settings, elsewhere=True)


def test_a_function_reads_the_model_of_an_arm_that_was_carried_and_never_the_usual_one_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, model = with_arm(tmp_path, small_model())
    ((place, content),) = carried_files(path).items()
    assert (place, content) == (ARM_MODELS + arm_file_name(model), small_model())
    package = tmp_path / "package"
    (package / place).parent.mkdir(parents=True)
    (package / place).write_bytes(content)
    monkeypatch.setattr(model_in_use, "CARRIED_OF_ARMS", package / ARM_MODELS)
    monkeypatch.setattr(model_in_use, "CARRIED", package / place)
    Path(model).unlink()
    model_in_use.model_at.cache_clear()
    assert model_in_use.model_at(model, of_arm=True).by == "small 1"
    with pytest.raises(FileNotFoundError):
        model_in_use.model_at("/on/another/machine.json", of_arm=True)
    model_in_use.model_at.cache_clear()


def test_a_first_look_is_off_by_default_and_needs_something_that_scores_leads() -> None:
    assert not loaded(POINTS).score_first_look
    looking = POINTS.replace("start = 20", 'first_look = "yes"')
    assert loaded(looking).score_first_look
    with pytest.raises(ConfigurationError, match="leads are not scored"):
        loaded('[score]\nfirst_look = "yes"\n')


def test_a_rule_before_the_crm_gives_leads_to_somebody() -> None:
    people = '[people.ann]\nemail = "ann@example.com"\n[rules.hot]\nbefore_crm = "yes"\n'
    assert loaded(people + 'assign = "ann"\n').rules["hot"].before_crm
    with pytest.raises(ConfigurationError, match="gives leads to nobody"):
        loaded(people + 'channels = "slack"\n')


def test_a_share_of_less_than_a_whole_per_cent_counts_as_the_next_one() -> None:
    scores = [HotThreshold(best=best).score for best in (5.0, 2.5, 0.5)]
    assert scores == [95, 97, 99], "a score of 100 is above all leads of the training"
