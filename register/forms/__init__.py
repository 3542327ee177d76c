"""The form of a processing activity: its groups and fields in order, the words beside them, content both ways.

One table (`GROUPS`) says what stands where; the form, the record page and the page after a conflict follow it.
"""

from register.forms.binding import Lists, after_button, bind_activity, fill_activity, from_content, to_content
from register.forms.layout import GROUPS, Group, Item, Rows, row_names
from register.forms.showing import Shown, ShownGroup, ShownPart, anchor, show, words_by_pattern
from register.forms.words import END_LABELS, ActivityInput, EndInput, labels

__all__ = [
    "END_LABELS",
    "GROUPS",
    "ActivityInput",
    "EndInput",
    "Group",
    "Item",
    "Lists",
    "Rows",
    "Shown",
    "ShownGroup",
    "ShownPart",
    "after_button",
    "anchor",
    "bind_activity",
    "fill_activity",
    "from_content",
    "labels",
    "row_names",
    "show",
    "to_content",
    "words_by_pattern",
]
