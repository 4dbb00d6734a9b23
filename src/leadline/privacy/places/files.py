"""The files of an embedded installation: in the data folder, and in the folder of keys beside it.

Names are patterns, in the data folder unless they begin with the folder of keys, `KEYS`.
"""

from leadline.privacy.places.place import NEVER_SHOWN, SHOWN, WHOLE, Place, PlaceKind

KEYS = "<data>.keys"
"""The folder of keys beside the data folder, as it is named here."""
_WHOLE_STORE = {WHOLE: "all tables"}
_OLD_COPY = "not erased: delete the folder once you do not need it any more"


def _empty(name: str, what: str, kept: str = "always") -> Place:
    """A file that holds nothing about anybody."""
    return Place(
        kind=PlaceKind.FILE, name=name, what=what, others=(WHOLE,), masked=SHOWN, kept=kept
    )


FILE_PLACES = (
    Place(
        kind=PlaceKind.FILE,
        name="leadline.db",
        what="the data file, with all tables and their indexes",
        person=_WHOLE_STORE,
        read="Leadline, and whoever may read the folder",
        masked="see the tables",
        erased="erased bytes are overwritten with zeros (`secure_delete`), and then all unused "
        "space of the file, in which earlier writes may have left some (`erased.space`)",
        kept="see the tables",
    ),
    Place(
        kind=PlaceKind.FILE,
        name="leadline.db-wal",
        what="SQLite's log: the latest changes of all tables",
        person=_WHOLE_STORE,
        read="Leadline, and whoever may read the folder",
        masked="see the tables",
        erased="emptied after each erasure, at the latest when nobody reads any more "
        "(`erased.pending`)",
        kept="until it is copied into the data file, some minutes",
    ),
    Place(
        kind=PlaceKind.FILE,
        name="leadline.db-shm",
        what="SQLite's index of the log: numbers of pages",
        others=(WHOLE,),
        masked=SHOWN,
        kept="while the data file is open",
    ),
    Place(
        kind=PlaceKind.FILE,
        name="accounts.db*",
        what="accounts, sessions, tokens, saved views and last jobs of the dashboard, in a file of "
        "their own",
        hashes={
            WHOLE: "passwords (argon2id), links, sessions, also those at an issuer, and tokens "
            "(SHA-256)"
        },
        staff={
            WHOLE: "names of accounts, their ids at an issuer, and when they logged in; of the "
            "addresses that they logged in from a digest; who had which leads (by id) before a "
            "bulk action"
        },
        read="the dashboard, `accounts`, `tokens`",
        masked="shown to admins",
        erased="not erased: it is about one's own people; `accounts remove` deletes one",
        kept="sessions, links and attempts until they end; accounts until they are removed; views, "
        "which hold no words that were searched, until they are deleted; jobs for a week, and the "
        "last 20",
    ),
    Place(
        kind=PlaceKind.FILE,
        name="index.db",
        what="the index of leads for lists, searches and charts, made from the data file; in no "
        "backup",
        person={
            WHOLE: "names, addresses, numbers, messages and further fields, as searched; none "
            "of it where the data file is encrypted"
        },
        staff={WHOLE: "the owner of each lead, encrypted or not"},
        read="the dashboard, `leads`, and whoever may read the folder",
        masked="who sees masked leads searches in company, campaign, source and owner alone",
        erased="by `erase` and retention before they end, but for the id of the record; then all "
        "unused space of the file is overwritten with zeros, as that of the data file is "
        "(`erased.space`)",
        kept="as long as the lead has it; `leadline index rebuild` makes it anew",
    ),
    Place(
        kind=PlaceKind.FILE,
        name="index.db-wal",
        what="SQLite's log of the index",
        person={WHOLE: "the latest changes of the index"},
        read="the dashboard, `leads`, and whoever may read the folder",
        masked="see the index",
        erased="emptied after each erasure, at the latest when nobody reads any more "
        "(`erased.space`)",
        kept="until it is copied into the index, some seconds",
    ),
    _empty("index.db-shm", "SQLite's index of that log", "while the index is open"),
    Place(
        kind=PlaceKind.FILE,
        name="before-restore-*/leadline.db*",
        what="the data that a restore put aside",
        person=_WHOLE_STORE,
        read="`restore`, and whoever may read the folder",
        masked=NEVER_SHOWN,
        erased=_OLD_COPY,
        kept="until you delete it",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.FILE,
        name="before-schema-*/leadline.db*",
        what="the data before an update changed its schema",
        person=_WHOLE_STORE,
        read="the earlier version, and whoever may read the folder",
        masked=NEVER_SHOWN,
        erased=_OLD_COPY,
        kept="until you delete it",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.FILE,
        name="before-schema.partial/leadline.db*",
        what="such a copy that was not finished",
        person=_WHOLE_STORE,
        masked=NEVER_SHOWN,
        erased="deleted by the next update",
        kept="until the next start",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.FILE,
        name="restoring/*",
        what="a restore that is under way: the backup, and the data that it replaces",
        person=_WHOLE_STORE,
        read="`restore`",
        masked=NEVER_SHOWN,
        erased="nobody can be erased until the restore has ended",
        kept="until `restore` has ended",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.FILE,
        name="leadline.db.restoring*",
        what="a restore of version 0.1 that was not finished",
        person=_WHOLE_STORE,
        masked=NEVER_SHOWN,
        erased=_OLD_COPY,
        kept="until `restore` has ended",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.FILE,
        name="leadline.db*.before-restore",
        what="the data that a restore of version 0.1 put aside",
        person=_WHOLE_STORE,
        masked=NEVER_SHOWN,
        erased=_OLD_COPY,
        kept="until you delete it",
        left=(WHOLE,),
    ),
    Place(
        kind=PlaceKind.FILE,
        name="moved-*.db*",
        what="the journal of a move",
        hashes={WHOLE: "digests of whole leads, by their ids"},
        read="`move`",
        masked=NEVER_SHOWN,
        erased="kept: a digest of a whole lead cannot be found by trying",
        kept="until you delete it",
    ),
    Place(
        kind=PlaceKind.FILE,
        name="erasures.jsonl",
        what="who was erased: outlasts a restore",
        hashes={WHOLE: "keyed hashes of addresses, numbers and lead ids; useless without the key"},
        read="`restore`, the start of a server",
        masked=NEVER_SHOWN,
        erased="kept: by it the person stays erased",
        kept="for ever",
    ),
    Place(
        kind=PlaceKind.FILE,
        name=f"{KEYS}/privacy.key*",
        what="the key of those hashes",
        others=(WHOLE,),
        read="`erase`, `access`, `restore`, `import`, `move`",
        masked=NEVER_SHOWN,
        kept="for ever; in no backup, so keep a copy elsewhere",
    ),
    _empty("moved.json*", "where the leads were moved to"),
    _empty("erased.pending", "that the log still has to be emptied", "until it is emptied"),
    _empty("erased.space*", "that unused space still has to be overwritten", "until it is"),
    _empty("sync.failed", "that the disk failed", "until the file was repaired"),
    _empty("serving.json*", "settings that are not secret", "while the server runs"),
    _empty("behind-proxy", "that a webhook came through a proxy"),
    _empty("*.lock", "locks"),
    _empty(".doctor", "a trial of the disk", "for a moment"),
)
