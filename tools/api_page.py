"""The text of docs/reference/api.md, out of the table of operations."""

from typing import Any

import msgspec

from leadline.entrypoints.dashboard.api.limiting import BURST, EACH_SECOND
from leadline.entrypoints.dashboard.api.openapi import FAILURES, query_schemas
from leadline.entrypoints.dashboard.api.operations import OPERATIONS, ApiOperation
from leadline.entrypoints.dashboard.api.writing import LONGEST_KEY

PAGE = "docs/reference/api.md"

_INTRODUCTION = f"""# JSON API

<!-- Written by `make docs` out of src/leadline/entrypoints/dashboard/api: edit that, not this. -->

Programs ask for leads and act on them below `/api/v1`, at the address of the
[dashboard](../how-to/use-the-dashboard.md#give-a-program-access), with a token:

```console
$ curl -H "Authorization: Bearer $TOKEN" 'http://127.0.0.1:8081/api/v1/leads?status=dead&limit=10'
$ curl -H "Authorization: Bearer $TOKEN" -H 'Idempotency-Key: 7c9e' \\
    -H 'Content-Type: application/json' -d '{{"person": "ada"}}' http://127.0.0.1:8081/api/v1/leads/ID/assign
```

`GET /openapi.json` describes all of it for generators of clients (OpenAPI 3.1), without a token.

- **Roles.** What a token reads is what its role sees: for a viewer personal data is masked, and
  `q` searches what is shown. A POST needs the scope `write` and the role operator. Looks at
  unmasked leads and all actions are in the audit log.
- **Pages.** A list ends with `next`, which is the `cursor` of the next page; it is null at the
  end. Leads that come in meanwhile are not on later pages. With filters, an index of all leads
  answers, which may be a second behind while many leads come in. On a stack, and while the index
  is being made, `owner`, `duplicates`, and for viewers `q`, look at the newest 20,000 leads that
  meet the other filters alone: choose `since` and `until` to reach older ones.
- **Repetition.** A POST needs an `Idempotency-Key` of 1 to {LONGEST_KEY} characters. The same
  request with the same key does nothing for a day and answers the same; another request with it
  is answered with 422. After 404, 422 and 503 nothing was done, and the key is free.
- **Rate.** {BURST} requests at once, and {EACH_SECOND} more each second, for each token; then 429
  with `Retry-After`.
- **Errors** are problem details (RFC 9457, `application/problem+json`) that say nothing of a
  lead's person.
- **Times** are RFC 3339; spans of time are ISO 8601 durations. Unknown parameters and fields are
  refused, so that a misspelt filter never lists everything. New fields may be added to answers
  within `v1`.
"""


def text() -> str:
    """The page."""
    return "\n".join([_INTRODUCTION, *map(_section, OPERATIONS), _failures()])


def _section(one: ApiOperation) -> str:
    lines = [f"## {one.method} {one.path}", "", one.about, ""]
    if parameters := query_schemas(one):
        lines += ["| parameter | meaning | values |", "| --- | --- | --- |"]
        lines += [f"| `{name}` | {_about(of)} | {_values(of)} |" for name, of in parameters.items()]
        lines.append("")
    if one.wanted is not None:
        fields = msgspec.json.schema(one.wanted)["$defs"][one.wanted.__name__]["properties"]
        names = ", ".join(f"`{name}`" for name in fields)
        about = " ".join((one.wanted.__doc__ or "").split())
        lines += [f"Body: {names}. {about}" if fields else "Without a body.", ""]
    kind = one.picks or one.answer
    names = ", ".join(f"`{name}`" for name in kind.__struct_encode_fields__)
    what = "Each lead" if one.name == "leads" else "Answer"
    return "\n".join([*lines, f"{what}: {names}.", ""])


def _about(schema: dict[str, Any]) -> str:
    return str(schema.get("description", "")).replace("|", "\\|")


def _values(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"] if one)
    words = {"boolean": "`true` or `false`", "integer": "a number"}.get(schema.get("type", ""))
    if "minimum" in schema and "maximum" in schema:
        words = f"{schema['minimum']} to {schema['maximum']}"
    default = schema.get("default")
    usual = f"; usually {default}" if isinstance(default, int) and default is not False else ""
    return f"{words or ('a time' if schema.get('format') else 'text')}{usual}"


def _failures() -> str:
    rows = [f"| {status} | {words} |" for status, words in FAILURES.items()]
    return "\n".join(["## Errors", "", "| status | why |", "| --- | --- |", *rows, ""])
