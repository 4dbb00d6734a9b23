"""The protocols of audit, erasure, retention and suppression."""
