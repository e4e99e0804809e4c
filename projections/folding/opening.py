"""A runner begins with what the store has: live tables go on where they are, unfinished ones of ours are finished."""

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any

from projections.folding.feed import Feed
from projections.folding.fold import Folding
from projections.folding.rows import folding
from projections.stores.tables import Store, Table, WrongStore, table_name
from projections.view import View


def opened(
    store: Store, feed: Feed, views: Sequence[View[Any]], rebuilding: Collection[str]
) -> tuple[list[Folding], list[Folding]]:
    """The live tables of these views, and those that have to be built before anybody may read.

    Tables that a rebuild left unfinished are dropped, unless it is one of `rebuilding`, or a newer Docket builds it
    beside the one that is live. Raises WrongStore.
    """
    names = {view.name for view in views}  # other views have their own runners, and these may be ahead of this feed
    there = [table for table in store.tables() if table.view in names]
    _check(feed, there)
    live: list[Folding] = []
    missing: list[Folding] = []
    for view in views:
        mine = [table for table in there if table.view == view.name and table.name not in rebuilding]
        now = sorted((table for table in mine if table.version == view.version), key=lambda table: not table.live)
        keep = now[:1]
        with store.write() as writing:
            for table in mine:
                if not table.live and table not in keep and table.version <= view.version:
                    writing.drop(table.name)
        if not keep:
            missing.append(created(store, feed, view))
        else:
            (live if keep[0].live else missing).append(folding(view, keep[0], feed, store))
    return live, missing


def created(store: Store, feed: Feed, view: View[Any]) -> Folding:
    """A new table of this view, with nothing in it."""
    name = table_name(view, {table.name for table in store.tables()})
    table = Table(name=name, view=view.name, version=view.version)
    with store.write() as writing:
        writing.create(table, view)
    return folding(view, table, feed, store)


def _check(feed: Feed, tables: Sequence[Table]) -> None:
    """Raises WrongStore unless the feed has, at the position of each table, the event that was folded there."""
    for position, digest in {(table.position, table.digest) for table in tables if table.position}:
        found = feed.read(position - 1, 1)
        if not found or found[0][0] != position or sha256(found[0][2]).digest() != digest:
            raise WrongStore(f"these views are of another ledger, or of one that went back: see position {position}")
