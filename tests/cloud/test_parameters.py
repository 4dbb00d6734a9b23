"""The template's parameters as operators write them, and as CloudFormation gets them."""

from pathlib import Path
from typing import Any

import pytest

from leadline.cloud.parameters import Parameters, read_parameters
from leadline.model.errors import ConfigurationError

DECLARED = [
    {"ParameterKey": "CodeBucket"},
    {"ParameterKey": "CaptureCode"},
    {"ParameterKey": "WorkCode"},
    {"ParameterKey": "Delay", "DefaultValue": "10m"},
    {"ParameterKey": "RefineMemory", "DefaultValue": "512"},
]


def stack(**parameters: str) -> dict[str, Any]:
    listed = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    return {"StackName": "leadline", "Parameters": listed}


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.toml", 'Delay = "5m"\nTracing = true\nRefineMemory = 1024\nVpcSubnetIds = ["a", "b"]'),
        (
            "p.json",
            '{"Delay": "5m", "Tracing": true, "RefineMemory": 1024, "VpcSubnetIds": ["a", "b"]}',
        ),
    ],
)
def test_a_file_gives_the_text_that_cloudformation_takes(
    tmp_path: Path, name: str, text: str
) -> None:
    assert read_parameters(written(tmp_path, name, text)) == {
        "Delay": "5m",
        "Tracing": "true",
        "RefineMemory": "1024",
        "VpcSubnetIds": "a,b",
    }


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("p.toml", "Delay = ", "p.toml: "),
        ("p.json", "{", "p.json: "),
        ("p.json", "[1]", "must be an object"),
        ("p.json", "[" * 100_000, "p.json: "),
        ("p.toml", "[Delay]\nminutes = 5", "Delay must be a text"),
    ],
)
def test_a_file_that_is_wrong_is_named(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        read_parameters(written(tmp_path, name, text))


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.toml can't be read: No such file"):
        read_parameters(tmp_path / "none.toml")


def test_unknown_names_are_all_told_with_the_near_ones() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Parameters({"refinememory": "1", "Zzz": "2", "CodeBucket": "mine"}, DECLARED, None)
    assert caught.value.detail.splitlines()[1:] == [
        "  there is no parameter refinememory; did you mean RefineMemory?",
        "  there is no parameter Zzz",
        "  CodeBucket is set by this command itself; remove it",
    ]


def test_a_value_that_the_template_does_not_offer_is_refused_with_what_it_offers() -> None:
    choice = {"AllowedValues": ["python3.12", "python3.13"]}
    declared: list[dict[str, Any]] = [*DECLARED]
    declared.append({"ParameterKey": "Runtime", "ParameterConstraints": choice})
    with pytest.raises(ConfigurationError) as caught:
        Parameters({"Runtime": "python2.7"}, declared, None)
    assert caught.value.detail.splitlines()[1:] == [
        "  Runtime must be one of python3.12, python3.13, not 'python2.7'",
    ]
    assert Parameters({"Runtime": "python3.12"}, declared, None)["Runtime"] == "python3.12"


def test_a_delay_that_the_functions_could_not_read_is_refused() -> None:
    with pytest.raises(
        ConfigurationError, match=r"Delay must be a duration such as .*, not 'soon'"
    ):
        Parameters({"Delay": "soon"}, DECLARED, None)


def test_what_is_given_wins_over_what_the_stack_has_and_that_over_the_default() -> None:
    parameters = Parameters({"Delay": "1m"}, DECLARED, stack(Delay="5m", RefineMemory="1024"))
    assert parameters["Delay"] == "1m"
    assert parameters["RefineMemory"] == "1024"
    assert Parameters({}, DECLARED, None)["RefineMemory"] == "512"


def test_an_update_keeps_what_is_not_given() -> None:
    given = Parameters({"Delay": "1m"}, DECLARED, stack(Delay="5m", RefineMemory="1024"))
    assert given.request({"CodeBucket": "code"}) == [
        {"ParameterKey": "Delay", "ParameterValue": "1m"},
        {"ParameterKey": "CodeBucket", "ParameterValue": "code"},
        {"ParameterKey": "RefineMemory", "UsePreviousValue": True},
    ]


def test_a_parameter_that_the_template_no_longer_has_is_let_go() -> None:
    given = Parameters({}, DECLARED, stack(Delay="5m", Forgotten="x"))
    assert given.request({}) == [{"ParameterKey": "Delay", "UsePreviousValue": True}]


def test_a_creation_leaves_defaults_to_the_template() -> None:
    assert Parameters({}, DECLARED, None).request({}) == []


WITH_PROFILES = [
    *DECLARED,
    {"ParameterKey": "Profile", "DefaultValue": "standard"},
    {"ParameterKey": "Alarms", "DefaultValue": "by-profile"},
    {"ParameterKey": "WithDashboard", "DefaultValue": "by-profile"},
]


def test_the_first_update_to_profiles_lets_go_of_the_defaults_that_were_recorded_before() -> None:
    before = stack(Delay="5m", Alarms="all", WithDashboard="true")
    chosen = Parameters({}, WITH_PROFILES, before)
    assert (chosen["Alarms"], chosen["WithDashboard"]) == ("by-profile", "by-profile")
    assert chosen.values()["Alarms"] == "by-profile"
    assert chosen.request({}) == [
        {"ParameterKey": "Alarms", "ParameterValue": "by-profile"},
        {"ParameterKey": "WithDashboard", "ParameterValue": "by-profile"},
        {"ParameterKey": "Delay", "UsePreviousValue": True},
    ]
    alarms, dashboard = chosen.adopted()
    assert "Alarms was all, the default of earlier versions, and is by-profile now" in alarms
    assert "Profile is standard" in alarms
    assert 'WithDashboard = "true"' in dashboard


def test_what_somebody_chose_before_there_were_profiles_stays() -> None:
    before = stack(Alarms="plain", WithDashboard="false")
    chosen = Parameters({}, WITH_PROFILES, before)
    assert (chosen["Alarms"], chosen["WithDashboard"]) == ("plain", "false")
    again = Parameters({"Alarms": "all"}, WITH_PROFILES, stack(Alarms="all"))
    assert again["Alarms"] == "all"
    assert chosen.adopted() == again.adopted() == []


def test_all_alarms_of_a_stack_that_has_a_profile_were_chosen_and_stay() -> None:
    now = stack(Profile="small", Alarms="all", WithDashboard="true")
    chosen = Parameters({}, WITH_PROFILES, now)
    assert (chosen["Profile"], chosen["Alarms"]) == ("small", "all")
    assert chosen.adopted() == []
    assert Parameters({}, WITH_PROFILES, None).adopted() == []
