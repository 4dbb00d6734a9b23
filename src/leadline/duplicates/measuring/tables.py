"""Reads rows of a table (CSV) as leads, with the cluster that they are known to belong to."""

import csv
from collections.abc import Iterator
from pathlib import Path

from leadline.duplicates.comparisons.folding import folded_words
from leadline.model.lead import LeadFields

CLUSTERS = ("cluster", "cluster_id", "true_id", "entity", "entity_id", "person_id")
"""The names by which a column with the true clusters is found."""
_FIELDS = {
    "first_name": "first_name firstname first given_name givenname forename vorname prenom",
    "last_name": "last_name lastname last surname family_name familyname nachname",
    "name": "name full_name fullname contact contact_name",
    "email": "email e_mail mail email_address emailaddress",
    "phone": "phone phone_number phonenumber telephone tel mobile",
    "company": "company company_name organisation organization organisation_name "
    "organization_name account site_name firm firma",
    "title": "title job_title jobtitle occupation position",
    "country": "country land",
    "website": "website url homepage",
    "message": "message comment comments",
}
_BY_COLUMN = {column: field for field, names in _FIELDS.items() for column in names.split()}
_NO_FACTS = frozenset(("id", "unique_id", "rec_id", "source", "lead_id"))


class Unlabelled(ValueError):
    """A table has no column with the true clusters."""


def labelled_rows(path: Path, cluster: str = "") -> tuple[list[LeadFields], list[str]]:
    """The rows of a CSV file as leads, and the cluster of each. Columns are known by their usual
    names; those that are not are custom fields. *cluster* names the column with the clusters, ""
    the first of `CLUSTERS` that there is. Raises OSError or UnicodeDecodeError if the file can't be
    read, and Unlabelled if it has no such column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        label = _label(columns, cluster)
        rows = list(reader)
    return [_lead(row, label) for row in rows], [row[label] or "" for row in rows]


def leads_of_table(path: Path) -> list[LeadFields]:
    """The rows of a CSV file as leads, for those without known clusters. Raises as
    `labelled_rows` does."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [_lead(row, "") for row in csv.DictReader(file)]


def _label(columns: list[str], cluster: str) -> str:
    wanted = (cluster,) if cluster else CLUSTERS
    by_name = {_plain(column): column for column in columns}
    for name in wanted:
        if (column := by_name.get(_plain(name))) is not None:
            return column
    raise Unlabelled(f"no column {' or '.join(wanted)}")


def _lead(row: dict[str, str], label: str) -> LeadFields:
    fields: dict[str, str] = {}
    custom: dict[str, object] = {}
    for column, field, value in _facts(row, label):
        if field and field not in fields:
            fields[field] = value
        else:
            custom[column] = value
    if "first_name" in fields or "last_name" in fields:
        fields.pop("name", None)
    return LeadFields(**fields, custom=custom)  # type: ignore[arg-type] # all of these are texts


def _facts(row: dict[str, str], label: str) -> Iterator[tuple[str, str, str]]:
    for column, value in row.items():
        if not isinstance(value, str) or not value.strip() or column == label:
            continue
        name = _plain(column)
        if name not in CLUSTERS and name not in _NO_FACTS:
            yield column, _BY_COLUMN.get(name, ""), value


def _plain(column: str) -> str:
    return "_".join(folded_words(column.replace("_", " ")))
