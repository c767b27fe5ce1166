"""What several rules say in the same words: that no reason was found, that nobody had a case, what the log leaves open."""

from __future__ import annotations

from services.detector.rules.base import Text

NO_REASON = Text(
    "Binnen de respijttermijn is geen zaakkoppeling, taak of contact van de medewerker of het team gevonden dat de raadpleging verklaart ({lookups_nl}).",
    "Within the grace no case link, task or contact of the employee or the team was found that explains the lookup ({lookups_en}).",
)
NOBODYS_CASE = Text(
    "Volgens het zaakregister aan het einde van de respijttermijn had niemand een zaak van deze persoon toen het dossier werd geraadpleegd ({lookups_nl}).",
    "By the case register at the end of the grace nobody had a case of this person when the file was consulted ({lookups_en}).",
)
NOBODYS_CASES = Text(
    "Volgens het zaakregister aan het einde van de respijttermijn had bij geen van de raadplegingen ({lookups_nl}) iemand een zaak van de betrokken persoon.",
    "By the case register at the end of the grace nobody had a case of the person concerned at any of the lookups ({lookups_en}).",
)
OFTEN_NOBODYS_CASE = Text(
    "Volgens het zaakregister aan het einde van de respijttermijn had bij {without_case} van {lookups_nl} niemand een zaak van de betrokken persoon.",
    "By the case register at the end of the grace nobody had a case of the person concerned at {without_case} of {lookups_en}.",
)
NOBODY_ELSES_CASE = Text(
    "Volgens het zaakregister aan het einde van de respijttermijn had niemand anders een zaak van deze persoon toen het dossier werd geraadpleegd ({lookups_nl}).",
    "By the case register at the end of the grace nobody else had a case of this person when the file was consulted ({lookups_en}).",
)
INSTRUCTED = Text(
    "Of de medewerker over dit voorschrift is geïnstrueerd, blijkt niet uit de logging.",
    "Whether the employee had been instructed on this rule does not follow from the logging.",
)
ERRAND = Text(
    "Of een leidinggevende of collega om deze raadpleging heeft gevraagd, blijkt niet uit de logging.",
    "Whether a manager or colleague asked for this lookup does not follow from the logging.",
)
PASSED_ON = Text(
    "Of gegevens met derden zijn gedeeld, blijkt niet uit de logging.",
    "Whether data were passed on to third parties does not follow from the logging.",
)
