"""A vault that nobody opens, for readers of tests."""

from __future__ import annotations

import numpy as np
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from services.core.vault import VaultPublicKey
from services.detector.pipeline import Pipeline
from services.detector.sealing import Sealer


def a_sealer(pipeline: Pipeline, private: X25519PrivateKey | None = None) -> Sealer:
    """Seals to a fresh key, or to that of who wants to open."""
    public = VaultPublicKey((private or X25519PrivateKey.generate()).public_key())
    return Sealer(public, pipeline.pseudonyms, np.empty(0, np.int64))
