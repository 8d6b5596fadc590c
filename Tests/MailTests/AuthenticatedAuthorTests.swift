import Testing

@testable import Mail

@Suite("Whose mail a mail is proved to be")
struct AuthenticatedAuthorTests {
    private static let trusted: Set<String> = ["mx.desk.example"]
    private static let received = "Received: from out.desk.example (out.desk.example [192.0.2.1]) by mx.desk.example"
    private static let passed = "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example"

    private static func author(_ lines: String..., from: [String] = ["From: Berta <Berta@Desk.example>"]) -> String? {
        let text = (lines + from + ["To: support@desk.example", "", "Text."]).joined(separator: "\r\n")
        return MailParser.parse(Array(text.utf8), authservIDs: trusted).provedAuthor
    }

    @Test(
        "What the border found proves the author: DMARC, or DKIM or SPF of an aligned domain",
        arguments: [
            "dmarc=pass (p=reject) header.from=desk.example",
            "dkim=pass header.d=desk.example", "dkim = pass header.i=@mail.desk.example header.b=\"a/b=\"",
            "dkim/1=pass reason=\"good; signature\" header.d=DESK.example",
            "spf=pass smtp.mailfrom=bounce@mail.desk.example",
            "spf=pass smtp.mailfrom=desk.example; dmarc=none header.from=desk.example",
            "iprev=fail policy.iprev=192.0.2.1; dkim=fail header.d=other.example; dkim=pass header.d=desk.example",
            "arc=none; dkim=pass (a (nested \\) comment)) header.d=desk.example header.b=Zm9v=",
        ])
    func proved(findings: String) {
        #expect(Self.author("Authentication-Results: MX.desk.example 1; \(findings)") == "berta@desk.example")
    }

    @Test(
        "What failed, what is another's and what is not aligned proves nothing",
        arguments: [
            "none", "", "dmarc=fail header.from=desk.example", "dmarc=pass header.from=evil.example", "dmarc=pass",
            "dmarc=pass header.from=mail.desk.example", "dkim=pass header.d=evil.example", "dkim=pass",
            "dkim=pass header.d=notdesk.example", "dkim=pass header.d=example", "dkim=neutral header.d=desk.example",
            "dkim=pass header.d=evil.example header.i=@desk.example", "spf=pass smtp.helo=desk.example",
            "spf=softfail smtp.mailfrom=desk.example", "spf=pass smtp.mailfrom=desk.example@evil.example",
            "dkim=pass header.d=desk.example; dmarc=fail header.from=desk.example",
            "dkim=pass header.d=desk.example; dmarc=temperror header.from=desk.example",
            "dkim=fail reason=\"; dkim=pass header.d=desk.example\"", "dkim=fail (; dkim=pass header.d=desk.example)",
            "spf=pass smtp.mailfrom=\"a; dkim=pass header.d=desk.example\"@evil.example",
            "dkim=pass header.d=evil.example header.d=desk.example", "auth=pass smtp.auth=berta@desk.example",
            "dkim=pass (open header.d=desk.example", "dkim=pass header.d=\"desk.example",
        ])
    func unproved(findings: String) {
        #expect(Self.author("Authentication-Results: mx.desk.example; \(findings)") == nil)
    }

    @Test(
        "Only a server that is trusted by its exact name counts",
        arguments: [
            "evil.example", "mx.desk.example.evil.example", "desk.example", "\"mx.desk.example evil\"", "",
            "mx.desk.example 2", "mx.desk.example evil", "dkim=pass", "(mx.desk.example) evil.example",
        ])
    func otherNames(name: String) {
        #expect(Self.author("Authentication-Results: \(name); dmarc=pass header.from=desk.example") == nil)
        // Beside the trusted one it does no harm, unless nobody can tell whose it is.
        let isReadable = !["", "mx.desk.example 2", "mx.desk.example evil"].contains(name)
        #expect((Self.author("Authentication-Results: \(name)", Self.passed) != nil) == isReadable)
    }

    @Test(
        "Where the trusted name stands behind a comment or in quotes, nothing is believed",
        arguments: [
            "(x) mx.desk.example", "\"mx.desk.example\"", "mx.desk.\"example\"", "mx(x).desk.example",
            "mx.desk.example(x)", " ()mx.desk.example", "mx.desk\\.example", "\"mx.desk\\.example\"",
        ])
    func hiddenName(name: String) {
        #expect(Self.author("Authentication-Results: \(name); dmarc=pass header.from=desk.example") == nil)
        #expect(Self.author("Authentication-Results:\(name); dmarc=pass header.from=desk.example") == nil)
    }

    @Test("Nothing is believed where the trusted name stands twice: one of them was forged, or forged ones are let in")
    func twice() {
        #expect(Self.author(Self.passed) != nil)
        #expect(Self.author(Self.passed, Self.passed) == nil)
        #expect(Self.author("Authentication-Results: mx.desk.example; dmarc=fail", Self.received, Self.passed) == nil)
        #expect(Self.author(Self.passed, "Authentication-Results : mx.desk.example; none") == nil)
        #expect(Self.author(Self.passed, "Authentication-Results: (x) mx.desk.example; none") == nil)
        // Nor where a field cannot be read, so that nobody knows whose it is.
        #expect(Self.author(Self.passed, "Authentication-Results: (mx.desk.example; none") == nil)
    }

    @Test("It counts above the border alone, below no more than a server inside and the border itself")
    func border() {
        let inside = "Received: from mx.desk.example by store.desk.example with LMTP"
        let outside = "Received: from pc by out.evil.example with ESMTP"
        #expect(Self.author(Self.passed, Self.received, outside) != nil)
        #expect(Self.author(Self.received, Self.passed) != nil)
        #expect(Self.author("Return-Path: <b@x>", inside, Self.received, "DKIM-Filter: x", Self.passed) != nil)
        #expect(Self.author(inside, Self.passed) != nil)
        #expect(Self.author(Self.received, outside, Self.passed) == nil)
        #expect(Self.author(inside, outside, Self.passed) == nil)
        #expect(Self.author(inside, inside, Self.received, Self.passed) == nil)
        // A sender who claims to have been at the border.
        #expect(Self.author(Self.received, Self.received, Self.passed) == nil)
        for field in ["Subject: x", "Message-ID: <a@b>", "To: a@b.example", "MIME-Version: 1.0", "Content-Type: x/y"] {
            #expect(Self.author(field, Self.passed) == nil, "\(field)")
        }
    }

    @Test("There is exactly one author")
    func authors() {
        let one = "From: berta@desk.example"
        #expect(Self.author(Self.passed, from: [one]) == "berta@desk.example")
        for from in [
            [], [one, one], [one, "From : eve@evil.example"], ["From: berta@desk.example, eve@evil.example"],
            ["From: eve@evil.example, berta@desk.example"], ["From: staff: berta@desk.example, a@desk.example;"],
            ["From: nobody"], ["From: \"berta@desk.example\" <eve@evil.example>"],
        ] {
            #expect(Self.author(Self.passed, from: from) == nil, "\(from)")
        }
    }

    @Test("Without a trusted name nothing is proved, and what is too long is not read")
    func bounds() {
        let mail = Array((Self.passed + "\r\nFrom: b@desk.example\r\n\r\nx").utf8)
        #expect(MailParser.parse(mail, authservIDs: []).provedAuthor == nil)
        let long = String(repeating: " x=y;", count: 4_000)
        #expect(Self.author(Self.passed + ";" + long) == nil)
        #expect(Self.author(Self.passed + ";" + String(repeating: " x=y;", count: 60)) == nil)
    }
}
