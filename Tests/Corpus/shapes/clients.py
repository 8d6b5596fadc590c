"""Replies as mail programs write them, in seven languages: the programs differ in how they introduce and mark what they quote."""
import dataclasses
import html as markup

from corpus import add, alternative, html, mail, multipart, text

QUOTER = "Firstline Support"
ADDRESS = "support@desk.example"


@dataclasses.dataclass(frozen=True)
class Language:
    code: str
    answer: tuple[str, str]
    quoted: tuple[str, str]
    gmail: str
    apple: str
    thunderbird: str
    #: Outlook's labels: from, sent, to, subject; then the date as it writes it.
    outlook: tuple[str, str, str, str, str]
    #: What phones put below.
    iphone: str
    outlook_mobile: str


LANGUAGES = [
    Language(
        "en", ("It works now, thank you.", "The blue cable was loose."), ("Have you tried another cable?", "Which model is it?"),
        "On Tue, Nov 5, 2024 at 9:14\u202fAM Firstline Support <support@desk.example>\nwrote:",
        "On 5 Nov 2024, at 09:14, Firstline Support <support@desk.example> wrote:",
        "On 11/5/24 09:14, Firstline Support wrote:",
        ("From:", "Sent:", "To:", "Subject:", "Tuesday, November 5, 2024 9:14 AM"),
        "Sent from my iPhone", "Get Outlook for iOS"),
    Language(
        "de", ("Jetzt geht es, danke.", "Das blaue Kabel war lose."), ("Haben Sie ein anderes Kabel versucht?", "Welches Modell ist es?"),
        "Am Di., 5. Nov. 2024 um 09:14 Uhr schrieb Firstline Support <\nsupport@desk.example>:",
        "Am 05.11.2024 um 09:14 schrieb Firstline Support <support@desk.example>:",
        "Am 05.11.24 um 09:14 schrieb Firstline Support:",
        ("Von:", "Gesendet:", "An:", "Betreff:", "Dienstag, 5. November 2024 09:14"),
        "Von meinem iPhone gesendet", "Outlook für iOS beziehen"),
    Language(
        "fr", ("Ça marche maintenant, merci.", "Le câble bleu était débranché."), ("Avez-vous essayé un autre câble ?", "Quel est le modèle ?"),
        "Le mar. 5 nov. 2024 à 09:14, Firstline Support <support@desk.example> a\nécrit :",
        "Le 5 nov. 2024 à 09:14, Firstline Support <support@desk.example> a écrit :",
        "Le 05/11/2024 à 09:14, Firstline Support a écrit\u00a0:",
        ("De :", "Envoyé :", "À :", "Objet :", "mardi 5 novembre 2024 09:14"),
        "Envoyé de mon iPhone", "Télécharger Outlook pour iOS"),
    Language(
        "es", ("Ya funciona, gracias.", "El cable azul estaba suelto."), ("¿Ha probado con otro cable?", "¿Qué modelo es?"),
        "El mar, 5 nov 2024 a las 9:14, Firstline Support (<support@desk.example>)\nescribió:",
        "El 5 nov 2024, a las 9:14, Firstline Support <support@desk.example> escribió:",
        "El 5/11/24 a las 9:14, Firstline Support escribió:",
        ("De:", "Enviado:", "Para:", "Asunto:", "martes, 5 de noviembre de 2024 9:14"),
        "Enviado desde mi iPhone", "Obtener Outlook para iOS"),
    Language(
        "ru", ("Теперь работает, спасибо.", "Синий кабель отошёл."), ("Вы пробовали другой кабель?", "Какая это модель?"),
        "вт, 5 нояб. 2024\u202fг. в 09:14, Firstline Support <support@desk.example>:",
        "5 нояб. 2024 г., в 09:14, Firstline Support <support@desk.example> написал(а):",
        "05.11.2024 09:14, Firstline Support пишет:",
        ("От:", "Отправлено:", "Кому:", "Тема:", "5 ноября 2024 г. 9:14"),
        "Отправлено с iPhone", "Скачать Outlook для iOS"),
    Language(
        "pl", ("Teraz działa, dziękuję.", "Niebieski kabel był luźny."), ("Czy próbowali Państwo innego kabla?", "Jaki to model?"),
        "wt., 5 lis 2024 o 09:14 Firstline Support <support@desk.example> napisał(a):",
        "Wiadomość napisana przez Firstline Support <support@desk.example> w dniu 5 lis 2024, o godz. 09:14:",
        "W dniu 5.11.2024 o 09:14, Firstline Support pisze:",
        ("Od:", "Wysłano:", "Do:", "Temat:", "wtorek, 5 listopada 2024 09:14"),
        "Wysłane z iPhone'a", "Pobierz aplikację Outlook dla systemu iOS"),
    Language(
        "el", ("Τώρα λειτουργεί, ευχαριστώ.", "Το μπλε καλώδιο ήταν χαλαρό."), ("Δοκιμάσατε άλλο καλώδιο;", "Ποιο μοντέλο είναι;"),
        "Στις Τρί 5 Νοε 2024 στις 9:14\u202fπ.μ., ο χρήστης Firstline Support <\nsupport@desk.example> έγραψε:",
        "Στις 5 Νοε 2024, στις 9:14 π.μ., ο/η Firstline Support <support@desk.example> έγραψε:",
        "Στις 5/11/24 09:14, ο/η Firstline Support έγραψε:",
        ("Από:", "Στάλθηκε:", "Προς:", "Θέμα:", "Τρίτη, 5 Νοεμβρίου 2024 9:14 π.μ."),
        "Στάλθηκε από το iPhone μου", "Κατεβάστε το Outlook για iOS"),
]


def quote(lines: tuple[str, ...]) -> str:
    return "\n".join("> " + line for line in lines)


def outlook_block(language: Language) -> list[tuple[str, str]]:
    labels = language.outlook
    return [
        (labels[0], f"{QUOTER} <{ADDRESS}>"), (labels[1], labels[4]), (labels[2], "Anna Muster <anna@customer.example>"),
        (labels[3], "Printer on the second floor"),
    ]


for one in LANGUAGES:
    new = "\n\n".join(one.answer)
    old = one.quoted
    rich_answer = "".join(f"<div>{markup.escape(line)}</div>" for line in one.answer)
    expected = {"new_text": new, "text_contains": list(old)}

    add(f"gmail-{one.code}", "Gmail in a browser, answering above the quote.", mail(alternative(
        f"{new}\n\n{one.gmail}\n\n{quote(old)}\n>\n",
        f'<div dir="ltr">{rich_answer}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"{markup.escape(one.gmail)}<br></div><blockquote class=\"gmail_quote\">{'<br>'.join(old)}</blockquote></div>")), **expected)

    add(f"gmail-html-{one.code}", "A relay has left only Gmail's HTML.", mail(html(
        f'<div dir="ltr">{rich_answer}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"{markup.escape(one.gmail)}<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex\">"
        f"<div>{'</div><div>'.join(old)}</div></blockquote></div>")), **expected)

    add(f"apple-{one.code}", "Apple Mail on a Mac, answering above the quote.", mail(text(
        f"{new}\n\n> {one.apple}\n> \n{quote(old)}\n\n" if one.code == "pl" else f"{new}\n\n{one.apple}\n\n{quote(old)}\n\n",
        encoding="quoted-printable")), **expected)

    add(f"iphone-{one.code}", "The mail program of an iPhone, with its line below the answer.", mail(alternative(
        f"{new}\n\n{one.iphone}\n\n{one.apple}\n\n{quote(old)}\n\n",
        f'<html><body dir="auto">{rich_answer}<br><div dir="ltr">{markup.escape(one.iphone)}</div><div dir="ltr"><br><blockquote type="cite">'
        f"{markup.escape(one.apple)}<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">{'<br>'.join(old)}</div></blockquote>"
        "</body></html>")), **expected)

    add(f"thunderbird-{one.code}", "Thunderbird, format=flowed, answering below the quote.", mail(text(
        f"{one.thunderbird}\n{quote(old)}\n\n{new}\n", more="; format=flowed")), **expected)

    block = "\n".join(f"{label} {value}" for label, value in outlook_block(one))
    add(f"outlook-plain-{one.code}", "Outlook on Windows, plain text.", mail(text(
        f"{new}\n\n{block}\n\n{chr(10).join(old)}\n", "utf-8", "base64")), **expected)

    rich_block = "<br>\n".join(f"<b>{label}</b> {markup.escape(value)}" for label, value in outlook_block(one))
    add(f"outlook-html-{one.code}", "Outlook on Windows, HTML alone.", mail(html(
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm;} --></style></head>'
        '<body lang="DE" link="#0563C1"><div class="WordSection1">'
        + "".join(f'<p class="MsoNormal">{markup.escape(line)}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>' for line in one.answer)
        + '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
        + rich_block + '<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        + "".join(f'<p class="MsoNormal">{markup.escape(line)}<o:p></o:p></p>' for line in old) + "</div></body></html>")), **expected)

    add(f"outlook-mobile-{one.code}", "Outlook on a phone: its advertisement, a rule, a block of labels.", mail(multipart(
        "alternative",
        text(f"{new}\n\n{one.outlook_mobile}<https://aka.ms/o0ukef>\n________________________________\n{block}\n\n" + "\n".join(old)),
        html(f'<html><body><div dir="auto">{rich_answer}</div><div id="ms-outlook-mobile-signature"><a href="https://aka.ms/o0ukef">'
             f'{one.outlook_mobile}</a></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
             f"{rich_block}<div>&nbsp;</div></div>{'<br>'.join(old)}</body></html>"))), **expected)
