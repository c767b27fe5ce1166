"""staff-file-bypass: a file of staff or of their partner or child, handled by someone not authorised."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import ERRAND, INSTRUCTED, PASSED_ON, base, counting

RULE = Rule(
    id="staff-file-bypass",
    version=2,
    family="staff-file",
    rule_class=in_class("P"),
    hit=pl.col("staff_kind").is_not_null(),
    fires=pl.col("staff") + pl.col("ex_staff") + pl.col("staff_family") > 0,
    factors=(
        base(
            640,
            Text(
                "Het dossier hoort bij de afdeling Eigen personeel; de medewerker was daarvoor toen niet bevoegd.",
                "The file belongs to the department Eigen personeel; the employee was not authorised for it then.",
            ),
        ),
        *counting(),
    ),
    summary=Text(
        "Medewerker zonder bevoegdheid Eigen personeel raadpleegde een dossier van personeel of hun gezin op {moments_nl} ({lookups_nl}), {period_nl}.",
        "An employee without the authority Eigen personeel consulted a file of staff or their family at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=Text(
        "Met de bevoegdheid Eigen personeel en een zaakkoppeling op dat moment was er geen signaal.",
        "With the authority Eigen personeel and a case link at that moment this signal would not exist.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Dossier Eigen personeel buiten de afdeling om", "Staff file outside the department"),
    legal_basis="UWV code of conduct 2021, chapter 6: files of staff, their partners and children are handled by Eigen personeel.",
    false_positives=(
        "Work distribution routed a relative of a colleague to an ordinary handler: the case link shows it.",
    ),
    known_gaps=("Partners and children who are neither declared nor known to Eigen personeel.",),
    next_steps=("Find out who assigned the case and why the file was not shielded.",),
)
