"""Filling the example: what the sample files describe goes in through the same services as real work."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import date, timedelta
from importlib import resources
from io import BytesIO
from uuid import UUID

from sqlmodel import Session, col, select

import register.services as register
import wmebv.queries as wmebv_queries
import wmebv.rows as wmebv_rows
import wmebv.services as wmebv
import woo.files
import woo.importer
import woo.queries as woo_queries
import woo.services as woo_services
from app.samples import wmebv as samples
from app.samples.documents import Outcome, SampleDocument, SampleDossier, sample_dossiers
from app.samples.register import answered
from core import audit, clock, sheets
from core.db import Database
from core.errors import RuleViolation
from core.folder import Folder
from core.links import LinkKind, link
from core.organisations import the_organisation
from register import remarks, reviews
from register.content import Status
from register.models import ProcessingActivity
from register.proposals import OwnFields
from register.starter import starter_contents
from wmebv.content import ChannelKind, Value
from wmebv.duties import duties
from wmebv.importer import starter_products
from wmebv.models import Channel, Product
from wmebv.report.model import is_legal_gap
from wmebv.rules import Finding
from woo import lists
from woo.content import (
    AmbitionContent,
    CategoryStatus,
    Decision,
    DocumentContent,
    DossierContent,
    GroundContent,
    LocationContent,
    LocationKind,
    OverviewKind,
    RelationContent,
    RequestContent,
    Withholding,
)
from woo.models import Category, Document, Dossier

ACTOR = audit.Actor("voorbeeld")
DPO = audit.Actor("voorbeeld (FG)")
WITHHELD_BESIDE = "woo-zwembad-besluit"
"""The document of the dossier in which one more is withheld."""
SUBSIDIES = (
    ("Muziekvereniging Excelsior", "concerten voor alle inwoners; verslag binnen drie maanden", "€ 4.500", 40),
    ("Toneelgroep De Grensloper", "openluchtvoorstelling in de zomer; toegang gratis tot 12 jaar", "€ 6.200", 33),
    ("Historische vereniging", "tentoonstelling over de grens; open op tien zaterdagen", "€ 2.750", 19),
    ("Volksfeestcomité", "feest in het dorp; afval gescheiden ophalen", "€ 3.900", 9),
)
"""Receiver, activities with what is asked in return, amount, and how many days ago."""
Step = Callable[[str, int | None], AbstractContextManager[Callable[[], None]]]
"""Opens a step of the work, with its name and in how many parts it comes; what it gives tells that a part is done."""


def fill(database: Database, folder: Folder, organisation_id: UUID, step: Step) -> None:
    """Fill the registers of the example; what is there already stays as it is."""
    _register(database, organisation_id, step)
    _products(database, organisation_id, step)
    _categories(database, organisation_id, step)
    _documents(database, folder, organisation_id, step)


def _register(database: Database, organisation_id: UUID, step: Step) -> None:
    contents = starter_contents()
    with database.write(organisation_id) as session, step("Verwerkingen vastleggen", len(contents)) as tick:
        if session.exec(select(ProcessingActivity)).first():
            return
        for content in contents:
            activity = register.add(session, answered(content, today=clock.today()), actor=ACTOR, source="startset")
            with suppress(RuleViolation):  # then it stays a concept, and its findings show what is open
                register.establish(session, activity, actor=audit.COMMAND_LINE)
            tick()
        _workflow(session)


def _workflow(session: Session) -> None:
    """Records on their way to the register, remarks of the data protection officer, and a team that looked."""
    living = session.exec(
        select(ProcessingActivity)
        .where(ProcessingActivity.status == Status.ESTABLISHED)
        .order_by(col(ProcessingActivity.number).desc())
        .limit(6)
    ).all()
    asked, answered_, remarked, returned, approved, offered = living
    for activity in (offered, approved, returned):
        content = register.content_of(activity)
        security = f"{content.security} Wij kijken elk jaar wie erbij mag."
        changed = content.model_copy(update={"security": security})
        register.change(session, activity, changed, version=activity.version, actor=ACTOR)
        register.submit(session, activity, note="De beveiliging is aangevuld.", actor=ACTOR)
    register.approve(session, approved, actor=ACTOR)
    register.send_back(session, returned, question="Wie kijkt dat elk jaar na?", actor=ACTOR)
    remarks.add(session, remarked, "Leg uit waarom deze termijn nodig is.", actor=DPO)
    remark = remarks.add(session, answered_, "Staat het nieuwe systeem er al bij?", actor=DPO)
    remarks.answer(session, remark, "Nog niet. Het team vult het deze maand aan.", version=remark.version, actor=ACTOR)
    if asked.team:
        closes_on = clock.today() + timedelta(days=28)
        review = reviews.open_review(session, asked.team, closes_on=closes_on, actor=ACTOR)
        fields = OwnFields(process_owner="Teamleider (nieuw)")
        said = reviews.Said(reviews.Outcome.WRONG, "Wij hebben een nieuwe teamleider.", fields)
        reviews.say(session, review, {review.answers[0].id: said}, name="Een medewerker")


def _products(database: Database, organisation_id: UUID, step: Step) -> None:
    rows = starter_products()
    with (
        database.write(organisation_id) as session,
        step("Producten en berichten vastleggen", len(rows)) as tick,
    ):
        if session.exec(select(Product)).first():
            return
        wmebv.import_products(session, rows, actor=ACTOR, generate=True)
        _answer(session, tick)
        products = session.exec(select(Product).order_by(col(Product.number))).all()
        activities = {one.based_on: one for one in session.exec(select(ProcessingActivity))}
        for product in products:
            for based_on in samples.LINKS.get(product.external_id, ()):
                source, target = product.audit_key(), activities[based_on].audit_key()
                link(session, LinkKind.COLLECTS, source, target, actor=ACTOR)
        wmebv.establish_for_website(session, products, actor=audit.COMMAND_LINE)
        _plan(session)


def _plan(session: Session) -> None:
    """Goals, and for each kind of gap an action in some teams: one is late, of some nobody knows the cost."""
    today = clock.today()
    for goal in samples.goals(today):
        wmebv.add_goal(session, goal, actor=ACTOR)
    gaps: dict[str, dict[str, Finding]] = {}
    for one in wmebv.findings(session):
        if is_legal_gap(one) and one.key:
            gaps.setdefault(one.code, {}).setdefault(one.team, one)
    chosen = [list(teams.values())[at] for at in range(2) for teams in gaps.values() if at < len(teams)]
    for place, gap in enumerate(chosen):
        message = wmebv_queries.find_message(session, UUID(gap.key))
        channel = next((one.channel for one in message.channels if one.channel.name == gap.channel), None)
        proposal = wmebv.proposed(gap.code, message)
        if gap.value is Value.UNKNOWN:
            proposal = proposal.model_copy(update={"title": f"Zoek uit: {duties()[gap.code].name.lower()}"})
        content = samples.planned(proposal, place, today=today)
        wmebv.add_action(session, content, duty=gap.code, about=channel or message.product, actor=ACTOR)


def _answer(session: Session, tick: Callable[[], None]) -> None:
    """What the teams of the example answered."""
    today = clock.today()
    wmebv.answer(session, wmebv_queries.general(session), *samples.organisation_answers(today), actor=ACTOR)
    for channel in session.exec(select(Channel)).all():
        content = samples.answered_channel(wmebv_rows.channel_content(channel), today=today)
        wmebv.change_channel(session, channel, content, version=channel.version, actor=ACTOR)
    engine = wmebv.add_template(session, samples.form_engine(today), actor=ACTOR)
    forms = session.exec(select(Channel).where(Channel.kind == ChannelKind.WEB_FORM).order_by(col(Channel.name)))
    under = [(channel, channel.version) for channel in forms if channel.answers]
    wmebv.put_under(session, engine, under, drops_own=True, reason="", actor=ACTOR)
    for product in session.exec(select(Product).order_by(col(Product.number))).all():
        about = samples.answered_product(wmebv_rows.product_content(product), today=today)
        wmebv.change_product(session, product, about, version=product.version, actor=ACTOR)
        for message in wmebv_rows.living_messages(product):
            said = samples.answered_message(about, wmebv_rows.message_content(message), today=today)
            wmebv.change_message_type(session, message, said, version=message.version, actor=ACTOR)
        tick()


def _categories(database: Database, organisation_id: UUID, step: Step) -> None:
    with database.write(organisation_id) as session, step("Woo-categorieën inrichten", None):
        base_url = the_organisation(session).base_url
        for category in session.exec(select(Category).order_by(col(Category.number))):
            entry = category.entry
            if category.locations or entry.number == lists.WITHOUT_DUTY or entry.municipality != "yes":
                continue
            content = woo_services.category_content(category, "")
            slug = woo.files.slug(entry.label)
            location = LocationContent(
                url=f"{base_url}/woo/{entry.number}-{slug}/",
                explanation=f"Alle documenten in de categorie {entry.label}.",
                kind=LocationKind.OWN,
                source_system="Openboek",
                registered_in_roo_on=clock.today() if entry.in_force_since else None,
                last_checked_on=clock.today(),
            )
            status = CategoryStatus.IN_ORDER if entry.in_force_since else CategoryStatus.STARTED
            ambition = AmbitionContent(year=clock.today().year + 1, goal="Alle processen sluiten aan.", share=100)
            changed = content.model_copy(update={"locations": (location,), "status": status, "ambitions": (ambition,)})
            woo_services.change_category(session, category, changed, version=category.version, actor=ACTOR)
            woo_services.establish_category(session, category, actor=audit.COMMAND_LINE)
        if not woo_services.all_processes(session):
            listed = resources.files("app.samples").joinpath("processes.csv").read_bytes()
            rows = woo.importer.read_processes(sheets.read(listed, "processes.csv")).processes
            woo_services.take_processes(session, rows, actor=ACTOR)
        if not woo_queries.requests(session, clock.today()):
            for asked in _requests(clock.today()):
                woo_services.add_request(session, asked, actor=ACTOR)


def _requests(today: date) -> Iterator[RequestContent]:
    """One that waits, one for which others are being heard, and one that is decided."""
    yield RequestContent(
        case_number="Z-2026-0412", subject="Herinrichting van de markt", received_on=today - timedelta(days=24)
    )
    yield RequestContent(
        case_number="Z-2026-0398",
        subject="Contracten voor groenonderhoud",
        received_on=today - timedelta(days=20),
        suspended_from=today - timedelta(days=6),
        team="Juridische Zaken",
    )
    yield RequestContent(
        case_number="Z-2026-0357",
        subject="Subsidies voor sportverenigingen",
        received_on=today - timedelta(days=60),
        extended_on=today - timedelta(days=35),
        extension_reason="Er waren veel documenten om na te kijken.",
        decision=Decision.PARTLY,
        decided_on=today - timedelta(days=20),
        team="Juridische Zaken",
    )


def _documents(database: Database, folder: Folder, organisation_id: UUID, step: Step) -> None:
    dossiers = sample_dossiers(clock.today())
    samples = [sample for dossier in dossiers for sample in dossier.documents]
    with database.read(organisation_id) as session:
        if session.exec(select(Document)).first():
            return
    with step("Documenten maken en opslaan", len(samples)) as tick:
        stored = {}
        for sample in samples:
            stored[sample.key] = _store(folder, sample.write(), sample)
            tick()
    replacements = {
        sample.key: _store(folder, sample.write_replacement(), sample)
        for sample in samples
        if sample.outcome is Outcome.REPLACE
    }
    with step("Documenten nakijken", None):
        every = [file.sha256 for file in (*stored.values(), *replacements.values())]
        woo_services.look_ahead(database, folder, organisation_id, every, actor=ACTOR)
    with database.write(organisation_id) as session, step("Documenten publiceren", len(samples)) as tick:
        made: dict[str, Document] = {}
        for dossier in dossiers:
            made |= _add_dossier(session, dossier, stored)
        _relate(session, samples, made)
        for sample in samples:
            _publish(session, folder, sample, made[sample.key], replacements.get(sample.key))
            tick()
        _withhold(session, folder, made[WITHHELD_BESIDE].dossier)
        _overviews(session)


def _withhold(session: Session, folder: Folder, dossier: Dossier) -> None:
    """A document that is not public, with the notice in its place (Woo art. 3.3 lid 8)."""
    content = DocumentContent(
        title="Document 4. Juridisch advies over de schade aan het dak",
        category=dossier.category,
        kinds=(lists.KINDS.match("advies").code,),
        adopted_on=clock.today() - timedelta(days=200),
        withheld=Withholding.FULLY,
        grounds=(
            GroundContent(
                code="5.1.2b",
                reason="De gemeente onderhandelt nog met de aannemer. Met het advies kent die onze positie.",
            ),
        ),
        notice="Dit advies gaat over een zaak die nog loopt: wie de schade aan het dak betaalt. Openbaarmaking zou de "
        "gemeente geld kunnen kosten. Is de zaak klaar, dan kijken wij opnieuw of het advies openbaar kan worden.",
    )
    document = woo_services.add_document(session, dossier, content, actor=ACTOR)
    woo_services.make_notice(session, document, folder, version=document.version, actor=ACTOR)
    woo_services.publish_document(session, document, actor=ACTOR, folder=folder)


def _overviews(session: Session) -> None:
    """Subsidies as an overview instead of documents (Woo art. 3.3a), and what is withheld."""
    rows = [
        (
            "Subsidieregeling cultuur",
            receiver,
            what,
            amount,
            "",
            "",
            "",
            (clock.today() - timedelta(days=ago)).isoformat(),
        )
        for receiver, what, amount, ago in SUBSIDIES
    ]
    subsidies = woo_services.take_overview(session, OverviewKind.SUBSIDIES, rows, version=0, actor=ACTOR)
    woo_services.show_overview(session, OverviewKind.SUBSIDIES, version=subsidies.version, actor=ACTOR)
    woo_services.show_overview(session, OverviewKind.WITHHELD, version=0, actor=ACTOR)


def _store(folder: Folder, data: bytes, sample: SampleDocument) -> woo.files.StoredFile:
    name = f"{sample.key}.{lists.formats()[sample.file_format].extensions[0]}"
    return woo.files.store(folder, BytesIO(data), name)


def _add_dossier(
    session: Session, sample: SampleDossier, stored: dict[str, woo.files.StoredFile]
) -> dict[str, Document]:
    category = sample.category_number or lists.WITHOUT_DUTY
    content = DossierContent(title=sample.title, description=sample.description, category=category)
    dossier = woo_services.add_dossier(session, content, actor=ACTOR)
    return {
        one.key: woo_services.add_document(session, dossier, _content(one), stored[one.key], actor=ACTOR)
        for one in sample.documents
    }


def _content(sample: SampleDocument) -> DocumentContent:
    first, *others = sample.category_numbers or (lists.WITHOUT_DUTY,)
    return DocumentContent(
        title=sample.title,
        category=first,
        other_categories=tuple(others),
        kinds=tuple(lists.KINDS.match(label).code for label in sample.kind_labels),
        themes=tuple(lists.THEMES.match(label).code for label in sample.theme_labels),
        keywords=sample.keywords,
        descriptions=(sample.description,) if sample.description else (),
        adopted_on=sample.adopted_on,
        received_on=sample.received_on,
        signed_on=sample.signed_on,
        created_on=sample.dated_on,
    )


def _relate(session: Session, samples: list[SampleDocument], made: dict[str, Document]) -> None:
    for sample in samples:
        if sample.relations:
            document = made[sample.key]
            relations = tuple(
                RelationContent(role=lists.ROLES.match(relation.role).code, target=made[relation.key].id)
                for relation in sample.relations
            )
            content = document.content().model_copy(update={"relations": relations})
            woo_services.change_document(session, document, content, version=document.version, actor=ACTOR)


def _publish(
    session: Session,
    folder: Folder,
    sample: SampleDocument,
    document: Document,
    replacement: woo.files.StoredFile | None,
) -> None:
    match sample.outcome:
        case Outcome.CONCEPT:
            return
        case Outcome.PLANNED:
            planned_on = sample.planned_on or clock.today()
            woo_services.plan_document(session, document, on=planned_on, version=document.version, actor=ACTOR)
            return
    woo_services.publish_document(session, document, actor=ACTOR, folder=folder)
    reason = lists.REASONS.match(sample.reason).code if sample.reason else ""
    if replacement:
        woo_services.replace_file(
            session, document, replacement, reason=reason, note=sample.reason_note, actor=ACTOR, folder=folder
        )
    elif sample.outcome is Outcome.WITHDRAW:
        woo_services.withdraw(session, document, reason=reason, note=sample.reason_note, actor=ACTOR, folder=folder)
