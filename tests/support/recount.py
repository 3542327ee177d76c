"""An independent recount of the gap report: on plain records, by the wording of the duties, with other code."""

import json
import sqlite3
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace

DATA = Path(__file__).parents[2] / "wmebv/data"
DUTIES = {duty["code"]: duty for duty in json.loads((DATA / "duties.json").read_text(encoding="utf-8"))["duties"]}
FORMS = json.loads((DATA / "support-forms.json").read_text(encoding="utf-8"))["forms"]
ORDER = ["D0", "D1", "D2", "D3", "D4", "DX", "D5", "D6"]
WEIGHTS = {"kritiek": 10, "hoog": 5, "midden": 2, "laag": 1}


def recount(stock, on):
    """Count red, green and so on in another way than the report: one row per message and duty, on plain data."""
    rows = [("organisatie", None, None, recount_plain(plain(stock.answers), "O", None, on))]
    rows.extend(
        ("bericht", product, message, recount_message(plain(product.content), message, on))
        for product in stock.products
        for message in product.messages
    )
    return rows


def plain(content):
    return content.model_dump(mode="json")


def given_in(record, code):
    last = [each for each in record["answers"] if each["duty"] == code]
    if not last:
        return None
    told = ("value", "choices", "text", "law", "body", "evidence_url", "evidence_document", "evidence_on")
    return last[-1] if any(last[-1][name] for name in told) else None


def is_old(moment, on):
    return moment is None or moment < on.replace(year=on.year - 2).isoformat()


def recount_value(code, one, on):  # noqa: PLR0911 - told apart here, not as the rules do it
    """ja, deels, nee, onbekend or nvt for one answer, from the wording of the duties."""
    asks = DUTIES[code]["answer"]
    counts = {choice["code"]: choice["counts_as"] for choice in DUTIES[code].get("choices", [])}
    proof = bool(one and (one["evidence_url"] or one["evidence_document"] or one["evidence_on"]))
    if one is None or one["value"] == "onbekend":
        return "onbekend"
    if code == "W09":
        if not one["choices"]:
            return "onbekend"
        return "ja" if one["choices"] == ["nee"] or (one["law"] and one["article"]) else "nee"
    if one["value"] == "nee":
        return "nee"
    if code in {"W02", "W13"}:
        whole = one["evidence_on"] and (one["evidence_url"] or one["evidence_document"])
        whole = whole and one["evidence_on"] <= on.isoformat()
        whole = whole and (code == "W02" or one["body"])
        return "nee" if not whole else "deels" if one["value"] == "deels" else "ja"
    if one["value"] == "nvt":
        return "nvt"
    if code == "W05" and not one["choices"]:
        return "nee"
    if asks[0] == "keuze":
        result = counts[one["choices"][0]] if one["choices"] else "onbekend"
        result = "deels" if (result, one["value"]) == ("ja", "deels") else result
    else:
        result = one["value"] or ("ja" if one["choices"] else "onbekend")
    return "deels" if result == "ja" and code != "W33" and not proof else result


def recount_duty(code, record, kind, on):
    one = given_in(record, code)
    value = recount_value(code, one, on)
    return recount_row(
        code, kind, on, value, is_given=one is not None, old=bool(one) and is_old(one["answered_on"], on)
    )


def recount_row(code, kind, on, value, *, is_given=False, old=False):
    severity = "kritiek" if (code, kind) == ("W29", "uitgaand_besluit") else DUTIES[code]["severity"]
    later = DUTIES[code]["in_force_from"] > on.isoformat()
    return {
        "code": code,
        "severity": severity,
        "value": value,
        "given": is_given,
        "old": old and value != "onbekend",
        "later": later,
        "advice": False,
    }


def recount_plain(record, scope, kind, on):
    return [recount_duty(code, record, kind, on) for code, duty in DUTIES.items() if duty["scope"] == scope]


def recount_message(product, message, on):
    record = plain(message.content)
    kind = record["kind"]
    if record["direction"] == "uit":
        return recount_plain(record, "U", kind, on)
    channels = [plain(channel) for channel in message.channels]
    digital = [each for each in channels if _is_digital(each)]
    rows = recount_plain(product, "P", kind, on) + [
        recount_duty(code, record, kind, on) for code in ("W04", "W05", "W09", "W33")
    ]
    rows.append(recount_official(record, kind, on))
    rows.append(recount_w11(record, channels, digital, kind, on))
    rows.append(recount_w12(record, digital, kind, on))
    rows.append(recount_w13(record, digital, kind, on))
    for code, duty in DUTIES.items():
        if duty["scope"] == "K" and digital:
            each = [recount_duty(code, channel, kind, on) | {"channel": channel["name"]} for channel in digital]
            order = ["nee", "onbekend", "deels", "ja", "nvt"]
            worst = min(each, key=lambda row: (order.index(row["value"]), not row["old"]))
            old = any(row["old"] and row["value"] != "nvt" for row in each) and worst["value"] != "onbekend"
            rows.append(worst | {"given": any(row["given"] for row in each), "old": old})
    return recount_exceptions(record, rows)


def recount_exceptions(record, rows):
    law = given_in(record, "W09")
    act = law["choices"][0] if law and law["choices"] and law["law"] and law["article"] else None
    act = None if law and law["value"] == "onbekend" else act
    shut = {"verplicht_digitaal": ["W04"], "verplicht_fysiek": [f"W{n}" for n in [*range(11, 18), *range(22, 27)]]}
    kept = []
    for row in rows:
        code, scope = row["code"], DUTIES[row["code"]]["scope"]
        if record["official"] == "nee" and code > "W09":
            if scope != "K":
                kept[0]["given"] |= row["given"]  # that it is not official is an answer about the message
                continue
            row = row | {"advice": True}  # noqa: PLW2901 - a copy
        if code in shut.get(act, []):
            row = row | {"value": "nvt", "given": False, "old": False}  # noqa: PLW2901 - a copy
        kept.append(row)
    return kept


def recount_official(record, kind, on):
    known = record["official"] != "onbekend" and kind is not None
    looked = record["assessed_on"]
    return recount_row("W10", kind, on, "ja" if known else "onbekend", is_given=bool(looked), old=is_old(looked, on))


def recount_w11(record, channels, digital, kind, on):
    row = recount_duty("W11", record, kind, on)
    one = given_in(record, "W11")
    settled = one is not None and one["value"] in {"nee", "nvt", "onbekend"}
    has_level = any(channel["level"] for channel in channels)
    if not settled and has_level and not digital:
        row["value"] = "nee"
    elif not settled and digital and row["value"] != "ja" and not (one and one["value"] == "deels"):
        row["value"] = "ja" if any(channel["url"] for channel in digital) else "deels"
    row["old"] = bool(one) and is_old(one["answered_on"], on) and row["value"] != "onbekend"
    return row


def recount_w12(record, digital, kind, on):
    open_to_all = [
        each
        for each in digital
        if "geen" in each["login_levels"] or (not each["login_levels"] and each["level"] in {"D3", "D4"})
    ]
    value = "nee" if not digital else "ja" if open_to_all else "deels"
    return recount_row("W12", kind, on, value, is_given=given_in(record, "W12") is not None)


def recount_w13(record, digital, kind, on):
    if given_in(record, "W13"):
        return recount_duty("W13", record, kind, on)
    stated = [each for each in digital if each["designated"]]
    whole = [
        each
        for each in stated
        if each["designated"] == "ja"
        and all(each["designation"][name] for name in ("bodies", "decided_on", "reference"))
        and each["designation"]["decided_on"] <= on.isoformat()
    ]
    value = "ja" if whole else "nee" if stated else "onbekend"
    return recount_row("W13", kind, on, value, is_given=bool(stated))


def weighing(rows):
    return [row for row in rows if not (row["later"] or row["advice"] or row["value"] == "nvt")]


def recount_colour(rows):
    if not any(row["given"] for row in rows):
        return "grijs"
    counted = weighing(rows)
    if any(row["severity"] == "kritiek" and row["value"] in {"nee", "onbekend"} for row in counted):
        return "rood"
    heavy = [row for row in counted if row["severity"] in {"kritiek", "hoog"}]
    if any(row["old"] or row["value"] == "onbekend" for row in counted) or any(row["value"] != "ja" for row in heavy):
        return "oranje"
    return "groen"


def recount_percentage(rows):
    weight = WEIGHTS
    cost = {"nee": 2, "onbekend": 2, "deels": 1, "ja": 0}
    whole = sum(2 * weight[row["severity"]] for row in rows)
    lost = sum(cost[row["value"]] * weight[row["severity"]] for row in rows)
    return (whole - lost) * 100 // whole if whole else None


# --- What to do, and why ----------------------------------------------------------------------------------------------


def team_of(product):
    return (plain(product.content)["team"] or "Zonder team") if product else "Hele organisatie"


def gaps_in(rows):
    """Each place where a heavy duty fails today, with its need, team, product, message and row."""
    for _, product, message, found in rows:
        for row in weighing(found) if recount_colour(found) != "grijs" else []:
            if row["severity"] == "kritiek" and row["value"] in {"nee", "onbekend"}:
                need = "fout" if row["value"] == "nee" else "onbekend"
                yield SimpleNamespace(need=need, team=team_of(product), product=product, message=message, row=row)


def to_come(rows):
    for _, product, message, found in rows:
        for row in found:
            not_ready = row["value"] not in {"ja", "nvt"} or (row["value"] == "ja" and row["old"])
            if row["later"] and not row["advice"] and not_ready:
                yield SimpleNamespace(
                    need="komt eraan", team=team_of(product), product=product, message=message, row=row
                )


def check_todo(report, rows):
    """What the report, as JSON, tells management to do is what the rows say."""
    gaps, coming = list(gaps_in(rows)), list(to_come(rows))
    wanted = Counter((one.need, one.row["code"], one.team) for one in (*gaps, *coming))
    todo = report["todo"]
    assert {(one["need"], one["code"], each["team"]): each["count"] for one in todo for each in one["teams"]} == wanted
    assert [one["count"] for one in todo] == [sum(each["count"] for each in one["teams"]) for one in todo]
    unsure = Counter((one.need, one.row["code"]) for one in (*gaps, *coming) if one.row["value"] == "onbekend")
    assert {(one["need"], one["code"]): one["unknown"] for one in todo if one["unknown"]} == unsure
    order = ["fout", "onbekend", "komt eraan"]
    listed = [(order.index(one["need"]), -one["count"]) for one in todo if one["need"] != "komt eraan"]
    assert listed == sorted(listed)
    assert {(one["code"], one["count"] - one["unknown"], one["unknown"]) for one in report["legal_gaps"]} == {
        (code, *(sum(each.row["code"] == code and each.need == need for each in gaps) for need in order[:2]))
        for code in {one.row["code"] for one in gaps}
    }
    assert {
        (one["code"], each["team"]): each["count"] for one in report["upcoming"] for each in one["teams"]
    } == Counter((one.row["code"], one.team) for one in coming)
    unknown = Counter(one.row["code"] for one in coming if one.row["value"] == "onbekend")
    assert {one["code"]: one["unknown"] for one in report["upcoming"] if one["unknown"]} == unknown
    per_team = Counter((one.team, one.need, one.row["code"]) for one in gaps)
    for one in report["team_gaps"]:
        own = {key[1:]: number for key, number in per_team.items() if key[0] == one["team"]}
        told = {(need, each["code"]): each[name] for each in one["duties"] for need, name in _NEEDS if each[name]}
        assert told == own
        assert [one["wrong"], one["unknown"]] == [
            sum(n for key, n in own.items() if key[0] == each) for each in order[:2]
        ]
    assert {one["team"] for one in report["team_gaps"]} == {key[0] for key in per_team}
    check_products(report, [one for one in gaps if one.need == "fout" and one.product])


_NEEDS = (("fout", "wrong"), ("onbekend", "unknown"))


def check_products(report, wrong):
    of_product = defaultdict(list)
    for one in wrong:
        of_product[plain(one.product.content)["name"]].append(one)
    assert {one["product"] for one in report["product_gaps"]} == set(of_product)
    for one in report["product_gaps"]:
        own = of_product[one["product"]]
        assert {each["code"]: each["wrong"] for each in one["duties"]} == Counter(each.row["code"] for each in own)
        assert one["message_types"] == len({id(each.message) for each in own})
        assert one["volume"] == plain(own[0].product.content)["yearly_volume"]


def check_reasons(report, rows):
    """Which duties make a team red or orange, and how often nothing was answered."""
    teams = defaultdict(list)
    for _, product, _, found in rows:
        teams[team_of(product)].append(found)
    assert [one["team"] for one in report["heat"][1:]] == [one["team"] for one in report["unknowns"]["teams"]]
    for row in report["heat"]:
        own = teams[row["team"]]
        assert row["untouched"] == sum(recount_colour(found) == "grijs" for found in own)
        known = [one for found in own if recount_colour(found) != "grijs" for one in weighing(found)]
        heavy = [one for one in known if one["severity"] == "kritiek" and one["value"] in {"nee", "onbekend"}]
        rest = [one for one in known if one not in heavy and _is_orange(one)]
        assert _told(row["red"]) == Counter((one["code"], _word(one)) for one in heavy)
        assert _told(row["orange"]) == Counter((one["code"], _word(one)) for one in rest)
        for group, cell in zip(dict.fromkeys(duty["group"] for duty in DUTIES.values()), row["cells"], strict=True):
            part = [one for found in own for one in weighing(found) if DUTIES[one["code"]]["group"] == group]
            assert cell["partly"] == sum(one["value"] == "deels" for one in part)
    everything = [one for own in teams.values() for found in own for one in weighing(found)]
    assert report["lights"][0]["partly"] == sum(one["value"] == "deels" for one in everything)


def _is_orange(row):
    heavy = row["severity"] in {"kritiek", "hoog"}
    return row["old"] or row["value"] == "onbekend" or (heavy and row["value"] != "ja")


def _word(row):
    return {"nee": "wrong", "onbekend": "unknown", "deels": "partly", "ja": "outdated"}[row["value"]]


def _told(duties):
    words = ("wrong", "unknown", "partly", "outdated")
    return {(one["code"], word): one[word] for one in duties for word in words if one[word]}


def check_base(report, rows):
    """Of how many messages the designation counts, and of how many channels."""
    incoming = [(message, found) for _, _, message, found in rows[1:] if plain(message.content)["direction"] == "in"]
    needed = [found for _, found in incoming if any(row["code"] in {"W12", "W13"} for row in weighing(found))]
    used = {plain(one)["name"]: plain(one) for _, _, message, _ in rows[1:] for one in message.channels}
    named = [one for one in used.values() if one["designated"] == "ja"]
    said = report["designation"]
    assert (said["incoming"], said["needed"]) == (len(incoming), len(needed))
    checked = sum(bool(one["reachable_checked_on"]) for one in named)
    assert (said["channels"], said["checked"]) == (len(named), checked)


def check_top(report, rows):
    """The ten products with the highest risk; that of a product is the highest of its messages."""
    risks, count = {}, Counter()
    for _, product, message, found in rows[1:]:
        if risk := recount_risk(plain(product.content), plain(message.content), found):
            name, about = plain(product.content)["name"], plain(message.content)["name"]
            count[name] += 1
            gap, unknown = recount_worst(found)
            mine = (-risk[0], -risk[1], unknown, name.casefold(), about, gap)
            risks[name] = min(mine, risks.get(name, mine))
    shown = ("product", "message_type", "risk", "weight", "message_types", "gap")
    assert [tuple(one[name] for name in shown) for one in report["top"]] == [
        (name, about, -risk, -weight, count[name], gap)
        for name, (risk, weight, _, _, about, gap) in sorted(risks.items(), key=lambda one: one[1])[:10]
    ]


# --- Risk and duty of care --------------------------------------------------------------------------------------------


def recount_risk(product, message, rows):
    """Weight of the heaviest gap, times volume, times need of help; None without a gap."""
    wrong = [WEIGHTS[row["severity"]] for row in weighing(rows) if row["value"] in {"nee", "onbekend"}]
    if not wrong:
        return None
    volume = recount_volume(product, message)
    return max(wrong) * (1 if volume is None else volume) * (1 + (product["support_need"] or 0)), max(wrong)


def recount_volume(product, message):
    """How often a year: said of the message, counted of it in the last year, or said of the product."""
    years = defaultdict(dict)
    for one in message["volumes"]:
        if one["year"] and one["number"] is not None:
            years[one["year"]].setdefault(one["channel"] or "", []).append(one["number"])
    counted = years[max(years)] if years else {}
    last = counted[""][0] if "" in counted else sum(map(sum, counted.values())) if counted else None
    return next((one for one in (message["yearly_volume"], last, product["yearly_volume"]) if one is not None), None)


def recount_worst(rows):
    """The heaviest gap in words, and whether nobody knows: what is wrong goes before what is unknown."""
    if recount_colour(rows) == "grijs":
        return "Nog niets bekend", True
    wrong = [row for row in weighing(rows) if row["value"] in {"nee", "onbekend"}]
    heaviest = max(WEIGHTS[row["severity"]] for row in wrong)
    worst = {
        row["value"]: row
        for row in sorted(wrong, key=lambda row: row["code"], reverse=True)
        if WEIGHTS[row["severity"]] == heaviest
    }
    name = DUTIES[(worst.get("nee") or worst["onbekend"])["code"]]["name"]
    return (name, False) if "nee" in worst else (f"{name} (onbekend)", True)


def recount_support(product, own, general, on):
    """Level Z0-Z4, what misses of the minimum, and the score of a product; `own`: its messages with their rows."""
    incoming = [(message, rows) for message, rows in own if plain(message.content)["direction"] == "in"]
    looked = [_support(plain(product), message, rows, general, on) for message, rows in incoming]
    if not incoming:
        looked = [_support(plain(product), None, recount_plain(plain(product), "P", None, on), general, on)]
    forms = {}
    for each in looked:
        for code, worth in each["forms"].items():
            forms[code] = min(worth, forms.get(code, 2))
    page = recount_value("W01", given_in(general, "W01"), on) in {"ja", "deels"}
    missing = [
        text
        for text, name in (("hulp van een persoon", "person"), ("een weg zonder computer", "paper"))
        if not all(each[name] for each in looked)
    ] + ([] if page else ["de algemene pagina over hulp"])
    tested = plain(product)["tested_with_target_group_on"]
    if not any(each["touched"] for each in looked) or not (page or any(forms.values())):
        level = "Z0"
    elif missing:
        level = "Z1"
    elif any(forms.get(code, 2) < 2 for code in ("Z06", "Z08", "Z09")):
        level = "Z2"
    else:
        level = "Z4" if tested and tested <= on.isoformat() and not is_old(tested, on) else "Z3"
    double = (
        {form["code"] for form in FORMS if form.get("counts_double")} if plain(product)["support_need"] == 2 else set()
    )
    whole = sum(2 * (1 + (code in double)) for code in forms)
    part = sum(worth * (1 + (code in double)) for code, worth in forms.items())
    return {"level": level, "missing": missing, "score": part * 100 // whole if whole else None}


def _support(product, message, rows, general, on):
    record = plain(message.content) if message else {"answers": []}
    care = {row["code"]: row for row in rows if DUTIES[row["code"]]["group"] == "zorgplicht"}
    both = {"answers": [*product["answers"], *record["answers"]]}
    helped = next((one for one in reversed(both["answers"]) if one["duty"] == "W03"), {"choices": []})
    digital = [channel for channel in message.channels if _is_digital(plain(channel))] if message else []
    forms, person = {}, care.get("W03", {}).get("value") in {"ja", "deels"}
    for form in FORMS:
        code = form["code"]
        if form["scope"] == "K":
            halves = [_halves(form, plain(channel), care, {"choices": []}, on) for channel in digital]
            worth = min((one for one in halves if one is not None), default=None)
        elif form["scope"] == "B" and message is None:
            worth = None
        else:
            record_of = general if form["scope"] == "O" else both
            worth = _halves(form, record_of, care, helped, on)
            chosen = [*(given_in(record_of, code) or {"choices": []})["choices"], code * (code in helped["choices"])]
            needs = form.get("personal_choice") or None
            if worth and form["personal"]:
                person = person or needs is None or needs in chosen or code in chosen
        if worth is not None:
            forms[code] = worth
    paper = care.get("W04", {}).get("value") in {"ja", "deels"}
    paper = paper or any(forms.get(form["code"]) for form in FORMS if form["without_computer"])
    paper = paper or _must_be_digital(record)
    asked = {*forms, *care}
    touched = any(given_in(both, code) for code in asked)
    return {"forms": forms, "person": person, "paper": paper, "touched": touched}


def _must_be_digital(record):
    """A law that is named prescribes the digital way (section 6: W04 is n.v.t.)."""
    law = given_in(record, "W09")
    return bool(
        law
        and law["value"] != "onbekend"
        and law["choices"][:1] == ["verplicht_digitaal"]
        and law["law"]
        and law["article"]
    )


def _halves(form, record, care, helped, on):
    """0, 1 or 2 halves for a form of help; None when it does not apply."""
    one = given_in(record, form["code"])
    if one is None and form["code"] in helped["choices"]:
        one = helped
    if one is None:
        same = care.get(form.get("same_as"))
        if same is None:
            return 0
        return None if same["value"] == "nvt" else _worth(same["value"], old=same["old"])
    value = one["value"]
    proof = one["evidence_url"] or one["evidence_document"] or one["evidence_on"]
    if value == "nvt":
        return None
    if not value:
        value = "ja" if one["choices"] or proof else "onbekend"
    return _worth("deels" if value == "ja" and not proof else value, old=is_old(one["answered_on"], on))


def _worth(value, *, old):
    return 0 if value in {"nee", "onbekend"} else 1 if old or value == "deels" else 2


def _is_digital(channel):
    kinds = {"webformulier", "e-mail", "portaal", "berichtenbox", "landelijk"}
    return ORDER.index(channel["level"]) >= 3 if channel["level"] else channel["kind"] in kinds


def best_level(message):
    return max((each["level"] for each in map(plain, message.channels) if each["level"]), key=ORDER.index, default=None)


# --- Straight from the database ---------------------------------------------------------------------------------------


class Record(dict):
    """A row with its answers, as `plain` wants it."""

    def model_dump(self, mode):
        return self


def read(path):
    """What lives in an SQLite database, by SQL only: an inventory for `recount`."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row

    def rows(query):
        return [Record(row) for row in connection.execute(query)]

    def answers(kind, about=""):
        found = defaultdict(list)
        for row in rows(f"SELECT * FROM wmebv_{kind}_answer ORDER BY duty"):
            lists = {name: json.loads(row[name]) for name in ("choices", "reaches")}
            found[row[f"{about or kind}_id"]].append(row | lists)
        return found

    templates, of_channel, own = answers("template"), answers("channel"), {}
    for row in rows("SELECT * FROM wmebv_channel"):
        told = {one["duty"]: one for one in templates[row["template_id"]]}
        told |= {one["duty"]: one for one in of_channel[row["id"]]}
        row["answers"], row["login_levels"] = list(told.values()), json.loads(row["login_levels"])
        row["satisfaction"] = json.loads(row["satisfaction"])
        row["designation"] = {
            "bodies": json.loads(row["designation_bodies"]),
            "decided_on": row["designation_decided_on"],
            "reference": row["designation_reference"],
        }
        own[row["id"]] = row
    links, messages = defaultdict(list), defaultdict(list)
    for row in rows("SELECT * FROM wmebv_message_channel ORDER BY position"):
        links[row["message_type_id"]].append(own[row["channel_id"]])
    of_message, of_product = answers("message", "message_type"), answers("product")
    counts = defaultdict(list)
    for row in rows("SELECT message_type_id, year, channel_id AS channel, number FROM wmebv_volume ORDER BY position"):
        counts[row["message_type_id"]].append(row)
    for row in rows("SELECT * FROM wmebv_message_type WHERE ended_on IS NULL"):
        row |= {"answers": of_message[row["id"]], "norm_results": json.loads(row["norm_results"])}
        row["volumes"] = counts[row["id"]]
        messages[row["product_id"]].append(SimpleNamespace(content=row, channels=links[row["id"]]))
    products = []
    teams = {row["id"]: row["name"] for row in rows("SELECT id, name FROM core_team")}
    for row in rows("SELECT * FROM wmebv_product WHERE ended_on IS NULL"):
        row |= {"answers": of_product[row["id"]], "team": teams.get(row["team_id"], "Zonder team")}
        row |= {name: json.loads(row[name]) for name in ("target_groups", "ambitions")}
        products.append(SimpleNamespace(content=row, messages=messages[row["id"]]))
    general = [one for found in answers("general").values() for one in found]
    actions, goals = rows("SELECT * FROM wmebv_action"), rows("SELECT * FROM wmebv_goal")
    called = {one: row["name"] for one, row in own.items()}
    return SimpleNamespace(
        answers=Record(answers=general), products=products, actions=actions, goals=goals, channels=called
    )
