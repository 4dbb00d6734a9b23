"""Browsers that post a form to the Capture function."""

from typing import Any

from tests.worlds.aws_functions import Functions

SITE = "https://www.example.com"
FORM = b"email=ada%40example.com&retURL=https%3A%2F%2Fwww.example.com%2Fthanks"


def posted(functions: Functions, body: bytes = FORM, method: str = "POST", **headers: str) -> Any:
    functions.write(f'{functions.settings_text()}\n[sources.form]\nsites = "{SITE}"\n')
    kind = {"content-type": "application/x-www-form-urlencoded", "origin": SITE}
    return functions.request(
        body, httpMethod=method, path="/webhook/form", pathParameters={"source": "form"},
        headers=kind | {name.replace("_", "-"): value for name, value in headers.items()},
    )  # fmt: skip


def test_a_browser_is_sent_to_the_forms_page(functions: Functions) -> None:
    answer = posted(functions, accept="text/html,*/*;q=0.8")
    assert (answer["statusCode"], answer["headers"]["location"]) == (303, f"{SITE}/thanks")
    assert len(functions.messages()) == 1


def test_a_browser_that_is_refused_reads_a_page(functions: Functions) -> None:
    answer = posted(functions, b"a=" + b"b" * (1 << 20), accept="text/html")
    assert answer["statusCode"] == 413
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert answer["headers"]["access-control-allow-origin"] == SITE


def test_a_script_of_the_site_may_post(functions: Functions) -> None:
    asked = posted(functions, b"", "OPTIONS", access_control_request_method="POST")
    assert (asked["statusCode"], asked["headers"]["access-control-allow-origin"]) == (204, SITE)
    answer = posted(functions, accept="application/json")
    assert answer["headers"]["vary"] == "Origin"
    assert answer["headers"]["content-type"] == "application/json"
