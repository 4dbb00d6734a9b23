"""One made-up lead of one source, for trials by hand."""

from collections.abc import Sequence
from datetime import datetime

from leadline.standins import form_bodies as forms
from leadline.standins.sample_bodies import ORGANIZATION, compact
from leadline.standins.samples import Sample, people, samples

_SHORT = 15  # Salesforce writes an id with 15 or 18 characters


def one_sample(
    source: str, seed: int, at: datetime, organization: Sequence[str] = ()
) -> Sample | None:
    """A delivery that becomes one new lead, the same for the same arguments; None for a source
    without samples.

    *organization* are the account ids that the source accepts (`SourceConfig`); the delivery
    carries the first one. The headers are signed with the secret of the demo: sign them anew.
    """
    if source == "generic":
        body = compact(forms.flat_lead(people(seed)[0]))
        return Sample(source, "/webhook/generic", {}, body, "a lead as JSON")
    for sample in samples(seed, at):
        if sample.source == source and sample.expect == "captured":
            body = _of_account(sample.body, organization[0]) if organization else sample.body
            return Sample(source, sample.path, sample.headers, body, sample.about)
    return None


def _of_account(body: bytes, account: str) -> bytes:
    """The body with this account id instead of the made-up one."""
    full = body.replace(ORGANIZATION.encode(), account.encode())
    return full.replace(ORGANIZATION[:_SHORT].encode(), account[:_SHORT].encode())
