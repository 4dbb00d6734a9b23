"""Who has a match key, as an earlier version kept it in a store."""

from leadline.stores.aws.keys import digest_key
from leadline.stores.aws.store import AwsStore
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.values import text_of


def owner_in_file(store: SqliteStore, key: bytes) -> str | None:
    """The id of the lead that has a match key in a data file."""
    with store.db.reading() as db:
        owner = store.keys.owners(db, [key]).get(key)
    if owner is None:
        return None
    ((lead_id,),) = store.db.rows("SELECT id FROM lead WHERE n = ?", owner.lead)
    return text_of(lead_id)


def owner_in_table(store: AwsStore, key: bytes) -> str | None:
    """The id of the lead that has a match key in a table."""
    item = store.table.get(digest_key("M", key))
    return None if item is None else str(item["lead_id"])
