import COpenSSL

/// An OpenSSL key, freed with its owner.
///
/// `@unchecked`: OpenSSL counts references atomically, and a key is not changed after it was made.
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        EVP_PKEY_free(pointer)
    }
}
