"""Gmail's, Outlook's and Apple's introductions in further languages, for customers write in any."""
from corpus import add, html, mail, text

NEW, OLD = "It works now, thank you.", "Have you tried another cable?"
EXPECTED = {"new_text": NEW, "text_contains": [OLD]}
NAMED = "Firstline Support <support@desk.example>"

ATTRIBUTIONS = {
    "it": f"Il giorno mar 5 nov 2024 alle ore 09:14 {NAMED} ha\nscritto:",
    "pt": f"Em ter., 5 de nov. de 2024 às 09:14, {NAMED}\nescreveu:",
    "nl": f"Op di 5 nov 2024 om 09:14 schreef {NAMED}:",
    "sv": f"Den tis 5 nov. 2024 kl 09:14 skrev {NAMED}:",
    "da": f"Den tirs. 5. nov. 2024 kl. 09.14 skrev {NAMED}:",
    "nb": f"tir. 5. nov. 2024 kl. 09:14 skrev {NAMED}:",
    "fi": "ti 5. marrask. 2024 klo 9.14 Firstline Support (support@desk.example)\nkirjoitti:",
    "cs": f"út 5. 11. 2024 v 9:14 odesílatel {NAMED} napsal:",
    "sk": f"ut 5. 11. 2024 o 9:14 {NAMED} napísal(a):",
    "hu": f"{NAMED} ezt írta (időpont: 2024. nov.\n5., K, 9:14):",
    "ro": f"În mar., 5 nov. 2024 la 09:14, {NAMED} a scris:",
    "bg": f"На вт, 5.11.2024 г. в 9:14 {NAMED} написа:",
    "uk": f"вт, 5 лист. 2024\u202fр. о 09:14 {NAMED} пише:",
    "ru-old": f"5 ноября 2024 г., 9:14 пользователь {NAMED}\nнаписал:",
    "tr": f"{NAMED}, 5 Kas 2024 Sal, 09:14 tarihinde\nşunu yazdı:",
    "zh": f"{NAMED} 于2024年11月5日周二 09:14写道：",
    "zh-hant": f"{NAMED} 於 2024年11月5日 週二 上午9:14寫道：",
    "ja": f"2024年11月5日(火) 9:14 {NAMED}:",
    "ko": f"2024년 11월 5일 (화) 오전 9:14, {NAMED}님이 작성:",
    "he": f"\u200fבתאריך יום ג׳, 5 בנוב׳ 2024 ב-9:14 מאת \u202aFirstline Support\u202c\u200f <\u202asupport@desk.example\u202c\u200f>:\u202c",
    "ar": f"في الثلاثاء، 5 نوفمبر 2024 في 9:14 ص تمت كتابة ما يلي بواسطة {NAMED}:",
    "hr": f"uto, 5. stu 2024. u 09:14 {NAMED} napisao je:",
    "lt": f"2024-11-05, an, 09:14 {NAMED} rašė:",
}
for code, words in ATTRIBUTIONS.items():
    add(f"gmail-{code}", "Gmail's introduction in a further language.", mail(text(f"{NEW}\n\n{words}\n\n> {OLD}\n")), **EXPECTED)

LABELS = {
    "it": ("Da", "Inviato", "A", "Oggetto"), "pt": ("De", "Enviado", "Para", "Assunto"), "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "sv": ("Från", "Skickat", "Till", "Ämne"), "da": ("Fra", "Sendt", "Til", "Emne"), "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"), "sk": ("Od", "Odoslané", "Komu", "Predmet"), "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "ro": ("De la", "Trimis", "Către", "Subiect"), "bg": ("От", "Изпратено", "До", "Относно"), "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"), "zh": ("发件人", "发送时间", "收件人", "主题"), "zh-hant": ("寄件者", "寄件日期", "收件者", "主旨"),
    "ja": ("差出人", "送信日時", "宛先", "件名"), "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"), "el-mac": ("Από", "Ημερομηνία", "Προς", "Θέμα"),
    "de-mac": ("Von", "Datum", "An", "Betreff"), "fr-mac": ("De", "Date", "À", "Objet"), "ru-mac": ("От", "Дата", "Кому", "Тема"), "pl-mac": ("Od", "Data", "Do", "Temat"),
}
for code, (sender, date, recipient, about) in LABELS.items():
    block = f"{sender}: {NAMED}\n{date}: 2024-11-05 9:14\n{recipient}: Anna Muster <anna@customer.example>\n{about}: Printer"
    add(f"outlook-{code}", "Outlook's block in a further language, or as its Mac version names the fields.", mail(text(f"{NEW}\n\n{block}\n\n{OLD}\n")), **EXPECTED)

add("outlook-mobile-html", "Outlook on a phone, HTML alone: the advertisement is a link.", mail(html(
    f'<html><body><div dir="auto">{NEW}</div><div id="ms-outlook-mobile-signature"><div></div>Get <a href="https://aka.ms/AAb9ysg">Outlook for Android</a></div>'
    f'<hr><div id="divRplyFwdMsg"><strong>From:</strong> Firstline Support &lt;support@desk.example&gt;<br><strong>Sent:</strong> Tuesday, November 5, 2024 9:14:05 AM'
    f"<br><strong>To:</strong> Anna Muster<br><strong>Subject:</strong> Printer<br></div><br>{OLD}</body></html>")), **EXPECTED)
add("gmail-mobile-inline-signature", "Gmail on a phone: the signature stands between answer and introduction.", mail(text(
    f"{NEW}\n\n--\nAnna Muster\nCustomer Ltd\n\nOn Tue, 5 Nov 2024, 09:14 Firstline Support, <support@desk.example>\nwrote:\n\n> {OLD}\n>\n")), **EXPECTED)
add("notes-wrote-on", "HCL Notes' other habit.", mail(text(
    f"{NEW}\n\n\"Firstline Support\" <support@desk.example> wrote on 05.11.2024 09:14:05:\n\n> From: \"Firstline Support\" <support@desk.example>\n> To: anna@customer.example\n> {OLD}\n")), **EXPECTED)
add("fastmail", "Fastmail puts the date first and no address.", mail(text(f"{NEW}\n\nOn Tue, 5 Nov 2024, at 9:14 AM, Firstline Support wrote:\n> {OLD}\n")), **EXPECTED)
add("hey", "A program that writes the name before the date.", mail(text(f"{NEW}\n\nFirstline Support <support@desk.example> wrote (5 Nov 2024, 09:14):\n\n> {OLD}\n")), **EXPECTED)
add("mutt", "Mutt's standard introduction.", mail(text(f"On Tue, Nov 05, 2024 at 09:14:05AM +0100, Firstline Support wrote:\n> {OLD}\n\n{NEW}\n")), **EXPECTED)
add("quote-marks-with-initials", "An introduction, then marks with initials, as some old programs write.", mail(text(
    f"{NEW}\n\nOn 5 Nov 2024, Firstline Support wrote:\n> > Nothing prints.\n> {OLD}\n")), **EXPECTED)
add("words-end-in-colon", "A question that ends in a colon, and a list below it.", mail(text(
    "These do not print, from the desk of anna@customer.example:\n\n- B-200\n- B-300\n")), new_text="These do not print, from the desk of anna@customer.example:\n- B-200\n- B-300")
add("dated-list", "A sender's own dated notes: no history, though each line looks like one.", mail(text(
    "What happened:\n\n5.11.2024 09:14: it printed.\n5.11.2024 09:20: it stopped.\n\nPlease help.")),
    new_text="What happened:\n5.11.2024 09:14: it printed.\n5.11.2024 09:20: it stopped.\nPlease help.")
add("greeting-dashes", "A short mail whose second paragraph begins with a dash.", mail(text("Hello\n\n- the printer is broken\n- the screen too\n\nAnna")),
    new_text="Hello\n- the printer is broken\n- the screen too\nAnna")
