import Model

/// One signed-in conversation with a mail server, from the choice of the folder on. Pure: events in, actions out; whoever drives it owns the
/// connection, the store and the clock.
///
/// A look lists what is new since the last UID, fetches mail by mail, settles what is stored (flags, moves, deletes), and then waits in IDLE
/// or rests. Whether a mail was read by somebody else does not matter to it, and nothing is changed on the server before the store has the mail.
struct IMAPSession {
    /// What became of something, told to the session.
    enum Event: Sendable {
        /// The connection stands and the user is signed in.
        case opened
        case received([UInt8])
        /// Answers `enter`.
        case entered(IMAPProgress)
        /// Answers `attempt`: how often that mail failed before.
        case allowed(failures: Int)
        /// Answers `file` and `note`: whether the store has the mail now.
        case filed(isStored: Bool)
        /// Answers `copied`, `settled`, `looked`, `forget` and `report`.
        case noted
        /// As long as `patience` nothing came.
        case waited
    }

    /// What to do next, in order. Those that an event answers come last.
    enum Action: Sendable, Hashable {
        case send(String)
        /// The folder is open; say what is known of it.
        case enter(uidValidity: UInt32)
        /// Write down that this mail is tried.
        case attempt(uid: UInt32)
        case file(uid: UInt32, IMAPMail)
        /// This mail failed: write it down.
        case note(uid: UInt32, reason: String)
        /// These mails are no longer there.
        case forget([UInt32])
        /// These were copied to the other folder, and are still to be taken away here: write that down before anything else.
        case copied([UInt32])
        /// What was to be done on the server with these is done.
        case settled([UInt32])
        /// A look came to its end; nothing is left for now.
        case looked
        /// What does not stop the fetching, and must be shown.
        case report(IMAPFault)
        case finish(IMAPFault)
    }

    indirect enum State {
        case fresh
        case askingCapabilities
        case selecting(uidValidity: UInt32?)
        /// The driver has the word; what comes next is in the name.
        case entering
        case listing(Set<UInt32>)
        case attempting(uid: UInt32)
        case fetching(IMAPFetching)
        /// - isWhole: all of it is here, so that it need not stay on the server.
        case filing(uid: UInt32, isWhole: Bool)
        case settling(IMAPSettling)
        case noting(Next)
        case startingIdle
        case idling
        case endingIdle(hasWaited: Bool)
        case resting
        case closed
    }

    /// Where a note leads.
    enum Next { case mail, settle, rest, takeAway(IMAPSettling) }

    let source: IMAPSource
    var state = State.fresh
    /// What is left of the listing; the next one last.
    var queue: [UInt32] = []
    /// Failed, and to be tried again.
    var troubled: Set<UInt32> = []
    /// Those of them that the next listing takes up: once each time the folder is opened.
    var retries: Set<UInt32> = []
    /// Those that are left out of it for once.
    var spared: Set<UInt32>
    /// Stored, and not yet flagged, moved or deleted on the server.
    var due: [UInt32] = []
    /// Those of them that are only to be taken away here: an earlier connection copied them to where they are moved.
    var copied: Set<UInt32> = []
    /// The server refused; not asked again before the next look.
    var refusesToSettle = false
    /// The mail under way failed so often that it is kept unread.
    var isFailing = false
    var lastUID: UInt32 = 0
    var exists: UInt32 = 0
    var capabilities: Set<String> = []
    /// There may be more than was listed.
    var isDirty = false
    /// How often the open folder was listed.
    var listings = 0
    private var reader = IMAPResponseReader()
    private var tagNumber = 0

    /// - Parameters:
    ///   - source: checked; its folder is named.
    ///   - spared: failed mails that are not tried when the folder is opened for the first time.
    init(_ source: IMAPSource, sparing spared: Set<UInt32> = []) {
        self.source = source
        self.spared = spared
    }

    /// How long to wait for the server before `waited`.
    var patience: Duration {
        switch state {
        case .idling: troubled.isEmpty ? IMAPLimits.idlePatience : min(pause, IMAPLimits.idlePatience)
        case .resting: pause
        default: IMAPLimits.responsePatience
        }
    }

    private var pause: Duration { .seconds(source.pollSeconds) }

    mutating func handle(_ event: Event) -> [Action] {
        if case .closed = state { return [] }
        do {
            switch event {
            case .opened: return command("CAPABILITY", .askingCapabilities)
            case .received(let bytes): return try received(bytes)
            case .entered(let progress): return entered(progress)
            case .allowed(let failures): return allowed(failures: failures)
            case .filed(let isStored): return filed(isStored: isStored)
            case .noted: return noted()
            case .waited: return waited()
            }
        } catch {
            return finish(error)
        }
    }

    private mutating func received(_ bytes: [UInt8]) throws(IMAPFault) -> [Action] {
        reader.append(bytes)
        var actions: [Action] = []
        while let response = try reader.next() {
            actions += answer(response)
            if case .closed = state { break }
        }
        return actions
    }

    private mutating func waited() -> [Action] {
        switch state {
        case .idling:
            state = .endingIdle(hasWaited: true)
            return [.send("DONE\r\n")]
        case .resting: return select()
        default: return finish(IMAPFault(.timedOut, "the server fell silent"))
        }
    }

    // MARK: Commands

    mutating func command(_ text: String, _ next: State) -> [Action] {
        tagNumber += 1
        state = next
        return [.send("\(tag) \(text)\r\n")]
    }

    /// The tag of the command under way.
    var tag: String { "f\(tagNumber)" }

    mutating func finish(_ fault: IMAPFault) -> [Action] {
        state = .closed
        return [.finish(fault)]
    }

    /// Opens the folder, anew each time: only so does a server tell that UIDVALIDITY has changed.
    mutating func select() -> [Action] {
        // What is only read cannot be changed by mistake.
        let verb = source.after == .leave ? "EXAMINE" : "SELECT"
        refusesToSettle = false
        listings = 0
        return command("\(verb) \(IMAPText.quoted(folder: source.folder))", .selecting(uidValidity: nil))
    }

    mutating func list() -> [Action] {
        isDirty = false
        listings += 1
        guard exists > 0 || !retries.isEmpty else { return look() }
        var wanted = "\(lastUID == UInt32.max ? lastUID : lastUID + 1):*"
        if !retries.isEmpty { wanted = IMAPText.set(retries) + "," + wanted }
        // Nothing but UIDs: there are servers that end the connection where they are asked the size of a mail that they cannot read.
        return command("UID FETCH \(wanted) (UID)", .listing([]))
    }

    /// Lists once more, or opens the folder anew after many listings, so that failed mails have their turn however much comes in.
    mutating func again() -> [Action] { listings < IMAPLimits.listings ? list() : select() }

    mutating func look() -> [Action] {
        state = .noting(.rest)
        return [.looked]
    }

    /// Waits for news in the way that the server offers.
    mutating func rest() -> [Action] {
        if isDirty { return again() }
        if capabilities.contains("IDLE") { return command("IDLE", .startingIdle) }
        state = .resting
        return []
    }
}

/// What the store knows of a folder.
struct IMAPProgress: Sendable, Hashable {
    /// Every mail up to this one is stored, noted as failed, or gone.
    var lastUID: UInt32 = 0
    /// Failed, to be tried again.
    var troubled: [UInt32] = []
    /// Stored, and not yet flagged, moved or deleted on the server.
    var due: [UInt32] = []
    /// Those of them that stand in the folder to which they are moved.
    var copied: Set<UInt32> = []
}

/// A mail that is being fetched.
struct IMAPFetching: Sendable, Hashable {
    var uid: UInt32
    /// All of it is asked for; else its size and its beginning, which for most is all.
    var isWhole = false
    var sizeBytes: Int64?
    var body = IMAPFetched.Body.absent
}

/// What was got of a mail.
enum IMAPMail: Sendable, Hashable {
    /// All of it. One that failed too often is kept unread.
    case whole([UInt8], isRead: Bool)
    /// All that the server gave, though it says that the mail has more bytes: it may be cut, so it is never taken away there.
    case short([UInt8], isRead: Bool)
    /// Its beginning, because it is too large.
    case beginning([UInt8], sizeBytes: Int64)
    /// Nothing: it failed too often.
    case lost
}
