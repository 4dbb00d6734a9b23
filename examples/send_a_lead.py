"""Send one lead to a Leadline server, with nothing but the standard library.

    python examples/send_a_lead.py http://127.0.0.1:8080 [SECRET]

The Idempotency-Key makes a second run of the same order harmless: it is the same delivery.
"""

import json
import sys
import urllib.request


def main() -> None:
    url, *secret = sys.argv[1:]
    lead = {
        "name": "Mirela Vance",
        "email": "mirela.vance@example.com",
        "company": "Vance Tools",
        "message": "A demonstration for forty seats, please.",
    }
    headers = {"content-type": "application/json", "idempotency-key": "order-4711"}
    if secret:
        headers["authorization"] = f"Bearer {secret[0]}"
    request = urllib.request.Request(
        f"{url}/webhook", data=json.dumps(lead).encode(), headers=headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        print(json.load(answer)["lead_id"])


if __name__ == "__main__":
    main()
