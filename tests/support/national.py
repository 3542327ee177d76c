"""A record as the national register exports it (the keys of import-kolommen.json); contents made up."""

RECORD = {
    "Id": 7,
    "Nummer": "R-12",
    "Versie": 2,
    "Status": "Actief",
    "LaatsteWijzigDatum": "2024-03-01T10:00:00.000",
    "Naam": "Subsidies verlenen",
    "Dienst": "Financiën",
    "VerdelingVerantwoordelijkheid": "Wij beslissen zelf",
    "Doelen": [
        {"Id": 1, "Doel": "Beslissen over een aanvraag om subsidie", "Rechtsgrond": "Wettelijke verplichting"},
        {"Id": 2, "Doel": "Informatie sturen aan wie dat wil", "Rechtsgrond": "Toestemming"},
    ],
    "Verantwoordelijken": [{"Id": 3, "Naam": "College van B&W", "adres": {"Plaats": "Losser"}}],
    "Verwerkers": [{"Id": 4, "Naam": "Snelsoft", "Email": "info@snelsoft.example"}],
    "Ontvangers": [{"Id": 5, "Omschrijving": "Belastingdienst"}],
    "Systemen": [{"Omschrijving": "Subsidiesysteem"}],
    "Contactpersonen": [{"Naam": "Teamleider", "Functie": "Manager"}],
    "Opmerkingen": [{"Datum": "01-03-2024 10:00", "Tekst": "Nog nakijken"}],
    "Betrokkenen": [
        {
            "Omschrijving": "Inwoners",
            "Gezondheid": True,
            "Strafrechtelijk": False,
            "Genetisch": "Onbekend",
            "Gegevens": [
                {
                    "Omschrijving": "Naam",
                    "Verzameldoel": "aanspreken",
                    "Bewaartermijn": "7 jaar",
                    "IsBronBetrokkene": True,
                    "IsBetrokkeneVerplicht": "Ja",
                    "BetrokkeneConsequenties": "Geen subsidie",
                },
                {
                    "Omschrijving": "IBAN",
                    "IsBronBetrokkene": False,
                    "BronOmschrijving": "KVK",
                    "Bewaartermijn": "5 jaar",
                },
            ],
        },
        {"Omschrijving": "Medewerkers", "Gegevens": [{"Omschrijving": "E-mailadres"}]},
    ],
    "Beveiliging": {"HasBeveiliging": True, "Maatregelen": ["Logging", "Autorisatie"], "Encryptie": "Ja, met TLS"},
    "Besluitvorming": {"HasBesluitvorming": False, "Logica": "Rekenregels", "BelangGevolgen": "Wel of geen geld"},
    "Doorgifte": {"BuitenEu": True, "BuitenEuOmschrijving": "Verenigde Staten"},
    "GebPia": {"IsGebpiaAlUitgevoerd": "Nee", "IsGrootschaligeVerwerking": "Onbekend"},
    "IetsNieuws": {"Diep": ["hier"]},
}
