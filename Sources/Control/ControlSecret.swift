import Crypto

/// What all ranks of a run know and nobody else does. Whoever has it is believed; what is said can be read by others, for nothing is encrypted.
public struct ControlSecret: Sendable {
    public static let variable = "VETHMARK_SECRET"
    /// Somebody who listens can try out short ones in peace.
    public static let leastCharacters = 16

    private let key: SymmetricKey

    /// - Throws: `ControlError.shortSecret`.
    public init(_ text: String) throws(ControlError) {
        guard text.count >= Self.leastCharacters else { throw .shortSecret(characters: text.count) }
        key = SymmetricKey(data: Array(text.utf8))
    }

    /// As the engine hands it to all ranks.
    ///
    /// - Parameter environment: a variable's value; nil for one that isn't set.
    /// - Throws: `ControlError.noSecret`, `.shortSecret`.
    public init(environment: (String) -> String?) throws(ControlError) {
        guard let text = environment(Self.variable), !text.isEmpty else { throw .noSecret }
        try self.init(text)
    }

    /// The key of one connection (HKDF, RFC 5869): both ends' nonces make it another one each time, so nothing of one connection fits another.
    func sessionKey(listenerNonce: [UInt8], connectorNonce: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, salt: listenerNonce + connectorNonce, info: Array("vethmark control 1".utf8), outputByteCount: 32)
    }
}
