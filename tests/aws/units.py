"""What DynamoDB counts for a write, and what it keeps: of a table, and of each of its indexes."""

from math import ceil

from articles_local.limits import item_size

from .expressions import Item
from .memory import Index, Table


def table_units(old: Item | None, new: Item) -> int:
    """Count the units of a write: a KB each, of the larger of the item before and after."""
    return max(_kilobytes(it) for it in (old, new) if it)


def index_units(old: Item | None, new: Item, index: Index, keys: tuple[str, ...]) -> int:
    """Count the units that a write takes in an index; an entry that moves is deleted and put."""
    before, after = (entry(it or {}, index, keys) for it in (old, new))
    if before == after:
        return 0
    sizes = [_kilobytes(it) for it in (before, after) if it]
    moves = [before.get(name) for name in index.keys] != [after.get(name) for name in index.keys]
    return sum(sizes) if moves else max(sizes)


def entry(item: Item, index: Index, keys: tuple[str, ...]) -> Item:
    """Give what an index holds of an item; nothing without all of its keys."""
    if not item.keys() >= {*index.keys}:
        return {}
    return {it: item[it] for it in item.keys() & {*keys, *index.keys, *index.projected}}


def kept_bytes(table: Table) -> dict[str, int]:
    """Count the bytes that are billed for a table's items (""), and for each index's entries."""
    items = [*table.items.values()]
    entries = {
        name: [held for it in items if (held := entry(it, index, table.keys))]
        for name, index in table.indexes.items()
    }
    each = {"": items, **entries}
    return {name: sum(100 + item_size(it) for it in of) for name, of in each.items()}


def _kilobytes(item: Item) -> int:
    return ceil(item_size(item) / 1024)
