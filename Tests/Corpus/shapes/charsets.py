"""What bytes mean, labelled rightly, wrongly or not at all."""
from corpus import SUBJECT, Part, add, file, mail, multipart, text, word

CHINESE = "您好，打印机坏了，请尽快帮我们修理。谢谢！"
RARE = "我是朱镕基的同事，打印机坏了。"
RUSSIAN = "Добрый день! Принтер на втором этаже не печатает, помогите, пожалуйста."
GREEK = "Καλημέρα σας, ο εκτυπωτής στον δεύτερο όροφο δεν λειτουργεί. Ευχαριστώ πολύ."
POLISH = "Dzień dobry, drukarka na drugim piętrze się zacięła. Proszę o pomoc, żółta lampka miga."
GERMAN = "Guten Tag, der Drucker im zweiten Stock läuft nicht. Größe: A4, Wert: 5 €."
FRENCH = "Bonjour, l’imprimante du deuxième étage est en panne. Ça coûte 5 €."
SPANISH = "Buenos días, la impresora de la segunda planta no funciona. ¿Pueden ayudarme mañana?"
JAPANESE = "こんにちは。二階のプリンターが動きません。よろしくお願いします。"
KOREAN = "안녕하세요. 이층 프린터가 작동하지 않습니다. 도와 주세요."


def case(name: str, about: str, words: str, label: str | None, codec: str, encoding: str = "8bit", subject_charset: str | None = None, **more):
    """A text whose bytes are of `codec` under `label`, and with `subject_charset` a subject in the same words."""
    subject = SUBJECT
    kwargs = {}
    if subject_charset:
        subject = words[:20]
        kwargs["subject"] = word(subject, subject_charset, codec).encode()
    add(f"charset-{name}", about, mail(text(words, label, encoding, codec=codec), **kwargs), subject=subject, new_text=words, text_contains=[words], **more)


case("gb2312", "GB2312, and truly so.", CHINESE, "gb2312", "gb2312", "base64", "gb2312")
case("gb2312-really-gbk", "Labelled GB2312, but with a character that only GBK has.", RARE, "gb2312", "gbk", "base64")
case("gb18030", "GB18030.", RARE, "GB18030", "gb18030", "base64", "gb18030")
case("gbk-unlabelled", "GBK without any label.", CHINESE, None, "gbk")
case("big5", "Big5, as Taiwan writes.", "您好，二樓的印表機壞了，請儘快幫我們修理。謝謝！", "big5", "big5", "base64", "big5")
case("big5-unlabelled", "Big5 without a label.", "您好，二樓的印表機壞了，請儘快幫我們修理。謝謝您的幫忙！", None, "big5")
case("hz", "HZ, the seven-bit form of GB2312.", CHINESE, "hz-gb-2312", "hz", "7bit")
case("iso-2022-jp", "ISO-2022-JP, the usual charset of Japanese mail.", JAPANESE, "iso-2022-jp", "iso2022_jp", "7bit", "iso-2022-jp")
case("iso-2022-jp-circled", "ISO-2022-JP with a circled digit of the vendors' row 13.", "第①回の会議について。", "iso-2022-jp", "iso2022_jp_3", "7bit")
case("iso-2022-jp-unlabelled", "The same without a label: its escapes tell.", JAPANESE, None, "iso2022_jp", "7bit")
case("shift-jis", "Shift_JIS with a vendor's character.", "プリンター①が動きません。", "Shift_JIS", "cp932", "base64")
case("euc-jp", "EUC-JP.", JAPANESE, "euc-jp", "euc_jp", "base64")
case("euc-kr", "ks_c_5601-1987, Outlook's name for CP949.", KOREAN + " 똠", "ks_c_5601-1987", "cp949", "base64")
case("koi8-r", "KOI8-R.", RUSSIAN, "koi8-r", "koi8_r", "8bit", "koi8-r")
case("koi8-u", "KOI8-U with a Ukrainian letter.", "Добрий день! Принтер не друкує, її треба полагодити.", "koi8-u", "koi8_u")
case("koi8-r-unlabelled", "KOI8-R without a label.", RUSSIAN, None, "koi8_r")
case("windows-1251", "Windows-1251.", RUSSIAN, "windows-1251", "cp1251", "quoted-printable", "windows-1251")
case("windows-1251-unlabelled", "Windows-1251 without a label.", RUSSIAN, None, "cp1251")
case("windows-1251-as-latin1", "Windows-1251 under the label of Western Europe, as old programs wrote: the letters tell.", RUSSIAN, "iso-8859-1", "cp1251")
case("iso-8859-5", "ISO-8859-5.", RUSSIAN, "iso-8859-5", "iso8859_5")
case("cp866", "IBM866, from a DOS program.", RUSSIAN, "ibm866", "cp866")
case("windows-1253", "Windows-1253.", GREEK, "windows-1253", "cp1253", "quoted-printable", "windows-1253")
case("windows-1253-unlabelled", "Windows-1253 without a label.", GREEK, None, "cp1253")
case("iso-8859-7", "ISO-8859-7.", GREEK, "iso-8859-7", "iso8859_7")
case("windows-1250", "Windows-1250.", POLISH, "windows-1250", "cp1250", "quoted-printable")
case("windows-1250-unlabelled", "Windows-1250 without a label.", POLISH, None, "cp1250")
case("iso-8859-2", "ISO-8859-2.", POLISH, "iso-8859-2", "iso8859_2", "quoted-printable", "iso-8859-2")
case("iso-8859-2-unlabelled", "ISO-8859-2 without a label.", POLISH, None, "iso8859_2")
case("windows-1252", "Windows-1252.", GERMAN, "windows-1252", "cp1252", "quoted-printable")
case("iso-8859-1-really-1252", "Labelled ISO-8859-1, with a euro sign and a curved apostrophe.", FRENCH, "iso-8859-1", "cp1252")
case("iso-8859-15", "ISO-8859-15, where the euro sign has another place.", GERMAN, "iso-8859-15", "iso8859_15", "quoted-printable")
case("windows-1252-as-utf-8", "Windows-1252 under the label UTF-8.", SPANISH, "utf-8", "cp1252")
case("utf-8-as-latin1", "UTF-8 under the label ISO-8859-1.", GERMAN, "iso-8859-1", "utf-8")
case("utf-8-as-ascii", "UTF-8 under the label US-ASCII.", GREEK, "us-ascii", "utf-8")
case("utf-8-unlabelled", "UTF-8 without a label.", POLISH, None, "utf-8")
case("unknown-label", "A label that no one knows.", FRENCH, "x-our-own-charset", "cp1252")
case("unknown-8bit", "The label of a gateway that did not know either.", RUSSIAN, "unknown-8bit", "cp1251")
case("quoted-label", "The label in quotation marks, with a blank inside.", GERMAN, '" utf-8 "', "utf-8", "base64")
case("utf8-label-without-hyphen", "The label “utf8”.", GERMAN, "utf8", "utf-8", "base64")
case("cp1252-label", "The label “cp-1252”, which nobody registered.", FRENCH, "cp-1252", "cp1252")
case("windows-1254", "Turkish.", "Merhaba, ikinci kattaki yazıcı çalışmıyor. Teşekkürler.", "iso-8859-9", "cp1254")
case("windows-1255", "Hebrew in visual order's logical sister.", "שלום, המדפסת בקומה השנייה לא עובדת.", "iso-8859-8-i", "iso8859_8")
case("windows-1256", "Arabic.", "مرحبا، الطابعة في الطابق الثاني لا تعمل.", "windows-1256", "cp1256")
case("windows-874", "Thai.", "สวัสดีครับ เครื่องพิมพ์ไม่ทำงาน", "tis-620", "cp874")
case("utf-16", "UTF-16 with its byte-order mark, in Base64.", GERMAN, "utf-16", "utf-16", "base64")
case("utf-16le", "UTF-16LE without a mark.", RUSSIAN, "utf-16le", "utf-16-le", "base64")
case("utf-7", "UTF-7, from an old Exchange.", GERMAN, "utf-7", "utf-7", "7bit")
case("utf-8-bom", "UTF-8 that begins with a byte-order mark.", GERMAN, "utf-8", "utf-8-sig")

add("charset-two-in-one-mail", "Two parts in two charsets.", mail(multipart(
    "mixed", text(RUSSIAN, "koi8-r", codec="koi8_r"), text(GREEK, "iso-8859-7", codec="iso8859_7"))),
    new_text_contains=[RUSSIAN, GREEK])
add("charset-html-meta", "HTML without a label in its header; its own <meta> tells.", mail(file(
    f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"></head><body><p>{RUSSIAN}</p></body></html>'.encode("koi8_r"),
    "text/html", encoding="quoted-printable")), new_text=RUSSIAN, html_contains=[RUSSIAN])
add("charset-html-meta-gbk", "The same of a Chinese mail, with the short form.", mail(file(
    f'<html><head><meta charset="gb2312"></head><body><div>{CHINESE}</div></body></html>'.encode("gbk"), "text/html", encoding="base64")),
    new_text=CHINESE)
add("charset-cut-character", "The mail was cut in the middle of a character.", mail(file(
    GERMAN.encode() + "\r\nLetztes Wort: Grö".encode()[:-1], "text/plain; charset=utf-8", encoding="base64")), new_text_contains=[GERMAN, "Letztes Wort: Gr"])

add("charset-two-in-one-part", "A text in UTF-8 that quotes one in Windows-1252, byte for byte.", mail(Part(
    (b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit"),
    "Größe: A4.\r\n\r\n".encode() + "Täglich für 5 € über das Büro zu erhalten, möglichst früh.\r\n".encode("cp1252"))),
    new_text="Größe: A4.\n\nTäglich für 5 € über das Büro zu erhalten, möglichst früh.")
