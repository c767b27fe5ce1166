"""What the story of a signal says, in Dutch and in English."""

from __future__ import annotations

from collections.abc import Mapping

STORY_TEXTS: Mapping[str, tuple[str, str]] = {
    "withdrawn-because": ("Ingetrokken, omdat:", "Withdrawn, because:"),
    "lookup-one": ("raadpleging", "lookup"),
    "lookup-many": ("raadplegingen", "lookups"),
    "moment-one": ("moment", "moment"),
    "moment-many": ("momenten", "moments"),
    "day-one": ("dag", "day"),
    "day-many": ("dagen", "days"),
    "score": ("Score", "Score"),
    "of-hundred": ("van 100", "of 100"),
    "class": ("Klasse", "Class"),
    "version": ("regelversie", "rule version"),
    "severity": ("Ernst", "Severity"),
    "outline": ("In het kort", "In brief"),
    "first-lookup": ("Eerste raadpleging", "First lookup"),
    "last-lookup": ("Laatste raadpleging", "Last lookup"),
    "known-as-of": ("Gegevens tot en met", "Known as of"),
    "settings-in-force": ("Instellingen (vingerafdruk)", "Settings (fingerprint)"),
    "all-categories": ("Getoonde gegevens", "Data shown"),
    "sharing": ("Aanwijzing van delen", "Sign of sharing"),
    "shared-of": (
        "afgedrukt of geëxporteerd bij {shared} van de {all} raadplegingen",
        "printed or exported in {shared} of {all} lookups",
    ),
    "not-logged": ("niet in de logging vermeld", "not stated in the log"),
    "not-told": ("niet bekend voor dit signaal", "not known of this signal"),
    "pushed": ("Aangeboden voor beoordeling", "Put forward for assessment"),
    "yes": ("ja", "yes"),
    "no": ("nee", "no"),
    "counted-how": ("Telregel", "Counting rule"),
    "counted-how-intro": (
        (
            "Raadplegingen zijn de afzonderlijke regels in het logboek; momenten zijn samengevoegde "
            "raadplegingen van hetzelfde dossier."
        ),
        "Lookups are the single lines of the log; moments are lookups of the same file taken together.",
    ),
    "facts": ("Feiten", "Facts"),
    "facts-for": ("Wat voor een vraag pleit", "What speaks for asking"),
    "facts-against": ("Wat ertegen pleit", "What speaks against it"),
    "facts-unknown": ("Wat niet bekend is", "What is not known"),
    "none-known": ("Niets bekend.", "Nothing known."),
    "factors": ("Opbouw van de score", "How the score is made up"),
    "factor": ("Factor", "Factor"),
    "value": ("Waarde", "Value"),
    "points": ("Punten", "Points"),
    "total": ("Totaal", "Total"),
    "priority-made-up": ("Opbouw van de prioriteit", "How the priority is made up"),
    "priority-help": (
        "De score van het signaal blijft gelijk; de werkvoorraad telt mee wat alleen hier bekend is.",
        "The score of the signal stays the same; the queue counts what is known only here.",
    ),
    "after-warning": (
        "raadplegingen terwijl een waarschuwing gold: {looks}",
        "lookups while a warning was in force: {looks}",
    ),
    "counterfactual": ("Wanneer dit signaal er niet was geweest", "When this signal would not exist"),
    "family": ("Bijbehorende signalen", "Signals that belong to it"),
    "child-of": ("Dit signaal hoort bij:", "This signal belongs to:"),
    "parent-away": (
        "Dit signaal hoort bij een ander signaal, dat nog niet is ontvangen.",
        "This signal belongs to another signal, which has not been received yet.",
    ),
    "children-intro": (
        "Per medewerker één signaal, de hoogste score eerst. Ze zijn niet apart voor beoordeling aangeboden.",
        "One signal per employee, the highest score first. They were not put forward for assessment by themselves.",
    ),
    "children-more": (
        "Nog {count} bijbehorende signalen staan hier niet; ze zijn op te vragen via de API (parentId).",
        "{count} more signals that belong to it are not shown here; the API lists them all (parentId).",
    ),
    "concerns": ("Betreft", "Concerns"),
    "one-to-one": ("één medewerker, één persoon", "one employee, one person"),
    "one-to-many": ("één medewerker, veel personen", "one employee, many persons"),
    "many-to-one": ("één persoon, veel medewerkers", "one person, many employees"),
    "comparison": ("De dag naast andere dagen", "The day beside other days"),
    "comparison-persons": (
        "{day}: {own} zonder verklaring. Verwacht: {expected}; gemiddelde van vergelijkbare collega's: {peers}.",
        "{day}: {own} without an explanation. Expected: {expected}; mean of comparable colleagues: {peers}.",
    ),
    "comparison-records": (
        (
            "{day}: {own} geëxporteerd of afgedrukt. "
            "Verwacht: {expected}; gemiddelde van vergelijkbare collega's: {peers}."
        ),
        "{day}: {own} exported or printed. Expected: {expected}; mean of comparable colleagues: {peers}.",
    ),
    "comparison-files": (
        (
            "{day}: dossiers van {own} afzonderlijk geëxporteerd of afgedrukt. "
            "Verwacht: {expected}; gemiddelde van vergelijkbare collega's: {peers}."
        ),
        (
            "{day}: files of {own} exported or printed one by one. "
            "Expected: {expected}; mean of comparable colleagues: {peers}."
        ),
    ),
    "comparison-identities": (
        (
            "{day}: de identiteit van {own} geopend. "
            "Verwacht: {expected}; gemiddelde van andere lezers die dag: {peers}."
        ),
        "{day}: the identity of {own} opened. Expected: {expected}; mean of other readers that day: {peers}.",
    ),
    "comparison-days": (
        "De grafiek toont {days} van {first} tot en met {last}.",
        "The chart shows {days} from {first} to {last}.",
    ),
    "comparison-help": (
        (
            "Elke staaf is één werkdag van de medewerker. Verwacht: wat de eigen eerdere werkdagen en de "
            "werklast van die dag, of de norm van de functie, aangeven."
        ),
        (
            "Each bar is one day at work of the employee. Expected: what their earlier days at work and "
            "that day's workload, or the norm of the role, point to."
        ),
    ),
    "comparison-zoom": ("Inzoomen en per dag aflezen", "Zoom in, and read off day by day"),
    "comparison-zoom-help": (
        "Sleep over de grafiek om in te zoomen; dubbelklik om terug te gaan. De tabel heeft dezelfde cijfers.",
        "Drag across the chart to zoom in; double-click to go back. The table has the same numbers.",
    ),
    "comparison-table": ("De cijfers van de grafiek", "The numbers of the chart"),
    "day": ("Dag", "Day"),
    "own-persons": ("Personen zonder verklaring", "Persons without an explanation"),
    "own-files": (
        "Personen van wie het dossier is geëxporteerd of afgedrukt",
        "Persons whose file was exported or printed",
    ),
    "own-identities": ("Personen van wie de identiteit is geopend", "Persons whose identity was opened"),
    "own-records": ("Geëxporteerde of afgedrukte records", "Records exported or printed"),
    "expected": ("Verwacht", "Expected"),
    "peers": ("Gemiddelde van vergelijkbare collega's", "Mean of comparable colleagues"),
    "day-of-signal": ("dag van het signaal", "day of the signal"),
    "other-days": ("eerdere werkdagen", "earlier days at work"),
    "legend-bars": ("Staven", "Bars"),
    "legend-lines": ("Lijnen", "Lines"),
    "person-one": ("persoon", "person"),
    "person-many": ("personen", "persons"),
    "record-one": ("record", "record"),
    "record-many": ("records", "records"),
    "workday-one": ("werkdag", "day at work"),
    "workday-many": ("werkdagen", "days at work"),
    "timeline": ("Tijdlijn", "Timeline"),
    "caption-one": ("{looks}: {first}.", "{looks}: {first}."),
    "caption-many": (
        "{looks} op {days}, van {first} tot en met {last}.",
        "{looks} on {days}, from {first} to {last}.",
    ),
    "caption-day": (
        "{looks} op {day}; het drukste uur was {start} tot {end}, met {most}.",
        "{looks} on {day}; the busiest hour was {start} to {end}, with {most}.",
    ),
    "caption-off-hours": ("Buiten kantooruren: {count}.", "Outside office hours: {count}."),
    "caption-shared": ("Afgedrukt of geëxporteerd: {count}.", "Printed or exported: {count}."),
    "caption-part": (
        "De grafiek toont {shown} van de {all} raadplegingen, de meest veelzeggende.",
        "The chart shows {shown} of the {all} lookups, the most telling ones.",
    ),
    "chart-help": (
        "Elk teken is één raadpleging: de dag van links naar rechts, het uur van boven naar beneden.",
        "Each mark is one lookup: the day from left to right, the hour from top to bottom.",
    ),
    "chart-joined": (
        "Een lijn verbindt raadplegingen met hoogstens 30 minuten ertussen: samen één moment.",
        "A line joins lookups at most 30 minutes apart: together one moment.",
    ),
    "bars-help": (
        "Elke staaf is één uur van de dag; het getal is het aantal raadplegingen.",
        "Each bar is one hour of the day; the number is the number of lookups.",
    ),
    "chart-table": (
        "Dezelfde raadplegingen staan in de tabel onder Raadplegingen.",
        "The same lookups are in the table under Lookups.",
    ),
    "legend-shape": ("Vorm: handeling", "Shape: action"),
    "legend-colour": ("Kleur en vulling: toestand", "Colour and fill: state"),
    "legend-ground": ("Achtergrond", "Background"),
    "office-hours": (
        "kantooruren, maandag tot en met vrijdag 6 tot 19 uur",
        "office hours, Monday to Friday 6 to 19 h",
    ),
    "weekend": ("weekend", "weekend"),
    "evidence": ("Raadplegingen", "Lookups"),
    "evidence-caption": (
        "De raadplegingen waarop het signaal rust, op volgorde van tijd. Tijden in {timezone}.",
        "The lookups that the signal rests on, in order of time. Times in {timezone}.",
    ),
    "time": ("Tijd", "Time"),
    "system": ("Systeem", "System"),
    "action": ("Handeling", "Action"),
    "searched-by": ("Gezocht op", "Searched by"),
    "categories": ("Gegevens", "Data"),
    "record-count": ("Records", "Records"),
    "state": ("Toestand", "State"),
    "explanation": ("Verklaring", "Explanation"),
    "lookup-id": ("Kenmerk", "Identifier"),
    "revisions": ("Versies van dit signaal", "Revisions of this signal"),
    "revision": ("Versie", "Revision"),
    "known-at": ("Gegevens tot en met", "Known up to"),
    "received-at": ("Ontvangen", "Received"),
    "fingerprint": ("Vingerafdruk", "Fingerprint"),
}
