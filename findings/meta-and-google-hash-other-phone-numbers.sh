#!/usr/bin/env bash
# The libraries of Meta and Google that prepare a person for their conversion APIs
# (facebook-business 26.0.3, whose guide says that hashing is done automatically, and
# google-ads-datamanager-util 0.4.0) make different numbers of the usual German writings before
# they hash them. Meta's takes one or two zeros off the beginning, whether or not a country code
# follows: "030 23125123" (Berlin) becomes 3023125123, which begins with the code of Greece.
# Google's takes none off: "0049 30 23125123" becomes +00493023125123. Both keep the (0) of
# "+49 (0)30 23125123", and Google's adds the digits of an extension. Meta's raises ValueError for
# an extension and for "030/23125123". What it means for leads: the other hashes are sent and
# accepted, and match nobody, which looks in the ad account as if few people had consented. A
# number in E.164 is kept by both, so write it by a library that knows numbering plans first.
# Seen: what each makes of one number in six writings; see "expected" below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check facebook-business==26.0.3 \
  google-ads-datamanager-util==0.4.0
cat > "$folder/writings.py" <<'PYTHON'
from hashlib import sha256

from facebook_business.adobjects.serverside.normalize import Normalize
from facebook_business.adobjects.serverside.user_data import UserData
from google.ads.datamanager_util import Formatter


def seen(make, written):
    try:
        return make(written)
    except ValueError as error:
        return type(error).__name__


def meta(written):
    return Normalize.normalize_field_skip_hashing("ph", written)


for written in (
    "+493023125123", "0049 30 23125123", "030 23125123", "+49 (0)30 23125123", "030/23125123",
    "+49 30 23125123 ext. 5",
):
    google = seen(Formatter().format_phone_number, written)
    print(f"{written}: Meta {seen(meta, written)}, Google {google}")
hashed = UserData(phone="030 23125123").normalize()["ph"]
print("hashed and sent as 3023125123:", hashed == [sha256(b"3023125123").hexdigest()])
PYTHON
seen=$("$folder/venv/bin/python" "$folder/writings.py")
echo "$seen"
expected="+493023125123: Meta 493023125123, Google +493023125123
0049 30 23125123: Meta 493023125123, Google +00493023125123
030 23125123: Meta 3023125123, Google +03023125123
+49 (0)30 23125123: Meta 4903023125123, Google +4903023125123
030/23125123: Meta ValueError, Google +03023125123
+49 30 23125123 ext. 5: Meta ValueError, Google +4930231251235
hashed and sent as 3023125123: True"
[ "$seen" = "$expected" ]
