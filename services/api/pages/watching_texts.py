"""What the pages of reveals, of the audit trail and of the deadlines say, in Dutch and in English."""

from __future__ import annotations

from collections.abc import Mapping

WATCHING_TEXTS: Mapping[str, tuple[str, str]] = {
    "reveal": ("Identiteit tonen", "Reveal an identity"),
    "reveal-employee": ("medewerker", "employee"),
    "reveal-subject": ("betrokkene", "subject"),
    "reveal-lookup-employee": ("medewerker van een raadpleging", "employee of a lookup"),
    "reveal-lookup-subject": ("betrokkene van een raadpleging", "subject of a lookup"),
    "reveal-help": (
        "Wie dit is, wordt alleen getoond met een doel en een reden. Beide worden eerst vastgelegd.",
        "Who this is, is shown only for a purpose and a reason. Both are recorded first.",
    ),
    "reveal-once": (
        "Dit wordt één keer getoond. Neem het niet over in toelichtingen of aantekeningen.",
        "This is shown once. Do not copy it into notes.",
    ),
    "reveal-waits": (
        "U heeft vandaag al veel identiteiten laten tonen. Een ander moet deze aanvraag eerst goedkeuren.",
        "You had many identities revealed today. Somebody else must approve this request first.",
    ),
    "reveal-missing": (
        "Deze identiteit is hier niet bekend, of niet te openen. Een beheerder kan zien waarom.",
        "This identity is not known here, or cannot be opened. An administrator can see why.",
    ),
    "reveal-conflict": (
        "Dit gaat nu niet: het doel past niet bij de zaak (een datalek moet zijn doorgezet), of dit is al afgehandeld.",
        "Not now: the purpose does not go with the item (a data breach must be referred), or this was dealt with.",
    ),
    "reveal-lookup": ("Tonen", "Reveal"),
    "search": ("Persoon zoeken", "Find a person"),
    "search-help": (
        (
            "Zoek de signalen over één persoon: wie dit bsn raadpleegde, of wat deze medewerker raadpleegde. "
            "Het doel en de reden worden eerst vastgelegd. "
            "Het nummer komt niet in een adres en wordt niet opnieuw getoond."
        ),
        (
            "Find the signals about one person: who looked up this BSN, or what this employee looked up. "
            "Purpose and reason are recorded first. The number does not stand in an address and is not shown again."
        ),
    ),
    "search-found": ("Signalen over deze persoon", "Signals about this person"),
    "search-about-bsn": ("Betrokkene", "Subject"),
    "search-about-employee": ("Medewerker", "Employee"),
    "search-recorded": ("Deze vraag is vastgelegd.", "This question has been recorded."),
    "search-again": ("Opnieuw zoeken", "Search again"),
    "search-more": (
        "Er zijn er meer. Alleen de {count} met de hoogste score staan hier.",
        "There are more. Only the {count} with the highest score are here.",
    ),
    "search-nothing": (
        "Er zijn geen signalen over deze persoon die u mag zien.",
        "There are no signals about this person that you may see.",
    ),
    "close": ("Sluiten", "Close"),
    "back-to-item": ("Terug naar de zaak", "Back to the item"),
    "reveals": ("Identiteiten", "Identities"),
    "reveals-intro": (
        "Boven een aantal per dag keurt een ander elke aanvraag goed. Wie goedkeurt ziet de identiteit niet.",
        "Above a number a day somebody else approves each request. Whoever approves does not see the identity.",
    ),
    "reveals-waiting": ("Wacht op goedkeuring door een ander", "Awaits another person's approval"),
    "reveals-own": ("Uw aanvragen", "Your requests"),
    "reveal-whom": ("Van wie", "Of whom"),
    "asked-at": ("Gevraagd", "Asked"),
    "approve": ("Goedkeuren", "Approve"),
    "show-once": ("Eén keer tonen", "Show once"),
    "reveal-status-pending": ("wacht op goedkeuring", "awaits approval"),
    "reveal-status-approved": ("goedgekeurd", "approved"),
    "reveal-status-opened": ("getoond", "shown"),
    "audit": ("Logboek van inzage en besluiten", "Audit trail"),
    "audit-intro": (
        "Wie wat inzag, liet tonen of besloot, het nieuwste eerst. Ook deze inzage wordt vastgelegd.",
        "Who read, revealed or decided what, the newest first. This look is recorded as well.",
    ),
    "audit-roots": ("Ondertekende stand", "Signed roots"),
    "audit-roots-intro": (
        (
            "De stand van het logboek aan het einde van een periode, ondertekend. "
            "Bewaar een afschrift buiten dit systeem: "
            "daarmee is later te zien dat niets is weggelaten of herschreven."
        ),
        (
            "The state of the trail at the end of an interval, signed. Keep a copy outside this system: "
            "with it one can see later that nothing was left out or written anew."
        ),
    ),
    "audit-roots-none": ("Er is nog geen stand ondertekend.", "No root has been signed yet."),
    "root-number": ("Stand", "Root"),
    "root-through": ("Tot en met regel", "Through entry"),
    "root-key": ("Sleutel", "Key"),
    "root-signature": ("Handtekening", "Signature"),
    "actor": ("Wie", "Who"),
    "objectId": ("Kenmerk", "Identifier"),
    "from": ("Vanaf", "From"),
    "to": ("Tot en met", "Up to (incl.)"),
    "audit-action": ("Handeling", "Action"),
    "about": ("Waarover", "About"),
    "details": ("Bijzonderheden", "Details"),
    "sequence": ("Nummer", "Number"),
    "hash": ("Vingerafdruk van de keten", "Fingerprint of the chain"),
    "withheld-interest": (
        "niet getoond: u hebt een belang bij wat dit betreft",
        "not shown: you have an interest in what this is about",
    ),
    "withheld-until-both-assessed": (
        "oordeel niet getoond zolang niet beiden hebben beoordeeld",
        "verdict not shown until both have assessed",
    ),
    "blanked": ("verwijderd na de bewaartermijn", "removed after retention"),
    "audit-empty": ("Geen regel voldoet aan deze filters.", "No entry matches these filters."),
    "fault-text": ("dit kan geen zoekwaarde zijn", "this cannot be looked for"),
    "deadlines": ("Termijnen", "Deadlines"),
    "deadlines-intro": (
        "Wat wacht, wat te laat is, en hoe lang onderzoeken duurden.",
        "What waits, what is late, and how long investigations took.",
    ),
    "waits": ("Wat wacht", "What waits"),
    "secondAssessment": ("wacht op een tweede beoordeling", "awaits a second assessment"),
    "settlement-waits": ("verschil van oordeel te beslechten", "differences to settle"),
    "confirmation": ("uitkomst te bevestigen", "outcomes to confirm"),
    "overdue-items": ("zaken te laat", "items overdue"),
    "firstDue": ("Eerste einde van de 13 weken", "First end of the thirteen weeks"),
    "breachesRunning": ("datalekken waarvan de 72 uur loopt", "data breaches whose 72 hours run"),
    "breachesOverdue": ("datalekken te laat", "data breaches overdue"),
    "firstBreachDue": ("Eerste einde van de 72 uur", "First end of the 72 hours"),
    "items-by-status": ("Zaken per stand", "Items by status"),
    "lead-time": ("Doorlooptijd van onderzoeken, laatste 365 dagen", "Lead time of investigations, last 365 days"),
    "investigations": ("afgeronde onderzoeken", "concluded investigations"),
    "averageWeeks": ("weken gemiddeld", "weeks on average"),
    "averageWorkingDays": ("werkdagen gemiddeld", "working days on average"),
    "withinThirteenWeeks": ("binnen 13 weken", "within thirteen weeks"),
    "nothing-runs": ("er loopt er geen", "none runs"),
    "how-many": ("Aantal", "Number"),
}
