"""The form of a processing activity: its pages and fields in order, the words beside them, content both ways.

One table (`GROUPS`) says what stands where; the form, the record page and the page after a conflict follow it.
"""

from register.forms.binding import Lists, fill_activity, from_content, to_content
from register.forms.following import what_follows
from register.forms.layout import GROUPS, Group, Item, Rows, row_names
from register.forms.pages import (
    FIRST,
    Progress,
    after_button,
    asked,
    bind_group,
    fill_group,
    group_named,
    group_of,
    is_on,
    next_group,
    notes,
    open_rows,
    progress,
    save_group,
)
from register.forms.showing import Shown, ShownGroup, ShownPart, anchor, in_words, show, words_by_pattern
from register.forms.words import END_LABELS, ActivityInput, EndInput, labels

__all__ = [
    "END_LABELS",
    "FIRST",
    "GROUPS",
    "ActivityInput",
    "EndInput",
    "Group",
    "Item",
    "Lists",
    "Progress",
    "Rows",
    "Shown",
    "ShownGroup",
    "ShownPart",
    "after_button",
    "anchor",
    "asked",
    "bind_group",
    "fill_activity",
    "fill_group",
    "from_content",
    "group_named",
    "group_of",
    "in_words",
    "is_on",
    "labels",
    "next_group",
    "notes",
    "open_rows",
    "progress",
    "row_names",
    "save_group",
    "show",
    "to_content",
    "what_follows",
    "words_by_pattern",
]
