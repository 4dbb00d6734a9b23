"""The actions of the interface for programs: each once for its `Idempotency-Key`, noted in the
audit log."""

import re
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.actions.acting import do_once
from leadline.entrypoints.dashboard.actions.correcting import FIELD
from leadline.entrypoints.dashboard.actions.leads import ACTIONS
from leadline.entrypoints.dashboard.actions.telling import ActionResult, Told
from leadline.entrypoints.dashboard.api.asking import body_in, json_answer, lead_id_in
from leadline.entrypoints.dashboard.api.model import ApiDone, CorrectWanted
from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import SentForm
from leadline.entrypoints.dashboard.guarding.problems import problem_answer
from leadline.entrypoints.dashboard.guarding.roles import Handler, Who, who_asks
from leadline.ports.reading.ledger import LeadFilter

KEY_HEADER = "idempotency-key"
LONGEST_KEY = 100
KEY_PATTERN = "[!-~]+"

_UNDER_WAY = (
    "The first request with this key is being done, or was broken off: look at the lead, and send "
    "a new key if nothing came of it."
)


class _Kept(msgspec.Struct, frozen=True):
    """What a key was first used for, and what came of it."""

    asked: str
    told: Told


def action_handler(name: str, kind: type[msgspec.Struct]) -> Handler:
    """Does the action *name* of `ACTIONS` with a body of this kind."""

    async def act(request: Request) -> Response:
        lead_id, key, who = lead_id_in(request), key_in(request), who_asks(request)
        wanted, dashboard = await body_in(request, kind), dashboard_of(request)
        form = _form_of(wanted)
        asked = sha256(repr((name, lead_id, sorted(form.items()))).encode()).hexdigest()

        def do() -> Told:
            return _done(dashboard, who, lead_id, name, form)

        told = await run_in_threadpool(done_once, dashboard, who, key, asked, do)
        if told.result is not ActionResult.DONE:
            return problem_answer(409, told.words)
        return json_answer(ApiDone(lead_id, name, told.words))

    return act


def key_in(request: Request) -> str:
    """The key of a request. Raises HTTPException (400)."""
    keys = request.headers.getlist(KEY_HEADER)
    key = keys[0] if len(keys) == 1 else ""
    if not re.fullmatch(KEY_PATTERN, key) or len(key) > LONGEST_KEY:
        raise HTTPException(
            400, f"Send one Idempotency-Key of 1 to {LONGEST_KEY} characters, new for each action."
        )
    return key


def _form_of(wanted: msgspec.Struct) -> SentForm:
    """The fields of a body as a form of the pages has them; what is not given is left out."""
    given = msgspec.to_builtins(wanted)
    if isinstance(wanted, CorrectWanted):
        return SentForm([(f"{FIELD}{name}", value) for name, value in wanted.values.items()])
    return SentForm(
        [(name, str(value)) for name, value in given.items() if value not in (None, "")]
    )


def done_once(dashboard: Dashboard, who: Who, key: str, asked: str, do: Callable[[], Told]) -> Told:
    """Do what a key asks for, and keep what came of it: asked again, it tells the same. Raises
    HTTPException (409, 422)."""
    book = dashboard.book
    digest = sha256(repr(("api", who.kind, who.name, key)).encode()).digest()
    if not book.once(digest, dashboard.clock()):
        answer = book.answered(digest)
        if not answer:
            raise HTTPException(409, _UNDER_WAY)
        kept = msgspec.json.decode(answer, type=_Kept)
        if kept.asked != asked:
            raise HTTPException(422, "This key was used before, for something else.")
        return kept.told
    try:
        told = do()
    except BaseException:
        book.forget_form(digest)
        raise
    book.answer(digest, msgspec.json.encode(_Kept(asked, told)).decode())
    return told


def _done(dashboard: Dashboard, who: Who, lead_id: str, name: str, form: SentForm) -> Told:
    """Do an action. Raises HTTPException (404, 422)."""
    with closing(dashboard.installation.ledger()) as ledger:
        if not ledger.find(LeadFilter(ids=(lead_id,), limit=1)):
            raise HTTPException(404)
    person = form.get("person", "")
    if person and person not in dashboard.settings.people:
        raise HTTPException(422, "There is nobody of that name in [people].")
    detail = f"for {person}" if person else ""
    note_action(dashboard, who, f"api.{name}", lead_id, detail)  # before it is done
    acting = msgspec.structs.replace(who, person=person) if name == "claim" else who
    told = do_once(dashboard, acting, lead_id, ACTIONS[name], form)
    if told.result is not ActionResult.DONE:
        note_action(dashboard, who, f"api.{name}", lead_id, f"not done: {told.result}")
    return told
