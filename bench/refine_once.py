"""What refining leads costs the build in whose tree this is run, part by part.

    python refine_once.py FILE WARM rules|parts|stored [FOLDER]

`bench.refine_cost` runs it in the trees of two builds in turns, so it speaks to either. FILE holds
a JSON list of flat leads, of which the last WARM are refined before anything is timed, with numbers
of all countries, because what is loaded once is not part of a lead's cost. Of each hundred leads
the least of several rounds counts, each in a process that knows nothing of the others: a second
time what a lead left in a cache would be counted as speed.

*rules* are the pure rules; *parts* the same, watched; *stored* the whole step with a store in
FOLDER. Prints a JSON object of CPU microseconds a lead.
"""

import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import phonenumbers

import leadline.refine as rules
from leadline.refine import About

try:
    import leadline.journey.corrections.ruled as ruled
    import leadline.journey.refinement.refining as step
    from leadline.channels.slack.webhook import SlackWebhook
    from leadline.channels.slack.writer import SlackWriter
    from leadline.journey.receiving.capture import CaptureKit, read
    from leadline.model.lead import Delivery, LeadFields
    from leadline.ports.channel import Channel
    from leadline.settings.top.general import Settings
    from leadline.stores.sqlite.persons.likeness import LikenessKeeping
    from leadline.stores.sqlite.store import SqliteStore
except ImportError:  # commit 173241e, the build of the first release
    import leadline.pipeline as step  # type: ignore

    ruled = step  # type: ignore
    from leadline.adapters.slack import SlackWebhook  # type: ignore
    from leadline.adapters.sqlite import SqliteStore  # type: ignore
    from leadline.capture import CaptureKit, read  # type: ignore
    from leadline.deliver.channel import Channel  # type: ignore
    from leadline.deliver.slack import SlackWriter  # type: ignore
    from leadline.lead import Delivery, LeadFields  # type: ignore

    from leadline.settings import Settings  # type: ignore

    LikenessKeeping = None  # type: ignore

from leadline.kit import Kit
from leadline.wiring import sources

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ABOUT = About("018d0c2a-0000-7000-8000-000000000000", NOW, NOW, "bench", "US")
BATCH, ROUNDS = 100, 7
Lead = Mapping[str, Any]
_KNOWN = frozenset(
    {"name", "first_name", "last_name", "email", "phone", "company", "title", "country", "message"}
)
RULES: Mapping[str, tuple[str, ...]] = {
    "of the first release": ("_contact", "_details", "refine_details", "suspicions"),
    "once": ("_turn", "_refined_once"),
}
"""Today's functions in which the rules of the first release are, and all rules once."""
STEP: Mapping[str, tuple[str, ...]] = {
    "read": ("fields_of_lead", "_fields"),
    "duplicates": ("_links", "_link_to_first_seen"),
    "assignment": ("_outcome", "seekers"),
    "store": ("settle",),
}
"""The parts of the whole step, by the names that their functions have in either build."""
OF_RULES: Mapping[str, tuple[str, ...]] = {"rules": ("refine",)}
"""The rules, which today's build has in a module of their own."""
KEPT: Mapping[str, tuple[str, ...]] = {"kept for duplicates": ("keep", "write")}
"""What the store does, besides, so that later leads find this one; in today's build only."""


class Watch:
    """Adds up the CPU time in functions of a module, and how often they were called."""

    def __init__(self, module: Any, parts: Mapping[str, tuple[str, ...]]) -> None:
        self.seconds = dict.fromkeys(parts, 0.0)
        self.calls = dict.fromkeys(parts, 0)
        for part, names in parts.items():
            for name in names:
                if hasattr(module, name):
                    setattr(module, name, self._watched(part, getattr(module, name)))

    def _watched(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return work(*given, **named)
            finally:
                self.seconds[part] += time.process_time() - began
                self.calls[part] += 1

        return watched


def numbers_of_all_countries() -> Iterator[LeadFields]:
    """Numbers of every kind of every country, so that the numbering plans are loaded."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in phonenumbers.PhoneNumberType.values():
            if (number := phonenumbers.example_number_for_type(region, kind)) is not None:
                e164 = phonenumbers.PhoneNumberFormat.E164
                yield LeadFields(phone=phonenumbers.format_number(number, e164))


def rules_alone(leads: Sequence[Lead], warm: int) -> dict[str, float]:
    """The pure rules, unwatched."""
    fields = _warmed(leads, warm)
    return {"rules": sum(_least(lambda: list(map(_seconds_of, _chunks(fields)))))}


def rules_watched(leads: Sequence[Lead], warm: int) -> dict[str, float]:
    """The parts of the pure rules, as far as this build has them: those of the first release, all
    once, and how often they are applied to a lead."""
    fields = _warmed(leads, warm)
    watch = Watch(rules, RULES)

    def parts() -> list[float]:
        found = []
        for chunk in _chunks(fields):
            before = list(watch.seconds.values())
            _seconds_of(chunk)
            found += [now - then for now, then in zip(watch.seconds.values(), before, strict=True)]
        return [*found, watch.calls["once"] / 1e6]

    *least, turns = _least(parts)
    names = list(watch.seconds)
    return {
        **{name: sum(least[at :: len(names)]) for at, name in enumerate(names)},
        "turns": turns,
    }


def _warmed(leads: Sequence[Lead], warm: int) -> list[LeadFields]:
    """The leads that are to be timed, after the others and numbers of all countries."""
    fields = [_fields_of(lead) for lead in leads]
    for one in (*numbers_of_all_countries(), *fields[-warm:]):
        rules.refine(one, ABOUT)
    return fields[:-warm]


def _chunks(fields: Sequence[LeadFields]) -> list[Sequence[LeadFields]]:
    return [fields[at : at + BATCH] for at in range(0, len(fields), BATCH)]


def _seconds_of(fields: Sequence[LeadFields]) -> float:
    began = time.process_time()
    for one in fields:
        rules.refine(one, ABOUT)
    return time.process_time() - began


def _least(work: Callable[[], list[float]]) -> list[float]:
    """The least of each figure over several rounds, each in a process of its own that has what
    this one has loaded, and nothing of the rounds before."""
    gc.collect()
    gc.freeze()
    rounds = []
    for _ in range(ROUNDS):
        there, here = os.pipe()
        if not (child := os.fork()):
            with os.fdopen(here, "w") as answer:
                json.dump(work(), answer)
            os._exit(0)
        os.close(here)
        with os.fdopen(there) as answer:
            rounds.append(json.load(answer))
        os.waitpid(child, 0)
    return [min(figures) for figures in zip(*rounds, strict=True)]


def stored(leads: Sequence[Lead], warm: int, folder: Path) -> dict[str, float]:
    """The whole step with a store, and its parts."""
    kit = filled(leads, folder)
    for one in numbers_of_all_countries():
        rules.refine(one, ABOUT)
    step.refine_due(kit, warm)
    watch, of_rules = Watch(step, STEP), Watch(ruled, OF_RULES)
    kept = Watch(LikenessKeeping, KEPT)
    gc.collect()
    gc.freeze()  # one look at all that was loaded would fall on some part by chance
    began = time.process_time()
    while step.refine_due(kit, BATCH):
        pass
    whole = time.process_time() - began
    return {"whole": whole, **watch.seconds, **of_rules.seconds, **kept.seconds}


def filled(leads: Sequence[Lead], folder: Path) -> Kit:
    """A kit whose store has these leads, all of them due, the last ones first."""
    kit = kit_of(folder)
    front = CaptureKit(kit.sources, timedelta())
    at = datetime.now(UTC) - timedelta(seconds=1)
    for start in range(len(leads), 0, -BATCH):
        some = leads[max(start - BATCH, 0) : start]
        bodies = [json.dumps(lead, ensure_ascii=False).encode() for lead in some]
        kit.store.accept([e for one in bodies for e in read(Delivery("generic", one, at), front)])
    return kit


def kit_of(folder: Path) -> Kit:
    """A kit with the store in a folder, which alerts one channel of every lead."""
    messenger = SlackWebhook("http://127.0.0.1:9/services/none")  # nothing is sent here
    return Kit(
        store=SqliteStore(folder),
        sources=sources(Settings(data=folder)),
        channels={"slack": Channel(name="slack", writer=SlackWriter(), messenger=messenger)},
        clock=lambda: datetime.now(UTC),
        chance=random.random,
    )


def _fields_of(lead: Lead) -> LeadFields:
    known = {key: value for key, value in lead.items() if key in _KNOWN}
    return LeadFields(**known, custom={k: v for k, v in lead.items() if k not in _KNOWN})


def main() -> None:
    file, warm, mode, *folder = sys.argv[1:]
    leads = json.loads(Path(file).read_text(encoding="utf-8"))
    if mode == "stored":
        found = stored(leads, int(warm), Path(folder[0]))
    else:
        found = {"rules": rules_alone, "parts": rules_watched}[mode](leads, int(warm))
    count = len(leads) - int(warm)
    print(json.dumps({name: seconds / count * 1e6 for name, seconds in found.items()}))


if __name__ == "__main__":
    main()
