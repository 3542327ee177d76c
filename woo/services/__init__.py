"""Use cases of the Woo register: the only code that changes its rows. The caller's session commits."""

from woo.services.categories import (
    add_categories,
    add_location,
    category_content,
    category_facts,
    change_category,
    establish_category,
)
from woo.services.documents import (
    add_document,
    attach_file,
    change_document,
    document_facts,
    facts_of,
    mark_ready,
    plan_document,
)
from woo.services.dossiers import add_dossier, change_dossier, dossier_facts
from woo.services.publishing import (
    Planned,
    has_unpublished_changes,
    publish_document,
    publish_due,
    published,
    reclassify,
    replace_file,
    withdraw,
    withdraw_again,
)

__all__ = [
    "Planned",
    "add_categories",
    "add_document",
    "add_dossier",
    "add_location",
    "attach_file",
    "category_content",
    "category_facts",
    "change_category",
    "change_document",
    "change_dossier",
    "document_facts",
    "dossier_facts",
    "establish_category",
    "facts_of",
    "has_unpublished_changes",
    "mark_ready",
    "plan_document",
    "publish_document",
    "publish_due",
    "published",
    "reclassify",
    "replace_file",
    "withdraw",
    "withdraw_again",
]
