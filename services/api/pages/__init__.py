"""Pages for investigators: the queue and the story of a signal, in Dutch and English, without scripts."""
