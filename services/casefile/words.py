"""What the printed story says around the signal's own sentences, in Dutch and English."""

from __future__ import annotations

from collections.abc import Mapping

from services.api.pages.words import CODES
from services.detector.rules import RULES, UNEXPLAINED

LANGUAGES = ("nl", "en")

WORDS: Mapping[str, tuple[str, str]] = {
    "signal": ("Signaal", "Signal"),
    "rule": ("Regel", "Rule"),
    "rule-told": ("{title} ({rule}, versie {version})", "{title} ({rule}, version {version})"),
    "class": ("Klasse", "Class"),
    "score": ("Score", "Score"),
    "score-told": ("{score} van 100, ernst: {severity}", "{score} of 100, severity: {severity}"),
    "status": ("Status", "Status"),
    "pushed": ("Aangeboden", "Put forward"),
    "yes": ("ja", "yes"),
    "no": ("nee", "no"),
    "employee": ("Medewerker", "Employee"),
    "subject": ("Betrokkene", "Subject"),
    "several": ("niet één bepaalde persoon", "no one person in particular"),
    "when": ("Raadplegingen", "Lookups"),
    "when-told": ("{first} tot en met {last}", "{first} to {last}"),
    "raised": ("Ontstaan", "Raised"),
    "counts": ("Aantallen", "Counts"),
    "counts-told": (
        "{lookups}, {moments}, {days} (telregel {rule})",
        "{lookups}, {moments}, {days} (counting rule {rule})",
    ),
    "lookups-one": ("{} logregel", "{} log line"),
    "lookups-many": ("{} logregels", "{} log lines"),
    "moments-one": ("{} moment", "{} moment"),
    "moments-many": ("{} momenten", "{} moments"),
    "days-one": ("{} dag", "{} day"),
    "days-many": ("{} dagen", "{} days"),
    "data": ("Getoonde gegevens", "Data shown"),
    "not-logged": ("niet in de logging vermeld", "not stated in the log"),
    "sharing": ("Aanwijzing van delen", "Sign of sharing"),
    "sharing-told": (
        "in {shared} van {lookups} is afgedrukt of geëxporteerd",
        "in {shared} of {lookups} data were printed or exported",
    ),
    "relation": ("Relatie", "Relation"),
    "no-relation": (
        "geen relatie tot de medewerker in de gebruikte registers",
        "no relation to the employee in the registers that were used",
    ),
    "no-one-person": ("het signaal gaat niet over één persoon", "the signal is not about one person"),
    "no-one-employee": ("het signaal gaat niet over één medewerker", "the signal is not about one employee"),
    "compared": ("Vergeleken met", "Compared with"),
    "repeat": ("Herhaling na waarschuwing", "Repeat after a warning"),
    "repeat-told": (
        "niet bekend bij de detector; waarschuwingen zijn alleen bij de intake bekend",
        "not known to the detector; warnings are known to the intake only",
    ),
    "facts-for": ("Wat voor een vraag pleit", "What speaks for asking"),
    "facts-against": ("Wat ertegen pleit", "What speaks against it"),
    "facts-unknown": ("Wat niet bekend is", "What is not known"),
    "none-known": ("niets bekend", "nothing known"),
    "counterfactual": ("Wanneer dit signaal er niet was geweest", "When this signal would not exist"),
    "factors": ("Opbouw van de score", "How the score is made up"),
    "factor": ("factor", "factor"),
    "value": ("waarde", "value"),
    "points": ("punten", "points"),
    "total": ("totaal", "total"),
    "known": ("Wat toen bekend was", "What was known then"),
    "known-as-of": (
        "logging en registers zoals vastgelegd tot en met {at}",
        "log and registers as recorded up to {at}",
    ),
    "known-rule": ("regelversie {version}", "rule version {version}"),
    "known-settings": ("instellingen met vingerafdruk {digest}", "settings with fingerprint {digest}"),
    "known-content": ("vingerafdruk van de inhoud {digest}", "fingerprint of the content {digest}"),
    "family": ("Bijbehorende signalen", "Signals that belong to it"),
    "parent": ("hoort bij {id}: {summary}", "belongs to {id}: {summary}"),
    "parent-away": ("hoort bij {id}, dat niet in deze uitvoer staat", "belongs to {id}, which is not in this output"),
    "child": ("daaronder {id}: {summary}", "under it {id}: {summary}"),
    "children-more": ("en nog {count} andere", "and {count} others"),
    "days-beside": ("De dag naast andere dagen", "The day beside other days"),
    "day": ("dag", "day"),
    "own": ("aantal", "count"),
    "expected": ("verwacht", "expected"),
    "peers": ("anderen gemiddeld", "mean of others"),
    "evidence": ("De raadplegingen waarop het signaal rust", "The lookups that the signal rests on"),
    "evidence-part": (
        "{shown} van {all}: de meest veelzeggende",
        "{shown} of {all}: the most telling",
    ),
    "time": ("tijd ({zone})", "time ({zone})"),
    "system": ("systeem", "system"),
    "action": ("handeling", "action"),
    "searched-by": ("gezocht op", "searched by"),
    "categories": ("gegevens", "data"),
    "records": ("records", "records"),
    "state": ("toestand", "state"),
    "lookup-id": ("kenmerk", "identifier"),
    "more-of-rule": (
        "Grondslag, bekende vals-positieven en vervolgstappen: doelbinding rules show {rule}",
        "Legal basis, known false positives and next steps: doelbinding rules show {rule}",
    ),
}

OTHERS_SHARE = (
    "het aandeel bij anderen in dezelfde rol en afdeling in die maand; bij te weinig anderen van de hele organisatie",
    "the share of others in the same role and department that month; where these are too few, of the whole agency",
)
COMPARED: Mapping[str, tuple[str, str]] = {
    "own-file": (
        "het BSN van de medewerker zelf in het personeelsregister",
        "the employee's own BSN in the personnel register",
    ),
    "relative": (
        "de geregistreerde relaties van de medewerker op het moment van raadplegen",
        "the employee's recorded relations at the moment of the lookup",
    ),
    "staff-file": (
        "het personeelsregister en de bevoegdheid Eigen personeel op het moment van raadplegen",
        "the personnel register and the authority Eigen personeel at the moment of the lookup",
    ),
    "own-street": (
        "de zaakkoppelingen van medewerker en team, en het woonadres van de medewerker op dat moment",
        "the case links of employee and team, and the employee's home address at that moment",
    ),
    "retroactive-link": (
        "wie de zaakkoppeling vastlegde, en wanneer",
        "who registered the case link, and when",
    ),
    "curiosity-burst": (
        "het gewone aantal medewerkers dat dit dossier opende in de acht weken ervoor",
        "the usual number of employees who opened this file in the eight weeks before",
    ),
    "volume-own": (
        "de eigen werkdagen ervoor en de werklast van die dag",
        "the employee's own earlier days at work and that day's workload",
    ),
    "volume-peers": (
        "de werkdagen van anderen in dezelfde rol en afdeling; bij te weinig anderen van de hele organisatie",
        "days at work of others in the same role and department; where these are too few, of the whole agency",
    ),
    "bulk-export": (
        "de aantallen per werkdag van iedereen in dezelfde rol; zonder zo'n norm van de hele organisatie",
        "the numbers per day at work of everybody in the same role; without such a norm, of the whole agency",
    ),
    "enumeration": (
        "de nummers en tijden van wat dezelfde dag zonder verklaring is geopend",
        "the numbers and times of what was opened without an explanation on the same day",
    ),
    "shared-account": (
        "de werkplekken en plaatsen van hetzelfde account in hetzelfde systeem op die dag",
        "the workstations and places of the same account in the same system on that day",
    ),
    "unexplained-share": OTHERS_SHARE,
    "search-by-name-or-address": OTHERS_SHARE,
    "leaver": (
        "de werkdagen van de medewerker vóór de laatste weken, aangevuld met die van anderen in dezelfde rol",
        "the employee's days at work before the last weeks, supplemented with those of others in the same role",
    ),
    "no-confidentiality-statement": (
        "het register van geheimhoudingsverklaringen aan het einde van de respijttermijn",
        "the register of statements of confidentiality at the end of the grace",
    ),
    "reader-with-interest": (
        "de geregistreerde relaties en teams van de lezer, voor de teams op het moment van lezen",
        "the reader's recorded relations and teams, of the teams those at the moment of reading",
    ),
    "reader-not-assigned": (
        "de zaken die op dat moment openstonden of aan de lezer waren toegewezen",
        "the items that were open or assigned to the reader at that moment",
    ),
    "reveal-rate": (
        "de dagen waarop andere lezers in de weken ervoor signalen lazen",
        "the days on which other readers read signals in the weeks before",
    ),
}
"""By rule family; a family that is not listed is compared with the registers of work."""
WITH_THE_REGISTERS = (
    "de zaakkoppelingen, taken en contacten van medewerker en team",
    "the case links, tasks and contacts of employee and team",
)
RELATED = ("own-file", "relative", "staff-file", "reader-with-interest")
"""Families whose own sentence (fact `rule`) states the relation."""
UNRELATED = (UNEXPLAINED, "retroactive-link")
"""Families of one employee and one person whose lookups hit no rule on relations."""


class Speech:
    """One of the two languages."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._place = LANGUAGES.index(code)

    def say(self, key: str, **values: object) -> str:
        """A text, filled."""
        return WORDS[key][self._place].format(**values)

    def count(self, unit: str, number: object) -> str:
        """`1 moment`, `2 moments`."""
        return WORDS[f"{unit}-one" if number == 1 else f"{unit}-many"][self._place].format(number)

    def code_value(self, code: object) -> str:
        """A code of the contract in words, or as it is."""
        return CODES[str(code)][self._place] if str(code) in CODES else str(code)

    def title(self, rule_id: object) -> str:
        """The title of a rule, or its id where this release does not know it."""
        titles = {rule.id: (rule.title.nl, rule.title.en) for rule in RULES}
        return titles[str(rule_id)][self._place] if str(rule_id) in titles else str(rule_id)

    def compared(self, family: object) -> str:
        """What the lookups of a family were compared with."""
        return COMPARED.get(str(family), WITH_THE_REGISTERS)[self._place]

    def decimal(self, number: object) -> str:
        """A number in tenths, as the language writes it."""
        text = f"{number:.1f}" if isinstance(number, float) else str(number)
        return text.replace(".", ",") if self.code == "nl" else text
