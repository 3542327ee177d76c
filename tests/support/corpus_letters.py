"""Whole documents as municipalities write them, held out: written after the checks were tuned, and only to measure on.

The names are of made-up people and many are not in our list. What is counted is what a careful reader would mark.
"""

from collections.abc import Iterator

from support.corpus import Sample
from support.corpus_text import as_docx, as_pdf, as_txt
from woo.inspection.model import Kind

K = Kind

LETTERS: tuple[tuple[str, dict[Kind, int], frozenset[Kind], str], ...] = (
    (
        "objection",
        {K.NAME: 2, K.ADDRESS: 1, K.PHONE: 1, K.EMAIL: 1},
        frozenset(),
        """Gemeente Voorbeeld
t.a.v. de commissie bezwaarschriften
Postbus 90
7580 AB Losser

Losser, 4 februari 2026
Betreft: bezwaar tegen besluit met kenmerk 25.0019384 / UIT-2025-20871

Geachte commissie,

Op 12 januari 2026 ontving ik uw besluit over de dakkapel van mijn buren. Ik ben het daar niet mee eens.
Het bouwplan is 4,5 meter hoog en neemt licht weg. Zie artikel 2.10, eerste lid, van de Wabo.

Met vriendelijke groet,

Wubbo Tangelder
Kloppenstraat 41
7582 CH Losser
06 - 51 23 44 87
w.tangelder@planet.nl

Kopie aan: mevrouw Ravensbergen
""",
    ),
    (
        "decision on a permit",
        {K.NAME: 1},
        frozenset(),
        """Besluit omgevingsvergunning
Zaaknummer: Z2025-00012345
Datum: 3 maart 2026
Activiteit: bouwen van een schuur van 48 m2 op het perceel kadastraal bekend gemeente Losser, sectie K, nummer 1234.

Burgemeester en wethouders besluiten, gelet op artikel 5.1 van de Omgevingswet, de vergunning te verlenen.
De leges bedragen € 1.234,56. Betaal onder vermelding van factuurnummer 2026001234.
Voor vragen: T.H. Wiggers, team Vergunningen, telefoon 14 053, vergunningen@gemeentevoorbeeld.nl

Bezwaar maken: stuur binnen zes weken een brief naar Postbus 90, 7580 AB Losser.
""",
    ),
    (
        "minutes of a council",
        {K.NAME: 6},
        frozenset(),
        """Besluitenlijst van de vergadering van de raad op 17 februari 2026
Aanwezig: de heer Ten Brummelhuis (voorzitter), mevrouw Slettenhaar, de heer Özkan, dhr. Nijmeijer en mw. Poppink.
Afwezig met kennisgeving: G.J. Oude Engberink.
Agendapunt 4. Voorstel 26.003 wordt aangenomen met 12 tegen 7 stemmen.
Agendapunt 5. De motie "Groen in de wijk" van de PvdA, CDA en D66 wordt verworpen.
De vergadering wordt om 22.15 uur gesloten.
""",
    ),
    (
        "report of a social team",
        {K.NAME: 2, K.BSN: 1, K.BIRTHDATE: 2, K.ADDRESS: 1, K.PHONE: 1},
        frozenset({K.BSN}),
        """Ondersteuningsplan Wmo
Cliënt: mevr. A. Hesselink-Nijland
BSN: 1234 56 782
Geb. datum: 7 juli 1948
Woonachtig te: Ravenhorst 112, 7587 AX De Lutte
Tel.nr: 0541-552218
Indicatie: huishoudelijke hulp, 3 uur per week, van 01-02-2026 tot 01-02-2031.
De zoon van mevrouw (Jurgen Hesselink, geboren 2 mei 1975) helpt met de financiën.
""",
    ),
    (
        "invoice",
        {K.IBAN: 1},
        frozenset(),
        """FACTUUR 20260117
Loonbedrijf De Esch V.O.F., Bentheimerstraat 200, 7587 NM De Lutte
KvK 06081234 - BTW NL812345678B01 - debiteurnr. 100234567
Omschrijving         Aantal   Prijs    Totaal
Maaien bermen        12       145,00   1.740,00
Snoeien              3        98,50    295,50
Te voldoen binnen 30 dagen op NL39 RABO 0300 0652 64 onder vermelding van 20260117.
""",
    ),
    (
        "report of a parking officer",
        {K.PLATE: 2, K.NAME: 1},
        frozenset(),
        """Proces-verbaal van bevindingen
Op 14 augustus 2025 om 11.42 uur zag ik, verbalisant S. Koertshuis, een grijze Volkswagen met kenteken 37-PKR-8
stilstaan op de stoep aan de Gronausestraat. Erachter stond een bestelbus (VJ-482-B). Beschikkingsnummer 1234 5678 9012 3456.
Feitcode R 584, locatie 52.2611 N, 7.0043 O.
""",
    ),
    (
        "research report",
        {},
        frozenset(),
        """Verkennend bodemonderzoek
Projectnummer 2025-0457-BO, versie 2.1, status definitief
De locatie ligt aan de Denekamperstraat. Boring B-12-01 tot 3,5 m-mv, monster MM3 (0,0-0,5).
Gehalten: lood 123 mg/kg, zink 245 mg/kg. RD-coördinaten X 265.123, Y 482.456.
Referenties: NEN 5740:2009+A1:2016, ISBN 978 90 5254 123 4, https://www.bodemloket.nl/rapport/111222333
Tabel 4.1: 121 987 654; 122 987 655; 123 987 656.
""",
    ),
    (
        "list of grants",
        {K.IBAN: 3, K.NAME: 3},
        frozenset(),
        """Subsidies 2025
Ontvanger; contactpersoon; bedrag; rekening
Muziekvereniging Excelsior; de heer Lubbertsen; 2.500; NL20INGB0001234567
Speeltuinvereniging De Kiekeboe; mw. Wigbold; 1.200; NL91ABNA0417164300
Stichting Dorpshuis; Arnoud ter Braak; 10.000; NL44RABO0123456789
""",
    ),
    (
        "tender",
        {K.NAME: 1, K.EMAIL: 1, K.PHONE: 1},
        frozenset(),
        """Nota van inlichtingen, aanbesteding onderhoud wegen 2026-2029, kenmerk TN 512345
Vraag 12: Klopt bedrag € 123.456,78 in bijlage 3? Antwoord: ja.
Vraag 13: Bestekpost 12-34-56 ontbreekt. Antwoord: zie bestek, hoofdstuk 22.
Contact: inkoopadviseur Lonneke Bruggink, l.bruggink@gemeentevoorbeeld.nl, 06-18273645
Inschrijvingen via TenderNed, uiterlijk 15-04-2026 om 12:00 uur.
""",
    ),
    (
        "mail exchange",
        {K.NAME: 3, K.EMAIL: 2},
        frozenset(),
        """Van: Brenda Nijkrake <b.nijkrake@gemeentevoorbeeld.nl>
Verzonden: dinsdag 3 juni 2025 09:14
Aan: Slot, Ewald <e.slot@adviesbureau-oost.nl>
CC: Team Ruimte <ruimte@gemeentevoorbeeld.nl>
Onderwerp: RE: planning 2e fase

Hoi Ewald, kun jij woensdag? Ik heb Tijs Lansink ook gevraagd. Kamer B2.14 is vrij.
Groet, Brenda
""",
    ),
    (
        "policy",
        {},
        frozenset(),
        """Beleidsnota Duurzaamheid 2026-2030
1. Inleiding
De gemeente Losser wil in 2050 energieneutraal zijn. Dat staat in het coalitieakkoord "Samen Sterk".
De Regionale Energiestrategie Twente (RES 1.0) noemt 1,5 TWh. Zie ook Kamerstukken II 2019/20, 32 813, nr. 493.
De heer noch de dame van stand kan zich onttrekken aan de wet van 4 juni 1992, houdende algemene regels van bestuursrecht.
Bijlage 2, tabel 3: 2026: 1.250.000; 2027: 1.375.000; 2028: 1.400.250.
Willem van Oranje College en de Paus Johannesschool doen mee. Aanspreekpunt: duurzaam@gemeentevoorbeeld.nl.
""",
    ),
    (
        "request under the Woo",
        {K.NAME: 1, K.ADDRESS: 1, K.BIRTHDATE: 1, K.EMAIL: 1},
        frozenset(),
        """Woo-verzoek
Ondergetekende, Menno Kuipers-Holterman, geboren te Oldenzaal op 30-11-1969, wonende aan de Molenstraat 7b te Overdinkel,
verzoekt om alle documenten over de rotonde. Reactie graag naar mkh1969@xs4all.nl.
""",
    ),
    (
        "framework of a register",
        {K.BSN: 3},
        frozenset({K.BSN}),
        """Overzicht bijzondere bijstand, week 12
Volgnr  Burgerservicenummer  Bedrag
1  123456782  € 150
2  111222333  € 75
3  987654329  € 310
""",
    ),
)

NOTICES: tuple[tuple[str, dict[Kind, int], frozenset[Kind], str], ...] = (
    (
        "enforcement letter",
        {K.NAME: 2, K.ADDRESS: 1},
        frozenset(),
        """AANGETEKEND
De heer E.W.M. Scholte Lubberink
Beuningerstraat 63-A
7587 LD De Lutte

Onderwerp: vooraankondiging last onder dwangsom
Ons kenmerk: 26Z00417, bijlagen: 2, datum: 9 februari 2026

Geachte heer Scholte Lubberink,
Op 21 januari 2026 zag onze toezichthouder dat u zonder vergunning een mestsilo van 1.250 m3 bouwt.
Dat is in strijd met artikel 5.1, tweede lid, onder a, van de Omgevingswet. U krijgt tot 9 maart 2026 de tijd.
Daarna verbeurt u € 5.000 per week, met een maximum van € 50.000.

Namens burgemeester en wethouders,
R. Kamphuis, teamleider Toezicht
""",
    ),
    (
        "complaint",
        {K.NAME: 3, K.PHONE: 1, K.EMAIL: 1, K.PLATE: 1},
        frozenset(),
        """Klachtformulier, ontvangen 30-09-2025 22:41, meldnummer 2025-3381
Naam: Dinand Bossink
Telefoon: +31(0)6 22 91 80 37
E-mail: bossinkdinand@outlook.com
Klacht: de buurman, Sybrand Haverkate, parkeert zijn Audi (GB-913-T) elke nacht voor onze uitrit.
Ik sprak hierover met mevrouw van Aalderink van de balie. Zij wist van niets.
""",
    ),
    (
        "list of vehicles",
        {},
        frozenset(),
        """Materieelstaat buitendienst
Nr. Omschrijving Artikel Serienummer Garantie tot
1 Tractor 4x4 T-6-180 123456782 31-12-2027
2 Veegmachine CS 50 111222333 30-06-2026
3 Hogedrukspuit HD 10/25-4 S 987654329 01-01-2028
Verzekerd onder polisnummer 400123456; onderhoud door Mechan Groep B.V. te Woudenberg.
""",
    ),
    (
        "decision about a youth",
        {K.NAME: 3, K.BSN: 2, K.BIRTHDATE: 2, K.ADDRESS: 1},
        frozenset({K.BSN}),
        """Beschikking individuele voorziening Jeugdwet
Jeugdige: Noëlle Wezenberg, geboortedatum 19 november 2013, BSN 987654317
Gezaghebbende ouder: mw. J. Wezenberg - Tiehuis (geb. 3-8-1984, BSN 987654305)
Adres gezin: Gildehauserdijk 8, 7582 PB Losser
Voorziening: 45A04, ambulante begeleiding, 90 minuten per week, aanbieder Stichting De Twentse Zorgcentra.
Gedragswetenschapper: Rosalinde Pots
""",
    ),
    (
        "annual figures",
        {},
        frozenset(),
        """Jaarstukken 2025, programma 3 Economie
Lasten 12.345.678 13.456.789 1.111.111
Baten 9.876.543 9.999.999 123.456
Kengetal EMU-saldo -123.456, solvabiliteit 38%, netto schuldquote 61,2%.
BBV artikel 26; IV3-taakveld 3.4; grootboekrekening 6310 00 401; kostenplaats 123 456 789.
De accountant (BDO Audit & Assurance B.V.) gaf op 12 juni 2026 een goedkeurende verklaring.
""",
    ),
    (
        "agenda",
        {K.NAME: 3, K.EMAIL: 1},
        frozenset(),
        """Agenda commissie Ruimte, dinsdag 10 maart 2026, 19.30 uur, raadzaal
Voorzitter: Marieke Olde Heuvel. Griffier: drs. H.B. Wesselink.
1. Opening 2. Vaststelling agenda 3. Inspreekrecht burgers (aanmelden bij griffie@gemeentevoorbeeld.nl)
4. Bestemmingsplan Buitengebied, herziening 2025-2, IMRO-code NL.IMRO.0168.05BP03-0301
5. Rondvraag. Vragen over de stukken: Koen Tibben (k.tibben@gemeentevoorbeeld.nl).
""",
    ),
)
"""Written after the first measurement, when what it showed had been mended: never looked at since."""


def samples() -> Iterator[Sample]:
    all_of_them = [("letter", *one) for one in LETTERS] + [("notice", *one) for one in NOTICES]
    for kind, name, expected, critical, text in all_of_them:
        for form in (as_txt, as_docx, as_pdf):
            called = f"{kind} {name} {form.__name__}"
            yield Sample(called, lambda t=text, f=form: f(t), expected, critical, is_held_out=True)
