"""What the public sees of products: frozen, and nothing that is meant for colleagues."""

from datetime import date

import pytest

from core import history
from core.errors import RuleViolation
from support.inventories import (
    answer,
    good_channel,
    good_message,
    good_organisation,
    good_outgoing,
    good_product,
    with_answer,
)
from wmebv import public, queries, services
from wmebv.content import (
    Answer,
    ChannelContent,
    ChannelKind,
    ChannelLink,
    ChannelUse,
    Designation,
    LegalBasis,
    MessageTypeContent,
    ProductContent,
    Value,
)

SECRET = "NIET-OPENBAAR"
PUBLIC_CHANNEL = public.PublicChannel(
    name="Formulier kapvergunning",
    kind="Webformulier",
    url="https://voorbeeld.nl/formulier",
    level="D4",
    level_label="Webformulier zonder inlog",
    logins=("DigiD",),
    login_codes=("digid_midden",),
    is_fallback=True,
)


def established(session, actor):
    services.add_channel(session, good_channel(login_levels=("digid_midden",)), actor=actor)
    content = good_product(
        audiences=("particulier",),
        summary="Wilt u een boom kappen? Vraag eerst een vergunning aan bij de gemeente.",
        keywords=("boom kappen",),
        upl_label="kapvergunning",
        upl_uri="http://standaarden.overheid.nl/owms/terms/kap",
        legal_bases=(LegalBasis(law="Bomenverordening", article="Artikel 2"),),
        answers=(
            answer("W03", choices=("Z01", "Z02")),
            Answer(duty="Z02", value=Value.YES, text="Bel 14 053."),
            Answer(duty="Z07", value=Value.NO),
        ),
    )
    product = services.add_product(session, content, actor=actor)
    link = ChannelLink(channel="Formulier kapvergunning", use=ChannelUse.FALLBACK)
    paper = Answer(duty="Z05", value=Value.YES, text="Stuur een brief.")
    message = good_message(channels=(link,), answers=(*good_message().answers, paper))
    services.add_message_type(session, product, message, actor=actor)
    services.add_message_type(session, product, good_outgoing(), actor=actor)
    (version,) = services.establish_for_website(session, [product], actor=actor)
    return product, version


def test_a_product_shows_how_to_do_business(session, actor):
    product, version = established(session, actor)
    assert public.public_products(session) == [
        public.PublicProduct(
            id=product.id,
            number="PD-0001",
            slug="kapvergunning",
            name="Kapvergunning",
            summary="Wilt u een boom kappen? Vraag eerst een vergunning aan bij de gemeente.",
            keywords=("boom kappen",),
            upl_label="kapvergunning",
            upl_uri="http://standaarden.overheid.nl/owms/terms/kap",
            audiences=("Inwoners",),
            audience_codes=("particulier",),
            laws=("Bomenverordening, Artikel 2",),
            sdg_codes=(),
            messages=(
                public.PublicMessage(
                    name="Aanvraag kapvergunning",
                    kind="aanvraag",
                    kind_label="Aanvraag",
                    channels=(PUBLIC_CHANNEL,),
                    without_computer=True,
                    paper="Stuur een brief.",
                    someone_else=True,
                    someone_else_by=("DigiD Machtigen",),
                ),
            ),
            help=(
                public.PublicHelp("Z01", "Hulp aan de balie", ""),
                public.PublicHelp("Z02", "Hulp aan de telefoon", "Bel 14 053."),
            ),
            version=1,
            established_at=version.established_at,
        )
    ]
    assert public.last_change(session) == version.established_at


def test_what_is_not_known_is_neither_yes_nor_no(session, actor):
    product = services.add_product(session, ProductContent(name="Paspoort"), actor=actor)
    services.add_message_type(session, product, MessageTypeContent(name="Aanvraag", kind="aanvraag"), actor=actor)
    services.establish_for_website(session, [product], actor=actor)
    (message,) = public.public_products(session)[0].messages
    assert (message.without_computer, message.someone_else) == (None, None)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, True),
        ({"law": "Telecommunicatiewet", "article": "5.4"}, False),
        ({"law": "Telecommunicatiewet"}, True),
        ({"law": "Telecommunicatiewet", "article": "5.4", "value": Value.UNKNOWN}, True),
        ({"law": "Telecommunicatiewet", "article": "5.4", "choices": ("verplicht_fysiek",)}, True),
    ],
)
def test_what_a_law_wants_digitally_is_not_said_to_go_without_a_computer(session, actor, given, shown):
    product = services.add_product(session, good_product(), actor=actor)
    act = answer("W09", **{"value": None, "choices": ("verplicht_digitaal",)} | given)
    services.add_message_type(session, product, with_answer(good_message(channels=()), act), actor=actor)
    services.establish_for_website(session, [product], actor=actor)
    (message,) = public.public_products(session)[0].messages
    assert message.without_computer is shown


def test_nothing_internal_leaves_the_register(session, actor):
    secret_answers = tuple(
        Answer(
            duty=code,
            value=Value.YES,
            note=SECRET,
            law=SECRET,
            article=SECRET,
            body=SECRET,
            evidence_url=f"https://{SECRET}.nl",
            evidence_document=SECRET,
            answered_by=SECRET,
            text=SECRET if code.startswith("W") else "",
        )
        for code in ("W03", "W04", "W05", "W06", "W22", "W27", "Z01", "Z05", "Z08")
    )
    services.add_channel(
        session,
        ChannelContent(
            name="Formulier",
            kind=ChannelKind.WEB_FORM,
            supplier=SECRET,
            form_id=SECRET,
            product_page_url=f"https://{SECRET}.nl",
            designation=Designation(title=SECRET, reference=SECRET, bodies=(SECRET,)),
            answers=secret_answers,
            note=SECRET,
        ),
        actor=actor,
    )
    product = services.add_product(
        session,
        ProductContent(
            name="Paspoort",
            team=SECRET,
            process_owner=SECRET,
            controller=SECRET,
            executor_name=SECRET,
            special_act=SECRET,
            national_facility=SECRET,
            why_not_digital=SECRET,
            external_id=SECRET,
            answers=secret_answers,
            note=SECRET,
        ),
        actor=actor,
    )
    link = ChannelLink(channel="Formulier")
    message = MessageTypeContent(
        name="Aanvraag", kind="aanvraag", reasoning=SECRET, channels=(link,), answers=secret_answers, note=SECRET
    )
    services.add_message_type(session, product, message, actor=actor)
    services.answer(session, queries.general(session), *secret_answers, actor=actor)
    services.establish_for_website(session, [product], actor=actor)
    services.change_product(
        session, product, ProductContent(name=f"{SECRET} concept"), version=product.version, actor=actor
    )
    assert SECRET not in repr(public.public_products(session))


def test_typing_on_changes_nothing_for_the_public_until_it_is_established_again(session, actor):
    product, _ = established(session, actor)
    before = public.public_products(session)
    services.change_product(session, product, good_product(name="Bomen kappen"), version=product.version, actor=actor)
    assert public.public_products(session) == before
    assert queries.website_states(session, [product]) == {product.id: queries.WebsiteState.CHANGED}
    services.establish_for_website(session, [product], actor=actor)
    (shown,) = public.public_products(session)
    assert (shown.name, shown.slug, shown.version) == ("Bomen kappen", "kapvergunning", 2)
    assert queries.website_states(session, [product]) == {product.id: queries.WebsiteState.ESTABLISHED}


def test_a_change_that_the_public_cannot_see_asks_for_no_new_version(session, actor):
    product, _ = established(session, actor)
    services.answer(session, product, answer("W06", note="intern"), actor=actor)
    assert queries.website_states(session, [product]) == {product.id: queries.WebsiteState.ESTABLISHED}
    assert services.establish_for_website(session, [product], actor=actor) == []


def test_general_help_is_shown_with_every_product(session, actor):
    product, _ = established(session, actor)
    help_at_the_library = Answer(duty="Z04", value=Value.YES, text="Elke dinsdag.")
    services.answer(session, queries.general(session), *good_organisation().answers, help_at_the_library, actor=actor)
    services.establish_for_website(session, [product], actor=actor)
    assert [(one.code, one.text) for one in public.public_products(session)[0].help] == [
        ("Z01", ""),
        ("Z02", "Bel 14 053."),
        ("Z04", "Elke dinsdag."),
    ]


def test_an_ended_product_leaves_the_website_and_can_come_back(session, actor):
    product, version = established(session, actor)
    services.end_product(session, product, version=product.version, actor=actor)
    assert public.public_products(session) == []
    assert public.last_change(session) == version.ended_at
    services.reopen_product(session, product, version=product.version, actor=actor)
    assert public.public_products(session) == []
    services.establish_for_website(session, [product], actor=actor)
    assert [shown.version for shown in public.public_products(session)] == [2]


def test_a_batch_is_established_whole_or_not_at_all(session, actor):
    product, _ = established(session, actor)
    services.change_product(session, product, good_product(name="Anders"), version=product.version, actor=actor)
    empty = services.add_product(session, ProductContent(name="Leeg"), actor=actor)
    with pytest.raises(RuleViolation) as refused:
        services.establish_for_website(session, [product, empty], actor=actor)
    assert refused.value.points == {"PD-0002": "voeg eerst een bericht toe."}
    assert len(history.versions_of(session, product.id)) == 1


def test_two_products_never_share_an_address(session, actor):
    for _ in range(2):
        product = services.add_product(session, ProductContent(name="Één loket?"), actor=actor)
        services.add_message_type(session, product, MessageTypeContent(name="Aanvraag", kind="aanvraag"), actor=actor)
    services.establish_for_website(session, queries.living_products(session), actor=actor)
    assert sorted(shown.slug for shown in public.public_products(session)) == ["een-loket", "een-loket-pd-0002"]


def test_a_version_says_the_labels_of_then(session, actor):
    _, version = established(session, actor)
    assert version.content["labels"]["audience"] == {"particulier": "Inwoners"}
    assert version.content["content"]["team"] == "Vergunningen"
    changed = version.content | {"labels": version.content["labels"] | {"audience": {"particulier": "Burgers"}}}
    old = history.Version(
        subject_id=version.subject_id, number=1, content=changed, established_at=version.established_at
    )
    assert public.public_product(old).audiences == ("Burgers",)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://voorbeeld.nl/a", "https://voorbeeld.nl/a"),
        ("post@voorbeeld.nl", "mailto:post@voorbeeld.nl"),
        ("mailto:post@voorbeeld.nl", "mailto:post@voorbeeld.nl"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x@y.nl", ""),
        ("/intern", ""),
        ("", ""),
    ],
)
def test_only_real_addresses_become_links(typed, shown):
    assert public.safe_address(typed) == shown


def test_answers_are_dated(session, actor):
    product = services.add_product(session, ProductContent(name="Paspoort"), actor=actor)
    services.answer(session, product, Answer(duty="W03", value=Value.YES, answered_on=date(2026, 5, 1)), actor=actor)
    assert product.answers[0].answered_on == date(2026, 5, 1)
