@testable import NotificationServer

/// Everything that was ever mailed out, whoever crashed since.
///
/// `@unchecked Sendable`: only touched on the world's thread.
final class Post: @unchecked Sendable {
    private let scheduler: Scheduler
    private let chance: Chance
    /// Recipients by delivery.
    private(set) var sent: [Int64: Set<String>] = [:]
    var refusalProbability = 0.0

    init(scheduler: Scheduler, chance: Chance) {
        self.scheduler = scheduler
        self.chance = chance
    }

    func take(deliveryID: Int64, recipient: String) async throws(TransportFailure) {
        try? await scheduler.sleep(for: chance.milliseconds(0...20))
        guard !chance.happens(refusalProbability) else {
            throw TransportFailure(isPermanent: false, message: "try again")
        }
        sent[deliveryID, default: []].insert(recipient)
    }
}

struct PostTransport: MailTransport {
    let post: Post

    func send(
        _ mail: [UInt8], deliveryID: Int64, envelopeFrom: String, recipient: String
    ) async throws(TransportFailure) -> String {
        try await post.take(deliveryID: deliveryID, recipient: recipient)
        return ""
    }
}
