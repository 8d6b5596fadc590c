import Foundation
import Mail

/// A message of `Tests/Corpus`, and what is expected of it (see the README there).
struct CorpusMessage {
    struct Person: Decodable, Equatable {
        var name: String
        var address: String

        init(_ address: MailAddress) {
            name = address.name
            self.address = address.address
        }
    }

    struct File: Decodable, Equatable {
        var filename: String
        var contentType: String
        var size: Int
        var inline: Bool

        init(_ attachment: MailAttachment) {
            filename = attachment.filename
            contentType = attachment.contentType
            size = attachment.bytes.count
            inline = attachment.isInline
        }

        enum CodingKeys: String, CodingKey {
            case filename, size, inline
            case contentType = "content_type"
        }
    }

    struct Bounce: Decodable {
        var recipients: [String]
        var action: String
        var status: String
        var messageID: String

        enum CodingKeys: String, CodingKey {
            case recipients, action, status
            case messageID = "message_id"
        }
    }

    struct Expectation: Decodable {
        var subject: String
        var from: Person?
        var newText: String?
        var newTextContains: [String]
        var newTextLacks: [String]
        var textContains: [String]
        var textLacks: [String]
        var htmlContains: [String]
        var htmlLacks: [String]
        var attachments: [File]
        var automatic: String?
        var bounce: Bounce?
        var wrappers: [String]
        var quarantine: String?
        var spam: Bool
        var messageID: String?
        var inReplyTo: [String]?
        var references: [String]?
        var replyTo: [Person]?
        var to: [Person]?
        var cc: [Person]?
        var dateMS: Int64?
        var language: String?
        var envelopeFrom: String?

        enum CodingKeys: String, CodingKey {
            case subject, from, attachments, automatic, bounce, wrappers, quarantine, spam, references, to, cc, language
            case newText = "new_text"
            case newTextContains = "new_text_contains"
            case newTextLacks = "new_text_lacks"
            case textContains = "text_contains"
            case textLacks = "text_lacks"
            case htmlContains = "html_contains"
            case htmlLacks = "html_lacks"
            case messageID = "message_id"
            case inReplyTo = "in_reply_to"
            case replyTo = "reply_to"
            case dateMS = "date_ms"
            case envelopeFrom = "envelope_from"
        }
    }

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Corpus/messages")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".eml") }.map { String($0.dropLast(4)) }.sorted()
    }()

    let raw: [UInt8]
    let expected: Expectation

    init(_ name: String) throws {
        raw = Array(try Data(contentsOf: Self.folder.appending(path: "\(name).eml")))
        let json = try Data(contentsOf: Self.folder.appending(path: "\(name).json"))
        expected = try JSONDecoder().decode(Expectation.self, from: json)
    }
}
