"""Canaries against the emulator, which keeps the shares of aliases but sends all calls to their
main version; the calls, the state of each moment, and what ends a canary are tested."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leadline.cloud import deploying, stacks
from leadline.cloud.canaries import canary
from leadline.cloud.canaries import live_aliases as live_aliases_of_lambda
from leadline.cloud.canaries.canary import CanaryOutcome, CanaryRequest, Clock
from leadline.cloud.canaries.canary_record import CanaryRecord, kept_record
from leadline.cloud.canaries.live_aliases import LiveAlias, live_aliases
from leadline.cloud.session import Cloud, CloudError, connect
from leadline.infra import template
from leadline.model.errors import ConfigurationError
from tests.aws.deployment import PARAMETERS, Deployment, operator_environment
from tests.standins.emulator import REGION, Emulator

pytestmark = pytest.mark.aws

STACK = "canary"
USUAL = {"Capture": "$LATEST", "Refine": "$LATEST", "Deliver": "$LATEST"}


@pytest.fixture(scope="module")
def deployed(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A stack that every test here leaves without a canary. Its alarms are plain: for the emulator,
    the errors that one test makes up would ring those of the profile."""
    emulator.reset()
    folder = tmp_path_factory.mktemp("operator")
    return Deployment(emulator, folder, stack=STACK, parameters={"Alarms": "plain"})


@pytest.fixture(scope="module")
def cloud(emulator: Emulator) -> Iterator[Cloud]:
    """The emulator as our own code sees it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_PROFILE", raising=False)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield connect(REGION)


class Story:
    """A canary whose time passes when it is watched: `moment` is called at every look, and the
    messages are kept."""

    def __init__(self, cloud: Cloud, moment: Callable[[], object] = lambda: None) -> None:
        self.cloud = cloud
        self.said: list[str] = []
        self._moment = moment
        self._now = datetime.now(UTC)

    def run(self, text: str | None = None, **parameters: str) -> CanaryOutcome:
        """Deploy these parameters, and the text of a template, with a canary of 10 % for 20 s."""
        order = deploying.DeploymentRequest(STACK, parameters, template=text or template())
        with deploying.planned(self.cloud, order, self.said.append) as plan:
            canary.refuse_impossible(self.cloud, plan)
            request = CanaryRequest(0.1, timedelta(seconds=20))
            clock = Clock(lambda: self._now, self._wait)
            return canary.run(self.cloud, plan, request, self.said.append, clock=clock)

    def _wait(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._moment()


def aliases(cloud: Cloud) -> dict[str, LiveAlias]:
    return live_aliases(cloud, STACK)


def parameters_now(cloud: Cloud) -> dict[str, str]:
    stack = stacks.need_stack(cloud.client("cloudformation"), STACK)
    return stacks.parameters_of(stack)


def record_now(cloud: Cloud) -> CanaryRecord | None:
    stack = stacks.need_stack(cloud.client("cloudformation"), STACK)
    return kept_record(cloud, STACK, stack["StackId"])


def assert_over(cloud: Cloud) -> None:
    """All calls reach the newest code, as the template says, and nothing is left to end."""
    assert {name: alias.version for name, alias in aliases(cloud).items()} == USUAL
    assert all(alias.is_usual for alias in aliases(cloud).values())
    assert record_now(cloud) is None


def memory_of(cloud: Cloud, function: str, qualifier: str) -> int:
    told = cloud.client("lambda").get_function_configuration(
        FunctionName=function, Qualifier=qualifier
    )
    return int(told["MemorySize"])


def another_memory(cloud: Cloud) -> tuple[int, int]:
    """The memory of Refine now, and another one."""
    now = int(parameters_now(cloud)["RefineMemory"])
    return now, now + 64


def test_new_code_gets_its_share_while_it_is_watched_and_then_all_calls(
    deployed: Deployment, cloud: Cloud
) -> None:
    old, new = another_memory(cloud)
    seen: list[dict[str, LiveAlias]] = []
    story = Story(cloud, lambda: seen.append(aliases(cloud)))
    outcome = story.run(RefineMemory=str(new), LogLevel="debug")
    assert (outcome.shifted, outcome.why) == (True, "")
    assert len(seen) == 2
    for moment in seen:
        assert moment.keys() == USUAL.keys()
        for alias in moment.values():
            assert alias.version.isdecimal()
            assert list(alias.shares.values()) == [0.1]
    refine = seen[0]["Refine"]
    (newer,) = refine.shares
    assert memory_of(cloud, refine.function, refine.version) == old
    assert memory_of(cloud, refine.function, newer) == new
    assert_over(cloud)
    assert memory_of(cloud, refine.function, "$LATEST") == new
    assert "the new code gets 10% of the calls for 0:00:20" in story.said


def test_a_function_that_the_update_leaves_as_it_is_is_not_divided(
    deployed: Deployment, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refine = live_aliases_of_lambda.publish, aliases(cloud)["Refine"].function

    def publish(cloud: Cloud, function: str, description: str) -> str:
        """As Lambda does, which publishes no second version of the same code, other than here."""
        held = {alias.function: alias.version for alias in aliases(cloud).values()}
        if function == refine or not held[function].isdecimal():
            return real(cloud, function, description)
        return held[function]

    monkeypatch.setattr(canary, "publish", publish)
    seen: list[dict[str, LiveAlias]] = []
    _, new = another_memory(cloud)
    outcome = Story(cloud, lambda: seen.append(aliases(cloud))).run(RefineMemory=str(new))
    assert (outcome.shifted, outcome.why) == (True, "")
    assert [{n for n, alias in moment.items() if alias.shares} for moment in seen] == [
        {"Refine"}
    ] * len(seen)
    assert seen
    assert_over(cloud)


def test_leads_are_captured_while_a_canary_lasts(deployed: Deployment, cloud: Cloud) -> None:
    _, new = another_memory(cloud)
    answers: list[int] = []

    def post() -> None:
        request = urllib.request.Request(
            deployed.url,
            data=json.dumps({"email": "ada@example.com"}).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            answers.append(answer.status)

    assert Story(cloud, post).run(RefineMemory=str(new)).shifted
    assert answers == [200, 200]


def alarm_of(cloud: Cloud, name: str) -> str:
    found = cloud.client("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId=name
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def set_alarm(cloud: Cloud, name: str, state: str) -> None:
    cloud.client("cloudwatch").set_alarm_state(
        AlarmName=alarm_of(cloud, name), StateValue=state, StateReason="a test"
    )


def test_an_alarm_that_rings_brings_the_old_code_and_stack_back(
    deployed: Deployment, cloud: Cloud
) -> None:
    old, new = another_memory(cloud)
    story = Story(cloud, lambda: set_alarm(cloud, "DeliverThrottles", "ALARM"))
    try:
        outcome = story.run(RefineMemory=str(new))
        assert not outcome.shifted
        assert outcome.why.startswith("an alarm rings: ")
        assert parameters_now(cloud)["RefineMemory"] == str(old)
        assert memory_of(cloud, aliases(cloud)["Refine"].function, "$LATEST") == old
        assert_over(cloud)
        with pytest.raises(CloudError, match="alarms ring already"):
            Story(cloud).run(RefineMemory=str(new))
        assert_over(cloud)
    finally:
        set_alarm(cloud, "DeliverThrottles", "OK")


def test_failed_runs_of_the_new_version_bring_the_old_one_back(
    deployed: Deployment, cloud: Cloud
) -> None:
    old, new = another_memory(cloud)

    def fail() -> None:
        refine = aliases(cloud)["Refine"]
        (version,) = refine.shares
        dimensions = [
            {"Name": "FunctionName", "Value": refine.function},
            {"Name": "Resource", "Value": f"{refine.function}:live"},
            {"Name": "ExecutedVersion", "Value": version},
        ]
        cloud.client("cloudwatch").put_metric_data(
            Namespace="AWS/Lambda",
            MetricData=[
                {"MetricName": name, "Dimensions": dimensions, "Value": value}
                for name, value in (("Invocations", 10.0), ("Errors", 1.0))
            ],
        )

    outcome = Story(cloud, fail).run(RefineMemory=str(new))
    assert (outcome.shifted, outcome.why) == (False, "1 of 10 runs of the new Refine failed")
    assert parameters_now(cloud)["RefineMemory"] == str(old)
    assert_over(cloud)


def test_code_that_does_not_even_start_gets_no_call(deployed: Deployment, cloud: Cloud) -> None:
    broken = template().replace(
        "leadline.entrypoints.aws.refine.handler", "leadline.entrypoints.aws.nothing.handler"
    )
    looks: list[None] = []
    outcome = Story(cloud, lambda: looks.append(None)).run(broken)
    assert not outcome.shifted
    assert outcome.why.startswith("the trial run of the new Refine failed: it ended with ")
    assert looks == []
    handler = cloud.client("lambda").get_function_configuration(
        FunctionName=aliases(cloud)["Refine"].function
    )["Handler"]
    assert handler == "leadline.entrypoints.aws.refine.handler"
    assert_over(cloud)


def test_an_update_that_fails_leaves_no_canary(deployed: Deployment, cloud: Cloud) -> None:
    refused = template().replace(
        "Resources:\n",
        "Resources:\n  Refused:\n    Type: AWS::SQS::Queue\n"
        "    Properties: { VisibilityTimeout: 99999 }\n",
        1,
    )
    _, new = another_memory(cloud)
    with pytest.raises(CloudError, match="The stack is as it was before"):
        Story(cloud).run(refused, RefineMemory=str(new))
    assert_over(cloud)


class _Killed(BaseException):
    pass


def interrupted(cloud: Cloud, **parameters: str) -> dict[str, LiveAlias]:
    """The aliases that a canary leaves which was killed while it was watched; only Refine, which
    the parameters change, has a new version."""

    def kill() -> None:
        raise _Killed

    with pytest.raises(_Killed):
        Story(cloud, kill).run(**parameters)
    left = aliases(cloud)
    assert [name for name, alias in left.items() if alias.shares] == ["Refine"]
    return left


def test_the_next_deployment_ends_a_canary_that_was_killed(
    deployed: Deployment, cloud: Cloud
) -> None:
    _, new = another_memory(cloud)
    interrupted(cloud, RefineMemory=str(new))
    deployed.deploy(RefineMemory=new)
    assert_over(cloud)
    assert parameters_now(cloud)["RefineMemory"] == str(new)


def test_a_canary_that_was_killed_is_taken_back_by_one_command(
    deployed: Deployment, cloud: Cloud
) -> None:
    old, new = another_memory(cloud)
    interrupted(cloud, RefineMemory=str(new))
    done = deployed.run("deploy", "aws", "--stack", STACK, "--canary", "abort")
    assert done.returncode == 0, done.stderr
    assert f"{STACK} is as it was before the canary" in done.stderr
    assert parameters_now(cloud)["RefineMemory"] == str(old)
    assert_over(cloud)
    again = deployed.run("deploy", "aws", "--stack", STACK, "--canary", "abort")
    assert again.returncode == 1
    assert f"no canary of {STACK} is under way" in again.stderr


def test_another_canary_goes_on_from_the_old_code_of_one_that_was_killed(
    deployed: Deployment, cloud: Cloud
) -> None:
    old, new = another_memory(cloud)
    held = interrupted(cloud, RefineMemory=str(new))
    outcome = Story(cloud, lambda: set_alarm(cloud, "DeliverThrottles", "ALARM")).run(
        RefineMemory=str(new + 64)
    )
    set_alarm(cloud, "DeliverThrottles", "OK")
    assert not outcome.shifted
    assert held["Refine"].version.isdecimal()
    assert parameters_now(cloud)["RefineMemory"] == str(old)
    assert_over(cloud)


def test_whoever_watches_stops_when_another_deployment_ends_the_canary(
    deployed: Deployment, cloud: Cloud
) -> None:
    _, new = another_memory(cloud)
    story = Story(cloud, lambda: deployed.deploy(RefineMemory=new))
    with pytest.raises(CloudError, match="another deployment has ended this canary"):
        story.run(RefineMemory=str(new))
    assert_over(cloud)
    assert parameters_now(cloud)["RefineMemory"] == str(new)


def test_what_can_have_no_canary_is_refused(deployed: Deployment, cloud: Cloud) -> None:
    with pytest.raises(ConfigurationError, match="instances kept warm"):
        Story(cloud).run(CaptureProvisioned="1")
    path = deployed.folder / "settings.toml"
    path.write_text('max_body = "2MiB"\n')
    words = ("deploy", "aws", "--stack", STACK, "--yes", "--canary", "10%")
    with_settings = deployed.run(*words, "--settings", str(path))
    assert with_settings.returncode == 2
    assert "without --canary" in with_settings.stderr
    new = deployed.run("deploy", "aws", "--stack", "new", "--yes", "--canary", "10%")
    assert new.returncode == 2
    assert "a new stack has no old code" in new.stderr
    wrong = deployed.run("deploy", "aws", "--stack", STACK, "--canary", "100%")
    assert wrong.returncode == 2
    assert "neither a share" in wrong.stderr
    assert_over(cloud)


def test_a_change_of_the_clock_and_a_canary_exclude_each_other(
    deployed: Deployment, cloud: Cloud
) -> None:
    with pytest.raises(ConfigurationError, match="would change from queues to schedules"):
        Story(cloud).run(Clock="schedules")
    assert_over(cloud)
    _, new = another_memory(cloud)
    left = interrupted(cloud, RefineMemory=str(new))
    params = deployed.folder / "clock.json"
    params.write_text(json.dumps({**PARAMETERS, "RefineMemory": new, "Clock": "executions"}))
    refused = deployed.run("deploy", "aws", "--stack", STACK, "--yes", "--params", str(params))
    assert refused.returncode == 2, refused.stderr
    assert f"a canary of {STACK} is under way, whose old code knows only the clock queues" in (
        " ".join(refused.stderr.split())
    )
    assert aliases(cloud) == left
    canary.take_back(cloud, STACK, lambda _: None)
    assert_over(cloud)


def test_the_command_tells_how_a_canary_ended(deployed: Deployment, cloud: Cloud) -> None:
    _, new = another_memory(cloud)
    params = deployed.folder / "canary.json"
    params.write_text(json.dumps({**PARAMETERS, "RefineMemory": new}))
    words = ("deploy", "aws", "--stack", STACK, "--yes", "--json", "--params", str(params))
    done = deployed.run(*words, "--canary", "10%", "--for", "1s")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["canary"]
    assert (told["shifted"], told["why"]) == (True, "")
    assert told["runs"].keys() == {"Refine"}
    again = deployed.run(*words, "--canary", "10%", "--for", "1s")
    assert json.loads(again.stdout)["canary"] is None  # nothing is new
    assert_over(cloud)


def test_an_operator_who_interrupts_is_told_what_to_do(deployed: Deployment, cloud: Cloud) -> None:
    _, new = another_memory(cloud)
    params = deployed.folder / "interrupted.json"
    params.write_text(json.dumps({**PARAMETERS, "RefineMemory": new}))
    running = subprocess.Popen(
        [sys.executable, "-m", "leadline.entrypoints.cli", "deploy", "aws", "--stack", STACK,
         "--yes", "--params", str(params), "--canary", "10%", "--for", "10m"],
        env=operator_environment(deployed.emulator), cwd=deployed.folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # Whoever runs the tests in the background has its shell ignore interrupts for all.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert running.stderr is not None
    said = ""
    for line in running.stderr:
        said += line
        if "s left; runs of the new code so far" in line:
            running.send_signal(signal.SIGINT)
            break
    _, rest = running.communicate(timeout=60)
    assert running.returncode == 130, said + rest
    assert f"--stack {STACK} --canary abort" in rest
    canary.take_back(cloud, STACK, lambda _: None)
    assert_over(cloud)


def test_the_record_of_a_canary_is_kept_until_it_is_over(
    deployed: Deployment, cloud: Cloud
) -> None:
    old, new = another_memory(cloud)
    interrupted(cloud, RefineMemory=str(new))
    record = record_now(cloud)
    assert record is not None
    assert record.parameters["RefineMemory"] == str(old)
    assert "RefineLive:" in record.template
    assert kept_record(cloud, STACK, "the id of a later stack of this name") is None
    noted = json.loads(deployed.run("status", "--aws", STACK, "--json").stdout)["notes"]
    assert [n for n in noted if n.startswith("a canary is under way: 10% of the calls of Refine")]
    canary.take_back(cloud, STACK, lambda _: None)
    assert_over(cloud)
    noted = json.loads(deployed.run("status", "--aws", STACK, "--json").stdout)["notes"]
    assert [n for n in noted if "canary" in n] == []


def test_a_stack_of_before_the_aliases_gets_its_canary_for_capture_alone(
    deployed: Deployment, cloud: Cloud, emulator: Emulator, tmp_path: Path
) -> None:
    now = template()
    for name in ("Refine", "Deliver"):
        begin = now.index(f"  {name}Live:\n")
        now = now[:begin] + now[now.index(f"  {name}Messages:\n", begin) :]
        now = now.replace(f"FunctionName: !Ref {name}Live", f"FunctionName: !Ref {name}")
    deploy_template(cloud, now)
    assert aliases(cloud).keys() == {"Capture"}
    story = Story(cloud)
    outcome = story.run(LogLevel="warning")
    assert outcome.shifted
    assert (
        "Deliver had no alias before this deployment, so all of its calls reach the new code"
        in (story.said)
    )
    assert_over(cloud)


def deploy_template(cloud: Cloud, text: str) -> Any:
    order = deploying.DeploymentRequest(STACK, template=text)
    with deploying.planned(cloud, order, lambda _: None) as plan:
        return deploying.roll_out(cloud, plan, lambda _: None)
