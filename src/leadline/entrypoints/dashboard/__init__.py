"""The dashboard: pages on a port of their own, in a process of their own.

The process that takes webhooks and the functions of AWS load nothing of it.
"""
