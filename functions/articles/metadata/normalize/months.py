"""The words that written dates are made of, in eleven languages (N99).

A month has all its names in one language between two spaces, each after a slash: in Polish the
nominative and the genitive, everywhere the short forms. No word is two months.
"""

import unicodedata

_MONTHS = {
    "en": "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug "
    "september/sept/sep october/oct november/nov december/dec",
    "de": "januar/jänner/jan/jän februar/feber/feb märz/maerz/mär/mrz april/apr mai juni/jun "
    "juli/jul august/aug september/sept/sep oktober/okt november/nov dezember/dez",
    "fr": "janvier/janv/jan février/févr/fév mars avril/avr mai juin juillet/juil août "
    "septembre/sept/sep octobre/oct novembre/nov décembre/déc",
    "es": "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago "
    "septiembre/setiembre/sept/sep/set octubre/oct noviembre/nov diciembre/dic",
    "pt": "janeiro/jan fevereiro/fev março/mar abril/abr maio/mai junho/jun julho/jul agosto/ago "
    "setembro/set outubro/out novembro/nov dezembro/dez",
    "it": "gennaio/genn/gen febbraio/febbr/feb marzo/mar aprile/apr maggio/magg/mag giugno/giu "
    "luglio/lug agosto/ago settembre/sett/set ottobre/ott novembre/nov dicembre/dic",
    "nl": "januari/jan februari/febr/feb maart/mrt april/apr mei juni/jun juli/jul "
    "augustus/aug september/sept/sep oktober/okt november/nov december/dec",
    "da": "januar/jan februar/feb marts/mar april/apr maj juni/jun juli/jul august/aug "
    "september/sept/sep oktober/okt november/nov december/dec",
    "sv": "januari/jan februari/febr/feb mars/mar april/apr maj juni/jun juli/jul augusti/aug "
    "september/sept/sep oktober/okt november/nov december/dec",
    "nb": "januar/jan februar/feb mars/mar april/apr mai juni/jun juli/jul august/aug "
    "september/sept/sep oktober/okt november/nov desember/des",
    "pl": "styczeń/stycznia/sty luty/lutego/lut marzec/marca/mar kwiecień/kwietnia/kwi maj/maja "
    "czerwiec/czerwca/cze lipiec/lipca/lip sierpień/sierpnia/sie wrzesień/września/wrz "
    "październik/października/paź listopad/listopada/lis grudzień/grudnia/gru",
}

# Which day of the week it is says nothing that the date does not.
_WEEKDAYS = """
monday mon tuesday tues tue wednesday weds wed thursday thurs thur thu friday fri saturday sat
sunday sun
montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sonnabend sa sonntag so
lundi lun mardi mar mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim
lunes martes miércoles mié jueves jue viernes vie sábado sáb domingo dom
segunda-feira segunda seg terça-feira terça ter quarta-feira quarta qua quinta-feira quinta qui
sexta-feira sexta sex
lunedì martedì mercoledì giovedì gio venerdì sabato sab domenica
maandag ma dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo
mandag man tirsdag tirs tir ti onsdag ons on torsdag tors tor to fredag fre lørdag lør lø
søndag søn sø
måndag mån tisdag tis lördag lör söndag sön
måndagen tisdagen onsdagen torsdagen fredagen lördagen söndagen
poniedziałek pon pn wtorek wt środa śr czwartek czw piątek pt sobota sob niedziela niedz ndz nd
"""

# What stands before a day or a time: `den 3 maj`, `el 1 de mayo`, `at 10:01`, `o godz. 10.30`.
_LITTLE_WORDS = """
the on at den der am um le à el la las il alle ore em às dnia o godz om d kl klokken klokka
"""

_STROKES = str.maketrans({"ø": "o", "ł": "l", "\N{MINUS SIGN}": "-"})


def folded(text: str) -> str:
    """Write a text as the words here are looked up: small letters, no accents, single spaces."""
    text = " ".join(text.lower().split())
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text.translate(_STROKES))
    return "".join(part for part in parts if not unicodedata.combining(part))


MONTHS = {
    folded(name): number
    for months in _MONTHS.values()
    for number, names in enumerate(months.split(), start=1)
    for name in names.split("/")
}
SILENT = frozenset(folded(_WEEKDAYS + _LITTLE_WORDS).split())
