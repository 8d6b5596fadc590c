import NIOCore
import NIOHTTP2

/// HTTP/2 as the gRPC face speaks it: the settings that it announces, and what it takes before it sends a peer away with ENHANCE_YOUR_CALM.
struct HTTP2Configuration {
    let limits: RPCLimits

    /// RST_STREAM frames, streams in error, and PING, SETTINGS and PRIORITY frames (acknowledgements too), each within `interval`.
    static let framesAnInterval = 500
    static let interval: TimeAmount = .seconds(30)
    /// DATA frames in a row without data.
    static let emptyDataFrames = 10
    /// CONTINUATION frames in a row.
    static let continuationFrames = 5
    /// Streams that we closed and whose late frames are still known as such.
    static let rememberedStreams = 256
    /// Answers to PING and SETTINGS that wait for a socket which takes none.
    static let waitingControlFrames = 4_096

    /// A longer header list ends the connection; one that is longer than `maxMetadataBytes` only gets a status.
    var maxHeaderListBytes: Int { 2 * limits.maxMetadataBytes }

    func makeHandler(_ delegate: any NIOHTTP2FrameDelegate) -> NIOHTTP2Handler {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.maxStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: maxHeaderListBytes),
            HTTP2Setting(parameter: .initialWindowSize, value: GRPCConnection.streamWindowBytes),
        ]
        connection.maximumSequentialEmptyDataFrames = Self.emptyDataFrames
        connection.maximumSequentialContinuationFrames = Self.continuationFrames
        connection.maximumRecentlyResetStreams = Self.rememberedStreams
        connection.maximumBufferedControlFrames = Self.waitingControlFrames
        connection.maximumConnectionGlitches = Self.framesAnInterval
        connection.controlFrameRateLimit.maximumCount = Self.framesAnInterval
        connection.controlFrameRateLimit.windowLength = Self.interval
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.streamResetFrameRateLimit.maximumCount = Self.framesAnInterval
        stream.streamResetFrameRateLimit.windowLength = Self.interval
        stream.streamErrorRateLimit.maximumCount = Self.framesAnInterval
        stream.streamErrorRateLimit.windowLength = Self.interval
        return NIOHTTP2Handler(
            mode: .server, frameDelegate: delegate, connectionConfiguration: connection, streamConfiguration: stream)
    }
}
