"""Who reads signals: judged by rules of their own, apart from the looks that the signals are about."""
