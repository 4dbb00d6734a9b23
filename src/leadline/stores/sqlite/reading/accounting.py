"""Where every accepted event is: the question behind `leadline verify`."""

import uuid
from collections import Counter

import apsw

from leadline.model.errors import LeadlineError
from leadline.model.json_text import read_json
from leadline.model.task import Step, told_as
from leadline.ports.ledger import Account, Unaccounted
from leadline.stores.sqlite import bulk

# The place of every event; a lead that fits no place is unaccounted for. The tables are joined
# as wholes, because a million look-ups would take a hundred times as long. Only NOTIFY tells of a
# lead: what becomes of the later steps leaves it neither told nor untold.
_PLACES = """
  WITH told AS (
    SELECT lead, count(DISTINCT channel) AS channels FROM alert WHERE step = 'notify' GROUP BY lead
  ),
  refining AS (SELECT lead, dead_at FROM task WHERE step = 'refine'),
  notifying AS (
    SELECT task.lead, sum(dead_at IS NULL) AS alive, sum(dead_at IS NOT NULL) AS dead,
           sum(alert.lead IS NULL) AS channels
    FROM task LEFT JOIN (
      SELECT DISTINCT lead, channel FROM alert WHERE step = 'notify'
    ) alert USING (lead, channel)
    WHERE step = 'notify' GROUP BY task.lead
  )
  SELECT lead.n, lead.id,
    CASE
      WHEN raw.lead IS NULL THEN '!its raw words are missing'
      WHEN lead.fate = 'filtered' THEN 'filtered'
      WHEN lead.fate = 'folded' AND head.n IS NOT NULL THEN 'folded'
      WHEN lead.fate = 'folded' THEN '!the lead that it was folded into is missing'
      WHEN refining.lead IS NOT NULL AND refining.dead_at IS NULL THEN 'waiting'
      WHEN refining.lead IS NOT NULL THEN 'dead'
      WHEN refined.lead IS NULL THEN '!it is neither refined nor waiting nor dead'
      WHEN refined.status = 'quarantined' THEN 'quarantined'
      WHEN coalesce(told.channels, 0) + coalesce(notifying.channels, 0) BETWEEN 1
           AND refined.told - 1 THEN '!it is refined, but not every channel was told or will be'
      WHEN notifying.alive > 0 THEN 'alerting'
      WHEN notifying.dead > 0 THEN 'alert_dead'
      WHEN told.lead IS NOT NULL THEN 'alerted'
      WHEN refined.told = 0 THEN 'untold'
      ELSE '!it is refined, but nobody was told and no alert waits'
    END
  FROM lead
  LEFT JOIN raw ON raw.lead = lead.n
  LEFT JOIN refined ON refined.lead = lead.n
  LEFT JOIN refining ON refining.lead = lead.n
  LEFT JOIN notifying ON notifying.lead = lead.n
  LEFT JOIN told ON told.lead = lead.n
  LEFT JOIN lead head ON head.n = lead.joined
"""
# What has lost its lead altogether.
_ORPHANS = {
    "a task without its lead": "SELECT lead FROM task WHERE lead NOT IN (SELECT n FROM lead)",
    "a refined lead without its capture": (
        "SELECT lead FROM refined WHERE lead NOT IN (SELECT n FROM lead)"
    ),
    "an alert without its lead": "SELECT lead FROM alert WHERE lead NOT IN (SELECT n FROM lead)",
    "a handling without its lead": (
        "SELECT lead FROM handling WHERE lead NOT IN (SELECT n FROM lead)"
    ),
    "raw words without their lead": "SELECT lead FROM raw WHERE lead NOT IN (SELECT n FROM lead)",
}


def account(db: apsw.Connection, *, deep: bool) -> Account:
    """The account of one state of the file; to be called inside a transaction."""
    places: Counter[str] = Counter()
    lost: list[Unaccounted] = []
    for _, lead_id, place in db.execute(_PLACES):
        if isinstance(place, str) and place.startswith("!"):
            lost.append(Unaccounted(str(uuid.UUID(bytes=lead_id)), place[1:]))
        else:
            places[str(place)] += 1
    lost += _orphans(db)
    lost += _miscounted(db)
    if deep:
        lost += _unreadable(db)
    ((accepted,),) = bulk.query(db, "SELECT count(*) FROM lead")
    ((duplicates,),) = bulk.query(db, "SELECT count(*) FROM refined WHERE duplicate_of IS NOT NULL")
    ((redelivered,),) = bulk.query(db, "SELECT count(*) FROM history WHERE what = 'redelivered'")
    return Account(
        accepted=accepted,
        waiting=places["waiting"],
        alerted=places["alerted"],
        alerting=places["alerting"],
        alert_dead=places["alert_dead"],
        untold=places["untold"],
        quarantined=places["quarantined"],
        filtered=places["filtered"],
        folded=places["folded"],
        dead=places["dead"],
        redelivered=redelivered,
        duplicates=duplicates,
        unaccounted=tuple(lost),
    )


def _orphans(db: apsw.Connection) -> list[Unaccounted]:
    return [
        Unaccounted(f"row {number}", problem)
        for problem, sql in _ORPHANS.items()
        for (number,) in db.execute(sql)
    ]


def _miscounted(db: apsw.Connection) -> list[Unaccounted]:
    """Where the running counts and the tables disagree: rows were removed, or never restored."""
    rows = bulk.query(
        db,
        """SELECT day, source, sum(counted), sum(there) FROM (
             SELECT day, source, count AS counted, 0 AS there FROM tally
             WHERE what IN ('captured', 'folded', 'filtered')
             UNION ALL
             SELECT date(captured_at / 1000000, 'unixepoch'), source, 0, count(*) FROM lead
             GROUP BY 1, 2
           ) GROUP BY day, source HAVING sum(counted) <> sum(there)""",
    )
    lost = [
        Unaccounted(f"day {day}", f"{counted} events of {source} were accepted, {there} are there")
        for day, source, counted, there in rows
    ]
    counts = dict(bulk.query(db, "SELECT what, sum(count) FROM tally GROUP BY what"))
    for what, there in _kept_one_by_one(db).items():
        if (counted := counts.get(what, 0)) != there:
            lost.append(
                Unaccounted("all days", f"{counted} {what} were counted, {there} are there")
            )
    return lost


def _kept_one_by_one(db: apsw.Connection) -> dict[str, int]:
    """How often what is counted one by one is there: messages, by what they are, redeliveries."""
    messages = dict(bulk.query(db, "SELECT step, count(*) FROM alert GROUP BY step"))
    ((again,),) = bulk.query(db, "SELECT count(*) FROM history WHERE what = 'redelivered'")
    return {told_as(step): messages.get(step, 0) for step in Step} | {"redelivered": again}


def _unreadable(db: apsw.Connection) -> list[Unaccounted]:
    lost: list[Unaccounted] = []
    for lead_id, raw in db.execute("SELECT id, raw FROM lead JOIN raw ON raw.lead = lead.n"):
        assert isinstance(lead_id, bytes)  # noqa: S101
        assert isinstance(raw, bytes)  # noqa: S101
        try:
            whole = read_json(raw) == raw
        except LeadlineError:
            whole = False
        if not whole:
            lost.append(Unaccounted(str(uuid.UUID(bytes=lead_id)), "its raw words are damaged"))
    return lost
