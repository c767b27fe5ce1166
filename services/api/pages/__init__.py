"""Pages for investigators, leads and auditors, in Dutch and in English; scripts only enhance them."""
