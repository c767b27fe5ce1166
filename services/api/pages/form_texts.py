"""The fields of the forms of casework, and what can be wrong with them, in Dutch and in English."""

from __future__ import annotations

from collections.abc import Mapping

FIELD_TEXTS: Mapping[str, tuple[str, str]] = {
    "field-verdict": ("Waar moet dit toe leiden?", "What should this lead to?"),
    "field-reason": ("Reden", "Reason"),
    "field-note": ("Toelichting", "Note"),
    "field-assignee": ("Wie", "Who"),
    "field-outcome": ("Uitkomst", "Outcome"),
    "field-findings": ("Wat is vastgesteld", "What was established"),
    "field-reportSentAt": ("Rapport verzonden aan de directeur op", "Report sent to the director at"),
    "field-agrees": ("Komt u tot dezelfde uitkomst?", "Do you come to the same outcome?"),
    "field-kind": ("Maatregel", "Measure"),
    "field-takenAt": ("Genomen op", "Taken at"),
    "field-decidedBy": ("Besloten door", "Decided by"),
    "field-inForceUntil": (
        "Geldt tot (alleen bij een schriftelijke waarschuwing)",
        "In force until (written warning only)",
    ),
    "field-sentAt": ("Overgedragen op", "Handed over at"),
    "field-sentTo": ("Overgedragen aan", "Handed over to"),
    "field-knownAt": ("Bekend geworden op", "Became known at"),
    "field-nature": ("Aard van het datalek", "Nature of the breach"),
    "field-contact": ("Contactpunt (functie of loket)", "Contact point (a function or desk)"),
    "field-consequences": ("Waarschijnlijke gevolgen", "Likely consequences"),
    "field-measures": ("Maatregelen tegen de gevolgen", "Measures against the consequences"),
    "field-persons": ("Ongeveer hoeveel personen", "About how many persons"),
    "field-records": ("Ongeveer hoeveel records", "About how many records"),
    "field-decision": ("Besluit", "Decision"),
    "field-notifiedAt": ("Gemeld bij de AP op", "Authority notified at"),
    "field-delayReason": ("Waarom later dan 72 uur", "Why later than 72 hours"),
    "field-motivation": ("Waarom melden niet nodig is", "Why no notification is required"),
    "field-purpose": ("Doel", "Purpose"),
    "field-caseNumber": ("Zaaknummer", "Case number"),
    "field-bsn": ("Burgerservicenummer (bsn)", "Citizen service number (BSN)"),
    "field-employeeId": ("Personeelsnummer", "Employee id"),
    "help-reason-verdict": ("Alleen bij geen vervolg.", "With no follow-up only."),
    "help-reason-breach": ("Alleen als melden niet hoeft.", "Only where no notification is required."),
    "help-motivation": (
        "Wat er is gebeurd, met welke gevolgen, en wat eraan is gedaan (AVG art. 33 lid 5). Zonder namen of nummers.",
        "What happened, its effects, and what was done about it (GDPR art. 33(5)). Without names or numbers.",
    ),
    "help-findings": ("Alleen als de schending is vastgesteld.", "Only where a breach was established."),
    "help-bsn": (
        "Van wie is geraadpleegd. Vul dit in, of het personeelsnummer hieronder.",
        "Of whoever was looked up. Fill in this, or the employee id below.",
    ),
    "help-employeeId": ("Van wie zelf raadpleegde.", "Of whoever did the looking up."),
    "help-assignee": (
        "De code van uw collega in het audittrail. Die staat onderaan elke pagina die uw collega opent.",
        "The code of your colleague in the audit trail. It stands at the foot of each page that your colleague opens.",
    ),
    "help-time": ("Datum en tijd, in {timezone}.", "Date and time, in {timezone}."),
    "help-agrees": ("Een afwijzing heeft een toelichting nodig.", "A rejection needs a note."),
    "yes-agrees": ("ja, ik bevestig haar", "yes, I confirm it"),
    "no-agrees": ("nee, ik bevestig haar niet", "no, I do not confirm it"),
    "typed-note": ("Wat u had getypt", "What you had typed"),
    "choose": ("maak een keuze", "choose"),
    "no-reason": ("geen", "none"),
}

FAULT_TEXTS: Mapping[str, tuple[str, str]] = {
    "fault-needed": ("vul dit in", "fill this in"),
    "fault-choice": ("kies een van de mogelijkheden", "choose one of the options"),
    "fault-long": ("maak dit korter", "make this shorter"),
    "fault-unprintable": ("gebruik alleen gewone tekst", "use plain text only"),
    "fault-bsn": (
        "hier staat een getal dat een bsn kan zijn; personen zijn hier pseudoniemen, haal het weg",
        "this holds a number that reads as a citizen service number; people are pseudonyms here, leave it out",
    ),
    "fault-names": (
        "hier staat een e-mailadres of een sleutel; haal dat weg",
        "this holds an e-mail address or a token; leave it out",
    ),
    "fault-one-person": ("vul één van beide in: bsn of personeelsnummer", "fill in one of the two: BSN or employee id"),
    "fault-at-bsn": ("dit is geen bsn: een bsn heeft negen cijfers", "this is no BSN: a BSN has nine digits"),
    "fault-moment": (
        "geef een bestaande datum en tijd, geschreven als 2026-03-14 09:30",
        "give a date and time that exist, written as 2026-03-14 09:30",
    ),
    "fault-whole-number": ("geef een geheel getal van 0 of meer", "give a whole number of 0 or more"),
    "fault-at-reason": (
        "kies een reden waar die gevraagd wordt, en laat haar anders leeg",
        "choose a reason where one is asked for, and leave it out otherwise",
    ),
    "fault-at-findings": (
        "kies wat is vastgesteld, en alleen als de uitkomst is dat er een schending is vastgesteld",
        "choose what was established, and only where the outcome is that a breach was established",
    ),
    "fault-at-note": ("leg uit waarom u de uitkomst niet bevestigt", "say why you do not confirm the outcome"),
    "fault-at-inForceUntil": (
        "geef bij een schriftelijke waarschuwing, en alleen daar, een moment na de maatregel",
        "give a moment after the measure with a written warning, and only there",
    ),
    "fault-at-notifiedAt": (
        "geef dit als er is gemeld, en alleen dan",
        "give this where the authority was notified, and only then",
    ),
    "fault-at-motivation": (
        "leg dit uit als melden niet nodig is, en alleen dan",
        "explain this where no notification is required, and only then",
    ),
    "fault-at-delayReason": ("hoort alleen bij een melding", "belongs to a notification only"),
}
"""What is wrong with a field; `fault-at-` where it does not fit the other fields."""
