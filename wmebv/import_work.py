"""The work of an import of products: the chosen rows go into the inventory, some at a time.

A part is in the inventory as a whole or not at all. Whoever goes on after a cut begins with the first part that is not
there; a row that was read twice changes nothing. What the rows before it were taken for follows from the inventory.
"""

from collections.abc import Mapping
from uuid import UUID

from core import jobs, reading_in
from core.folder import Folder
from wmebv import imports, services
from wmebv.imports import ProductImport
from wmebv.services import Claims

STEP = 25
"""How many rows are read in by one transaction: others wait that long for their turn."""


def import_job(folder: Folder) -> jobs.Handler:
    """The handler that reads a list of products in."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, object]:
        import_id = UUID(claimed.payload["import"])
        with claimed.database.read(claimed.organisation_id) as session:
            made = reading_in.find(session, ProductImport, import_id)
            rows = imports.to_do(made, imports.read_list(folder, made, imports.official_uris(session)).products)
            claims: Claims = {}
            services.plan_products(session, rows[: claimed.done], generate=False, claims=claims)
        for start in range(claimed.done, len(rows), STEP):
            part = rows[start : start + STEP]
            with claimed.turn(start + len(part), len(rows), "Producten komen in de lijst.") as session:
                made = reading_in.find(session, ProductImport, import_id)
                outcome = services.import_products(
                    session, part, actor=claimed.actor, generate=made.generate, taken=made.taken, claims=claims
                )
                services.note_part(session, made, outcome, actor=claimed.actor)
        with claimed.step(len(rows), len(rows)) as session:
            made = reading_in.find(session, ProductImport, import_id)
            services.end_list(session, made, actor=claimed.actor)
            services.forget_file(session, folder, made)
        return {"message": "De producten zijn ingelezen.", "import": str(import_id)}

    return handle
