import Model

/// The steps of a look: what is known, then mail by mail, then what is done with the stored ones.
extension IMAPSession {
    mutating func entered(_ progress: IMAPProgress) -> [Action] {
        lastUID = progress.lastUID
        troubled = Set(progress.troubled)
        retries = troubled.subtracting(spared)
        spared = []
        due = source.after == .leave ? [] : progress.due
        copied = progress.copied
        queue = []
        return due.isEmpty ? list() : settle()
    }

    /// The next mail of the listing, or what comes after the last.
    mutating func nextMail() -> [Action] {
        if due.count >= IMAPLimits.settledAtOnce || (queue.isEmpty && !due.isEmpty), !refusesToSettle {
            return settle()
        }
        guard let next = queue.popLast() else { return isDirty ? again() : look() }
        state = .attempting(uid: next)
        return [.attempt(uid: next)]
    }

    mutating func allowed(failures: Int) -> [Action] {
        guard case .attempting(let uid) = state else { return unexpected }
        isFailing = failures >= IMAPLimits.mostFailures
        // Even kept unread it failed: nothing more is asked of it.
        guard failures <= IMAPLimits.mostFailures else {
            state = .filing(uid: uid, isWhole: false)
            return [.file(uid: uid, .lost)]
        }
        return command(
            "UID FETCH \(uid) (UID RFC822.SIZE BODY.PEEK[]<0.\(IMAPLimits.beginningBytes)>)",
            .fetching(IMAPFetching(uid: uid)))
    }

    mutating func filed(isStored: Bool) -> [Action] {
        guard case .filing(let uid, let isWhole) = state else { return unexpected }
        lastUID = max(lastUID, uid)
        if isStored { troubled.remove(uid) } else { troubled.insert(uid) }
        if isStored, isWhole, source.after != .leave { due.append(uid) }
        return nextMail()
    }

    mutating func noted() -> [Action] {
        guard case .noting(let next) = state else { return unexpected }
        switch next {
        case .mail: return nextMail()
        case .settle: return listings > 0 ? nextMail() : list()
        case .rest: return rest()
        case .takeAway(var settling):
            settling.step = .flagDeleted
            return send(settling)
        }
    }

    /// Flags, moves or deletes a first part of what is due.
    private mutating func settle() -> [Action] {
        let moved = source.after == .move ? due.filter(copied.contains) : []
        let uids = Array((moved.isEmpty ? due : moved).prefix(IMAPLimits.settledAtOnce))
        let step: IMAPSettling.Step =
            switch source.after {
            case .move: !moved.isEmpty ? .flagDeleted : capabilities.contains("MOVE") ? .move : .copy
            case .delete: .flagDeleted
            case .seen, .leave, .unspecified: .flagSeen
            }
        return send(IMAPSettling(uids: uids, step: step))
    }

    mutating func send(_ settling: IMAPSettling) -> [Action] {
        let uids = IMAPText.set(settling.uids)
        let folder = IMAPText.quoted(folder: source.moveTo)
        let text =
            switch settling.step {
            case .flagSeen: "UID STORE \(uids) +FLAGS.SILENT (\\Seen)"
            case .move: "UID MOVE \(uids) \(folder)"
            case .copy: "UID COPY \(uids) \(folder)"
            case .createFolder: "CREATE \(folder)"
            case .flagDeleted: "UID STORE \(uids) +FLAGS.SILENT (\\Deleted)"
            case .expunge: "UID EXPUNGE \(uids)"
            }
        return command(text, .settling(settling))
    }

    private var unexpected: [Action] { preconditionFailure("the driver answered what was not asked") }
}
