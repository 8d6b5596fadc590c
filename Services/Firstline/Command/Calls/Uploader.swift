import Model
import Wire

/// Sends bytes to Intake in chunks.
struct Uploader {
    /// Well below what one message of the RPC may hold.
    static let chunkBytes = 1024 * 1024

    let intake: IntakeClient

    /// The token of the finished upload.
    func upload(_ bytes: [UInt8]) async throws -> String {
        let token = try await intake.beginUpload(BeginUploadRequest()).token
        for start in stride(from: 0, to: bytes.count, by: Self.chunkBytes) {
            let chunk = Array(bytes[start..<min(start + Self.chunkBytes, bytes.count)])
            _ = try await intake.appendUpload(AppendUploadRequest(token: token, offset: Int64(start), data: chunk))
        }
        return token
    }
}
