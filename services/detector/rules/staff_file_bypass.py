"""staff-file-bypass: a file of staff or of their partner or child, handled by someone not authorised."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text
from services.detector.rules.factors import base
from services.detector.rules.pair_factors import STAFF_CLASS, authorised, counting
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

RULE = Rule(
    id="staff-file-bypass",
    version=3,
    family="staff-file",
    rule_class=STAFF_CLASS,
    hit=pl.col("staff_kind").is_not_null(),
    fires=pl.col("staff") + pl.col("ex_staff") + pl.col("staff_family") > 0,
    factors=(
        base(
            640,
            Text(
                "Dossiers van (oud-)medewerkers, hun partners en kinderen horen bij de afdeling Eigen personeel; een zaakkoppeling samen met die bevoegdheid (binnen het eigen team: van vóór de raadpleging) is niet gevonden.",
                "Files of (former) staff, their partners and children belong to the department Eigen personeel; no case link together with that authority (within the own team: from before the lookup) was found.",
            ),
        ),
        authorised(250),
        *counting(),
    ),
    summary=Text(
        "De medewerker raadpleegde een dossier van een (oud-)medewerker, partner of kind zonder gevonden zaakkoppeling met bevoegdheid Eigen personeel, op {moments_nl} ({lookups_nl}), {period_nl}.",
        "The employee consulted a file of a (former) member of staff, partner or child with no case link and authority Eigen personeel found, at {moments_en} ({lookups_en}), {period_en}.",
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
