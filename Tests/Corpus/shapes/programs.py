"""Replies of less common mail programs, and answers that do not simply stand above a quote."""
from corpus import add, alternative, html, mail, multipart, text

OLD = ("Have you tried another cable?", "Which model is it?")
QUOTE = "> Have you tried another cable?\n> Which model is it?"
NEW = "It works now, thank you."
SEEN = {"text_contains": list(OLD)}

add("yahoo-plain", "Yahoo in a browser does not mark what it quotes, but indents the line above it.", mail(text(
    f"{NEW}\n\n    On Tuesday, November 5, 2024 at 09:14:05 AM GMT+1, Firstline Support <support@desk.example> wrote:  \n \n "
    f"{OLD[0]}\n{OLD[1]}\n  ")), new_text=NEW, **SEEN)
add("yahoo-html", "Yahoo's HTML has no blockquote at all.", mail(html(
    f'<html><head></head><body><div class="ydp1yahoo-style-wrap"><div dir="ltr">{NEW}</div><div><br></div></div>'
    '<div id="yahoo_quoted_1" class="yahoo_quoted"><div style="font-size:13px">'
    '<div>On Tuesday, November 5, 2024 at 09:14:05 AM GMT+1, Firstline Support &lt;support@desk.example&gt; wrote:</div><div><br></div>'
    f"<div>{OLD[0]}<br></div><div>{OLD[1]}</div></div></div></body></html>")), new_text=NEW, **SEEN)
add("yahoo-android", "Yahoo on a phone puts its advertisement between the answer and the quote.", mail(text(
    f"{NEW}\n\nSent from Yahoo Mail on Android \n \n  On Tue, Nov 5, 2024 at 9:14, Firstline Support<support@desk.example> wrote:   "
    f"{OLD[0]}\n{OLD[1]}\n  ")), new_text=NEW, **SEEN)
add("yahoo-android-fr", "The same in French.", mail(text(
    "Merci, ça marche.\n\nEnvoyé à partir de Yahoo Mail pour Android \n \n  Le mar., nov. 5, 2024 à 9:14, Firstline Support<support@desk.example> a écrit :   \n"
    "Avez-vous essayé ?\n  ")), new_text="Merci, ça marche.", text_contains=["Avez-vous essayé ?"])
add("mail-ru", "Mail.ru names the day in words.", mail(text(
    "Теперь работает.\n\n--\nАнна Мустер\n\n>Вторник, 5 ноября 2024, 9:14 +03:00 от Firstline Support <support@desk.example>:\n> \n>Вы пробовали?\n>\n")),
    new_text="Теперь работает.", text_contains=["Вы пробовали?", "Анна Мустер"])
add("mail-ru-unmarked", "Mail.ru's other habit: the attribution stands unquoted, with a rule.", mail(text(
    "Теперь работает.\n\nВторник, 5 ноября 2024, 9:14 +03:00 от Firstline Support <support@desk.example>:\n\n> Вы пробовали?\n")),
    new_text="Теперь работает.", text_contains=["Вы пробовали?"])
add("yandex", "Yandex writes the date, then the name in quotation marks.", mail(html(
    '<div>Теперь работает.</div><div> </div><div>-- </div><div>Анна</div><div> </div><div>05.11.2024, 09:14, "Firstline Support" '
    '&lt;support@desk.example&gt;:</div><blockquote><p>Вы пробовали?</p></blockquote>')),
    new_text="Теперь работает.", text_contains=["Вы пробовали?", "Анна"])
add("gmx-de", "GMX begins its block with the date.", mail(html(
    "<html><body><div>Jetzt geht es.</div><div>&nbsp;<div>&nbsp;<div name=\"quote\" style=\"margin:10px 5px 5px 10px\">"
    "<div style=\"margin:0 0 10px 0;\"><b>Gesendet:</b>&nbsp;Dienstag, 05. November 2024 um 09:14 Uhr<br/><b>Von:</b>&nbsp;"
    "\"Firstline Support\" &lt;support@desk.example&gt;<br/><b>An:</b>&nbsp;anna@customer.example<br/><b>Betreff:</b>&nbsp;Drucker</div>"
    "<div name=\"quoted-content\">Anderes Kabel versucht?</div></div></div></div></body></html>")),
    new_text="Jetzt geht es.", text_contains=["Anderes Kabel versucht?"])
add("protonmail", "Proton writes the ordinal of the day and its own advertisement.", mail(text(
    f"{NEW}\n\nSent with [Proton Mail](https://proton.example/) secure email.\n\nOn Tuesday, November 5th, 2024 at 9:14 AM, Firstline Support "
    f"<support@desk.example> wrote:\n\n{QUOTE}\n")), new_text=NEW, **SEEN)
add("samsung", "Samsung's program: an “Original message” line with a block whose date comes second.", mail(text(
    f"{NEW}\n\n\nSent from my Galaxy\n\n\n-------- Original message --------\nFrom: Firstline Support <support@desk.example>\n"
    f"Date: 05/11/2024 09:14 (GMT+01:00)\nTo: anna@customer.example\nSubject: Printer\n\n{OLD[0]}\n{OLD[1]}\n")), new_text=NEW, **SEEN)
add("samsung-de", "Samsung's program in German; its line ends in a full stop.", mail(text(
    "Jetzt geht es.\n\n\nVon meinem Galaxy gesendet\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Firstline Support <support@desk.example>\n"
    "Datum: 05.11.24 09:14 (GMT+01:00)\nAn: anna@customer.example\nBetreff: Drucker\n\nAnderes Kabel?\n")),
    new_text="Jetzt geht es.", text_contains=["Anderes Kabel?"])
add("k9", "K-9's standard signature.", mail(text(
    f"{NEW}\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.")), new_text=NEW, text_contains=["K-9 Mail"])
add("k9-quoting", "K-9 answers above; the name stands without an address.", mail(text(
    f"{NEW}\n\nOn November 5, 2024 9:14:05 AM GMT+01:00, Firstline Support <support@desk.example> wrote:\n>{OLD[0]}\n>{OLD[1]}\n\n-- \n"
    "Sent from my Android device with K-9 Mail. Please excuse my brevity.")), new_text=NEW, **SEEN)
add("roundcube-de", "Roundcube puts a comma behind the date.", mail(text(
    "Am 05.11.2024 09:14, schrieb Firstline Support:\n> Anderes Kabel?\n\nJetzt geht es.")), new_text="Jetzt geht es.", text_contains=["Anderes Kabel?"])
add("zimbra-fr", "Zimbra: a separator, then labels without a date.", mail(text(
    "Ça marche.\n\n----- Mail original -----\nDe: \"Firstline Support\" <support@desk.example>\nÀ: anna@customer.example\n"
    "Envoyé: Mardi 5 Novembre 2024 09:14:05\nObjet: Imprimante\n\nUn autre câble ?\n")), new_text="Ça marche.", text_contains=["Un autre câble ?"])
add("notes", "HCL Notes sets its labels with tabs and puts the date third.", mail(text(
    f"{NEW}\n\n\n\nFrom:\tFirstline Support <support@desk.example>\nTo:\tanna@customer.example\nDate:\t05.11.2024 09:14\n"
    f"Subject:\tPrinter\n\n\n\n{OLD[0]}\n{OLD[1]}\n")), new_text=NEW, **SEEN)
add("groupwise", "GroupWise: the name between three marks.", mail(text(
    f"{NEW}\n\n>>> Firstline Support <support@desk.example> 11/5/2024 9:14 AM >>>\n{OLD[0]}\n{OLD[1]}\n")), new_text=NEW, **SEEN)
add("em-client", "eM Client: six hyphens.", mail(text(
    f"{NEW}\n\n------ Original Message ------\nFrom: \"Firstline Support\" <support@desk.example>\nTo: anna@customer.example\n"
    f"Sent: 05.11.2024 09:14:05\nSubject: Printer\n\n>{OLD[0]}\n>{OLD[1]}\n")), new_text=NEW, **SEEN)
add("qq-mail", "QQ Mail, in Chinese.", mail(text(
    "现在好了，谢谢。\n\n\n\n------------------&nbsp;原始邮件&nbsp;------------------\n发件人: \"Firstline Support\"<support@desk.example>\n"
    "发送时间: 2024年11月5日(星期二) 上午9:14\n收件人: \"anna\"<anna@customer.example>\n主题: 打印机\n\n您试过别的电缆吗？\n".replace("&nbsp;", " "))),
    new_text="现在好了，谢谢。", text_contains=["您试过别的电缆吗？"])
add("netease", "163.com: “At … wrote”.", mail(text(
    f"{NEW}\n\n\n\n\n\nAt 2024-11-05 09:14:05, \"Firstline Support\" <support@desk.example> wrote:\n>{OLD[0]}\n>{OLD[1]}\n")), new_text=NEW, **SEEN)
add("outlook-original-message", "An old Outlook: its separator, and a dash-dash signature above.", mail(text(
    f"{NEW}\n\n-----Original Message-----\nFrom: Firstline Support [mailto:support@desk.example] \nSent: Tuesday, November 05, 2024 9:14 AM\n"
    f"To: Anna Muster\nCc: Bert\nSubject: Printer\n\n{OLD[0]}\n{OLD[1]}\n", "windows-1252")), new_text=NEW, **SEEN)
add("outlook-original-de-cc", "A German Outlook with a copy line and a priority.", mail(text(
    "Jetzt geht es.\n\nVon: Firstline Support [mailto:support@desk.example] \nGesendet: Dienstag, 5. November 2024 09:14\nAn: Anna Muster\n"
    "Cc: Bert Beispiel\nBetreff: Drucker\nPriorität: Hoch\n\nAnderes Kabel?\n", "windows-1252")),
    new_text="Jetzt geht es.", text_contains=["Anderes Kabel?", "Priorität: Hoch"])
add("outlook-el-apostoli", "A Greek Outlook of another age calls the date “Αποστολή”.", mail(text(
    "Εντάξει, ευχαριστώ.\n\nΑπό: Firstline Support <support@desk.example>\nΑποστολή: Τρίτη, 5 Νοεμβρίου 2024 9:14 πμ\nΠρος: Anna Muster\n"
    "Κοιν.: Bert\nΘέμα: Εκτυπωτής\n\nΔοκιμάσατε άλλο καλώδιο;\n")), new_text="Εντάξει, ευχαριστώ.", text_contains=["Δοκιμάσατε άλλο καλώδιο;"])
add("outlook-web", "Outlook in a browser: a rule of hyphens as its own element.", mail(html(
    f'<html><body><div style="font-family:Aptos">{NEW}</div><div id="appendonsend"></div><hr tabindex="-1" style="display:inline-block; width:98%">'
    '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri" style="font-size:11pt"><b>From:</b> Firstline Support &lt;support@desk.example&gt;<br>'
    '<b>Sent:</b> Tuesday, November 5, 2024 9:14 AM<br><b>To:</b> Anna Muster &lt;anna@customer.example&gt;<br><b>Subject:</b> Printer</font>'
    f"<div>&nbsp;</div></div><div>{OLD[0]}<br>{OLD[1]}</div></body></html>")), new_text=NEW, **SEEN)
add("outlook-bold-labels", "A gateway turned Outlook's bold labels into asterisks.", mail(text(
    f"{NEW}\n\n*From:* Firstline Support <support@desk.example>\n*Sent:* Tuesday, November 5, 2024 9:14 AM\n*To:* Anna\n*Subject:* Printer\n\n{OLD[0]}\n")),
    new_text=NEW, text_contains=[OLD[0]])
add("windows-mail", "Windows 10's own program.", mail(text(
    f"{NEW}\n\nSent from Mail for Windows\n\nFrom: Firstline Support\nSent: Tuesday, 5 November 2024 09:14\nTo: Anna Muster\nSubject: Printer\n\n{OLD[0]}\n")),
    new_text=NEW, text_contains=[OLD[0]])
add("blackberry", "A BlackBerry's line, which has no “from my”.", mail(text(
    f"{NEW}\n\nSent via BlackBerry by AT&T\n\n-----Original Message-----\nFrom: Firstline Support\n\n{OLD[0]}\n")), new_text=NEW, text_contains=[OLD[0]])

add("looks-like-device-line", "How something was sent is the sender's own news.", mail(text("I have returned the printer.\n\nSent via parcel post on Monday")),
    new_text="I have returned the printer.\nSent via parcel post on Monday")

# Where the answer stands.

add("bottom-posting", "A classic answer below the quote, with a signature.", mail(text(
    f"On Tue, 05 Nov 2024 09:14:05 +0100\nFirstline Support <support@desk.example> wrote:\n\n{QUOTE}\n\n{NEW}\n\n-- \nAnna Muster\nCustomer Ltd")),
    new_text=NEW, text_contains=[*OLD, "Customer Ltd"])
add("interleaved", "Answers between the quoted questions: both belong together.", mail(text(
    f"Hello,\n\nFirstline Support wrote on 5 Nov 2024:\n> {OLD[0]}\n\nYes, the red one.\n\n> {OLD[1]}\n\nA B-200.\n\nRegards, Anna")),
    new_text_contains=["Yes, the red one.", "A B-200.", "Hello,", "Regards, Anna"], **SEEN)
add("interleaved-ru", "The same in Russian, quoted two deep.", mail(text(
    "05.11.2024 09:14, Firstline Support пишет:\n>> Ничего не печатает.\n> Вы пробовали другой кабель?\nДа, красный.\n> Какая модель?\nB-200.\n")),
    new_text_contains=["Да, красный.", "B-200."], text_contains=["Ничего не печатает."])
add("interleaved-then-history", "Answers inside the quote, then the rest of the quote without an answer.", mail(text(
    f"On 5 Nov 2024, Firstline Support wrote:\n\n> {OLD[0]}\nYes.\n> {OLD[1]}\n> \n> Kind regards\n> Your desk\n")),
    new_text_contains=["Yes."], new_text_lacks=["Your desk"], text_contains=["Your desk"])
add("quote-above-and-below", "A quote, the answer, and a second quote of the older mail.", mail(text(
    f"> {OLD[0]}\n\n{NEW}\n\nOn Mon, 4 Nov 2024, Anna Muster wrote:\n> Nothing prints.\n")),
    new_text_contains=[NEW], new_text_lacks=["Nothing prints."], text_contains=["Nothing prints."])
add("quote-only", "Sent by mistake: nothing but the quote. Better shown than hidden.", mail(text(
    f"On 5 Nov 2024, Firstline Support wrote:\n{QUOTE}\n")), new_text_contains=[OLD[0]], **SEEN)
add("signature-only", "Nothing but a signature.", mail(text("-- \nAnna Muster\nCustomer Ltd\n")), new_text_contains=["Anna Muster"])
add("deep-history", "A thread of four mails, each quoting the last.", mail(text(
    "And now?\n\nOn Tue, Nov 5, 2024 at 10:00 AM A <a@customer.example> wrote:\n\n> Third.\n>\n> On Tue, Nov 5, 2024 at 9:00 AM B <b@desk.example> wrote:\n>\n>> Second.\n>>\n"
    ">> On Tue, Nov 5, 2024 at 8:00 AM A <a@customer.example> wrote:\n>>\n>>> First.\n")), new_text="And now?", text_contains=["Third.", "Second.", "First."])
add("attribution-over-three-lines", "A long attribution, torn by the wrapping.", mail(text(
    f"{NEW}\n\nOn Tue, Nov 5, 2024 at 9:14 AM The Firstline Support Team of the Second\nFloor and the Basement (Example Company Limited)\n"
    f"<support@desk.example> wrote:\n\n{QUOTE}\n")), new_text=NEW, **SEEN)
add("looks-like-attribution", "The sender's own sentence ends like an attribution.", mail(text(
    "On Monday at 9:14 the screen wrote:\nERROR 55\nand then it went dark. What shall I do?\n")),
    new_text="On Monday at 9:14 the screen wrote:\nERROR 55\nand then it went dark. What shall I do?")
add("looks-like-attribution-inside", "The same in the middle of a mail, where everything behind it would be lost.", mail(text(
    "My printer is odd.\n\nOn Monday at 9:14 it wrote:\nERROR 55\nand then it went dark. What shall I do?\n")),
    new_text="My printer is odd.\n\nOn Monday at 9:14 it wrote:\nERROR 55\nand then it went dark. What shall I do?")
add("looks-like-labels", "The sender's own list of labels is no history.", mail(text(
    "Please change my booking:\n\nFrom: Berlin\nTo: Warsaw\n\nThank you.")), new_text="Please change my booking:\n\nFrom: Berlin\nTo: Warsaw\n\nThank you.")
add("looks-like-labels-three", "Even three labels are no history when they are all that the mail says.", mail(text(
    "From: Berlin\nTo: Warsaw\nDate: tomorrow\n\nIs there a seat?")), new_text="From: Berlin\nTo: Warsaw\nDate: tomorrow\n\nIs there a seat?")
add("log-with-angle-brackets", "A pasted prompt is no quote: the words around it stay.", mail(text(
    "The console says:\n\n>>> import printer\nTraceback (most recent call last):\nImportError\n>>> \n\nWhat is missing?")),
    new_text_contains=["The console says:", ">>> import printer", "ImportError", "What is missing?"])
add("dashes-in-text", "A table of hyphens in the middle of a long mail is no signature.", mail(text(
    "Our devices:\n\nmodel    count\n-----    -----\nB-200    3\nB-300    4\n\n" + "\n".join(f"Device {n} prints blank pages." for n in range(1, 16)))),
    new_text_contains=["B-300    4", "Device 15 prints blank pages."])
add("signature-html", "Gmail's own signature element, with its marker.", mail(html(
    f'<div dir="ltr">{NEW}<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br>'
    '<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Anna Muster<br>Customer Ltd</div></div>')),
    new_text=NEW, text_contains=["Customer Ltd"])
add("signature-in-mail-of-agent", "A signature with a rule of underscores.", mail(text(
    f"{NEW}\n\n____________________\nAnna Muster\nCustomer Ltd\n+49 30 1234567")), new_text=NEW, text_contains=["+49 30 1234567"])
add("forward-gmail", "What somebody passes on is what they have to say.", mail(alternative(
    "Please look at this.\n\n---------- Forwarded message ---------\nFrom: Carl <carl@shop.example>\nDate: Mon, Nov 4, 2024 at 8:00 PM\n"
    "Subject: Invoice 17\nTo: <anna@customer.example>\n\n\nThe invoice is wrong.\n",
    "<div>Please look at this.</div><div>---------- Forwarded message ---------<br>From: Carl</div><div>The invoice is wrong.</div>")),
    new_text_contains=["Please look at this.", "The invoice is wrong."])
add("forward-apple", "Apple's forward mark, its labels quoted.", mail(text(
    "FYI\n\n> Begin forwarded message:\n> \n> From: Carl <carl@shop.example>\n> Subject: Invoice 17\n> Date: 4 November 2024 at 20:00:00 CET\n"
    "> To: anna@customer.example\n> \n> The invoice is wrong.\n")), new_text_contains=["FYI", "The invoice is wrong."])
add("forward-apple-de", "The same in German.", mail(text(
    "Zur Kenntnis\n\n> Anfang der weitergeleiteten Nachricht:\n> \n> Von: Carl <carl@shop.example>\n> Betreff: Rechnung 17\n"
    "> Datum: 4. November 2024 um 20:00:00 MEZ\n> An: anna@customer.example\n> \n> Die Rechnung ist falsch.\n")),
    new_text_contains=["Zur Kenntnis", "Die Rechnung ist falsch."])
add("forward-outlook-nothing-said", "Outlook's forward without a word: the labels open the mail.", mail(text(
    "From: Carl <carl@shop.example>\nSent: Monday, November 4, 2024 8:00 PM\nTo: Anna Muster\nSubject: Invoice 17\n\nThe invoice is wrong.\n"),
    subject="FW: Invoice 17"), subject="FW: Invoice 17", new_text_contains=["The invoice is wrong."])
add("forward-yandex-ru", "Yandex's forward.", mail(text(
    "Посмотрите, пожалуйста.\n\n-------- Пересылаемое сообщение --------\n04.11.2024, 20:00, \"Карл\" <carl@shop.example>:\n\nСчёт неверный.\n"
    "-------- Конец пересылаемого сообщения --------\n")), new_text_contains=["Посмотрите, пожалуйста.", "Счёт неверный."])
add("reply-marker", "The desk's own line above the history.", mail(text(
    f"{NEW}\n\n##- Please type your reply above this line -##\n\n{OLD[0]}\n")), new_text=NEW, text_contains=[OLD[0]])
add("thunderbird-signature-below-answer", "Answer, signature, then an unmarked history.", mail(text(
    f"{NEW}\n\n-- \nAnna Muster\n\nOn 05.11.2024 09:14, Firstline Support wrote:\n{QUOTE}\n")), new_text=NEW, **SEEN)
add("nbsp-blank-lines", "Lines of no-break spaces between answer and block.", mail(text(
    f"{NEW}\n\u00a0\n\u00a0\nFrom:\u00a0Firstline Support <support@desk.example>\nSent:\u00a0Tuesday, November 5, 2024 9:14 AM\nTo:\u00a0Anna\n"
    f"Subject:\u00a0Printer\n\u00a0\n{OLD[0]}\n")), new_text=NEW, text_contains=[OLD[0]])
add("html-paragraph-quotes", "Quotes within quotes in HTML, each block nested.", mail(html(
    f"<p>{NEW}</p><p>On 5 Nov 2024, Firstline Support wrote:</p><blockquote type=cite><p>{OLD[0]}</p><p>On 4 Nov 2024, Anna wrote:</p>"
    "<blockquote type=cite><p>Nothing prints.</p></blockquote></blockquote>")), new_text=NEW, text_contains=[OLD[0], "Nothing prints."])
add("bottom-html", "An answer below the blockquote, in HTML.", mail(html(
    f'<p>On 11/5/24 09:14, Firstline Support wrote:<br></p><blockquote type="cite" cite="mid:1@desk.example">{OLD[0]}</blockquote><p>{NEW}</p>')),
    new_text=NEW, text_contains=[OLD[0]])

add("zoho", "Zoho puts its attribution between hyphens, without a colon.", mail(text(
    f"{NEW}\n\n\n---- On Tue, 05 Nov 2024 09:14:05 +0100 Firstline Support <support@desk.example> wrote ----\n\n{OLD[0]}\n{OLD[1]}\n")), new_text=NEW, **SEEN)
add("zoho-android", "A phone's separator names only who wrote.", mail(text(f"{NEW}\n\n---- Firstline Support wrote ----\n\n{QUOTE}\n")), new_text=NEW, **SEEN)
add("reply-message", "A separator with a rarer title.", mail(text(f"{NEW}\n\n-----Reply Message-----\n\n{OLD[0]}\n{OLD[1]}\n")), new_text=NEW, **SEEN)
add("apple-nl", "Apple Mail in Dutch parts its verb over the line.", mail(text(
    "Het werkt nu.\n\nOp 5 nov. 2024, om 09:14 heeft Firstline Support <support@desk.example> het volgende geschreven:\n\nAndere kabel geprobeerd?\n")),
    new_text="Het werkt nu.", text_contains=["Andere kabel geprobeerd?"])
add("gmail-vi", "Gmail in Vietnamese.", mail(text(
    "Chạy rồi.\n\nVào 09:14 5 thg 11, 2024, Firstline Support <support@desk.example> đã viết:\n\n> Thử cáp khác chưa?\n")),
    new_text="Chạy rồi.", text_contains=["Thử cáp khác chưa?"])
add("attribution-without-colon", "An attribution of a date, a name and an address, and no colon.", mail(text(
    f"{NEW}\n2024/11/5 Firstline Support <support@desk.example>\n\n{QUOTE}\n")), new_text=NEW, **SEEN)
add("attribution-name-alone", "An attribution without a date above the quote.", mail(text(f"Firstline Support wrote:\n{QUOTE}\n\n{NEW}\n")), new_text=NEW, **SEEN)
add("attribution-two-lines", "An attribution with its date on a line of its own.", mail(text(
    f"At Tue, 5 Nov 2024 09:14:05 +0100,\nFirstline Support wrote:\n{QUOTE}\n\n{NEW}\n")), new_text=NEW, **SEEN)
add("attribution-in-other-words", "An attribution in words that nobody foresaw, with year and time above the quote.", mail(text(
    f"Excerpts from Firstline Support's message of Tue Nov 05 09:14:05 +0100 2024:\n{QUOTE}\n\n{NEW}\n")), new_text=NEW, **SEEN)
add("sentence-above-attribution", "A sentence above a short attribution is the sender's.", mail(text(
    f"I tried all 5 of them.\nAnn wrote:\n{QUOTE}\n")), new_text="I tried all 5 of them.", **SEEN)
add("notes-reply", "Notes: a name and a date, then To, cc and Subject.", mail(text(
    f"{NEW}\n\n\n\n\nFirstline Support\n11/05/2024 09:14 AM\n\t\n\tTo:\tAnna Muster/HQ@CUSTOMER\n\tcc:\t\n\tSubject:\tPrinter\n\n{OLD[0]}\n{OLD[1]}\n")), new_text=NEW, **SEEN)
add("notes-reply-address", "Notes with the address on the line of the date.", mail(text(
    f'{NEW}\n\n"Firstline Support" <support@desk.example> on 11/05/2024 09:14:05 AM\nTo:\t<anna@customer.example>\ncc:\t \nSubject:\tPrinter\n\n{OLD[0]}\n{OLD[1]}\n')),
    new_text=NEW, **SEEN)
add("notes-forward", "What Notes passes on stays: it is what the sender has to say.", mail(text(
    f"---------------------- Forwarded by Anna Muster/HQ/Customer on 11/05/2024 10:00 AM ---------------------------\n\n\nBob <bob@customer.example>\n"
    f"11/05/2024 09:14 AM\nTo: Anna Muster/HQ@CUSTOMER\ncc: \nSubject: Printer\n\n{OLD[0]}\n")), new_text_contains=[OLD[0]])
add("long-dashes", "A signature below a line of long dashes.", mail(text(f"{NEW}\n\n—————\nAnna Muster\nCustomer Ltd.\n")), new_text=NEW, text_contains=["Customer Ltd."])
