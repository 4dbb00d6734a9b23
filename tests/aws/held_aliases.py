"""Aliases held on old code while the newest code is broken: who calls the functions without their
aliases fails then. The emulator sends all calls of an alias to its main version, so shares can't
be seen there."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.aws.deployment import Deployment

HELD = ("Refine", "Deliver")
_NOTHING = "leadline.entrypoints.aws.nothing.handler"


@contextmanager
def held_on_old_code(stack: Deployment) -> Iterator[None]:
    """Hold the aliases of Refine and Deliver on the code of now, and break the newest code."""
    with ExitStack() as held:
        for name in HELD:
            held.enter_context(_held(stack, stack.outputs[f"{name}Name"]))
        yield


@contextmanager
def _held(stack: Deployment, function: str) -> Iterator[None]:
    client = stack.client("lambda")
    usual = client.get_function_configuration(FunctionName=function)["Handler"]
    version = client.publish_version(FunctionName=function)["Version"]
    client.update_alias(FunctionName=function, Name="live", FunctionVersion=version)
    client.update_function_configuration(FunctionName=function, Handler=_NOTHING)
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=function, Handler=usual)
        client.update_alias(FunctionName=function, Name="live", FunctionVersion="$LATEST")
        client.delete_function(FunctionName=function, Qualifier=version)
