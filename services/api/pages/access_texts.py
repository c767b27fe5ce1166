"""What the pages say of signing in at an issuer, and of what somebody may not see, in Dutch and in English."""

from __future__ import annotations

from collections.abc import Mapping

ACCESS_TEXTS: Mapping[str, tuple[str, str]] = {
    "sign-in-issuer-help": (
        "U meldt zich aan met het account van uw organisatie.",
        "You sign in with the account of your organisation.",
    ),
    "sign-in-issuer": ("Aanmelden bij uw organisatie", "Sign in at your organisation"),
    "sign-in-not-set-up": (
        "Aanmelden op deze pagina's is nog niet ingericht. Vraag het aan uw beheerder.",
        "Signing in on these pages has not been set up yet. Ask your administrator.",
    ),
    "signed-in": ("U bent aangemeld", "You are signed in"),
    "signed-in-go-on": ("Ga verder", "Go on"),
    "signed-out": ("U bent hier afgemeld", "You are signed out here"),
    "signed-out-go-on": ("Meld u ook af bij uw organisatie", "Sign out at your organisation too"),
    "sign-in-again": (
        "Het aanmelden duurde te lang, of begon in een andere browser. Meld u opnieuw aan.",
        "Signing in took too long, or began in another browser. Sign in again.",
    ),
    "sign-in-untrusted": (
        "Wat uw organisatie over uw aanmelding meldt, klopt niet. Meld dit aan uw beheerder.",
        "What your organisation says about your sign-in is not right. Tell your administrator.",
    ),
    "sign-in-no-role": (
        "Uw account heeft geen rol voor deze pagina's, of meer dan één. Vraag het aan uw beheerder.",
        "Your account has no role that gives access to these pages, or it has more than one. Ask your administrator.",
    ),
    "sign-in-away": (
        "Het aanmelden bij uw organisatie lukt nu niet. Probeer het later opnieuw.",
        "Signing in at your organisation does not work at the moment. Try again later.",
    ),
    "refused-interest": (
        "U hebt een belang bij wat dit betreft. Iemand anders moet dit bekijken. Dit is vastgelegd.",
        "You have an interest in what this is about. Somebody else has to look at it. This has been recorded.",
    ),
    "refused-no-employee": (
        "Niet bekend is welke medewerker u bent. Daarom ziet u geen signalen. Vraag het aan uw beheerder.",
        "Nobody can tell which employee you are. That is why you see no signals. Ask your administrator.",
    ),
    "refused-unknown-reader": (
        "Niet bekend is bij wie u een belang hebt. Daarom ziet u geen signalen. Vraag het aan uw beheerder.",
        "Nobody can tell in whom you have an interest. That is why you see no signals. Ask your administrator.",
    ),
    "refused-role": (
        "Uw rol geeft hier geen toegang. Dit is vastgelegd.",
        "Your role gives no access to this. This has been recorded.",
    ),
    "refused-own-request": (
        "Iemand anders moet goedkeuren wat u zelf hebt gevraagd. Dit is vastgelegd.",
        "Another person must approve what you asked for yourself. This has been recorded.",
    ),
    "refused-other-asked": (
        "Alleen wie het heeft gevraagd, kan het openen. Dit is vastgelegd.",
        "Only the one who asked can open it. This has been recorded.",
    ),
    "refused-rate": (
        "U liet in 24 uur zoveel personen onthullen en zocht er zoveel als mag. Laat een collega zoeken, of wacht.",
        "In 24 hours you had as many people revealed and searched for as one may. Have a colleague search, or wait.",
    ),
    "refused-audience": (
        "Dit is voor een andere rol dan de uwe. Iemand anders moet dit bekijken. Dit is vastgelegd.",
        "This is for another role than yours. Somebody else has to look at it. This has been recorded.",
    ),
    "refused-not-assessed": (
        (
            "U kunt deze zaak zelf nog beoordelen, zonder te weten wat anderen vragen of vinden. "
            "Beoordeel haar eerst, of laat dit aan iemand die dat al deed."
        ),
        (
            "You may yet assess this item yourself, without knowing what others ask or think. "
            "Assess it first, or leave this to somebody who did."
        ),
    ),
    "refused-not-assigned": (
        "Dit wordt onderzocht. Alleen wie een coördinator heeft aangewezen, mag het openen.",
        "This is under investigation. Only those whom a lead assigned to it may open it.",
    ),
}
