"""Texts with personal data, and honest texts that look like it; each in another kind of file."""

import io
import random
import re
from collections.abc import Callable, Iterator

import docx
import typst

from core import sheets
from core.clock import MONTHS
from support.corpus import Sample
from woo.inspection.checks import bsn as bsn_check
from woo.inspection.model import Kind

FIRST = [
    "Fatima",
    "Henk",
    "Sanne",
    "Mohamed",
    "Willemijn",
    "Daan",
    "Ayşe",
    "Pieter",
    "Annemarie",
    "Thijs",
    "Roelof",
    "Yvonne",
    "Jeroen",
    "Marloes",
    "Ahmed",
    "Gerrit",
]
LAST = [
    "Jansen",
    "de Vries",
    "van der Berg",
    "Bakker",
    "van 't Hof",
    "Yilmaz",
    "El Amrani",
    "Oude Lansink",
    "Visser",
    "ter Horst",
    "Smit-de Boer",
    "Dijkstra",
]
STREETS = [
    "Dorpsstraat",
    "Lindelaan",
    "Oude Postweg",
    "Prins Bernhardstraat",
    "Van der Meerweg",
    "Kerkpad",
    "De Hoge Kamp",
    "Burgemeester Smitsingel",
]
CONSONANTS = "BDFGHJKLNPRSTVXZ"


class People:
    """Made-up values, the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self.die = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self.die.choice("0123456789") for _ in range(count))

    def bsn(self) -> str:
        while True:
            number = self.die.choice("12346789") + self.digits(8)
            if bsn_check.passes(number):
                return number

    def no_bsn(self) -> str:
        while True:
            number = self.die.choice("12346789") + self.digits(8)
            if not bsn_check.passes(number):
                return number

    def iban(self) -> str:
        body = self.die.choice(["INGB", "RABO", "ABNA", "TRIO", "KNAB"]) + self.digits(10)
        number = int("".join(str(int(sign, 36)) for sign in body + "NL00"))
        account = f"NL{98 - number % 97:02d}{body}"
        return " ".join(account[place : place + 4] for place in range(0, 18, 4)) if self.die.random() < 0.6 else account

    def phone(self) -> str:
        mobile = "6" + self.die.choice("1234") + self.digits(7)
        fixed = self.die.choice(["53", "20", "30", "70"]) + self.die.choice("2345") + self.digits(6)
        return self.die.choice(
            [
                f"0{mobile[0]}-{mobile[1:]}",
                f"0{mobile[0]} {mobile[1:3]} {mobile[3:5]} {mobile[5:7]} {mobile[7:]}",
                f"+31 6 {mobile[1:]}",
                f"0{mobile}",
                f"0{fixed[:2]}-{fixed[2:]}",
                f"(0{fixed[:2]}) {fixed[2:5]} {fixed[5:7]} {fixed[7:]}",
                f"0031 6 {mobile[1:5]} {mobile[5:]}",
            ]
        )

    def first(self) -> str:
        return self.die.choice(FIRST)

    def last(self) -> str:
        return self.die.choice(LAST)

    def name(self) -> str:
        return f"{self.first()} {self.last()}"

    def initials(self) -> str:
        return f"{self.die.choice('ABCDEFGHJKLM')}.{self.die.choice('ABCDEFGHJKLM')}. {self.last()}"

    def email(self) -> str:
        last = "".join(sign for sign in self.last().lower() if sign.isascii() and sign.isalpha())
        local = self.die.choice(
            [f"{self.first()[0].lower()}.{last}", f"{last}{self.digits(2)}", f"{last}.{self.digits(4)}"]
        )
        return f"{local}@{self.die.choice(['gmail.com', 'ziggo.nl', 'hotmail.com', 'kpnmail.nl', 'losser.nl'])}"

    def street(self) -> str:
        return f"{self.die.choice(STREETS)} {self.die.randint(1, 240)}{self.die.choice(['', '', 'a', '-2', ' B'])}"

    def postcode(self) -> str:
        return f"{self.die.randint(1011, 9999)}{self.die.choice([' ', ''])}{self.die.choice('ABCDEGHJ')}{self.die.choice('ABCEGHJKL')}"

    def address(self) -> str:
        return f"{self.street()}, {self.postcode()} Losser"

    def date(self) -> str:
        day, month, year = self.die.randint(1, 28), self.die.randint(1, 12), self.die.randint(1932, 2015)
        return self.die.choice(
            [
                f"{day:02d}-{month:02d}-{year}",
                f"{day} {MONTHS[month - 1]} {year}",
                f"{year}-{month:02d}-{day:02d}",
                f"{day}/{month}/{year}",
            ]
        )

    def plate(self) -> str:
        form = self.die.choice(["XX-999-X", "X-999-XX", "99-XXX-9", "9-XXX-99", "XX-99-XX", "99-XX-XX", "XXX-99-X"])
        return "".join(
            self.die.choice(CONSONANTS) if sign == "X" else self.die.choice("123456789") if sign == "9" else sign
            for sign in form
        )


# Each: a name, what to find, and a template. `{bsn}` and so on become a new value each time.
PERSONAL: tuple[tuple[str, dict[Kind, int], frozenset[Kind], str], ...] = (
    ("bsn with the word", {Kind.BSN: 1}, frozenset({Kind.BSN}), "Uw BSN is {bsn} en dat vindt u in uw paspoort."),
    ("bsn in full", {Kind.BSN: 1}, frozenset({Kind.BSN}), "Burgerservicenummer: {bsn}"),
    (
        "bsn behind it",
        {Kind.BSN: 1},
        frozenset({Kind.BSN}),
        "Voor het kind met nummer {bsn} (BSN) is een indicatie gegeven.",
    ),
    ("bsn with points", {Kind.BSN: 1}, frozenset({Kind.BSN}), "BSN {bsn_points} is niet ingeschreven."),
    ("bsn with spaces", {Kind.BSN: 1}, frozenset({Kind.BSN}), "burgerservicenummer {bsn_spaces}"),
    ("bsn on the next line", {Kind.BSN: 1}, frozenset({Kind.BSN}), "BSN\n{bsn}\nGemeente Voorbeeld"),
    (
        "bsn in a column",
        {Kind.BSN: 4},
        frozenset({Kind.BSN}),
        "Lijst van inwoners\n{bsn}\n{bsn}\n{bsn}\n{bsn}\nEinde van de lijst",
    ),
    (
        "bsn under a heading",
        {Kind.BSN: 2},
        frozenset({Kind.BSN}),
        "Regeling BSN Bedrag\n1 {bsn} 200 euro\n2 {bsn} 100 euro",
    ),
    ("bsn and sofi", {Kind.BSN: 1}, frozenset({Kind.BSN}), "sofinummer {bsn}, ingeschreven sinds 2001"),
    ("bsn with eight digits", {Kind.BSN: 1}, frozenset({Kind.BSN}), "BSN: 12345672"),
    ("bare number", {Kind.BSN: 1}, frozenset(), "Het nummer {bsn} staat op de achterkant."),
    ("iban", {Kind.IBAN: 1}, frozenset(), "Wij betalen het bedrag op {iban} binnen twee weken."),
    ("iban with a label", {Kind.IBAN: 2}, frozenset(), "IBAN: {iban}\nRekeningnummer {iban} ten name van de aanvrager"),
    ("iban from Belgium", {Kind.IBAN: 1}, frozenset(), "Rekening BE68 5390 0754 7034 bij een Belgische bank."),
    ("email", {Kind.EMAIL: 1}, frozenset(), "Mail mij op {email} als u vragen heeft."),
    ("email in brackets", {Kind.EMAIL: 2}, frozenset(), "Aan: <{email}>; cc: {email}"),
    ("phone", {Kind.PHONE: 1}, frozenset(), "U kunt mij bellen op {phone}."),
    ("phone with a label", {Kind.PHONE: 2}, frozenset(), "Tel: {phone}\nMobiel: {phone}"),
    ("phone from abroad", {Kind.PHONE: 1}, frozenset(), "Bereikbaar op +32 471 12 34 56 na 18 uur."),
    ("address", {Kind.ADDRESS: 1}, frozenset(), "De bewoner van {address} maakt bezwaar."),
    (
        "address over lines",
        {Kind.ADDRESS: 1, Kind.NAME: 1},
        frozenset(),
        "De heer {initials}\n{street}\n{postcode} LOSSER",
    ),
    (
        "address after wonende",
        {Kind.ADDRESS: 1},
        frozenset(),
        "wonende te Losser, {street}, verder te noemen bezwaarde",
    ),
    ("address by number", {Kind.ADDRESS: 1}, frozenset(), "Postcode en huisnummer: {postcode} 12"),
    ("birthdate", {Kind.BIRTHDATE: 1}, frozenset(), "Betrokkene is geboren op {date} te Enschede."),
    ("birthdate with a label", {Kind.BIRTHDATE: 1}, frozenset(), "Geboortedatum: {date}"),
    ("birthdate short", {Kind.BIRTHDATE: 1}, frozenset(), "(geb. {date})"),
    (
        "birthdate with a place",
        {Kind.BIRTHDATE: 1},
        frozenset(),
        "geboren te Den Haag, {date}, Nederlandse nationaliteit",
    ),
    ("plate", {Kind.PLATE: 1}, frozenset(), "De auto met kenteken {plate} stond op de stoep."),
    ("plate over two lines", {Kind.PLATE: 1}, frozenset(), "Een auto met kenteken {plate_broken}\nstond op de stoep."),
    ("plate alone", {Kind.PLATE: 1}, frozenset(), "Foto gemaakt van {plate} om 14.05 uur."),
    ("plate without hyphens", {Kind.PLATE: 1}, frozenset(), "Kenteken: {plate_bare}, merk Opel"),
    ("name", {Kind.NAME: 1}, frozenset(), "Op 3 maart sprak {name} in tijdens de vergadering."),
    ("name with initials", {Kind.NAME: 1}, frozenset(), "Het bezwaar van {initials} is ongegrond."),
    ("name after a title", {Kind.NAME: 2}, frozenset(), "Mevrouw {last} en de heer {last} zijn gehoord."),
    ("name of who handles it", {Kind.NAME: 1}, frozenset(), "Behandeld door: {name}"),
    ("name after the end of a line", {Kind.NAME: 1}, frozenset(), "Aanwezig waren de griffier en mw. \n{last}."),
    ("name of who reports", {Kind.NAME: 1}, frozenset(), "Dat zag ik, verbalisant {initials}, op de stoep."),
    ("name in a signature", {Kind.NAME: 1}, frozenset(), "Hoogachtend,\nw.g. {initials}\nteamleider"),
    ("name for the attention", {Kind.NAME: 1}, frozenset(), "T.a.v. mevr. {initials}"),
    (
        "a whole letter",
        {Kind.NAME: 1, Kind.ADDRESS: 1, Kind.EMAIL: 1, Kind.PHONE: 1, Kind.BIRTHDATE: 1, Kind.BSN: 1, Kind.IBAN: 1},
        frozenset({Kind.BSN}),
        "Aanvrager: {name}\nAdres: {address}\nE-mail: {email}\nTelefoon: {phone}\nGeboortedatum: {date}\nBSN: {bsn}\nRekening: {iban}\n",
    ),
)

HONEST: tuple[tuple[str, str], ...] = (
    ("case number", "Zaaknummer 2024-12-3456, kenmerk Z-24-123456/D-9876543, uw brief van 12 maart 2024."),
    ("order number", "Ordernummer {bsn} is geleverd; factuurnummer {bsn} is betaald."),
    ("number that fails", "Het nummer {no_bsn} en {no_bsn} staan in de lijst."),
    ("kvk and rsin", "Ingeschreven bij de KvK onder nummer {kvk}, RSIN {bsn}, btw-nummer NL{bsn}B01."),
    ("isbn and issn", "ISBN 978-90-12-34567-8 en ISSN 1234-5679, derde druk."),
    ("invoice number", "Factuurnummer 0612345678, debiteurnummer 0534567890."),
    ("coordinates", "RD-coördinaten 257123.456, 476543.210 en (52.221345, 6.895678)."),
    ("amounts", "De lasten zijn € 123.456.782 en de baten € 98.765.432,10; samen 222.222.222 euro."),
    ("law", "Op grond van artikel 5.1, eerste lid, onder d, en artikel 10 van de Awb besluit het college."),
    ("page numbers", "Pagina 12 van 345\nBijlage 3\n1.2.3 Inleiding\n2024-2028"),
    ("own footer", "Gemeente Voorbeeld | Raadhuisplein 1, 7581 AG Losser | Postbus 90, 7580 AB Losser | 053 537 74 44 | info@gemeentevoorbeeld.nl"),
    ("visiting address", "Bezoekadres: Marktplein 5, 7511 GA Enschede\nPostadres: Postbus 20, 7500 AA Enschede"),
    ("service numbers", "Bel 14 053, 0800-1234, 0900-8844 of 112. Fax en doorkiesnummers zijn vervallen."),
    ("desks", "Stuur een e-mail naar info@losser.nl, griffie@losser.nl of woo-verzoek@losser.nl."),
    ("organisations", "Aan Stichting Wonen Twente, Kantoorweg 12, 7500 AB Enschede en Bakkerij Jansen B.V."),
    ("streets with names", "De Prins Bernhardstraat, de Anne Franklaan, de Willem de Zwijgerstraat en het Beatrixpark worden opgeknapt."),
    ("schools", "Basisschool Willem Alexander, de Johan Cruijff Arena en de Sint Jansbeek."),
    ("plate-like codes", "Besluit 24-WB-01, bestek 12-AB-345, zaak Z-24-123, lokaal B-12, maat XL-42 en project 24-UIT-7."),
    ("dates", "Vastgesteld op 12 maart 2024, in werking op 01-04-2024, geldig tot 2030-12-31."),
    ("birth of something", "Het plan is geboren uit nood. De wet van 12 maart 1975 geldt nog."),
    ("bsn without a number", "Wij vragen nooit om uw burgerservicenummer (BSN) per e-mail."),
    ("barcode", "EAN 8712345678906, meternummer 871234567890123456, tracking 3SABCD123456789."),
    ("budget", "Nr Omschrijving 2024 2025\n1 Wegen 123 456 782\n2 Groen 100 200 300"),
    ("document numbers", "Documentnummer {bsn}, verseonnummer {no_bsn}, corsanummer 24.0012345."),
    ("woo grounds", "5.1.2e De persoonlijke levenssfeer; 5.1.5 onevenredige benadeling; 5.2.1 persoonlijke beleidsopvattingen"),
    ("telephone in a law", "Artikel 3.3, tweede lid, onder f, van de Wet open overheid; Stb. 2021, 499."),
    ("web addresses", "https://www.losser.nl/besluiten/2024/123456782/bijlage?id=987654321&p=2"),
    ("version", "Versie 1.2.10 van 2024.03.12, build 20240312.4, IP 192.168.12.34"),
    ("capitals", "COLLEGE VAN BURGEMEESTER EN WETHOUDERS\nDE RAAD DER GEMEENTE\nDe Wet Milieubeheer en de Wet Ruimtelijke Ordening"),
    ("months and words", "In Mei Juni wordt gemaaid. Mark Rutteplein. Op het Wilhelminaplein staat Huize Maria."),
)  # fmt: skip

NO_NAMES = frozenset({Kind.NAME})


def filled(template: str, seed: str) -> str:
    """A template with a new value in each place."""
    people = People(seed)
    text = template
    makers: dict[str, Callable[[], str]] = {
        "bsn_points": lambda: re.sub(r"(....)(..)(...)", r"\1.\2.\3", people.bsn()),
        "bsn_spaces": lambda: re.sub(r"(...)(...)(...)", r"\1 \2 \3", people.bsn()),
        "plate_bare": lambda: people.plate().replace("-", ""),
        "plate_broken": lambda: people.plate().replace("-", "-\n", 1),
        "kvk": lambda: people.digits(8),
        **{name: getattr(people, name) for name in
           ("bsn", "no_bsn", "iban", "phone", "email", "address", "street", "postcode", "date", "plate", "name", "initials", "last")},
    }  # fmt: skip
    for name, make in makers.items():
        while f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", make(), 1)
    return text


def as_txt(text: str) -> bytes:
    return text.encode()


def as_docx(text: str) -> bytes:
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_html(text: str) -> bytes:
    lines = "".join(f"<p>{line.replace('&', '&amp;').replace('<', '&lt;')}</p>" for line in text.split("\n"))
    return f"<!DOCTYPE html><html lang='nl'><head><title>Brief</title></head><body>{lines}</body></html>".encode()


def as_ods(text: str) -> bytes:
    return sheets.write_ods([sheets.Table("Blad1", [], [[line] for line in text.split("\n")])])


def as_pdf(text: str) -> bytes:
    """A real page, tagged, with a title and a language."""
    source = (
        '#set document(title: "Brief", date: datetime(year: 2026, month: 1, day: 1))\n#set text(lang: "nl", size: 10pt)\n'
        '#for line in sys.inputs.text.split("\\n") [#par[#line]]\n'
    )
    return bytes(typst.compile(source.encode(), sys_inputs={"text": text}, pdf_standards=["a-2a"]))


AS = (as_txt, as_docx, as_html, as_ods, as_pdf)


def samples(times: int) -> Iterator[Sample]:
    """Every text as a txt file, and each time as another kind of file too."""
    for number in range(times):
        for place, (name, expected, critical, template) in enumerate(PERSONAL):
            for form in {as_txt, AS[(place + number) % len(AS)]} if times > 1 else {AS[place % len(AS)]}:
                called = f"{name} {number} {form.__name__}"
                yield Sample(called, lambda t=template, c=called, f=form: f(filled(t, c)), expected, critical)
        for place, (name, template) in enumerate(HONEST):
            for form in {as_txt, AS[(place + number) % len(AS)]} if times > 1 else {AS[place % len(AS)]}:
                called = f"honest {name} {number} {form.__name__}"
                yield Sample(called, lambda t=template, c=called, f=form: f(filled(t, c)))
