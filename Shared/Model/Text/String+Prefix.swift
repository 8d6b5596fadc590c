extension String {
    /// The longest beginning of whole scalars that fits. Not of whole characters: where one begins must be looked for, and a hostile text may be a
    /// single one, a letter under a million accents.
    public func prefix(utf8Bytes limit: Int) -> Substring {
        guard utf8.count > limit else { return self[...] }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return self[..<end]
    }
}
