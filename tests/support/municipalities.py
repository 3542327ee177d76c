"""Municipalities in one database, each with one of everything and with a text that nobody else may ever see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from sqlmodel import Session, col, select

import register.files as register_files
import register.services as register
import wmebv.services as wmebv
import woo.files
import woo.services as woo_services
from core import attached, audit, cleaning, clock, jobs, originals
from core.accounts.models import RoleCode, User
from core.accounts.services import add_user
from core.db import Database
from core.folder import Folder
from core.links import LinkKind, link
from core.organisations import Body, Organisation, Party, System, Team, add_organisation, find_or_add
from core.sheets import Sheet
from core.uploads import Kept
from publish.models import PublishRun, PublishTarget, PublishVerdict, RunState
from register import imports, processors, public_fields, remarks, reviews
from register.content import ProcessorUse, Recipient, RecipientKind, SystemUse
from register.models import Law
from register.routes_files import FILE_JOB
from support.activities import for_others
from support.inventories import good_channel, good_message, good_product
from support.register import COMPLETE
from support.small_files import pdf
from wmebv.content import ActionContent, GoalContent, Measure, TemplateContent
from wmebv.duties import Amendment, ArticleStatus
from wmebv.imports import ListSource, ProductImport
from wmebv.models import Action, Channel, ChannelTemplate, Goal, MessageType, Product
from woo import document_list
from woo.content import DocumentContent, DossierContent, OverviewKind, ProcessContent, RequestContent
from woo.models import Document, Dossier, MappedProcess
from woo.services import inspecting

ACTOR = audit.Actor("Samir")
PASSWORD = "een lang wachtwoord"
PDF = pdf()


@dataclass(frozen=True)
class Contents:
    """The ids of the records of a municipality, by the name that addresses and forms use."""

    ids: Mapping[tuple[str, str], str]
    """(first folder of the address, name in it) -> value."""


def add_municipality(database: Database, code: str, name: str, **facts: object) -> Organisation:
    with database.write(None) as session:
        made = add_organisation(
            session,
            code=code,
            name=name,
            base_url=f"https://{code}.example",
            tooi_uri=f"https://identifier.overheid.nl/tooi/id/gemeente/{code}",
            tooi_label=name,
            actor=ACTOR,
            **{
                "address": "Markt 1",
                "phone": "14 0123",
                "email": f"gemeente@{code}.example",
                "dpo_contact": f"fg@{code}.example",
                "dpo_registered_on": date(2024, 5, 1),
                "rights_url": f"https://{code}.example/privacy",
            }
            | facts,
        )
        woo_services.add_categories(session, actor=ACTOR)
        session.flush()
        session.expunge(made)
    return made


def add_person(
    database: Database, username: str, organisation: Organisation, *roles: RoleCode, must_change: bool = False
) -> User:
    with database.write(None) as session:
        user = add_user(
            session,
            username=username,
            name=username.capitalize(),
            password=PASSWORD,
            roles=roles or list(RoleCode),
            organisation_id=organisation.id,
            actor=ACTOR,
            must_change_password=must_change,
        )
        session.flush()
        session.expunge(user)
    return user


def fill(session: Session, folder: Folder, text: str, *, partner: str = "") -> Contents:
    """Put one of everything in the registers, with `text` in every name; two of what can be public are public."""
    activity = register.add(
        session,
        COMPLETE.model_copy(
            update={
                "name": f"Parkeren {text}",
                "explanation": f"U vraagt een vergunning. Wij kijken {text} na.",
                "remarks": f"Opmerking {text}",
                "team": f"Team {text}",
                "process_owner": f"Eigenaar {text}",
                "processors": (ProcessorUse(party=f"Partij {text}", agreement_document=f"Contract {text}"),),
                "recipients": tuple(
                    Recipient(name=f"{number} ontvanger {text}", kind=RecipientKind.OTHER) for number in (1, 2)
                ),
                "systems": (SystemUse(name=f"Systeem {text}", supplier=f"Leverancier {text}"),),
            }
        ),
        actor=ACTOR,
    )
    agreement = activity.processors[0].agreement
    body = find_or_add(session, Body, f"Orgaan {text}", actor=ACTOR)
    law = register.add_shared(session, Law(name=f"Wet {text}", remarks=f"Noot {text}"), actor=ACTOR)
    kept = attached.receive(folder, BytesIO(pdf(f"{text} 3")), f"contract {text}.pdf")
    contract = register_files.attach(session, agreement, kept, actor=ACTOR)
    dpia = register_files.attach(session, activity, kept, actor=ACTOR)
    register.establish(session, activity, actor=audit.COMMAND_LINE)
    public_fields.choose(session, activity, shown=["team"], reason=f"Waarom {text}", actor=ACTOR)
    without_basis = [one for one in register.findings_of(session, activity) if one.rule_id == "AVG-074"]
    closing = register.close(
        session, without_basis[0], activity, reason=f"Reden {text}", until=clock.today(), actor=ACTOR
    )
    concept = register.add(session, for_others(name=f"Voor anderen {text}"), actor=ACTOR)

    file = woo.files.store(folder, BytesIO(pdf(text)), f"besluit {text}.pdf")
    dossier = woo_services.add_dossier(session, DossierContent(title=f"Dossier {text}", category="014"), actor=ACTOR)
    facts = {"category": "014", "adopted_on": date(2026, 11, 2), "internal_note": f"Intern {text}"}
    public = woo_services.add_document(
        session, dossier, DocumentContent(title=f"Besluit {text}", **facts), file, actor=ACTOR
    )
    woo_services.publish_document(session, public, actor=ACTOR, folder=folder)
    nota = DocumentContent(title=f"Nota {text}", **facts)
    document = _looked_at(session, folder, dossier, nota, text)

    process = _process_and_overview(session, text)
    asked_for = woo_services.add_request(
        session,
        RequestContent(case_number=f"Z-{text}", subject=f"Onderwerp {text}", received_on=date(2026, 11, 2)),
        actor=ACTOR,
    )

    channel = wmebv.add_channel(session, good_channel(name=f"Kanaal {text}"), actor=ACTOR)
    product = wmebv.add_product(session, good_product(name=f"Product {text}", team=f"Team {text}"), actor=ACTOR)
    message, proof = _message(session, product, kept, text)
    link(session, LinkKind.COLLECTS, product.audit_key(), activity.audit_key(), actor=ACTOR)

    run = _published(session, text)
    job = jobs.enqueue(session, "soort", {"tekst": text}, created_by=f"Wie {text}")
    made = _file_of_the_register(session, folder, text)
    offered = processors.offer(session, concept, to_code=partner, actor=ACTOR) if partner else None
    shared = {
        kind: session.exec(select(kind).where(col(kind.name).contains(text))).first() for kind in (Team, Party, System)
    }
    review = reviews.open_review(session, shared[Team], closes_on=clock.today(), actor=ACTOR)
    said = {review.answers[0].id: reviews.Said(reviews.Outcome.WRONG, f"Klopt niet {text}")}
    reviews.say(session, review, said, name=f"Medewerker {text}")
    remark = remarks.add(session, activity, f"Bedenking {text}", actor=ACTOR)
    remarks.answer(session, remark, f"Antwoord {text}", version=remark.version, actor=ACTOR)
    session.flush()
    kept = originals.keep(folder, f"Naam;Doel\nOud {text};Voorbeeld\n".encode())
    read = register.open_import(
        session, file_name=f"register {text}.csv", kind=imports.Kind.SPREADSHEET, sha256=kept, actor=ACTOR
    )
    rows = register.compared(
        session, [register.Incoming(COMPLETE.model_copy(update={"name": f"Oud {text}"}))], kind=read.kind
    )
    register.prepare(session, read, rows, (), actor=ACTOR)
    listed = originals.keep(folder, f"Titel;Kleur\nStuk {text};rood\n".encode())
    documents = woo_services.open_import(session, file_name=f"lijst {text}.csv", kept=listed, actor=ACTOR)
    found = document_list.read_documents([Sheet("Lijst", [["Titel", "Kleur"], [f"Stuk {text}", f"rood {text}"]])])
    woo_services.prepare_import(session, documents, woo_services.compared(session, found.rows, (), {}), actor=ACTOR)
    mapping = register.save_mapping(session, f"Koppeling {text}", {"Taak": "naam"}, actor=ACTOR)
    session.flush()
    asked = cleaning.ask(
        session,
        cleaning.Wanted(reason=f"Waarom {text}", event_sequence=2, text=""),
        actor=audit.Actor(f"Vrager {text}"),
    )
    session.flush()
    event = session.exec(select(audit.AuditEvent.id).where(audit.AuditEvent.subject_id == activity.id)).first()
    return Contents(
        {
            ("publicatie", "run_id"): str(run.id),
            ("register", "kenmerk"): activity.kenmerk,
            ("register", "number"): "1",
            ("register", "part"): "doel",
            ("register", "job_id"): str(job.id),
            ("register", "remark_id"): str(remark.id),
            ("register", "made_id"): str(made.id),
            ("register", "import_id"): str(read.id),
            ("register", "mapping_id"): str(mapping.id),
            ("register", "mark"): without_basis[1].mark,
            ("register", "closing_id"): str(closing.id),
            ("register", "rule_id"): "AVG-031",
            ("register", "agreement_id"): str(agreement.id),
            ("register", "law_id"): str(law.id),
            ("register", "file_id"): str(contract.id),
            ("register", "dpia_file_id"): str(dpia.id),
            ("wmebv", "file_id"): str(proof.id),
            ("woo", "number"): "014",
            ("woo", "public_id"): dossier.public_id,
            ("woo", "document_id"): str(document.id),
            ("woo", "name"): "subsidies",
            ("woo", "process_id"): str(process.id),
            ("woo", "request_id"): str(asked_for.id),
            ("wmebv", "import_id"): str(_list_of_products(session, folder, text).id),
            ("woo", "import_id"): str(documents.id),
            ("wmebv", "number"): product.kenmerk,
            ("wmebv", "message_id"): str(message.id),
            ("wmebv", "channel_id"): str(channel.id),
            ("wmebv", "code"): _article(session, text),
            ("wmebv", "template_id"): str(_template(session, channel, text).id),
            ("wmebv", "action_id"): str(_action(session, message, text).id),
            ("wmebv", "goal_id"): str(_goal(session, text).id),
            ("wmebv", "duty"): "W11",
            ("wmebv", "about"): str(message.id),
            ("wmebv", "grid"): "aan-de-gemeente",
            ("koppelingen", "kenmerk"): product.kenmerk,
            ("verwerkersrelaties", "link_id"): str(offered.id) if offered else "",
            ("controles", "review_id"): str(review.id),
            ("beheer", "job_id"): str(job.id),
            ("beheer", "event_id"): str(event),
            ("beheer", "request_id"): str(asked.id),
            ("beheer", "body"): str(body.id),
            ("beheer", "team"): str(shared[Team].id),
            ("beheer", "party"): str(shared[Party].id),
            ("beheer", "system"): str(shared[System].id),
            ("", "activity"): str(activity.id),
            ("", "concept"): str(concept.id),
            ("", "public"): str(public.id),
            ("", "dossier"): str(dossier.id),
            ("", "product"): str(product.id),
            ("", "job"): str(job.id),
        }
    )


def _published(session: Session, text: str) -> PublishRun:
    """An export that was stopped, a copy that is behind and a look from outside."""
    run = PublishRun(
        export_id=f"uitvoer-{text}"[:60],
        state=RunState.STOPPED,
        started_at=clock.now(),
        finished_at=clock.now(),
        started_by=f"Klok {text}",
        message=f"Mislukt {text}",
        faults=[f"Fout {text}"],
        warnings=[f"Waarschuwing {text}"],
        targets={"web": f"Gestuurd {text}"},
    )
    session.add(run)
    session.add(PublishTarget(name=f"web-{text}"[:60], error=f"Weg {text}", behind_since=clock.now()))
    session.add(
        PublishVerdict(
            seen_at=clock.now(), address=f"https://{text}", faults=[f"Te zien {text}"], asked_by=f"Klok {text}"
        )
    )
    return run


def _process_and_overview(session: Session, text: str) -> MappedProcess:
    """What a municipality has mapped, and an overview that stands on its website."""
    rows = ((f"Grondslag {text}", f"Stichting {text}", f"Speelplek {text}", "", "", "", "", "2026-11-02"),)
    woo_services.take_overview(session, OverviewKind.SUBSIDIES, rows, version=0, actor=ACTOR)
    woo_services.show_overview(session, OverviewKind.SUBSIDIES, version=1, actor=ACTOR)
    content = ProcessContent(process=f"Proces {text}", document_kind="nota", category="014")
    return woo_services.add_process(session, content, actor=ACTOR)


def _looked_at(session: Session, folder: Folder, dossier: Dossier, content: DocumentContent, text: str) -> Document:
    """A concept whose file the check has seen, in an organisation that said what belongs to itself."""
    woo_services.change_known(session, [f"balie {text}"], version=0, actor=ACTOR)
    file = woo.files.store(folder, BytesIO(pdf(f"{text} 2")), f"nota {text}.pdf")
    document = woo_services.add_document(session, dossier, content, file, actor=ACTOR)
    found = inspecting.look(folder, document.sha256, woo_services.basis(session))
    inspecting.keep(session, found, actor=ACTOR)
    return document


def _action(session: Session, message: MessageType, text: str) -> Action:
    names = {"owner": f"Wie {text}", "team": f"Team {text}", "supplier": f"Partij {text}"}
    content = ActionContent(title=f"Doe {text}", due_on=date(2027, 3, 1), **names)
    return wmebv.add_action(session, content, duty="W11", about=message, actor=ACTOR)


def _message(
    session: Session, product: Product, kept: Kept[str], text: str
) -> tuple[MessageType, attached.InternalFile]:
    content = good_message(name=f"Bericht {text}", channels=())
    message = wmebv.add_message_type(session, product, content, actor=ACTOR)
    return message, wmebv.attach_evidence(session, message, "W04", kept, actor=ACTOR)


def _article(session: Session, text: str) -> str:
    said = Amendment(article=f"Awb {text}", article_status=ArticleStatus.CONFIRMED, source=f"Bron {text}")
    return wmebv.amend_duty(session, "W16", said, version=0, actor=ACTOR).code


def _template(session: Session, channel: Channel, text: str) -> ChannelTemplate:
    content = TemplateContent(name=f"Sjabloon {text}", note=f"Notitie {text}", answers=good_channel().answers[-1:])
    template = wmebv.add_template(session, content, actor=ACTOR)
    wmebv.put_under(session, template, [(channel, channel.version)], drops_own=True, reason="", actor=ACTOR)
    return template


def _goal(session: Session, text: str) -> Goal:
    content = GoalContent(title=f"Doel {text}", measure=Measure.SCORE, target=80, by=date(2027, 1, 1))
    return wmebv.add_goal(session, content, actor=ACTOR)


def _list_of_products(session: Session, folder: Folder, text: str) -> ProductImport:
    kept = originals.keep(folder, f"Product;Kleur\nBalie {text};rood {text}\n".encode())
    made = wmebv.open_list(
        session, ListSource.OWN, file_name=f"producten {text}.csv", kept=kept, place=("", 1), actor=ACTOR
    )
    wmebv.choose_columns(session, made, {"Product": "productnaam", "Kleur": None}, actor=ACTOR)
    return made


def _file_of_the_register(session: Session, folder: Folder, text: str) -> jobs.Job:
    """One that a job made and that waits to be downloaded."""
    made = jobs.enqueue(session, FILE_JOB, {"day": "2026-11-21", "ending": "json"}, created_by=f"Wie {text}")
    made.state, made.result = jobs.JobState.DONE, {"file": f"register-{text}.json"}
    place = folder.reports / "register" / str(made.id)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return made
