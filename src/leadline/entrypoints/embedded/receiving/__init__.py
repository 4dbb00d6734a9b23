"""Receiving deliveries and other requests over HTTP."""
