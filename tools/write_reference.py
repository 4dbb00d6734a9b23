"""Write the pages that follow from the code, and the generated parts of other pages.

    python tools/write_reference.py          # write them anew
    python tools/write_reference.py --check  # exit 1 when one of them is stale

A further page is one more entry of `PAGES`: its path and the function that gives its text.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from tools import (  # noqa: E402
    alert_rules,
    api_page,
    aws_template_page,
    cdk_parameters,
    cli_page,
    conditions_page,
    cost_page,
    dashboard_page,
    data_places_page,
    demo_page,
    docs_index_page,
    figures_page,
    grafana_dashboard,
    logs_page,
    metrics_page,
    scale_page,
    serverless_files,
    settings_page,
    terraform_variables,
)

PAGES: Mapping[str, Callable[[], str]] = {
    figures_page.README: lambda: demo_page.with_demo(figures_page.README, figures_page.readme()),
    demo_page.QUICKSTART: demo_page.quickstart,
    figures_page.MEASUREMENTS: figures_page.measurements,
    docs_index_page.INDEX: docs_index_page.text,
    alert_rules.PAGE: alert_rules.page,
    alert_rules.RULES: alert_rules.rules_file,
    grafana_dashboard.FILE: grafana_dashboard.text,
    api_page.PAGE: api_page.text,
    "docs/reference/aws-template.md": aws_template_page.text,
    "docs/reference/cli.md": cli_page.text,
    conditions_page.PAGE: conditions_page.text,
    data_places_page.PAGE: data_places_page.text,
    dashboard_page.PAGE: dashboard_page.text,
    "docs/reference/logs.md": logs_page.text,
    "docs/reference/metrics.md": metrics_page.text,
    "docs/reference/settings.md": settings_page.text,
    serverless_files.FUNCTIONS: serverless_files.functions_file,
    serverless_files.RESOURCES: serverless_files.resources_file,
    cdk_parameters.PYTHON: cdk_parameters.python_module,
    cdk_parameters.TYPESCRIPT: cdk_parameters.typescript_module,
    terraform_variables.FILE: terraform_variables.text,
    scale_page.PAGE: scale_page.page,
    cost_page.COST: cost_page.cost_page,
    cost_page.DEPLOY: cost_page.deploy_page,
    cost_page.CLOCKS: cost_page.clocks_page,
}


def stale(root: Path = ROOT) -> list[str]:
    """The pages whose files are not what the code says."""
    return [name for name, text in PAGES.items() if _current(root / name) != text()]


def _current(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main(arguments: list[str], root: Path = ROOT) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    pages = stale(root)
    if not arguments:
        for name in pages:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PAGES[name](), encoding="utf-8")
            print(f"wrote {name}")
        return 0
    for name in pages:
        print(f"{name} is stale: run `make docs`")
    return 1 if pages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
