"""Block Kit messages drawn as Slack draws them: as a web page, or as text for a terminal."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

Message = dict[str, Any]

SHOWN = 100
"""The number of newest messages on the page."""

SAFE = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page's Content-Security-Policy: nothing that a lead wrote can be executed."""

SCRIPT = """
let seen = document.querySelector("main").dataset.count;
setInterval(async () => {
  try {
    const count = await (await fetch("/count")).text();
    if (count === seen) return;
    const parser = new DOMParser();
    const page = parser.parseFromString(await (await fetch("/")).text(), "text/html");
    for (const part of ["h1", "main"])
      document.querySelector(part).replaceWith(page.querySelector(part));
    document.title = page.title;
    seen = count;
  } catch { /* the stand-in is away: ask again */ }
}, 2000);
const press = async (control, value) => {
  const {message, private: hidden, action} = control.dataset;
  const body = JSON.stringify({
    message: Number(message), private: hidden === "1", action, value,
    user: document.querySelector("#as").value,
  });
  const headers = {"content-type": "application/json"};
  const told = document.querySelector("#told");
  try {
    told.textContent = await (await fetch("/press", {method: "POST", headers, body})).text();
  } catch { told.textContent = "This page's server is away."; }
};
document.addEventListener("click", (event) => {
  const control = event.target.closest("button[data-action]");
  if (control) press(control, control.dataset.value);
});
document.addEventListener("change", (event) => {
  const control = event.target.closest("select[data-action]");
  if (control && control.value) { press(control, control.value); control.value = ""; }
});
"""
"""Checks for new messages every two seconds, and updates the page only if there are any; posts what
is pressed."""

_TOKEN = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_CODE = re.compile(r"(?<![\w`])`([^`\n]+)`(?![\w`])")
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+)(?<=\S)_(?![\w_])"), r"<i>\1</i>"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+)(?<=\S)~(?![\w~])"), r"<s>\1</s>"),
)
_UNESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.I)
_NOT_FOR_TERMINALS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b]")
_COLUMN = 40

_STYLE = """
:root{color-scheme:light dark;--page:#fff;--text:#1d1c1d;--dim:#616061;--line:#ddd;
--link:#1264a3;--code:#c01343;--code-bg:#f6f6f6;--hover:#f8f8f8;--tag:#ececec}
@media(prefers-color-scheme:dark){:root{--page:#1a1d21;--text:#d1d2d3;--dim:#9a9b9e;
--line:#393c41;--link:#4ba5dd;--code:#e8912d;--code-bg:#232629;--hover:#222529;--tag:#393c41}}
*{box-sizing:border-box}
body{background:var(--page);color:var(--text);margin:0 auto;max-width:800px;padding:0 0 24px;
font:15px/1.47 Slack-Lato,Lato,"Segoe UI",system-ui,-apple-system,sans-serif}
h1{position:sticky;top:0;background:var(--page);border-bottom:1px solid var(--line);font-size:18px;
font-weight:900;margin:0 0 8px;padding:12px 20px}
h1 small{color:var(--dim);font-size:13px;font-weight:400;margin-left:8px}
article{display:flex;gap:8px;padding:10px 20px}
article:hover{background:var(--hover)}
.icon{background:#4a154b;border-radius:6px;color:#fff;flex:0 0 36px;height:36px;font-size:20px;
line-height:36px;text-align:center}
.body{flex:1;min-width:0}
.who b{font-weight:900}
.tag{background:var(--tag);border-radius:2px;color:var(--dim);font-size:10px;font-weight:700;
margin:0 6px;padding:1px 4px;vertical-align:1px}
time.at{color:var(--dim);font-size:12px}
h2{font-size:18px;font-weight:900;line-height:1.33;margin:6px 0 4px}
.fields{display:grid;gap:8px 16px;grid-template-columns:1fr 1fr;margin:6px 0}
.fields div,.text,blockquote,.context{overflow-wrap:anywhere;white-space:pre-wrap}
.text{margin:4px 0}
blockquote{border-left:4px solid var(--line);border-radius:2px;margin:8px 0;padding-left:12px}
.context{color:var(--dim);display:flex;flex-wrap:wrap;font-size:13px;gap:0 10px;margin:4px 0}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.button{border:1px solid var(--line);border-radius:4px;color:inherit;font-size:13px;
font-weight:700;line-height:26px;padding:0 12px}
button.button,select.button{background:none;cursor:pointer;font-family:inherit}
select.button{background:var(--page)}
.private{border-left:4px solid var(--tag);margin:0 20px 0 64px}
.private p,nav{color:var(--dim);font-size:13px;margin:0;padding:0 20px}
#told{font-weight:700;margin-left:8px}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
code{background:var(--code-bg);border:1px solid var(--line);border-radius:3px;color:var(--code);
display:inline-block;font-size:12px;line-height:1.3;max-width:100%;padding:1px 3px}
.empty{color:var(--dim);padding:0 20px}
@media(max-width:480px){.fields{grid-template-columns:1fr}}
"""


def page(
    articles: Sequence[str], changes: int | None = None, people: Mapping[str, str] | None = None
) -> str:
    """The newest of these articles, newest first, as a page that updates itself.

    *changes* is what `/count` answers while the page is like this (None: the number of articles).
    *people* are the names of those who may press buttons, by Slack user id; None: nobody.
    """
    count = len(articles)
    changes = count if changes is None else changes
    drawn = "\n".join(reversed(articles[-SHOWN:])) or '<p class="empty">No alert yet.</p>'
    noun = "message" if count == 1 else "messages"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<noscript><meta http-equiv="refresh" content="2"></noscript>'
        f"<title># new-leads ({count})</title><style>{_STYLE}</style></head><body>"
        f"<h1># new-leads<small>a stand-in for Slack · {count} {noun}, "
        f"none sent anywhere</small></h1>{_presser(people)}"
        f'<main data-count="{changes}">{drawn}</main>'
        '<script src="/page.js"></script></body></html>'
    )


def _presser(people: Mapping[str, str] | None) -> str:
    """The choice of who presses, and the place for what went wrong."""
    if people is None:
        return ""
    options = "".join(
        f'<option value="{html.escape(ident)}">{html.escape(name)}</option>'
        for ident, name in people.items()
    )
    return (
        f'<nav>Buttons are pressed as <select id="as" aria-label="who presses">{options}</select>'
        '<span id="told" role="status"></span></nav>'
    )


def link_button(element: Message) -> str:
    """A button or menu as a link; without a URL nothing happens when it is clicked."""
    return _anchor(element.get("url", ""), html.escape(caption(element)), "button")


def article(message: Message, at: datetime, control: Callable[[Message], str] = link_button) -> str:
    """One message, received *at* that time, as HTML; *control* draws a button or menu.

    Raises KeyError, TypeError, ValueError or AttributeError if it is not a Block Kit message.
    """
    body = "".join(_block(block, control) for block in message.get("blocks", ()))
    body = body or f'<div class="text">{_mrkdwn(message["text"])}</div>'
    return (
        '<article><div class="icon">🎯</div><div class="body"><div class="who"><b>Leadline</b>'
        f'<span class="tag">APP</span><time class="at" datetime="{at:%Y-%m-%dT%H:%M:%SZ}">'
        f"{at:%H:%M}</time></div>{body}</div></article>"
    )


def as_terminal(message: Message) -> str:
    """One message as plain text, with fields in two columns if they fit."""
    told: list[str] = []
    for block in message.get("blocks", ()):
        match block["type"]:
            case "header":
                told += [block["text"]["text"], ""]
            case "section":
                told += [_plain(block["text"]["text"])] if "text" in block else []
                told += [*_columns([_plain(f["text"]) for f in block.get("fields", ())]), ""]
            case "rich_text":
                told += [*(f"│ {line}" for line in _quoted(block).split("\n")), ""]
            case "actions":
                told += [f"[{caption(e)}] {e.get('url', '')}" for e in block["elements"]]
            case "context":
                told.append("  ".join(_plain(e["text"]) for e in block["elements"]))
    return "\n".join(_NOT_FOR_TERMINALS.sub("", line) for line in told or [_plain(message["text"])])


def _columns(fields: Sequence[str]) -> list[str]:
    cells = [field.replace(":\n", ": ", 1) for field in fields]
    rows: list[str] = []
    for left, right in zip_longest(cells[::2], cells[1::2], fillvalue=""):
        fits = len(left) < _COLUMN and "\n" not in left + right
        rows += [f"{left:{_COLUMN}}{right}".rstrip()] if fits else [left, right]
    return rows


def _block(block: Message, control: Callable[[Message], str]) -> str:
    match block["type"]:
        case "header":
            return f"<h2>{html.escape(block['text']['text'])}</h2>"
        case "section":
            cells = "".join(f"<div>{_mrkdwn(f['text'])}</div>" for f in block.get("fields", ()))
            drawn = f'<div class="fields">{cells}</div>' if cells else ""
            if "text" in block:
                drawn = f'<div class="text">{_mrkdwn(block["text"]["text"])}</div>{drawn}'
            return drawn + (control(block["accessory"]) if "accessory" in block else "")
        case "rich_text":
            return f"<blockquote>{html.escape(_quoted(block))}</blockquote>"
        case "actions":
            buttons = "".join(map(control, block["elements"]))
            return f'<div class="actions">{buttons}</div>'
        case "context":
            parts = "".join(f"<span>{_mrkdwn(e['text'])}</span>" for e in block["elements"])
            return f'<div class="context">{parts}</div>'
    return ""


def caption(element: Message) -> str:
    """The label of a button or a menu."""
    if element["type"] == "static_select":
        return f"{element['placeholder']['text']} ▾"
    return str(element["text"]["text"])


def _quoted(block: Message) -> str:
    parts = (part for element in block["elements"] for part in element["elements"])
    return "".join(str(part.get("text", "")) for part in parts)


def _mrkdwn(text: str) -> str:
    """Slack's markup as HTML."""
    out: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        out += _styled(text[end : match.start()]), _special(match[1], match[2])
        end = match.end()
    return "".join([*out, _styled(text[end:])])


def _styled(text: str) -> str:
    # Text between backticks is code, in which no other markup is interpreted.
    parts = _CODE.split(html.escape(_unescaped(text)))
    for i in range(0, len(parts), 2):
        for style, tag in _STYLES:
            parts[i] = style.sub(tag, parts[i])
    parts[1::2] = [f"<code>{code}</code>" for code in parts[1::2]]
    return "".join(parts)


def _special(target: str, label: str | None) -> str:
    """The HTML for markup in angle brackets: a time, a mention or a link."""
    if target.startswith("!date^"):
        at, shown = _time(target)
        return f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{html.escape(shown)}</time>'
    if target[:1] in "!@#":
        return f"<b>{html.escape(label or target)}</b>"
    return _anchor(_unescaped(target), _styled(label or target))


def _anchor(url: str, label: str, kind: str = "") -> str:
    href = f' href="{html.escape(url)}"' if _SAFE_LINK.match(url) else ""
    return f'<a{f" class={kind}" if kind else ""}{href} rel="noreferrer">{label}</a>'


def _time(target: str) -> tuple[datetime, str]:
    """The time of a date token and its text, in UTC (Slack uses the reader's time zone)."""
    _, stamp, form, *_ = target.split("^")
    at = datetime.fromtimestamp(int(stamp), UTC)
    shown = re.sub(r"\{date\w*\}", f"{at:%b} {at.day}, {at.year}", form)
    shown = shown.replace("{time}", f"{at:%H:%M}").replace("{time_secs}", f"{at:%H:%M:%S}")
    return at, f"{shown} UTC"


def _plain(text: str) -> str:
    """Slack's markup as plain text."""
    end, out = 0, []
    for match in _TOKEN.finditer(text):
        out += [_bare(text[end : match.start()])]
        is_date = match[1].startswith("!date^")
        out += [_time(match[1])[1] if is_date else _bare(match[2] or match[1])]
        end = match.end()
    return "".join([*out, _bare(text[end:])])


def _bare(text: str) -> str:
    bold, *_ = _STYLES
    for style in (_CODE, bold[0]):
        text = style.sub(r"\1", text)
    return _unescaped(text)


def _unescaped(text: str) -> str:
    """The text without escapes; Slack has only three entities."""
    for entity, character in _UNESCAPED:
        text = text.replace(entity, character)
    return text
