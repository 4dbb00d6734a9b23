"""Makes likenesses anew, of leads whose keys are those of earlier rules
(`model.facts.likeness.RULES`).

It goes through all refined leads in short pieces; where it has come to is in the file, so that the
next process goes on. Until it is done, leads are found by the keys that they are under.
"""

import logging
from collections.abc import Iterator, Mapping

import apsw
import msgspec

from leadline.model.lead import RefinedLead
from leadline.model.task import Done
from leadline.stores.likeness import Likeness, likeness_of
from leadline.stores.refined import decoded
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.encryption.blinding import numbers_to_keep, rules_of
from leadline.stores.sqlite.persons.candidates import joined, numbers_in
from leadline.stores.sqlite.persons.likeness import LikenessKeeping
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.store import SqliteStore

log = logging.getLogger(__name__)
_sql = Queries(__name__)
_progress = Queries("leadline.stores.sqlite.persons.backfill")


def rekeyed(store: SqliteStore, leads: int) -> Iterator[None]:
    """Do it in pieces of so many *leads*; nothing if all are under their keys by today's rules."""
    with store.db.writing() as db:
        rules = rules_of(db)
    ((n, last, keyed),) = store.db.rows(_progress.progress)
    if keyed == rules:
        return
    if keyed != -rules:
        with store.db.writing() as db:
            db.execute(_sql.begin, (-rules,))
        ((n, last, _),) = store.db.rows(_progress.progress)
    changed = 0
    while n < last:
        rows = store.db.rows(_sql.next, n, last, leads)
        reached = int(rows[-1][0]) if len(rows) == leads else last
        changed += _make_anew(store, dict(rows), (reached, n))
        n = reached
        yield
    with store.db.writing() as db:
        db.execute(_progress.end, (rules,))
    log.info("likenesses.made", extra={"count": changed})


def _make_anew(store: SqliteStore, heads: Mapping[str, bytes], came: tuple[int, int]) -> int:
    """Put leads under the keys of today's rules, and note how far it *came*; returns how many had
    others."""
    made = {
        lead: (refined, alike)
        for lead, refined in decoded(heads.items()).items()
        if (alike := likeness_of(refined)) is not None
    }
    with store.candidate_index.forgetting_on_failure(), store.db.writing() as db:
        # Some may have been refined again, or erased, since they were read.
        now = dict(bulk.select(db, _sql.heads, map(int, made)))
        same = {int(lead): one for lead, one in made.items() if now.get(lead) == heads[lead]}
        count = _keep(db, store, same)
        db.execute(_progress.go_on, came)
    return count


def _keep(
    db: apsw.Connection, store: SqliteStore, made: Mapping[int, tuple[RefinedLead, Likeness]]
) -> int:
    kept = {lead: (keys, traits) for lead, keys, traits in bulk.select(db, _sql.kept, made)}
    keeping = LikenessKeeping(db, store.candidate_index)
    keeping.before = {lead: numbers_in(keys) for lead, (keys, _) in kept.items()}
    count = 0
    for lead, (refined, alike) in made.items():
        keys = list(dict.fromkeys(numbers_to_keep(db, alike.keys)))
        if kept.get(lead) != (joined(keys), msgspec.json.encode(alike.traits)):
            named = {str(place): key for place, key in enumerate(alike.keys)}
            keeping.keep(lead, Done(refined, named, traits=alike.traits), None)
            count += 1
    keeping.write()
    return count
