"""Makes the data set of a release: `python tests/data/make.py`, once for each version, just before it comes out.

A small municipality with something in every register, made by the services of that version, kept as a backup. Later
versions upgrade it in a test. A data set that is there is never made again.
"""

import sys
import tempfile
from datetime import date
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sqlmodel import col, select  # noqa: E402

import app.main  # noqa: E402, F401 - knows every folder's tables
import register.services as register  # noqa: E402
import wmebv.queries as wmebv_queries  # noqa: E402
import wmebv.rows as wmebv_rows  # noqa: E402
import wmebv.services as wmebv  # noqa: E402
import woo.files  # noqa: E402
import woo.services as woo_services  # noqa: E402
from app import archive  # noqa: E402
from app.samples import wmebv as samples  # noqa: E402
from app.samples.register import answered  # noqa: E402
from core import jobs  # noqa: E402
from core.accounts.models import RoleCode  # noqa: E402
from core.accounts.services import add_user  # noqa: E402
from core.audit import COMMAND_LINE  # noqa: E402
from core.links import LinkKind, link  # noqa: E402
from register.starter import starter_contents  # noqa: E402
from support.installation import PDF, Installation  # noqa: E402
from wmebv.importer import starter_products  # noqa: E402
from woo import lists  # noqa: E402
from woo.content import DocumentContent, DossierContent, LocationContent, RelationContent  # noqa: E402
from woo.models import Category, Document  # noqa: E402

DAY = date(2026, 11, 2)


def fill(here: Installation) -> None:
    """Something of everything, also what is rare: a withdrawal, a part of a whole, a relation, a job, other accounts."""
    with here.database.write(here.organisation_id) as session:
        for number, content in enumerate(starter_contents()[:4]):
            activity = register.add(session, answered(content, today=DAY), actor=COMMAND_LINE, source="startset")
            if number < 2:
                register.establish(session, activity, actor=COMMAND_LINE)
        wmebv.import_products(session, starter_products()[:4], actor=COMMAND_LINE, generate=True)
        wmebv.answer(session, wmebv_queries.general(session), *samples.organisation_answers(DAY), actor=COMMAND_LINE)
        products = session.exec(select(wmebv.Product).order_by(col(wmebv.Product.number))).all()
        for product in products:
            about = samples.answered_product(wmebv_rows.product_content(product), today=DAY)
            wmebv.change_product(session, product, about, version=product.version, actor=COMMAND_LINE)
        wmebv.establish_for_website(session, products[:2], actor=COMMAND_LINE)
        link(session, LinkKind.COLLECTS, products[0].audit_key(), activity.audit_key(), actor=COMMAND_LINE)
        category = session.exec(select(Category).where(Category.number == "014")).one()
        content = woo_services.category_content(category, "Team Informatie")
        location = LocationContent(url="https://openboek.example/woo/014/", explanation="Alles staat hier.")
        changed = content.model_copy(update={"locations": (location,)})
        woo_services.change_category(session, category, changed, version=category.version, actor=COMMAND_LINE)
        jobs.enqueue(session, "export", {"waarom": "knop"}, created_by="Aisha")
    documents(here)
    with here.database.write(None) as session:
        add_user(
            session,
            username="aisha",
            name="Aisha Yilmaz",
            password="een lang wachtwoord",
            roles=[RoleCode.PRIVACY_OFFICER, RoleCode.READER],
            organisation_id=here.organisation_id,
            actor=COMMAND_LINE,
        )
    here.export()
    here.change_activity("Meldingen over de openbare ruimte \u2028 afhandelen")


def documents(here: Installation) -> None:
    """Public, replaced, withdrawn, planned and concept; one is a part of another, one refers to another."""
    titles = ("Besluit", "Bijlage", "Advies", "Vervangen besluit", "Ingetrokken besluit", "Gepland besluit", "Concept")
    stored = {title: woo.files.store(here.folder, BytesIO(PDF + title.encode()), "stuk.pdf") for title in titles}
    other = woo.files.store(here.folder, BytesIO(PDF + b"ander"), "stuk.pdf")
    with here.database.write(here.organisation_id) as session:
        dossier = woo_services.add_dossier(session, DossierContent(title="Zwembad", category="014"), actor=COMMAND_LINE)
        made = {}
        for title, file in stored.items():
            content = DocumentContent(title=title, category="014", adopted_on=DAY, keywords=("zwembad", "café"))
            made[title] = woo_services.add_document(session, dossier, content, file, actor=COMMAND_LINE)
        change(session, made["Advies"], {"part_of": made["Gepland besluit"].id})
        role = next(iter(lists.ROLES.entries))
        change(session, made["Bijlage"], {"relations": (RelationContent(role=role, target=made["Besluit"].id),)})
        for title in titles[:5]:
            woo_services.publish_document(session, made[title], actor=COMMAND_LINE, folder=here.folder)
        planned = made["Gepland besluit"]
        woo_services.plan_document(session, planned, on=date(2099, 1, 1), version=planned.version, actor=COMMAND_LINE)
        reason = next(iter(lists.REASONS.entries))
        woo_services.replace_file(
            session, made["Vervangen besluit"], other, reason=reason, note="", actor=COMMAND_LINE, folder=here.folder
        )
        woo_services.withdraw(
            session, made["Ingetrokken besluit"], note="Er stond een naam in.", actor=COMMAND_LINE, folder=here.folder
        )


def change(session: object, document: Document, facts: dict[str, object]) -> None:
    content = document.content().model_copy(update=facts)
    woo_services.change_document(session, document, content, version=document.version, actor=COMMAND_LINE)


if __name__ == "__main__":
    target = Path(__file__).parent / f"{version('openboek')}.tar.gz"
    with tempfile.TemporaryDirectory() as place:
        installation = Installation(Path(place))
        fill(installation)
        archive.make(target, installation.database, installation.folder)
        installation.close()
    print(f"{target.name}: {target.stat().st_size} bytes")  # noqa: T201 - a tool
