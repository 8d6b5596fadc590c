import Wire

/// A message of which the tests can make random values. Conformances are generated.
protocol SampleMessage: WireMessage {
    static func sample(_ samples: inout Samples) -> Self
}
