"""A Slack, senders and a CRM that go nowhere, to try Leadline with."""
