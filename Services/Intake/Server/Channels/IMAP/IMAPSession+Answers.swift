import Model

/// What the server's answers lead to.
extension IMAPSession {
    mutating func answer(_ response: IMAPResponse) -> [Action] {
        switch response {
        case .bye(let text): return finish(IMAPFault(.disconnected, "the server ended the connection: \(text)"))
        case .capability(let names):
            capabilities = names
            return []
        case .exists(let count): return grew(to: count)
        case .expunge:
            exists -= min(exists, 1)
            return []
        case .status(let status):
            if case .selecting = state, status.code == "UIDVALIDITY", let value = UInt32(status.argument) {
                state = .selecting(uidValidity: value)
            }
            return []
        case .fetch(let fetched):
            took(fetched)
            return []
        case .goAhead:
            guard case .startingIdle = state else { return [] }
            state = .idling
            // Something came before the server went idle.
            return isDirty ? endIdle() : []
        case .done(let tag, let status):
            guard tag == self.tag else { return [] }
            return ended(status)
        case .other: return []
        }
    }

    private mutating func grew(to count: UInt32) -> [Action] {
        let isNews = count > exists
        exists = count
        if case .selecting = state { return [] }
        guard isNews else { return [] }
        isDirty = true
        if case .idling = state { return endIdle() }
        return []
    }

    private mutating func endIdle() -> [Action] {
        state = .endingIdle(hasWaited: false)
        return [.send("DONE\r\n")]
    }

    private mutating func took(_ fetched: IMAPFetched) {
        switch state {
        case .listing(var found):
            // `n:*` names the newest mail even where that is older than n.
            guard fetched.uid > lastUID || retries.contains(fetched.uid) else { return }
            guard found.count < IMAPLimits.listed else {
                isDirty = true
                return
            }
            // The state gives its set away while it changes, so that it is not copied.
            state = .closed
            found.insert(fetched.uid)
            state = .listing(found)
        case .fetching(var fetching) where fetched.uid == fetching.uid:
            fetching.sizeBytes = fetched.sizeBytes ?? fetching.sizeBytes
            if fetched.body != .absent { fetching.body = fetched.body }
            state = .fetching(fetching)
        default: break
        }
    }

    /// The command under way has ended.
    private mutating func ended(_ status: IMAPStatus) -> [Action] {
        switch state {
        case .askingCapabilities: return select()
        case .selecting(let uidValidity):
            guard status.outcome == .ok else {
                return finish(IMAPFault(.noFolder, "the folder \(source.folder) cannot be opened: \(status.text)"))
            }
            guard let uidValidity, uidValidity > 0 else {
                return finish(IMAPFault(.protocolError, "the server tells no UIDVALIDITY"))
            }
            state = .entering
            return [.enter(uidValidity: uidValidity)]
        case .listing(let found):
            guard status.outcome == .ok else {
                return finish(IMAPFault(.protocolError, "the server lists no mail: \(status.text)"))
            }
            return listed(found)
        case .fetching(let fetching): return fetched(fetching, status)
        case .settling(let settling): return settled(settling, status)
        case .startingIdle:
            // It offered IDLE and refuses it: the pause serves as well.
            capabilities.remove("IDLE")
            return rest()
        case .idling: return rest()
        // After a wait the folder is opened anew: it may have changed its UIDVALIDITY, and failed mails are due again.
        case .endingIdle(let hasWaited): return hasWaited ? select() : again()
        case .fresh, .entering, .attempting, .filing, .noting, .resting, .closed: return []
        }
    }

    private mutating func listed(_ found: Set<UInt32>) -> [Action] {
        // New mail first; what failed before is not in its way. The queue is taken from its end.
        queue = found.sorted { one, other in
            let (oneFailed, otherFailed) = (retries.contains(one), retries.contains(other))
            return oneFailed == otherFailed ? one > other : oneFailed
        }
        let gone = retries.subtracting(found).sorted()
        retries = []
        guard !gone.isEmpty, found.count < IMAPLimits.listed else { return nextMail() }
        troubled.subtract(gone)
        state = .noting(.mail)
        return [.forget(gone)]
    }

    private mutating func fetched(_ fetching: IMAPFetching, _ status: IMAPStatus) -> [Action] {
        let uid = fetching.uid
        guard status.outcome == .ok, case .bytes(let bytes) = fetching.body else {
            // Somebody took it away between the listing and now.
            if status.outcome == .ok, fetching.body == .absent, fetching.sizeBytes == nil { return gone(uid) }
            state = .filing(uid: uid, isWhole: true)
            return [.note(uid: uid, reason: "the server does not give this mail: \(status.text)")]
        }
        let isShort = fetching.sizeBytes.map { $0 > Int64(bytes.count) } ?? false
        if fetching.isWhole || (bytes.count < IMAPLimits.beginningBytes && !isShort) {
            state = .filing(uid: uid, isWhole: !isShort)
            return [
                .file(uid: uid, isShort ? .short(bytes, isRead: !isFailing) : .whole(bytes, isRead: !isFailing))
            ]
        }
        if let size = fetching.sizeBytes, size > Int64(MailSize.largestBytes) {
            state = .filing(uid: uid, isWhole: false)
            return [.file(uid: uid, .beginning(bytes, sizeBytes: size))]
        }
        return command(
            "UID FETCH \(uid) (UID BODY.PEEK[])",
            .fetching(IMAPFetching(uid: uid, isWhole: true, sizeBytes: fetching.sizeBytes)))
    }

    private mutating func gone(_ uid: UInt32) -> [Action] {
        troubled.remove(uid)
        lastUID = max(lastUID, uid)
        state = .noting(.mail)
        return [.forget([uid])]
    }

    private mutating func settled(_ settling: IMAPSettling, _ status: IMAPStatus) -> [Action] {
        var settling = settling
        guard status.outcome == .ok else {
            if status.code == "TRYCREATE", !settling.hasCreated {
                settling.hasCreated = true
                settling.step = .createFolder
                return send(settling)
            }
            refusesToSettle = true
            state = .noting(.settle)
            return [.report(IMAPFault(.notSettled, "the server does not take a mail away or flag it: \(status.text)"))]
        }
        switch settling.step {
        case .createFolder: settling.step = capabilities.contains("MOVE") ? .move : .copy
        // Written down first: whoever ends here may not copy them again. Only a server that copied, and was not heard any more, copies twice:
        // no command asks it whether it did, and nothing of what is in the other folder is ours to tell apart.
        case .copy:
            copied.formUnion(settling.uids)
            state = .noting(.takeAway(settling))
            return [.copied(settling.uids)]
        // Without UIDPLUS, EXPUNGE would remove what others have marked: the mark stays, and the server's other clients expunge.
        case .flagDeleted where capabilities.contains("UIDPLUS"): settling.step = .expunge
        case .flagSeen, .move, .flagDeleted, .expunge:
            state = .noting(.settle)
            let done = Set(settling.uids)
            due.removeAll { done.contains($0) }
            copied.subtract(done)
            return [.settled(settling.uids)]
        }
        return send(settling)
    }
}
