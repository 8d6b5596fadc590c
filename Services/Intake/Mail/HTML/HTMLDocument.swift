import CGumbo

/// Parsed HTML: a tree that gumbo made, walked without recursion.
final class HTMLDocument {
    enum Event {
        case open(name: String, attributes: [(name: String, value: String)])
        case text(String)
        case close(name: String)
    }

    private let source: [UInt8]
    private let tree: UnsafeMutablePointer<GumboOutput>?

    /// Takes any text for HTML; what is too deep or too much of it is left out.
    init(_ html: String) {
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
                let name = element.tag_namespace == GUMBO_NAMESPACE_HTML ? Self.name(element.tag) : ""
                let isAllowed = HTMLVocabulary.allowed.contains(name)
                if isClosing {
                    visit(.close(name: name))
                    continue
                }
                if isAllowed { visit(.open(name: name, attributes: Self.attributes(element, of: name))) }
                guard isAllowed || name == "html" || name == "body" else {
                    if name == "head" || HTMLVocabulary.dropped.contains(name) { continue }
                    push(element.children, onto: &pending)
                    continue
                }
                if isAllowed, !HTMLVocabulary.void.contains(name) { pending.append((node, true)) }
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

    private static func name(_ tag: GumboTag) -> String {
        gumbo_normalized_tagname(tag).map { String(cString: $0) } ?? ""
    }

    private static func attributes(_ element: GumboElement, of name: String) -> [(name: String, value: String)] {
        var kept: [(name: String, value: String)] = []
        for index in 0..<Int(element.attributes.length) {
            guard let item = element.attributes.data[index] else { continue }
            let attribute = item.assumingMemoryBound(to: GumboAttribute.self).pointee
            let key = String(cString: attribute.name)
            guard HTMLVocabulary.allows(attribute: key, on: name),
                let value = HTMLVocabulary.value(String(cString: attribute.value), of: key)
            else { continue }
            kept.append((key, value))
        }
        return kept
    }
}
