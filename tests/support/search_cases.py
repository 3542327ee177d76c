"""Words and the stems they get, in Python and in the script of the website alike."""

CASES = {
    "Parkeervergunning": ["parkerverguning"],
    "parkeren": ["parker"],
    "Parkeer": ["parker"],
    "HUIZEN huis": ["hui", "hui"],
    "brieven brief": ["brief", "brief"],
    "adressen adres": ["adr", "adr"],
    "Gegevens": ["gegef"],
    "Één café, zoë's reünie!": ["caf", "zoe", "s", "reuni"],
    "VW-0041": ["vw", "0041"],
    "100 2015": ["100", "2015"],
    "Straße ﬁets": ["stra", "e", "fiet"],
    "wat weet de gemeente over mij": [],
    "bus bussen": ["bus", "bus"],
    "ID-kaart": ["id", "kart"],
}
