"""The page of an item: what its reader may do, what is wrong told at its field, and conflicts told plainly."""

import re

import pytest

from services.api.casework.codes import ACTIONS, EVENTS
from services.api.casework.hindrances import HINDRANCES
from services.api.pages.texts import TEXTS
from services.api.pages.work_forms import FORMS
from tests.world import BSNS

NOTE = "Geen zaak, geen taak en geen contact gevonden."
INVESTIGATE = {"verdict": "investigation", "note": NOTE}
OURS = {"Origin": "http://api.test", "Accept": "text/html"}


class Desk:
    """One item, and the pages of whoever works on it."""

    def __init__(self, api):
        self.api = api
        (row,) = api.rows("SELECT id FROM intake_items")
        self.item = row["id"]

    def open(self, account="investigator", language="nl"):
        self.api.sign_in(account)
        answer = self.api.get(f"/items/{self.item}?lang={language}", None)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, action, version=None, account="investigator", headers=OURS, **fields):
        page = self.open(account)
        shown = version or re.search(r'name="version" value="(\d+)"', page)[1]
        return self.api.call("POST", f"/items/{self.item}/{action}", data={"version": shown, **fields}, headers=headers)

    def done(self, action, account="investigator", **fields):
        answer = self.send(action, account=account, **fields)
        assert answer.status_code == 303, told(answer.text)
        return self.open(account)


def told(page):
    """The texts of what is wrong, by the field's id, and of what went wrong as a whole."""
    faults = dict(re.findall(r'<p class="utrecht-form-field-error-message" id="([\w-]+)-fault">(.*?)</p>', page))
    return faults | dict(re.findall(r'(role="alert")><p><strong>[^<]*</strong> (.*?)</p>', page))


@pytest.fixture
def desk(api, make_signal):
    api.results(make_signal(1))
    return Desk(api)


@pytest.fixture
def under_investigation(desk):
    for account in ("investigator", "second-investigator"):
        desk.done("assess", account, **INVESTIGATE)
    desk.done("assign", "lead", assignee="token:investigator")
    return desk


def test_an_assessment_is_recorded_and_told(desk):
    page = desk.done("assess", **INVESTIGATE)
    assert "1 van 2 beoordelingen binnen" in page
    assert NOTE in page
    assert "beoordeling gegeven" in page


def test_the_second_sees_nothing_of_the_first_before_both_are_in(desk):
    desk.done("assess", **INVESTIGATE)
    page = desk.open("second-investigator")
    assert NOTE not in page
    assert "iedereen beoordeelt onafhankelijk" in page
    assert NOTE in desk.done("assess", "second-investigator", **INVESTIGATE)


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({}, {"assess-verdict": "vul dit in", "assess-note": "vul dit in"}),
        ({"verdict": "x", "note": NOTE}, {"assess-verdict": "kies een van de mogelijkheden"}),
        ({"verdict": "no-follow-up", "note": NOTE}, {"assess-reason": TEXTS["fault-at-reason"][0]}),
        ({**INVESTIGATE, "reason": "lawful"}, {"assess-reason": TEXTS["fault-at-reason"][0]}),
        ({"verdict": "investigation", "note": f"Zie {BSNS[0]}."}, {"assess-note": TEXTS["fault-bsn"][0]}),
        ({"verdict": "investigation", "note": "x" * 4_001}, {"assess-note": "maak dit korter"}),
        ({"verdict": "investigation", "note": "\x00"}, {"assess-note": "gebruik alleen gewone tekst"}),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_recorded(desk, fields, faults):
    answer = desk.send("assess", **fields)
    assert answer.status_code == 400
    assert {field: wrong for field, wrong in told(answer.text).items() if field in faults} == faults
    assert desk.api.rows("SELECT count(*) AS n FROM assessments") == [{"n": 0}]


def test_what_was_typed_is_kept(desk):
    page = desk.send("assess", verdict="no-follow-up", note='Een "zaak" <b>ontbreekt</b>.').text
    assert "Een &#34;zaak&#34; &lt;b&gt;ontbreekt&lt;/b&gt;." in page
    assert re.search(r'value="no-follow-up" checked>', page)


def test_a_number_that_reads_as_a_bsn_is_not_shown_again(desk):
    page = desk.send("assess", verdict="investigation", note=f"Zie {BSNS[0]} in het dossier.").text
    assert BSNS[0] not in page
    assert "Zie \u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022 in het dossier." in page


def test_a_decision_on_what_somebody_else_changed_is_told_plainly(desk):
    desk.done("assess", **INVESTIGATE)
    answer = desk.send("assess", version="1", account="second-investigator", **INVESTIGATE)
    assert answer.status_code == 412
    assert "Iemand anders heeft deze zaak intussen gewijzigd." in told(answer.text)['role="alert"']
    assert NOTE in answer.text
    assert desk.api.rows("SELECT count(*) AS n FROM assessments") == [{"n": 1}]


def test_what_is_not_to_be_done_now_is_refused_with_its_reason(desk):
    answer = desk.send("settle", account="lead", **INVESTIGATE)
    assert answer.status_code == 409
    assert told(answer.text) == {'role="alert"': "Er is geen verschil van oordeel."}


def test_only_what_one_may_do_is_offered(desk):
    offered = re.findall(rf'action="/items/{desk.item}/([\w-]+)#work"', desk.open())
    assert set(offered) == {"assess", "note", "refer-data-breach"}
    assert "assign" in re.findall(rf'action="/items/{desk.item}/([\w-]+)#work"', desk.open("lead"))


def test_an_investigation_is_concluded_by_two(under_investigation):
    desk = under_investigation
    sent = {"reportSentAt": "2026-04-01 11:00", "note": "Zie het rapport."}
    wrong = desk.send("record-outcome", outcome="established", **sent)
    assert told(wrong.text)["record-outcome-findings"] == TEXTS["fault-at-findings"][0]
    late = desk.send("record-outcome", outcome="not-established", **(sent | {"reportSentAt": "01-04-2027 10:00"}))
    assert told(late.text) == {"record-outcome-reportSentAt": TEXTS["refusal-wrong-time"][0]}
    found = "misuse-of-information/unlawful-consultation"
    page = desk.done("record-outcome", outcome="established", findings=found, **sent)
    assert "Wacht op bevestiging door een ander." in page
    assert "Misbruik van informatie: ongeoorloofd raadplegen" in page
    assert "Bevestigd door leidinggevende" in desk.done("confirm-outcome", "lead", agrees="yes-agrees")
    measure = {"kind": "written-warning", "takenAt": "2026-04-01 11:00", "decidedBy": "director"}
    assert desk.send("record-measure", account="lead", **measure).status_code == 400
    assert "Schriftelijke waarschuwing" in desk.done(
        "record-measure", "lead", **measure, inForceUntil="2028-04-01 00:00"
    )


def test_an_outcome_that_is_not_confirmed_says_why(under_investigation):
    desk = under_investigation
    sent = {"outcome": "not-established", "reportSentAt": "2026-04-01T11:00", "note": "Zie het rapport."}
    desk.done("record-outcome", **sent)
    assert told(desk.send("confirm-outcome", account="lead", agrees="no-agrees").text) == {
        "confirm-outcome-note": TEXTS["fault-at-note"][0]
    }
    page = desk.done("confirm-outcome", "lead", agrees="no-agrees", note="Het gesprek ontbreekt.")
    assert "Niet bevestigd" in page
    assert "Het gesprek ontbreekt." in page


def test_the_deadline_is_suspended_and_runs_on(under_investigation):
    assert "Staat stil sinds" in under_investigation.done("suspend", "lead", reason="awaiting-information")
    assert "nog 91 dagen" in under_investigation.done("resume", "lead")


def test_somebody_is_taken_off_the_item(under_investigation):
    desk = under_investigation
    (row,) = desk.api.rows("SELECT id FROM assignments WHERE assignee = 'token:second-investigator'")
    page = desk.done("release", "lead", assignmentId=row["id"])
    assert f'value="{row["id"]}"' not in page
    desk.api.sign_in("second-investigator")
    assert TEXTS["refused-not-assigned"][0] in desk.api.get(f"/items/{desk.item}", None, headers=OURS).text


def test_a_data_breach_runs_for_72_hours(desk):
    page = desk.done("refer-data-breach", knownAt="2026-04-01 10:00", nature="Inzage.", persons="1")
    assert "nog 71 uur" in page
    wrong = desk.send("notify-data-breach", decision="notified", notifiedAt="2026-04-01 10:30")
    assert {"notify-data-breach-contact", "notify-data-breach-consequences"} <= told(wrong.text).keys()
    no = {"decision": "not-required", "reason": "risk-unlikely"}
    unexplained = told(desk.send("notify-data-breach", **no).text)
    assert unexplained == {"notify-data-breach-motivation": TEXTS["fault-at-motivation"][0]}
    page = desk.done("notify-data-breach", **no, motivation="Eén dossier, en niets bewaard.")
    assert "melden is niet nodig" in page
    assert "Eén dossier, en niets bewaard." in page
    page = desk.done("correct-data-breach", knownAt="2026-04-01 09:00", reason="Eerder al gemeld.")
    assert "Eerder vastgelegd als" in page
    assert "Eerder al gemeld." in page


def test_a_withdrawal_under_an_open_item_is_told_with_its_fact_and_acknowledged(desk, make_signal):
    desk.done("assess", **INVESTIGATE)
    fact = {"code": "late-system-link", "nl": "Alsnog vastgelegd.", "en": "Recorded after all."}
    changes = {"status": "withdrawn", "withdrawn_reason": "late-system-link", "facts_against": [fact]}
    desk.api.results(make_signal(1, **changes, as_of=desk.api.clock.at))
    page = desk.open()
    assert "Het signaal is ingetrokken terwijl deze zaak openstond" in page
    assert "Alsnog vastgelegd." in page
    assert "Gezien door onderzoeker" in desk.done("acknowledge-withdrawal")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_item_tells_facts_and_no_advice(desk, language):
    page = desk.open(language=language)
    assert {"nl": "geen waarschuwing bekend", "en": "no warning known"}[language] in page
    assert "None" not in re.sub(r"<[^>]+>", "", page)


def test_a_form_of_another_site_does_nothing(desk):
    assert desk.send("assess", headers={"Origin": "https://evil.test"}, **INVESTIGATE).status_code == 403
    assert desk.api.rows("SELECT count(*) AS n FROM assessments") == [{"n": 0}]


def test_an_action_that_does_not_exist_is_not_found(desk):
    assert desk.send("promote").status_code == 404


def test_the_deadlines_are_for_leads(desk):
    desk.api.sign_in("lead")
    page = desk.api.get("/deadlines", None)
    assert page.status_code == 200
    assert "Doorlooptijd" in page.text
    desk.api.sign_in("investigator")
    assert desk.api.get("/deadlines", None).status_code == 403


def test_every_action_has_a_form_and_every_word_a_text():
    assert set(ACTIONS) == set(FORMS)
    assert {f"action-{action}" for action in ACTIONS} <= TEXTS.keys()
    assert {f"event-{event}" for event in EVENTS} <= TEXTS.keys()
    assert {f"refusal-{code}" for code in HINDRANCES} <= TEXTS.keys()
    assert {f"field-{field.name}" for form in FORMS.values() for field in form.fields} <= TEXTS.keys()
