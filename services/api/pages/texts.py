"""What the pages say, in Dutch and in English."""

from __future__ import annotations

from collections.abc import Mapping

from services.api.pages.access_texts import ACCESS_TEXTS
from services.api.pages.casework_texts import ACTION_TEXTS, CASEWORK_TEXTS, EVENT_TEXTS, REFUSAL_TEXTS
from services.api.pages.form_texts import FAULT_TEXTS, FIELD_TEXTS
from services.api.pages.story_texts import STORY_TEXTS
from services.api.pages.watching_texts import WATCHING_TEXTS

TEXTS: Mapping[str, tuple[str, str]] = {
    "product": ("Doelbinding", "Doelbinding"),
    "tagline": ("Raadplegingen zonder verklaring", "Lookups without an explanation"),
    "skip": ("Direct naar de inhoud", "Skip to content"),
    "other-language": ("English", "Nederlands"),
    "language": ("Taal", "Language"),
    "sections": ("Onderdelen", "Sections"),
    "footer": (
        "Een signaal is een vraag, geen oordeel. Elke inzage op deze pagina's wordt vastgelegd.",
        "A signal is a question, not a verdict. Every read on these pages is recorded.",
    ),
    "own-code": ("Uw code in het audittrail:", "Your code in the audit trail:"),
    "signed-in-as": ("Aangemeld als", "Signed in as"),
    "optional": ("niet verplicht", "optional"),
    "form-faults": ("Er is niets vastgelegd, want:", "Nothing was recorded, because:"),
    "sign-in": ("Aanmelden", "Sign in"),
    "sign-out": ("Afmelden", "Sign out"),
    "sign-in-help": (
        (
            "Plak hieronder uw toegangssleutel. Bij een installatie op één machine toont de opdracht "
            "waarmee het programma start deze sleutel."
        ),
        (
            "Paste your access token below. On a single-machine installation the command that starts the "
            "program shows this token."
        ),
    ),
    "token": ("Toegangssleutel", "Access token"),
    "token-unknown": (
        "Deze sleutel is niet bekend, of geeft geen toegang tot deze pagina's.",
        "This token is not known, or gives no access to these pages.",
    ),
    "queue": ("Werkvoorraad", "Queue"),
    "queue-about-readers": (
        "Ze gaan over mensen die signalen lezen, en zijn alleen voor auditors: Bureau Integriteit ziet ze niet.",
        "They are about people who read signals, and for auditors alone: Bureau Integriteit does not see them.",
    ),
    "queue-intro-open": (
        "Signalen die op beoordeling door twee mensen wachten, de dringendste eerst.",
        "Signals that await assessment by two people, the most urgent first.",
    ),
    "queue-intro-investigation": (
        "Zaken in onderzoek. Alleen wie is toegewezen, een leidinggevende of een auditor kan ze openen.",
        "Items under investigation. Only those assigned, leads and auditors can open them.",
    ),
    "queue-intro-mine": ("Zaken waaraan u werkt.", "Items that you work on."),
    "queue-intro-overdue": (
        "Zaken waarvan de termijn van 13 weken voorbij is.",
        "Items whose thirteen weeks are over.",
    ),
    "queue-intro-ended": (
        "Zaken waarin is besloten: geen vervolg, interventie door de lijn, of een afgerond onderzoek.",
        "Items that were decided: no follow-up, line intervention, or a concluded investigation.",
    ),
    "queue-intro-withdrawn": (
        (
            "Signalen die zijn ingetrokken voordat iemand ze beoordeelde: er kwam alsnog een verklaring, "
            "of ze gingen op in een ander signaal."
        ),
        (
            "Signals that were withdrawn before anybody assessed them: an explanation came in after all, "
            "or another signal took them in."
        ),
    ),
    "queue-empty": ("Er staat niets in deze lijst.", "There is nothing in this list."),
    "queue-no-match": ("Geen signaal voldoet aan deze filters.", "No signal matches these filters."),
    "filter": ("Filters", "Filters"),
    "any-rule": ("alle regels", "all rules"),
    "any-severity": ("elke ernst", "any severity"),
    "raisedFrom": ("Ontstaan vanaf", "Raised from"),
    "raisedTo": ("Ontstaan tot en met", "Raised up to (incl.)"),
    "minPriority": ("Prioriteit vanaf", "Priority from"),
    "apply": ("Filteren", "Filter"),
    "clear": ("Filters wissen", "Clear filters"),
    "filter-faults": (
        "Er is niet gezocht, want deze filters kloppen niet:",
        "Nothing was searched, because these filters are not right:",
    ),
    "fault-show": ("kies een van de lijsten hierboven", "choose one of the lists above"),
    "fault-rule": ("kies een regel uit de lijst", "choose a rule from the list"),
    "fault-severity": ("kies laag, middel, hoog of kritiek", "choose low, medium, high or critical"),
    "fault-date": (
        "geef een bestaande dag, geschreven als 2026-03-14",
        "give a day that exists, written as 2026-03-14",
    ),
    "fault-period": (
        "deze dag ligt vóór de eerste dag; kies dezelfde dag of een latere",
        "this day lies before the first day; choose the same day or a later one",
    ),
    "fault-number": ("geef een getal van 0 of hoger, zoals 60", "give a number of 0 or more, such as 60"),
    "show-open": ("Te beoordelen", "To assess"),
    "show-investigation": ("In onderzoek", "Under investigation"),
    "show-mine": ("Bij mij", "Mine"),
    "show-overdue": ("Te laat", "Overdue"),
    "show-ended": ("Besloten", "Decided"),
    "show-withdrawn": ("Ingetrokken", "Withdrawn"),
    "show": ("Toon", "Show"),
    "priority": ("Prioriteit", "Priority"),
    "rule": ("Regel", "Rule"),
    "raised": ("Ontstaan", "Raised"),
    "employee": ("Medewerker", "Employee"),
    "subject": ("Betrokkene", "Subject"),
    "counts": ("Aantallen", "Counts"),
    "status": ("Status", "Status"),
    "people": ("Medewerker en betrokkene", "Employee and subject"),
    "term": ("Termijn", "Deadline"),
    "breach-clock": ("datalek", "data breach"),
    "withdrawn-open": ("signaal ingetrokken", "signal withdrawn"),
    "found-one": ("{count} zaak op deze bladzijde", "{count} item on this page"),
    "found-many": ("{count} zaken op deze bladzijde", "{count} items on this page"),
    "open-signal": ("Bekijk signaal", "Open signal"),
    "nobody": ("niet één bepaalde persoon", "no one person in particular"),
    "previous": ("Vorige", "Previous"),
    "next": ("Volgende", "Next"),
    "pages": ("Bladeren", "Pages"),
    "received": ("ontvangen", "received"),
    "withdrawn": ("ingetrokken", "withdrawn"),
    **ACCESS_TEXTS,
    **STORY_TEXTS,
    **CASEWORK_TEXTS,
    **WATCHING_TEXTS,
    **FIELD_TEXTS,
    **FAULT_TEXTS,
    **{f"action-{name}": told for name, told in ACTION_TEXTS.items()},
    **{f"event-{name}": told for name, told in EVENT_TEXTS.items()},
    **{f"refusal-{name}": told for name, told in REFUSAL_TEXTS.items()},
    "purpose-needed": ("Met welk doel?", "For which purpose?"),
    "purpose-help": (
        (
            "Dit signaal is niet voor beoordeling aangeboden. Het is alleen in te zien met een doel; "
            "het doel wordt bij de inzage vastgelegd."
        ),
        (
            "This signal was not put forward for assessment. It can be read only for a purpose; "
            "the purpose is recorded with the read."
        ),
    ),
    "purpose": ("Doel", "Purpose"),
    "continue": ("Verder", "Continue"),
    "back": ("Terug naar de werkvoorraad", "Back to the queue"),
    "failed": ("Dat lukte niet", "That did not work"),
    "failed-400": (
        "De aanvraag klopt niet. Begin opnieuw vanuit de werkvoorraad.",
        "The request is not right. Start again from the queue.",
    ),
    "failed-403": (
        "Uw rol geeft geen toegang tot deze pagina, of het formulier kwam van een andere site.",
        "Your role gives no access to this page, or the form came from another site.",
    ),
    "failed-404": ("Deze pagina bestaat niet.", "This page does not exist."),
    "failed-other": ("Probeer het later opnieuw.", "Try again later."),
}

RULES: Mapping[str, tuple[str, str]] = {
    "own-file": ("Eigen dossier", "Own file"),
    "relative-file": ("Dossier van familie", "Relative's file"),
    "ex-partner-file": ("Dossier van een ex-partner", "Ex-partner's file"),
    "household-file": ("Dossier van een huisgenoot", "Household member's file"),
    "colleague-file": ("Dossier van een collega", "Colleague's file"),
    "staff-file-bypass": ("Dossier Eigen personeel buiten de afdeling om", "Staff file outside the department"),
    "retroactive-link": ("Achteraf zelf vastgelegde zaak", "Case link registered afterwards"),
    "enumeration": ("Nummers achter elkaar opgezocht", "Numbers looked up one after another"),
    "shared-account": ("Eén account op twee plaatsen tegelijk", "One account at two places at once"),
    "curiosity-burst": ("Eén dossier door velen geopend", "One file opened by many"),
    "own-street": ("Eigen straat, of op adres gezocht", "Own street, or found by address"),
    "repeated-no-case-link": ("Herhaald zonder zaakkoppeling", "Repeatedly without a case link"),
    "no-confidentiality-statement": ("Geen geheimhoudingsverklaring", "No statement of confidentiality"),
    "no-case-link": ("Geen zaakkoppeling", "No case link"),
    "long-watch": ("Langdurig zonder zaakkoppeling", "Over many months without a case link"),
    "break-glass": ("Noodtoegang zonder zaak", "Emergency access without a case"),
    "false-case-claim": ("Vanuit een zaak die niet van deze persoon is", "From a case that is not this person's"),
    "dormant-file": ("Slapend dossier", "Dormant file"),
    "off-hours": ("Buiten kantooruren", "Outside office hours"),
    "bulk-export": ("Gegevens in bulk geëxporteerd", "Records exported in bulk"),
    "volume-peers": ("Volume boven dat van vakgenoten", "Volume above the peers'"),
    "volume-own": ("Volume boven de eigen gewoonte", "Volume above the own habit"),
    "unexplained-share": ("Onverklaard aandeel boven dat van vakgenoten", "Unexplained share above the peers'"),
    "search-by-name-or-address": (
        "Zoeken op naam of adres boven vakgenoten",
        "Searches by name or address above the peers'",
    ),
    "leaver": ("Laatste weken van het dienstverband", "Last weeks of employment"),
    "reader-with-interest": ("Lezer met een belang", "Reader with an interest"),
    "reader-not-assigned": ("Lezer zonder toewijzing", "Reader without assignment"),
    "reveal-rate": ("Veel identiteiten geopend", "Many identities opened"),
}
"""Titles of rules; one that is not listed is shown by its id."""
