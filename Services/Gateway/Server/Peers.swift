import Wire

/// The services that the gateway asks.
struct Peers: Sendable {
    let intake: IntakeClient
    let routing: RoutingClient
    let slaTimer: SLATimerClient
    let notification: NotificationClient

    init(_ channel: (String) -> any CallChannel) {
        intake = IntakeClient(channel("intake"))
        routing = RoutingClient(channel("routing"))
        slaTimer = SLATimerClient(channel("sla-timer"))
        notification = NotificationClient(channel("notification"))
    }
}
