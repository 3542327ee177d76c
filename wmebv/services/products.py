"""Products: added, changed, ended, and established for the website."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core import audit, clock, history, values
from core.db import refuse_stale
from core.errors import RuleViolation
from core.organisations import Team, bodies, find_or_add, next_number
from wmebv import queries, rows
from wmebv.content import SCHEMA_NUMBER, ProductContent
from wmebv.models import NUMBER_PREFIX, Product
from wmebv.public import shown_of
from wmebv.services.saving import record_save, refuse, refuse_ended, replace_answers, wrong_addresses
from wmebv.snapshot import snapshot

MAX_SLUG = 80


def add_product(session: Session, content: ProductContent, *, actor: audit.Actor, source: str = "") -> Product:
    """Put a product in the inventory. A team that is new joins the shared list.

    `source` says where it came from when no person typed it (a file, the starter set); it stays in the trail.

    Raises:
        RuleViolation: no name, or an address that is none.
    """
    _check_product(content)
    product = Product(number=next_number(session, NUMBER_PREFIX), name=content.name)
    _write_product(session, product, content, actor=actor)
    session.add(product)
    facts = rows.facts_of(product)
    record_save(session, product, "add", actor, None, facts | {"source": source} if source else facts)
    return product


def change_product(
    session: Session, product: Product, content: ProductContent, *, version: int, actor: audit.Actor
) -> None:
    """Replace the content of a product; what is on the website stays until it is established again.

    Saving what is there already changes nothing.

    Raises:
        Conflict: somebody saved in between (`version` is what the form was made from).
        RuleViolation: the product has ended, has no name, or an address is none.
    """
    refuse_stale(product, version)
    refuse_ended(product)
    _check_product(content)
    before = rows.facts_of(product)
    if rows.product_content(product) == content:
        return
    _write_product(session, product, content, actor=actor)
    record_save(session, product, "change", actor, before, rows.facts_of(product))


def end_product(session: Session, product: Product, *, version: int, actor: audit.Actor) -> None:
    """Stop a product from today on: it leaves the report, and the website with the next export.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: it has ended already.
    """
    refuse_stale(product, version)
    refuse_ended(product)
    before = rows.facts_of(product)
    product.ended_on = clock.today()
    newest = history.newest_version(session, product.id)
    if newest and newest.ended_at is None:
        newest.ended_at = clock.now()
    record_save(session, product, "end", actor, before, rows.facts_of(product))


def take_off_again(session: Session, product: Product, *, at: datetime, actor: audit.Actor) -> bool:
    """Take off the website what came back on it with a backup of before `at`, when it left it. False: it did not."""
    newest = history.newest_version(session, product.id)
    if newest is None or newest.ended_at or newest.established_at > at:
        return False
    newest.ended_at = at
    audit.record(session, actor=actor, action="wmebv:product:withdraw", subject=product, after={"version": None})
    return True


def reopen_product(session: Session, product: Product, *, version: int, actor: audit.Actor) -> None:
    """Take an ended product back. It returns to the website when it is established again.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: it has not ended.
    """
    refuse_stale(product, version)
    if product.ended_on is None:
        raise RuleViolation("Dit product is niet beëindigd.")
    before = rows.facts_of(product)
    product.ended_on = None
    record_save(session, product, "reopen", actor, before, rows.facts_of(product))


def establish_for_website(
    session: Session, products: Sequence[Product], *, actor: audit.Actor
) -> Sequence[history.Version]:
    """Freeze products with their messages and channels: from now on the public can see them.

    A product that would show nothing new is left alone.

    Returns:
        The new versions.

    Raises:
        RuleViolation: one of the products is not ready; `points` says which and why, and nothing was frozen.
    """
    points = {product.kenmerk: reason for product in products if (reason := _what_blocks(product))}
    if points:
        listed = " ".join(f"{number}: {reason}" for number, reason in points.items())
        raise RuleViolation(f"Er is niets vastgesteld. {listed}", points)
    general = rows.general_content(queries.general(session))
    names = bodies(session)
    newest = queries.newest_versions(session, [product.id for product in products])
    taken = {slug for slug in session.exec(select(Product.slug).where(col(Product.slug).is_not(None))) if slug}
    made = []
    for product in products:
        slug = product.slug or _free_slug(product, taken)
        frozen = snapshot(rows.entry(product), general, number=product.kenmerk, slug=slug, bodies=names)
        last = newest.get(product.id)
        if last and last.ended_at is None and shown_of(last.content) == shown_of(frozen):
            continue
        before = rows.facts_of(product)
        taken.add(slug)
        product.slug = slug
        version = history.freeze(session, product, actor=actor, schema_number=SCHEMA_NUMBER, content=frozen)
        after = rows.facts_of(product) | {"established_version": version.number}
        record_save(session, product, "establish", actor, before, after)
        made.append(version)
    return made


def _what_blocks(product: Product) -> str:
    if product.ended_on:
        return "dit product is beëindigd."
    if not rows.living_messages(product):
        return "voeg eerst een bericht toe."
    if any(message.kind is None for message in rows.living_messages(product)):
        return "kies eerst bij elk bericht welk soort bericht het is."
    return ""


def _check_product(content: ProductContent) -> None:
    points = {} if content.name else {"name": "Vul de naam van het product in."}
    refuse({**points, **wrong_addresses(content)})


def _write_product(session: Session, product: Product, content: ProductContent, *, actor: audit.Actor) -> None:
    rows.write_columns(product, content)
    rows.write_legal_bases(product, content.legal_bases)
    replace_answers(product, content.answers)
    team = find_or_add(session, Team, content.team, actor=actor)
    product.team, product.team_id = team, team.id if team else None
    searched = (
        *(product.kenmerk, content.name, content.upl_label, content.external_id, content.process_owner),
        *content.keywords,
    )
    product.search_text = values.fold("\n".join(searched))


def _free_slug(product: Product, taken: set[str]) -> str:
    words = re.findall(r"[a-z0-9]+", values.fold(product.name))
    found = "-".join(words)[:MAX_SLUG].strip("-") or product.kenmerk.lower()
    return found if found not in taken else f"{found}-{product.kenmerk.lower()}"
