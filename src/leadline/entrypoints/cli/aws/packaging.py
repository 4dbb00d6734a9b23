"""`package aws`: what a deployment consists of, in a folder, for other tools that deploy.

Modules that need boto3 are imported by the command itself, because it is an optional extra.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from leadline.cloud import template_parameters
from leadline.cloud.session import need_extra
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, console, say
from leadline.infra import template
from leadline.installations import settings_check

package_app = typer.Typer(
    help="Package Leadline for another tool to deploy.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(package_app, name="package", cls=WholeHelp)


@package_app.command("aws")
def package_aws(
    out: Annotated[Path, typer.Option(help="The folder to write; it is made if it is missing.")],
    runtime: Annotated[
        str, typer.Option(help="The runtime of the functions, as AWS names it.")
    ] = "python3.13",
    architecture: Annotated[
        str, typer.Option(help="The processor of the functions: arm64 or x86_64.")
    ] = "arm64",
    settings: Annotated[
        Path | None,
        typer.Option(
            help="The leadline.toml of the functions: files that it names are packaged; the "
            "settings themselves are not, because they hold secrets."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Write the zips of the functions and the template into a folder; nothing is deployed.

    Example: leadline package aws --out build --settings leadline.toml
    """
    need_extra()
    told = _write(out, runtime, architecture, settings)
    if not told["compiled"]:
        say(
            f"{runtime} is not installed here, so the code is not compiled and cold starts take "
            "longer"
        )
    if json:
        as_json({"folder": str(out), **told})
    else:
        _print(out, told)


def _write(out: Path, runtime: str, architecture: str, settings: Path | None) -> Mapping[str, Any]:
    from leadline.cloud import remote_settings, token_checks
    from leadline.cloud.packages import carried, package_folder, wheels

    for name, value in (("Runtime", runtime), ("Architecture", architecture)):
        template_parameters.refuse_other(name, value)
    text, files = "", {}
    if settings is not None:
        text = remote_settings.read_settings(
            settings, partial(settings_check.check, elsewhere=True)
        )
        files = dict(carried.carried_files(settings))
    packages = package_folder.packages_for(
        wheels.target_of(runtime, architecture),
        files,
        checks_tokens=token_checks.sources_demand_tokens(text),
    )
    return package_folder.write_folder(out, runtime, architecture, packages, template())


def _print(out: Path, told: Mapping[str, Any]) -> None:
    for name, about in told["files"].items():
        console().print(
            f"{about['sha256'][:12]}  {about['bytes']:>10,}  {out / name}",
            soft_wrap=True, markup=False, highlight=False,
        )  # fmt: skip
    say(
        "upload the zips to a bucket under the keys in package.json, and give CloudFormation the "
        "template with CodeBucket, CaptureCode and WorkCode; the settings go into the SSM "
        "parameter /leadline/STACK/settings"
    )
