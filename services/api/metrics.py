"""What happens in the API into Prometheus metrics; labels are bounded and never about a person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from services.api.identity.errors import REASONS
from services.api.intake.judge import RESULTS
from services.api.readers.deeds import REASONS as NOT_PUBLISHED
from services.api.vault.forms import PURPOSES, STATUSES
from services.core.release import release

IDENTITY_RESULTS = ("readable", "unreadable")
REVEAL_RESULTS = (*STATUSES, "missing")
TROUBLES = ("refused", "unavailable")
PUBLISHING_RESULTS = ("sent", *TROUBLES)
DURATIONS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Seconds; a page of 50 signals takes a few milliseconds, a full batch of evidence some seconds."""


class ApiMetrics:
    """The metrics of one running API, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "doelbinding_api_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.duration = Histogram(
            "doelbinding_api_request_duration_seconds",
            "Time to answer a request",
            ["method", "route"],
            buckets=DURATIONS,
            registry=self.registry,
        )
        self.intake = Counter(
            "doelbinding_api_intake_signals",
            "Signals received, by what became of them",
            ["result"],
            registry=self.registry,
        )
        for result in RESULTS:
            self.intake.labels(result)  # present from the start, so that a first increase is seen as one
        self.publications = Counter(
            "doelbinding_api_publications",
            "Events sent to the intake topic, and tries that were refused (credentials, rights) or not answered",
            ["result"],
            registry=self.registry,
        )
        for result in PUBLISHING_RESULTS:
            self.publications.labels(result)
        self.publications_pending = Gauge(
            "doelbinding_api_publications_pending", "Events that wait for the broker", registry=self.registry
        )
        self.oldest_publication = Gauge(
            "doelbinding_api_publications_oldest_timestamp_seconds",
            "When the oldest event that waits for the broker was stored; 0 if none waits",
            registry=self.registry,
        )
        self.reads_published = Counter(
            "doelbinding_api_reads_published",
            "Lookups of readers of signals that are where the detector reads them",
            registry=self.registry,
        )
        self.reads_not_published = Counter(
            "doelbinding_api_reads_not_published",
            "Reads of signals that are not judged: no employee behind the account, or blanked by retention before",
            ["reason"],
            registry=self.registry,
        )
        for cause in NOT_PUBLISHED:
            self.reads_not_published.labels(cause)
        self.reads_troubles = Counter(
            "doelbinding_api_reads_troubles",
            "Tries to publish reads that were refused (credentials, rights) or not answered",
            ["result"],
            registry=self.registry,
        )
        for result in TROUBLES:
            self.reads_troubles.labels(result)
        self.reads_pending = Gauge(
            "doelbinding_api_reads_pending",
            "Entries of the audit trail that were not looked through for reads yet; 0 where reads go nowhere",
            registry=self.registry,
        )
        self.oldest_read = Gauge(
            "doelbinding_api_reads_oldest_timestamp_seconds",
            "When the oldest of these entries was written; 0 if none waits",
            registry=self.registry,
        )
        self.reads = Counter(
            "doelbinding_api_signal_reads", "Reads of signals recorded", ["what"], registry=self.registry
        )
        self.identities = Counter(
            "doelbinding_api_identities",
            "Sealed identities received: sealed to a key of this vault, or to another one, which it cannot open",
            ["result"],
            registry=self.registry,
        )
        for result in IDENTITY_RESULTS:
            self.identities.labels(result)
        self.reveals = Counter(
            "doelbinding_api_reveals",
            "Reveals of identities: opened, waiting for another person, approved, or missing in the vault",
            ["purpose", "result"],
            registry=self.registry,
        )
        for purpose in PURPOSES:
            for result in REVEAL_RESULTS:
                self.reveals.labels(purpose, result)
        self.reveals_pending = Gauge(
            "doelbinding_api_reveals_pending",
            "Requests for an identity that wait for another person's approval, in fives",
            registry=self.registry,
        )
        self.audit_entries = Counter(
            "doelbinding_api_audit_entries", "Entries added to the audit trail by readers", registry=self.registry
        )
        self.audit_refused = Counter(
            "doelbinding_api_audit_refused",
            "Answers that were not given because the audit trail could not be written",
            registry=self.registry,
        )
        self.audit_commit = Histogram(
            "doelbinding_api_audit_commit_seconds",
            "Time to make the entries of the requests that wait durable",
            buckets=DURATIONS,
            registry=self.registry,
        )
        self.audit_verified = Gauge(
            "doelbinding_api_audit_verified_timestamp_seconds",
            "When the end of the audit trail was last looked through and found whole; 0 before that",
            registry=self.registry,
        )
        self.audit_failures = Counter(
            "doelbinding_api_audit_failures",
            "Looks at the end of the audit trail that found it broken",
            registry=self.registry,
        )
        self.audit_roots_pending = Gauge(
            "doelbinding_api_audit_roots_pending",
            "Signed roots of the audit trail that are not in the export file yet",
            registry=self.registry,
        )
        self.open_signals = Gauge(
            "doelbinding_api_open_signals",
            "Signals that are not withdrawn, in fives",
            ["pushed"],
            registry=self.registry,
        )
        self.tokens_refused = Counter(
            "doelbinding_api_tokens_refused",
            "Tokens of the issuer that were not taken, by what was wrong",
            ["reason"],
            registry=self.registry,
        )
        for reason in REASONS:
            self.tokens_refused.labels(reason)
        self.issuer_keys = Gauge(
            "doelbinding_api_issuer_keys_timestamp_seconds",
            "When the issuer last told its keys; 0 if not yet, or without an issuer",
            registry=self.registry,
        )
        self.casework = Counter(
            "doelbinding_api_casework_actions",
            "Actions on items, by what became of them (repeated: done before by the same person)",
            ["action", "result"],
            registry=self.registry,
        )
        self.four_eyes_pending = Gauge(
            "doelbinding_api_items_awaiting_second_person",
            "Items that wait for another person, by what for, in fives",
            ["step"],
            registry=self.registry,
        )
        self.overdue_items = Gauge(
            "doelbinding_api_items_overdue", "Items whose thirteen weeks are over, in fives", registry=self.registry
        )
        self.breach_clocks = Gauge(
            "doelbinding_api_data_breach_clocks",
            "Data breaches of which the authority was not notified and nothing else was decided, in fives",
            ["state"],
            registry=self.registry,
        )
        self.next_breach_due = Gauge(
            "doelbinding_api_data_breach_first_due_timestamp_seconds",
            "When the 72 hours that end first are over (AVG art. 33); 0 if none run",
            registry=self.registry,
        )
        self.interests_loaded = Gauge(
            "doelbinding_api_interests_loaded_timestamp_seconds",
            "When the interests of readers were loaded last; 0 if never",
            registry=self.registry,
        )
        self.database_up = Gauge(
            "doelbinding_api_database_up", "1 if the database answered this scrape", registry=self.registry
        )
        build = Gauge("doelbinding_api_build_info", "Always 1; the release", ["version"], registry=self.registry)
        build.labels(release()).set(1)
