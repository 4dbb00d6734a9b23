"""Problem codes in words, for people."""

from leadline.model.lead import RefinedLead

_WORDS = {
    "charset.replaced": "some of its characters could not be read",
    "charset.unknown": "its sender named a charset that is not known",
    "charset.wrong": "it was not in the charset that its sender named",
    "company.placeholder": "the company is a placeholder",
    "contact.blank": "it names nobody and can't be answered",
    "contact.unreachable": "neither e-mail nor phone",
    "contact.list_unread": "the suppression list can't be read, as its key is missing",
    "contact.suppressed": "it is on the suppression list",
    "custom.another_person": "the delivery may name another person",
    "custom.phone": "a phone number is among its other fields",
    "event.key_reused": "its sender gave it the key of an event about somebody else",
    "crm.known": "it was taken in from the CRM as a known person",
    "email.found_in_custom": "the e-mail address is from one of its other fields",
    "email.found_in_message": "the e-mail address is from its message",
    "email.invalid": "the e-mail address looks invalid",
    "email.lines": "the e-mail field had several lines, of which the first counts",
    "email.several": "several e-mail addresses were given",
    "email.suspect_domain": "the e-mail domain may be mistyped",
    "email.role": "the e-mail address is a role, not a person",
    "email.disposable": "the e-mail address is a throw-away one",
    "email.placeholder": "the e-mail address is a placeholder",
    "phone.unparseable": "the phone number can't be read",
    "phone.invalid": "the phone number does not exist in its country",
    "phone.no_region": "the phone number names no country",
    "phone.dial_code": "the dial code beside the phone number is that of another country",
    "phone.found_in_custom": "the phone number is from one of its other fields",
    "phone.found_in_message": "the phone number is from its message",
    "phone.old_form": "the phone number was in a form that its country has given up",
    "phone.plus_unsure": "it is not sure whether the phone number begins with a country code",
    "phone.placeholder": "the phone number is a placeholder",
    "phone.letters": "the phone number was typed with letters for digits",
    "phone.several": "several phone numbers were given",
    "phone.unknown_country": "the country of the phone number is not understood",
    "name.company": "the name is that of a company",
    "name.fields_differ": "the fields of its name do not fit together",
    "name.mash": "the name is random letters",
    "name.maybe_company": "the name may be that of a company",
    "name.missing": "no name",
    "name.order_unsure": "which of its names is the last one is unsure",
    "name.several": "the name is that of several people",
    "name.placeholder": "the name is a placeholder or a test",
    "name.suspect": "the name does not look like one",
    "record.deleted": "its record was deleted in the CRM",
    "record.merged": "its record was merged into another one",
    "record.retention": "its personal data was deleted after the time for which it is kept",
    "record.privacy_deleted": "its record was deleted for the sake of privacy",
    "score.failed": "it could not be scored",
    "spam.gibberish": "the names are random letters",
    "spam.honeypot": "a field that people can't see was filled in",
    "spam.links": "the message is full of links",
    "spam.name": "the name has a link in it",
    "test.contact": "its name and address say that it is a test",
    "test.dummy": "dummy data of an advertiser's test",
    "test.flagged": "its sender marked it as a test",
}


def problems_in_words(lead: RefinedLead) -> str:
    """All problems of a lead, with the address that was probably meant; "" if there are none."""
    return "; ".join(_told(code, lead.contact.email) for code in lead.problems)


def _told(code: str, email: str | None) -> str:
    if code != "email.suspect_domain" or not email:
        return in_words(code)
    from leadline.refine.emails.slips import suggested_address  # few leads need it

    meant = suggested_address(email)
    return f"{in_words(code)}: {meant}?" if meant else in_words(code)


_TRUNCATED = ".truncated"
_DAMAGED = ".damaged"


def in_words(code: str) -> str:
    """A problem code in words; a code that has none is returned as it is."""
    if code.endswith(_TRUNCATED):
        field = code.removesuffix(_TRUNCATED).replace("_", " ")
        return f"the {'custom fields are' if field == 'custom' else f'{field} is'} shortened here"
    if code.endswith(_DAMAGED):
        return f"letters of the {code.removesuffix(_DAMAGED)} were lost before it came"
    return _WORDS.get(code, code)
