"""The transparency log: a tree over the documents, so that whoever keeps a checkpoint need not trust who runs Docket.

Whoever checks needs this room alone: it has no network, no store, and no clock.
"""
