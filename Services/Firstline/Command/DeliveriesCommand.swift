import ArgumentParser
import Model
import Wire

/// `firstline deliveries`: what was sent, what waits, what failed.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Lists outbound mail, shows one, sends one again, and tells which addresses get none.",
        subcommands: [List.self, Show.self, Retry.self, Suppressed.self, Allow.self])

    @ParentCommand var firstline: Firstline

    /// `firstline deliveries list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists deliveries, newest first.")

        /// The most that is asked for at once.
        private static let most = 10_000

        @ParentCommand var parent: DeliveriesCommand
        @OptionGroup var dataOption: DataOption
        @Option(
            help:
                "queued, sending, deferred (or waiting, for those three), sent, bounced, failed or suppressed; all unless given."
        ) var state: String?
        @Option(name: .customLong("ticket-id"), help: "Only of this ticket.") var ticketID: Int64 = 0
        @Option(help: "How many at most, to 10,000.") var limit = 50
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Failures.reported {
                let wanted = state.map { DeliveryState(name: $0) }
                if let state, wanted == .some(nil) {
                    throw CommandFailure("--state: there is no state \(state)", ExitStatus.usage)
                }
                guard (1...Self.most).contains(limit) else {
                    throw CommandFailure("--limit: must be between 1 and \(Self.most)", ExitStatus.usage)
                }
                let found = try await dataOption.installation(parent.firstline).calling("notification") { channel in
                    try await deliveries(NotificationClient(channel), (wanted ?? nil) ?? .unspecified)
                }
                Listing(
                    ["ID", "STATE", "KIND", "TICKET", "RECIPIENT", "ATTEMPTS", "NEXT_ATTEMPT", "ERROR"],
                    found.map { delivery in
                        [
                            .integer(delivery.id), .string(delivery.state.name), .string(delivery.kind.name),
                            .integer(delivery.ticketID), .string(delivery.recipient),
                            .integer(Int64(delivery.attempts)), .string(delivery.nextAttempt),
                            .string(delivery.lastError),
                        ]
                    }
                ).show(json: json)
            }
        }

        /// Page by page, until there are enough.
        private func deliveries(
            _ notification: NotificationClient, _ state: DeliveryState
        ) async throws -> [Delivery] {
            var found: [Delivery] = []
            var cursor = ""
            repeat {
                let page = try await notification.listDeliveries(
                    ListDeliveriesRequest(
                        ticketID: ticketID, state: state, limit: min(Pages.size, Int32(limit - found.count)),
                        cursor: cursor))
                found += page.deliveries
                cursor = page.nextCursor
            } while !cursor.isEmpty && found.count < limit
            return found
        }
    }

    /// `firstline deliveries show ID`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one delivery.")

        @ParentCommand var parent: DeliveriesCommand
        @OptionGroup var dataOption: DataOption
        @Argument(help: "The delivery's id.") var id: Int64
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Failures.reported {
                let delivery = try await dataOption.installation(parent.firstline).calling("notification") { channel in
                    try await NotificationClient(channel).getDelivery(GetDeliveryRequest(id: id))
                }
                delivery.show(json: json)
            }
        }
    }

    /// `firstline deliveries retry ID`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends a delivery again now that is queued, deferred, failed, bounced or suppressed.",
            discussion: "Whoever asks for it vouches for its address, which may get mail again.")

        @ParentCommand var parent: DeliveriesCommand
        @OptionGroup var dataOption: DataOption
        @Argument(help: "The delivery's id.") var id: Int64
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Failures.reported {
                let delivery = try await dataOption.installation(parent.firstline).calling("notification") { channel in
                    try await NotificationClient(channel).retryDelivery(GetDeliveryRequest(id: id))
                }
                delivery.show(json: json)
            }
        }
    }
}

extension DeliveriesCommand {
    /// `firstline deliveries suppressed`.
    struct Suppressed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the addresses that do not exist, by what mail servers said: nothing is sent to them.")

        @ParentCommand var parent: DeliveriesCommand
        @OptionGroup var dataOption: DataOption
        @Option(help: "Only this address.") var address = ""
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Failures.reported {
                let found = try await dataOption.installation(parent.firstline).calling("notification") { channel in
                    let notification = NotificationClient(channel)
                    return try await Pages.all { cursor in
                        let page = try await notification.listSuppressions(
                            ListSuppressionsRequest(address: address, limit: Pages.size, cursor: cursor))
                        return (page.suppressions, page.nextCursor)
                    }
                }
                Listing(
                    ["ID", "ADDRESS", "STATUS", "DELIVERY", "TICKET", "AT"],
                    found.map { one in
                        [
                            .integer(one.id), .string(one.address), .string(one.status), .integer(one.deliveryID),
                            .integer(one.ticketID), .string(Instant(milliseconds: one.atMilliseconds).description),
                        ]
                    }
                ).show(json: json)
            }
        }
    }

    /// `firstline deliveries allow ADDRESS`.
    struct Allow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets mail go to an address again.")

        @ParentCommand var parent: DeliveriesCommand
        @OptionGroup var dataOption: DataOption
        @Argument(help: "The address.") var address: String

        func run() async throws {
            try await Failures.reported {
                try await dataOption.installation(parent.firstline).calling("notification") { channel in
                    let notification = NotificationClient(channel)
                    let found = try await notification.listSuppressions(
                        ListSuppressionsRequest(address: address, limit: 1)
                    ).suppressions.first
                    guard let found else {
                        throw CommandFailure("mail to \(address) is not suppressed", ExitStatus.usage)
                    }
                    _ = try await notification.removeSuppression(GetSuppressionRequest(id: found.id))
                }
            }
        }
    }
}

extension Delivery {
    /// When it is tried next; empty once it is settled or where it is tried at once.
    fileprivate var nextAttempt: String {
        guard state == .queued || state == .deferred else { return "" }
        return Self.text(nextAttemptAtMilliseconds)
    }

    private static func text(_ milliseconds: Int64) -> String {
        milliseconds == 0 ? "" : Instant(milliseconds: milliseconds).description
    }

    fileprivate func show(json: Bool) {
        let facts: [(String, JSONValue)] = [
            ("id", .integer(id)), ("state", .string(state.name)), ("kind", .string(kind.name)),
            ("ticket_id", .integer(ticketID)), ("message_id", .integer(messageID)), ("recipient", .string(recipient)),
            ("attempts", .integer(Int64(attempts))), ("next_attempt_at", .string(nextAttempt)),
            ("last_error", .string(lastError)), ("message_id_header", .string(messageIDHeader)),
            ("relay", .string(relay)), ("created_at", .string(Self.text(createdAtMilliseconds))),
            ("sent_at", .string(Self.text(sentAtMilliseconds))),
            ("bounced_at", .string(Self.text(bouncedAtMilliseconds))),
        ]
        if json {
            Terminal.print(JSONWriter.text(of: .object(facts.map { JSONMember(name: $0.0, value: $0.1) })))
        } else {
            Terminal.table(["FACT", "VALUE"], facts.map { [$0.0, $0.1.string ?? JSONWriter.text(of: $0.1)] })
        }
    }
}
