"""The interface for programs, `/api/v1`: leads, figures and actions as JSON (decision 69)."""
