import CGumbo
import Glibc

/// Parsed HTML: a tree that gumbo made, walked without recursion.
final class HTMLDocument {
    typealias Attributes = [(name: HTMLAttribute, value: String)]

    enum Event {
        case open(HTMLTag, attributes: Attributes)
        case text(String)
        case close(HTMLTag)
    }

    private let images: MailImages
    private let source: [UInt8]
    private let tree: UnsafeMutablePointer<GumboOutput>?
    /// What was walked has images that lie elsewhere.
    private(set) var hasRemoteImages = false

    /// Takes any text for HTML; what is too deep or too much of it is left out.
    init(_ html: String, images: MailImages = .inline) {
        self.images = images
        source = Array("<!DOCTYPE html><html><head></head><body>".utf8) + HTMLTidier.tidied(html) + [0]
        tree = source.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                firstline_gumbo_parse($0.baseAddress, bytes.count - 1)
            }
        }
    }

    deinit {
        if let tree { firstline_gumbo_free(tree) }
    }

    /// The body in document order. Only elements of the vocabulary are told, in the HTML name space, with the
    /// attributes that they may keep, their values checked.
    func walk(_ visit: (Event) -> Void) {
        guard let root = tree?.pointee.root else { return }
        var pending: [(node: UnsafeMutablePointer<GumboNode>, isClosing: Bool)] = [(root, false)]
        while let (node, isClosing) = pending.popLast() {
            let type = node.pointee.type
            if type == GUMBO_NODE_TEXT || type == GUMBO_NODE_WHITESPACE || type == GUMBO_NODE_CDATA {
                visit(.text(String(cString: node.pointee.v.text.text)))
            } else if type == GUMBO_NODE_ELEMENT {
                let element = node.pointee.v.element
                let tag = element.tag_namespace == GUMBO_NAMESPACE_HTML ? Self.tag(element.tag) : nil
                if let tag, HTMLVocabulary.allowed.contains(tag) {
                    if isClosing {
                        visit(.close(tag))
                        continue
                    }
                    visit(.open(tag, attributes: attributes(element, of: tag)))
                    if !HTMLVocabulary.void.contains(tag) { pending.append((node, true)) }
                } else if let tag, tag == .head || HTMLVocabulary.dropped.contains(tag) {
                    continue
                }
                push(element.children, onto: &pending)
            }
        }
    }

    private func push(
        _ children: GumboVector, onto pending: inout [(node: UnsafeMutablePointer<GumboNode>, isClosing: Bool)]
    ) {
        for index in (0..<Int(children.length)).reversed() {
            guard let child = children.data[index] else { continue }
            pending.append((child.assumingMemoryBound(to: GumboNode.self), false))
        }
    }

    private static func tag(_ tag: GumboTag) -> HTMLTag? {
        let index = Int(tag.rawValue)
        return tags.indices.contains(index) ? tags[index] : nil
    }

    /// What we call each tag that the parser knows.
    private static let tags: [HTMLTag?] = (0..<GUMBO_TAG_UNKNOWN.rawValue).map { number in
        gumbo_normalized_tagname(GumboTag(number)).flatMap { HTMLTag(ArraySlice(String(cString: $0).utf8)) }
    }

    private func attributes(_ element: GumboElement, of tag: HTMLTag) -> Attributes {
        var kept: Attributes = []
        for index in 0..<Int(element.attributes.length) {
            guard let item = element.attributes.data[index] else { continue }
            let attribute = item.assumingMemoryBound(to: GumboAttribute.self).pointee
            let name = UnsafeBufferPointer(start: attribute.name, count: strlen(attribute.name))
            guard let known = HTMLAttribute(name.lazy.map(UInt8.init(bitPattern:))),
                HTMLVocabulary.allows(known, on: tag)
            else { continue }
            let raw = String(cString: attribute.value)
            if let value = HTMLVocabulary.value(raw, of: known) {
                kept.append((known, value))
            } else if known == .src, let source = HTMLVocabulary.remoteSource(raw) {
                hasRemoteImages = true
                if images == .all { kept.append((known, source)) }
            }
        }
        return kept
    }
}
