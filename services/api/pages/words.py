"""Code values, months and weekdays as Dutch and English write them."""

from __future__ import annotations

from collections.abc import Mapping

MONTHS = tuple(
    zip(
        ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        strict=True,
    )
)
WEEKDAYS = tuple(
    zip(("ma", "di", "wo", "do", "vr", "za", "zo"), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)

CODES: Mapping[str, tuple[str, str]] = {
    "search": ("zoeken", "search"),
    "view": ("inzien", "view"),
    "edit": ("wijzigen", "edit"),
    "print": ("afdrukken", "print"),
    "export": ("exporteren", "export"),
    "bsn": ("bsn", "BSN"),
    "name": ("naam", "name"),
    "address": ("adres", "address"),
    "case": ("zaak", "case"),
    "worklist": ("werklijst", "worklist"),
    "other": ("anders", "other"),
    "identity": ("identiteit", "identity"),
    "employment": ("dienstverband", "employment"),
    "income": ("inkomen", "income"),
    "benefit": ("uitkering", "benefit"),
    "medical": ("medisch", "medical"),
    "personnel": ("personeel", "personnel"),
    "cv": ("cv", "CV"),
    "explained": ("verklaard", "explained"),
    "pending": ("in afwachting", "pending"),
    "unexplained": ("onverklaard", "unexplained"),
    "conflict": ("belangenverstrengeling", "conflict of interest"),
    "low": ("laag", "low"),
    "medium": ("middel", "medium"),
    "high": ("hoog", "high"),
    "critical": ("kritiek", "critical"),
    "open": ("open", "open"),
    "withdrawn": ("ingetrokken", "withdrawn"),
    "received": ("ontvangen", "received"),
    "P": ("P, altijd aangeboden", "P, always put forward"),
    "B": ("B, binnen het weekbudget", "B, within the weekly budget"),
    "C": ("C, alleen context", "C, context only"),
    "investigation": ("onderzoek", "investigation"),
    "quality-review": ("kwaliteitstoets", "quality review"),
    "canary": ("controle van de detectie", "check of the detection"),
    "own-case": ("eigen zaak", "own case"),
    "team-case": ("zaak van het team", "team case"),
    "contact": ("contact met betrokkene", "contact with the subject"),
    "task": ("taak", "task"),
    "review": ("toetsing", "review"),
    "aftercare": ("nazorg", "aftercare"),
    "own-personnel-file": ("eigen personeelsdossier", "own personnel file"),
    "rule": ("regel", "rule"),
    "number-of-consultations": ("aantal raadplegingen", "number of consultations"),
    "number-of-persons": ("aantal personen", "number of persons"),
    "nature-of-data": ("aard van de gegevens", "nature of the data"),
    "sign-of-sharing": ("aanwijzing van delen", "sign of sharing"),
    "case-link-exists": ("er is een zaakkoppeling", "a case link exists"),
    "same-team": ("zelfde team", "same team"),
    "off-hours": ("buiten werktijd", "outside working hours"),
    "found-by-name": ("gevonden op naam", "found by name"),
    "found-by-address": ("gevonden op adres", "found by address"),
    "above-own-history": ("boven het eigen gebruikelijke", "above their own history"),
    "registered-afterwards": ("achteraf geregistreerd", "registered afterwards"),
    "colleague-had-the-case": ("een collega had de zaak", "a colleague had the case"),
    "others-looked-too": ("anderen keken ook", "others looked too"),
    "nobody-had-a-case": ("niemand had een zaak", "nobody had a case"),
    "cap": ("begrenzing", "cap"),
    "moved": ("valt nu onder een andere regel", "now under another rule"),
    "explained-later": ("later alsnog verklaard", "explained later"),
    "merged": ("samengevoegd met een ander signaal", "merged with another signal"),
    "late-system-link": ("later geregistreerde koppeling", "link registered later"),
}
"""Code values of the contract and of the rules; one that is not listed is shown as it is."""
