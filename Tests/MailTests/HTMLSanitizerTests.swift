import Mail
import Testing

@Suite("Mail HTML") struct HTMLSanitizerTests {
    @Test(
        "Images that lie elsewhere are kept only where that is asked for",
        arguments: [
            (
                "<img src=\"https://pictures.example/a.png?b=1&amp;c=2\" alt=A>",
                "https://pictures.example/a.png?b=1&amp;c=2"
            ),
            ("<img src=\"HTTP://pictures.example/a.png\">", "HTTP://pictures.example/a.png"),
            ("<img src=\"//pictures.example/a.png\">", "https://pictures.example/a.png"),
        ])
    func remoteImages(html: String, source: String) {
        let blocked = HTMLSanitizer.sanitizing(html)
        #expect(blocked.hasRemoteImages && !blocked.html.contains("pictures.example"))
        let kept = HTMLSanitizer.sanitizing(html, images: .all)
        #expect(kept.hasRemoteImages && kept.html.contains("src=\"\(source)\""))
        #expect(HTMLSanitizer.sanitizing(kept.html, images: .all).html == kept.html)
    }

    @Test(
        "What is no image by http is kept in no case",
        arguments: [
            "<img src=\"javascript:alert(1)\">", "<img src=\"data:image/svg+xml,x\">",
            "<img src=\"file:///etc/passwd\">",
            "<img src=\"pixel.gif\">", "<img src=\"ftp://pictures.example/a.png\">",
            "<video poster=\"https://pictures.example/a\">",
            "<table background=\"https://pictures.example/a\">", "<img srcset=\"https://pictures.example/a 2x\">",
        ])
    func noOtherSource(html: String) {
        let result = HTMLSanitizer.sanitizing(html, images: .all)
        #expect(!result.hasRemoteImages && !result.html.contains("src") && !result.html.contains("pictures"))
    }

    @Test(
        "Nothing that runs, loads or posts is left",
        arguments: [
            "<script>alert(1)</script>", "<scr<script>ipt>alert(1)</script>", "<img src=x onerror=alert(1)>",
            "<svg><script>alert(1)</script></svg>", "<svg onload=alert(1)>", "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"jav&#x09;ascript:alert(1)\">x</a>", "<a href=\" &#14; javascript:alert(1)\">x</a>",
            "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>", "<a href=\"vbscript:x\">x</a>",
            "<iframe src=//evil></iframe>", "<form action=//evil><input name=a><button>x</button></form>",
            "<style>@import '//evil'</style>", "<p style=\"background:url(//evil)\">x</p>",
            "<img src=\"https://evil/pixel.gif\">", "<img src=\"//evil/pixel.gif\" srcset=\"//evil 2x\">",
            "<link rel=stylesheet href=//evil>", "<meta http-equiv=refresh content=\"0;url=//evil\">",
            "<base href=//evil>", "<object data=//evil></object>", "<embed src=//evil>", "<table background=//evil>",
            "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">", "<video src=//evil><audio src=//evil>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<!--><img src=x onerror=alert(1)>-->",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
            "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", "<p id=x class=y name=z onclick=a>x</p>",
            "<img src=\"cid:x\" onerror=alert(1)>", "<img src=\"cid:x&quot; onerror=&quot;alert(1)\">",
            "<a href=\"https://ok.example/&quot; onclick=&quot;alert(1)\">x</a>", "<plaintext><script>x",
            "<template><script>x</script></template>",
        ])
    func safe(html: String) {
        let clean = HTMLSanitizer.sanitized(html)
        // What stands in quotes is a value; where a value leads is looked at by itself.
        let outside = clean.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        let markup = outside.filter { $0.offset % 2 == 0 }.map { String($0.element) }.joined().lowercased()
        let words = [
            "script", "onerror", "onload", "onclick", "<svg", "<iframe", "<form", "<style", "<math", "evil", "style=",
            "<object", "<meta", "<link", "<base", "<embed", "<video", "<input",
        ]
        for word in words { #expect(!markup.contains(word), "\(clean)") }
        for start in ["href=\"javascript", "href=\"data", "href=\"vbscript", "src=\"http", "src=\"//"] {
            #expect(!clean.lowercased().contains(start), "\(clean)")
        }
        #expect(HTMLSanitizer.sanitized(clean) == clean)
    }

    @Test("Attributes escape angle brackets and quotes")
    func attributes() {
        #expect(
            HTMLSanitizer.sanitized("<p title=\"<b>&quot;'&lt;/p&gt;\">x</p>")
                == "<p title=\"&lt;b&gt;&quot;&#39;&lt;/p&gt;\">x</p>")
    }

    @Test("Links keep where they lead and lose the referrer")
    func links() {
        #expect(
            HTMLSanitizer.sanitized("<a href=\"https://example.com/?a=1&amp;b=2\" target=_top>x</a>")
                == "<a href=\"https://example.com/?a=1&amp;b=2\" rel=\"noopener noreferrer nofollow\">x</a>")
        #expect(HTMLSanitizer.sanitized("<a href=/local>x</a>") == "<a rel=\"noopener noreferrer nofollow\">x</a>")
    }

    @Test(
        "Broken HTML settles: sanitizing twice changes nothing",
        arguments: [
            "<b><p>x</b>y</p>", "<table><tr><td><b>x<td>y</table>z", "<p>a<p>b<div>c</p>d", "<li>a<li>b",
            "<table>text<tr>x",
            "<a href=https://a>x<a href=https://b>y", "<b><i><u>x</b></i></u>", "<pre>\n\nx</pre>",
            "<ul><li>a<ul><li>b</ul><li>c</ul>",
            "<table><table><td>x", "</p></div></table>x", "<td>x</td>", "a < b & c > d", "<b", "<p title='",
            "&lt;script&gt;",
            "<h1><h2>x</h1></h2>", "<table><b><tr><td>x</td></tr></b></table>", "<blockquote><p>x</blockquote></p>",
            "\u{0}<p>\u{0}x",
            "<p><table><tr><td>a</td></tr></table></p>", "<font><p><font>x</font></p></font>",
            "<dl><dt>a<dd>b<dt>c</dl>", "<p title='&#xFDD0;'>&#xFDD0;&#xFFFE;&#x81;&#x1FFFF;é</p>",
        ])
    func idempotent(html: String) {
        let once = HTMLSanitizer.sanitized(html)
        #expect(HTMLSanitizer.sanitized(once) == once)
    }

    @Test("Whatever is nested in whatever: sanitizing the result again yields the same")
    func nesting() {
        let tags = [
            "p", "div", "span", "br", "hr", "a", "b", "font", "pre", "blockquote", "ul", "ol", "li", "dl", "dt", "dd",
            "h1",
            "h2", "table", "caption", "thead", "tbody", "tr", "td", "th", "img alt=x", "center", "section", "svg", "u",
        ]
        var state: UInt64 = 1
        func random(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for round in 0..<20_000 {
            var html = ""
            var open: [String] = []
            for _ in 0..<random(below: 24) {
                switch random(below: 6) {
                case 0: html += ["x", " ", "\n", "a b", "&lt;i&gt;"][random(below: 5)]
                case 1: html += "</\(tags[random(below: tags.count)])>"
                // Most of what is closed is what was opened last.
                case 2, 3: html += open.popLast().map { "</\($0)>" } ?? ""
                default:
                    let tag = tags[random(below: tags.count)]
                    html += "<\(tag)>"
                    open.append(tag)
                }
            }
            let once = HTMLSanitizer.sanitized(html)
            #expect(HTMLSanitizer.sanitized(once) == once, "round \(round): \(html)")
        }
    }

    @Test("Deep, wide and misnested HTML stays within its limits")
    func hostile() {
        let deep = String(repeating: "<div>", count: 100_000) + "deep"
        #expect(HTMLSanitizer.sanitized(deep).contains("deep"))
        let formatting =
            (0..<20_000).map { "<b title=\($0)><table><td></b>" }.joined() + String(repeating: "<p>x", count: 20_000)
        #expect(HTMLSanitizer.sanitized(formatting).utf8.count < 20 * MailLimits.maxHTMLBytes)
        let unclosed = String(repeating: "<svg><a href='", count: 50_000)
        #expect(HTMLSanitizer.sanitized(unclosed).utf8.count < 2 * MailLimits.maxHTMLBytes)
        let open = String(repeating: "<svg>x", count: 100_000)
        #expect(HTMLSanitizer.sanitized(open).contains("x"))
    }

    @Test("HTML becomes text with paragraphs, lists, quotes and links")
    func text() {
        let html = """
            <html><head><title>No</title><style>p{}</style></head><body><p>Hello&nbsp;<b>Ann</b>,</p>
            <div>one</div><div>two<br>three</div><ul><li>a</li><li>b</li></ul>
            <a href="https://example.com/x">here</a><blockquote>old<br>older</blockquote>
            <table><tr><td>1</td><td>2</td></tr></table><pre>a  b
              c</pre></body></html>
            """
        #expect(
            HTMLText.plain(html) == """
                Hello Ann,

                one
                two
                three
                - a
                - b

                here <https://example.com/x>

                > old
                > older

                1  2

                a  b
                  c
                """)
    }

    @Test("An HTML reply shows what is new")
    func reply() {
        let mail = MailParser.parse(
            .mail(
                """
                Content-Type: text/html

                <div>Thanks!</div><br><div class="gmail_quote"><div>On Mon, 4 Mar 2024, Desk &lt;help@desk.example&gt; wrote:<br></div>
                <blockquote>old <div>older</div></blockquote></div>
                """))
        #expect(mail.newText == "Thanks!")
        #expect(mail.text.contains("> older"))
    }
}
