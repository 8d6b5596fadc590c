import Model

extension JSONValue {
    /// - Parameter names: of users, by id.
    static func participant(_ participant: Participant, names: [Int64: String]) -> JSONValue {
        let requester = participant.requester ?? Requester()
        return [
            "requester": [
                "id": .integer(requester.id), "email": .text(requester.email), "name": .text(requester.name),
            ],
            "added_at": .instant(participant.addedAtMilliseconds), "added_by": author(participant.addedBy, names),
        ]
    }

    static func blockedSender(_ sender: BlockedSender, names: [Int64: String]) -> JSONValue {
        [
            "id": .integer(sender.id), "sender": .string(sender.sender), "reason": .text(sender.reason),
            "created_at": .instant(sender.createdAtMilliseconds), "created_by": author(sender.createdBy, names),
        ]
    }

    static func suspendedMail(_ mail: SuspendedMail) -> JSONValue {
        [
            "id": .integer(mail.id), "blocked_sender_id": .integer(mail.blockedSenderID),
            "sender": .text(mail.sender), "subject": .string(mail.subject), "recipient": .text(mail.recipient),
            "size": .integer(mail.sizeBytes), "received_at": .instant(mail.receivedAtMilliseconds),
            "expires_at": .instant(mail.expiresAtMilliseconds),
        ]
    }

    private static func author(_ actor: Actor?, _ names: [Int64: String]) -> JSONValue {
        let actor = actor ?? Actor()
        return .actor(actor, name: actor.kind == .agent ? names[actor.id] ?? "" : "")
    }
}
