import Model
import ServiceKit
import Store

/// A fact written down: state, history and journal together.
struct Recorded: Sendable {
    var ticket: StoredTicket
    /// 0 when no message was added.
    var messageID: Int64
    /// The place of the last entry written; nil when nothing changed.
    var place: Place?
}

extension Transaction {
    /// Opens a ticket: ticket, first message, history, search rows and journal.
    func openTicket(_ new: NewTicket, requester: Requester, by provenance: Provenance) throws -> Recorded {
        let id = try nextID("ticket")
        let isPublic = new.message.visibility == .public
        let ticket = Ticket(
            id: id, subject: new.subject, status: TicketStateMachine.afterAssignment(.new, assigneeID: new.assigneeID),
            priority: new.priority, type: new.type, channel: new.channel, requester: requester,
            organizationID: requester.organizationID, teamID: new.teamID, assigneeID: new.assigneeID, tier: new.tier,
            tags: new.tags, customFields: new.customFields.filter { !$0.value.isEmpty }.sorted { $0.name < $1.name },
            version: 1, createdAtMilliseconds: nowMilliseconds, updatedAtMilliseconds: nowMilliseconds, messageCount: 1,
            quarantined: new.isQuarantined, language: new.language, assignmentEpoch: 1, mailboxID: new.mailboxID)
        let stored = StoredTicket(
            ticket: ticket, publicMessageCount: isPublic ? 1 : 0, replyToken: new.replyToken,
            isAutomatic: new.isAutomatic, followsTicketID: new.followsTicketID)
        try insertTicket(stored)
        let messageID = try insertMessage(new.message, ticketID: id)
        try addParticipants(new.participants, ticketID: id)
        try indexHeader(ticket, subject: new.searchSubject)
        try indexMessage(ticketID: id, isInternal: !isPublic, text: new.message.searchText)
        try write(history: createdHistory(stored), ticketID: id, provenance)
        try insertHistory(.messageAdded, ticketID: id, actor: provenance.actor, messageFacts(new.message, messageID))
        let created = TicketCreated(
            requesterID: requester.id, organizationID: ticket.organizationID, channel: ticket.channel,
            status: ticket.status, priority: ticket.priority, type: ticket.type, teamID: ticket.teamID,
            assigneeID: ticket.assigneeID, tier: ticket.tier, tags: ticket.tags, language: ticket.language,
            assignmentEpoch: ticket.assignmentEpoch, automatic: new.isAutomatic, quarantined: new.isQuarantined)
        try record(.ticketCreated(created), ticket, provenance)
        let added = try messageAdded(new.message, messageID, on: nil)
        let place = try record(.messageAdded(added), ticket, provenance)
        return Recorded(ticket: stored, messageID: messageID, place: place)
    }

    /// Adds a message, and moves the ticket to `status` if that is another one.
    func addMessage(
        _ new: NewMessage, to old: StoredTicket, status: TicketStatus, by provenance: Provenance
    ) throws -> Recorded {
        let messageID = try insertMessage(new, ticketID: old.id)
        let isPublic = new.visibility == .public
        let edit = TicketEdit(status: status)
        let change = TicketChange(edit, of: old.ticket, isByPerson: true, nowMilliseconds: nowMilliseconds)
        var stored = old
        stored.ticket = change.ticket
        stored.ticket.updatedAtMilliseconds = nowMilliseconds
        stored.ticket.messageCount += 1
        if isPublic { stored.publicMessageCount += 1 }
        try updateTicket(stored, from: old)
        try indexMessage(ticketID: old.id, isInternal: !isPublic, text: new.searchText)
        try insertHistory(.messageAdded, ticketID: old.id, actor: provenance.actor, messageFacts(new, messageID))
        var place = try record(
            .messageAdded(try messageAdded(new, messageID, on: stored.ticket)), stored.ticket, provenance)
        if !change.isEmpty {
            try write(history: change.history(), ticketID: old.id, provenance)
            place = try record(.ticketChanged(try ticketChanged(change)), stored.ticket, provenance)
        }
        return Recorded(ticket: stored, messageID: messageID, place: place)
    }

    /// Writes a person's change; nothing at all when nothing changed.
    func changeTicket(_ change: TicketChange, of old: StoredTicket, by provenance: Provenance) throws -> Recorded {
        guard !change.isEmpty else { return Recorded(ticket: old, messageID: 0, place: nil) }
        var stored = old
        stored.ticket = change.ticket
        try updateTicket(stored, from: old)
        if change.changed("subject") != nil {
            let subject = Stemmer().indexed(stored.ticket.subject, limitBytes: SearchLimits.headerBytes)
            try reindexHeader(stored.ticket, subject: subject)
        }
        try write(history: change.history(), ticketID: old.id, provenance)
        let place = try record(.ticketChanged(try ticketChanged(change)), stored.ticket, provenance)
        return Recorded(ticket: stored, messageID: 0, place: place)
    }

    func write(history lines: [HistoryLine], ticketID: Int64, _ provenance: Provenance) throws {
        for line in lines { try insertHistory(line.kind, ticketID: ticketID, actor: provenance.actor, line.facts) }
    }

    @discardableResult
    func record(_ body: JournalEntry.Body, _ ticket: Ticket, _ provenance: Provenance) throws -> Place {
        try journal(
            body, actor: provenance.actor, ticketID: ticket.id, version: ticket.version, cause: provenance.cause,
            traceParent: provenance.traceParent)
    }

    func ticketChanged(_ change: TicketChange) throws -> TicketChanged {
        let isSolved = change.changed("status")?.newValue == TicketStatus.solved.name
        return TicketChanged(
            changes: change.journaled, assignmentEpoch: change.ticket.assignmentEpoch,
            surveyAfterMilliseconds: isSolved
                ? try surveyAfterMilliseconds(mailboxID: change.ticket.mailboxID) : 0)
    }

    private func surveyAfterMilliseconds(mailboxID: Int64) throws -> Int64 {
        let row = try row("SELECT survey_after_minutes FROM mailboxes WHERE id = ?", [.integer(mailboxID)])
        return try (row?.int("survey_after_minutes") ?? 0) * 60_000
    }

    private func createdHistory(_ stored: StoredTicket) -> [HistoryLine] {
        var facts = [(name: "channel", value: stored.ticket.channel.name)]
        if stored.followsTicketID != 0 { facts.append((name: "follows", value: String(stored.followsTicketID))) }
        var lines = [HistoryLine(kind: .ticketCreated, facts: facts)]
        if stored.ticket.assigneeID != 0 {
            var facts = [(name: "assignee_id", value: String(stored.ticket.assigneeID))]
            if stored.ticket.teamID != 0 { facts.append((name: "team_id", value: String(stored.ticket.teamID))) }
            lines.append(HistoryLine(kind: .ticketAssigned, facts: facts))
        }
        return lines
    }

    private func messageFacts(_ message: NewMessage, _ id: Int64) -> [(name: String, value: String)] {
        [("message_id", String(id)), ("visibility", message.visibility.name)]
    }

    /// - Parameter ticket: nil for the message that opens one, of which nobody gets a copy.
    private func messageAdded(_ message: NewMessage, _ id: Int64, on ticket: Ticket?) throws -> MessageAdded {
        let isReply = message.visibility == .public && message.author.kind == .agent
        return MessageAdded(
            messageID: id, author: message.author, visibility: message.visibility, automatic: message.isAutomatic,
            channel: message.channel, first: ticket == nil,
            participantIDs: isReply ? try ticket.map(copiedIDs) ?? [] : [],
            mentionedIDs: message.mentionedIDs)
    }
}
