#!/usr/bin/env bash
# phonenumbers 9.0.43 calls German landline numbers of up to 17 digits valid, and
# PhoneNumberFormat.E164 writes them all, although a number of ITU-T E.164 has at most 15 digits
# with its country code. In Berlin every length from 7 to 17 digits is valid, so "030
# 123456123456", where somebody typed the number twice, passes. Of no other country is a landline
# or mobile number of more than 15 digits valid (tried: the examples of each region, lengthened by
# up to ten digits). What it means for leads: `is_valid_number` finds surplus digits everywhere
# but in Germany, and the result of PhoneNumberFormat.E164 may be refused by a service that checks
# for E.164 (`^\+[1-9]\d{1,14}$`) or by a column of 16 characters.
# Seen: the lengths that are valid in Berlin, the doubled number, and the regions with longer
# numbers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
cat > "$folder/try.py" <<'PYTHON'
import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType


def digits(number):
    return len(phonenumbers.format_number(number, PhoneNumberFormat.E164)) - 1


valid = []
for size in range(5, 19):
    number = phonenumbers.parse("+493012345671234567"[: size + 1])
    if phonenumbers.is_valid_number(number):
        valid.append(digits(number))
print(valid)
twice = phonenumbers.parse("030 123456123456", "DE")
shown = phonenumbers.format_number(twice, PhoneNumberFormat.E164)
print(shown, phonenumbers.is_valid_number(twice))
beyond = set()
for region in phonenumbers.SUPPORTED_REGIONS:
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE):
        example = phonenumbers.example_number_for_type(region, kind)
        for more in range(11):
            if example is None:
                break
            text = phonenumbers.format_number(example, PhoneNumberFormat.E164) + "1234567890"[:more]
            try:
                number = phonenumbers.parse(text)
            except phonenumbers.NumberParseException:  # too long even to be parsed
                break
            if phonenumbers.is_valid_number(number) and digits(number) > 15:
                beyond.add(region)
print(sorted(beyond))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/try.py" 2>/dev/null)
echo "$seen"
[ "$seen" = "[7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]
+4930123456123456 True
['DE']" ]
