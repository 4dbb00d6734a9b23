"""What a stack was deployed with, whether by parameters or by values in its template."""

import json
from typing import Any

import pytest

from leadline.cloud.session import CloudError
from leadline.cloud.stacks import deployed_with


def stack(output: str | None = None, **parameters: str) -> dict[str, Any]:
    """A stack as CloudFormation describes it."""
    outputs = [] if output is None else [{"OutputKey": "Parameters", "OutputValue": output}]
    given = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    return {"StackName": "leads", "Outputs": outputs, "Parameters": given}


def test_values_that_the_template_holds_are_read_from_the_output_that_tells_them() -> None:
    told = json.dumps({"Delay": "1s", "RawExpireDays": "30"})
    assert deployed_with(stack(told, LogLevel="debug")) == {
        "Delay": "1s",
        "RawExpireDays": "30",
        "LogLevel": "debug",
    }


def test_a_parameter_of_the_stack_counts_more_than_what_the_output_tells() -> None:
    assert deployed_with(stack('{"Delay": "1s"}', Delay="9m")) == {"Delay": "9m"}
    assert deployed_with(stack(Delay="9m")) == {"Delay": "9m"}


@pytest.mark.parametrize("output", ["{", "[]", "7"])
def test_an_output_that_is_no_object_is_refused_with_the_name_of_the_stack(output: str) -> None:
    with pytest.raises(CloudError, match=r"stack leads .*leadline-cdk"):
        deployed_with(stack(output))
