import COpenSSL

/// Random bytes that cannot be guessed.
public enum SecureRandom {
    /// Stops the process when the system has no randomness: nothing made without it would be safe.
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "the system has no randomness")
            initialized = count
        }
    }
}
