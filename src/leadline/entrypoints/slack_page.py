"""Block Kit messages drawn as Slack draws them: as a web page, or as text for a terminal."""

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

Message = dict[str, Any]

_TOKEN = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_STYLE = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1d1c1d;--dim:#616061;--line:#dddddd;--link:#1264a3}
@media(prefers-color-scheme:dark){
:root{--bg:#1a1d21;--fg:#d1d2d3;--dim:#ababad;--line:#35373b;--link:#1d9bd1}}
body{background:var(--bg);color:var(--fg);font:15px/1.46 Lato,"Segoe UI",system-ui,sans-serif;
max-width:720px;margin:0 auto;padding:12px 20px}
h1{font-size:18px;border-bottom:1px solid var(--line);padding-bottom:10px;margin:0 0 8px}
article{display:flex;gap:10px;padding:10px 0}
.icon{flex:0 0 36px;height:36px;border-radius:6px;background:#2eb67d;color:#fff;text-align:center;
font:700 20px/36px sans-serif}
.who b{margin-right:6px}.app{background:var(--line);color:var(--dim);font-size:10px;padding:1px 4px;
border-radius:3px}
main>article>div:last-child{flex:1;min-width:0}
h2{font-size:18px;margin:4px 0}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:6px 16px;margin:6px 0}
.fields div,.text{white-space:pre-wrap;overflow-wrap:anywhere}
blockquote{margin:6px 0;padding-left:12px;border-left:4px solid var(--line);white-space:pre-wrap;
overflow-wrap:anywhere}
.context{color:var(--dim);font-size:13px;margin:4px 0;overflow-wrap:anywhere}
.button{display:inline-block;border:1px solid var(--line);border-radius:4px;padding:4px 12px;
font-weight:700;font-size:13px;margin:4px 8px 4px 0}
a{color:var(--link);text-decoration:none}code{color:#e01e5a;border:1px solid var(--line);
border-radius:3px;padding:0 3px;font-size:12px}
.empty{color:var(--dim)}
"""


def page(messages: Sequence[Message]) -> str:
    """The newest messages, newest first, as a page that renews itself every two seconds."""
    drawn = "\n".join(_article(m) for m in list(messages)[-100:][::-1])
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" '
        f'content="2"><title># new-leads ({len(messages)})</title><style>{_STYLE}</style>'
        f"<h1># new-leads <small>· {len(messages)} messages, none of them sent anywhere</small>"
        f"</h1><main>{drawn or '<p class=empty>Waiting for the first alert …</p>'}</main></html>"
    )


def as_terminal(message: Message) -> str:
    """One message as plain text."""
    told: list[str] = []
    for block in message.get("blocks", []):
        kind = block["type"]
        if kind == "header":
            told.append(block["text"]["text"])
        elif kind == "section":
            told += [_plain(block["text"]["text"])] if "text" in block else []
            told += ["  " + _plain(f["text"]).replace(":\n", ": ") for f in block.get("fields", [])]
        elif kind == "rich_text":
            told.append("  > " + _quote(block).replace("\n", "\n  > "))
        elif kind == "context":
            told += ["  " + _plain(e["text"]) for e in block["elements"]]
    return "\n".join(told)


def _article(message: Message) -> str:
    blocks = "".join(_block(b) for b in message.get("blocks", []))
    body = blocks or f'<div class="text">{_mrkdwn(str(message.get("text", "")))}</div>'
    return (
        '<article><div class="icon">L</div><div><div class="who"><b>Leadline</b>'
        f'<span class="app">APP</span></div>{body}</div></article>'
    )


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<h2>{html.escape(block['text']['text'])}</h2>"
        case "section":
            text = (
                f'<div class="text">{_mrkdwn(block["text"]["text"])}</div>'
                if ("text" in block)
                else ""
            )
            cells = "".join(f"<div>{_mrkdwn(f['text'])}</div>" for f in block.get("fields", []))
            return text + (f'<div class="fields">{cells}</div>' if cells else "")
        case "rich_text":
            return f"<blockquote>{html.escape(_quote(block))}</blockquote>"
        case "actions":
            return "".join(
                f'<a class="button" href="{html.escape(e.get("url", "#"))}">'
                f"{html.escape(e['text']['text'])}</a>"
                for e in block["elements"]
            )
        case "context":
            return "".join(
                f'<div class="context">{_mrkdwn(e["text"])}</div>' for e in block["elements"]
            )
    return ""


def _quote(block: dict[str, Any]) -> str:
    return "".join(
        part.get("text", "")
        for element in block["elements"]
        for part in element.get("elements", [])
    )


def _mrkdwn(text: str) -> str:
    """Slack's markup as HTML; what is escaped in it stays escaped."""
    out: list[str] = []
    end = 0
    for found in _TOKEN.finditer(text):
        out.append(_styled(text[end : found.start()]))
        out.append(_link(found[1], found[2]))
        end = found.end()
    out.append(_styled(text[end:]))
    return "".join(out)


def _styled(text: str) -> str:
    safe = html.escape(html.unescape(text)).replace("\u200b", "")
    broken = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", safe)
    return re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"<b>\1</b>", broken)


def _link(target: str, label: str | None) -> str:
    if target.startswith("!date^"):
        _, stamp, form, *_ = target.split("^")
        at = datetime.fromtimestamp(int(stamp), UTC)
        clock = f"{at:%H:%M:%S}" if "secs" in form else f"{at:%H:%M}"
        return f"{at:%b} {at.day}, {at.year} {clock} UTC"
    return f'<a href="{html.escape(html.unescape(target))}">{_styled(label or target)}</a>'


def _plain(text: str) -> str:
    shown = _TOKEN.sub(lambda found: found[2] or found[1], text)
    return html.unescape(shown).replace("*", "").replace("\u200b", "")
