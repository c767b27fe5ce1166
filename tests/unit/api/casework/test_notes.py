"""Notes hold no citizen service numbers, and a refusal does not repeat them."""

import pytest

from services.api.casework.notes import holds_bsn
from tests.unit.api.casework.conftest import ONE, verdict
from tests.world import BSNS

BSN = BSNS[7]


@pytest.mark.parametrize(
    "text",
    [
        BSN,
        f"the file of {BSN}.",
        f"({BSN})",
        f"{BSN[:4]}.{BSN[4:6]}.{BSN[6:]}",
        f"{BSN[:3]} {BSN[3:6]} {BSN[6:]}",
        f"{BSN[:3]}-{BSN[3:6]}-{BSN[6:]}",
        f"{BSN[:3]}\u00a0{BSN[3:]}",
        "".join(chr(0xFF10 + int(digit)) for digit in BSN),
        f"{BSN[:3]}  {BSN[3:6]}\n{BSN[6:]}",
        f"{BSN[:3]}/{BSN[3:6]}_{BSN[6:]}",
        f"{BSN[:3]}\u2013{BSN[3:6]}\u200b{BSN[6:]}",
        f"{BSN[:3]}\u0095{BSN[3:6]} - {BSN[6:]}".replace(" - ", ". "),
        f"BSN{BSN}x",
        f"first 111222333 and then {BSN}",
    ],
)
def test_a_number_that_passes_the_11_proef_is_found_however_it_is_written(text):
    assert holds_bsn(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "347 views on 79 moments in 4 years",
        "2026-03-14 09:26:53",
        "06 12345678",
        f"{BSN}0",
        f"1{BSN}",
        BSN[:8],
        "000000000",
        str(int(BSN) + 1),
        "p1-00000000000000000000000000000001",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert not holds_bsn(text)


def test_a_note_with_a_bsn_is_refused_and_not_repeated(desk):
    item = desk.opens()
    answer = desk.decides(ONE, item, "assessments", verdict("investigation", f"It is about {BSN}."))
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["pointer"], "BSN" in error["detail"]) == ("/note", True)
    assert BSN not in answer.text
    assert desk.status(item) == "received"
