import Crypto

/// One end of a control connection as bytes in and bytes out; it knows no socket.
///
/// Both ends begin with a preamble: `vethctrl`, the version, 32 bytes that nobody can foresee. Then come frames: a length of what follows (4 bytes, as
/// all numbers big-endian), verb (1), serial (4), body, and an HMAC-SHA-256 (32; RFC 2104) over direction (1), number of the frame in that direction (8), length, verb,
/// serial and body. The first frame is the hello. So a frame can't be changed, repeated, left out, moved or sent back without being noticed.
struct ControlWire: Sendable {
    enum Role: UInt8, Sendable {
        case listener = 0, connector = 1

        var other: Role { self == .listener ? .connector : .listener }
    }

    enum Event: Equatable, Sendable {
        case met(ControlHello)
        case message(ControlMessage)
        /// Nothing comes after it.
        case refused(Refusal)
    }

    enum Refusal: Error, Equatable, Sendable {
        /// Nobody who speaks this way.
        case foreign
        /// The hello of somebody with another secret.
        case otherSecret
        /// A hello that can't be read, of somebody with our secret.
        case badHello
        case forged
        case tooLarge(bytes: Int)
    }

    /// What a frame may hold, its code included: an outcome with its histograms has a hundredth of it.
    static let mostBytes = 16 << 20
    /// Before anybody has shown to have the secret.
    static let mostHelloBytes = 4_096
    static let nonceBytes = 32
    static let codeBytes = 32
    private static let headBytes = 5
    static let preambleBytes = magic.count + nonceBytes
    private static let magic = Array("vethctrl".utf8) + [UInt8(ControlHello.currentProtocol)]

    private enum State {
        case preamble, hello, open, refused
    }

    private let role: Role
    private let secret: ControlSecret
    private let hello: ControlHello
    private let nonce: [UInt8]
    private var state = State.preamble
    private var key = SymmetricKey(size: .bits256)
    private var framesSent: UInt64 = 0
    private var framesHeard: UInt64 = 0
    private var pending: [UInt8] = []

    /// - Parameter nonce: `nonceBytes` that were never used before.
    init(role: Role, secret: ControlSecret, hello: ControlHello, nonce: [UInt8] = Self.freshNonce()) {
        (self.role, self.secret, self.hello, self.nonce) = (role, secret, hello, nonce)
    }

    /// Out of the system's generator, getrandom(2).
    static func freshNonce() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<nonceBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// What is sent first.
    var preamble: [UInt8] { Self.magic + nonce }

    /// What is sent for a message; only once both have met.
    mutating func bytes(of message: ControlMessage) -> [UInt8] {
        let length = Self.headBytes + message.body.count + Self.codeBytes
        var bytes = Self.bigEndian(UInt32(truncatingIfNeeded: length))
        bytes.reserveCapacity(bytes.count + length)
        bytes.append(message.verb.rawValue)
        bytes += Self.bigEndian(message.serial)
        bytes += message.body
        bytes += code(bytes[...], from: role, number: framesSent)
        framesSent += 1
        return bytes
    }

    /// What came, and what is to be sent at once.
    mutating func hear(_ bytes: some Sequence<UInt8>) -> (events: [Event], reply: [UInt8]) {
        pending += bytes
        var (events, reply): ([Event], [UInt8]) = ([], [])
        var place = 0
        do throws(Refusal) {
            if state == .preamble { reply = try hearPreamble(&place) }
            while let frame = try nextFrame(&place) {
                let message = try verified(frame)
                if state == .open {
                    guard message.verb != .hello else { throw .forged }
                    events.append(.message(message))
                } else {
                    guard message.verb == .hello, let hello: ControlHello = try? message.decoded() else { throw .badHello }
                    state = .open
                    events.append(.met(hello))
                }
            }
        } catch {
            state = .refused
            events.append(.refused(error))
        }
        if state == .refused { pending = [] } else { pending.removeFirst(place) }
        return (events, reply)
    }

    private mutating func hearPreamble(_ place: inout Int) throws(Refusal) -> [UInt8] {
        let begin = pending.prefix(Self.magic.count)
        guard begin.elementsEqual(Self.magic.prefix(begin.count)) else { throw .foreign }
        guard pending.count >= Self.preambleBytes else { return [] }
        let other = Array(pending[Self.magic.count..<Self.preambleBytes])
        // Our own bytes sent back to us.
        guard other != nonce else { throw .foreign }
        key = secret.sessionKey(
            listenerNonce: role == .listener ? nonce : other, connectorNonce: role == .listener ? other : nonce)
        state = .hello
        place = Self.preambleBytes
        guard let message = try? ControlMessage(.hello, encoding: hello) else { throw .badHello }
        return bytes(of: message)
    }

    /// A frame with its length; nil until it is all there.
    private func nextFrame(_ place: inout Int) throws(Refusal) -> ArraySlice<UInt8>? {
        guard state == .hello || state == .open, pending.count - place >= 4 else { return nil }
        let length = pending[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length >= Self.headBytes + Self.codeBytes else { throw state == .open ? .forged : .foreign }
        guard length <= (state == .open ? Self.mostBytes : Self.mostHelloBytes) else {
            throw state == .open ? .tooLarge(bytes: length) : .foreign
        }
        guard pending.count - place >= 4 + length else { return nil }
        defer { place += 4 + length }
        return pending[place..<place + 4 + length]
    }

    private mutating func verified(_ frame: ArraySlice<UInt8>) throws(Refusal) -> ControlMessage {
        let wrong: Refusal = state == .open ? .forged : .otherSecret
        let (said, code) = (frame.dropLast(Self.codeBytes), frame.suffix(Self.codeBytes))
        guard isCode(Array(code), of: said, from: role.other, number: framesHeard) else { throw wrong }
        framesHeard += 1
        let head = said.startIndex + 4
        guard let verb = ControlVerb(rawValue: said[head]) else { throw wrong }
        let serial = said[head + 1..<head + 5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return ControlMessage(verb, serial: serial, body: Array(said[(head + 5)...]))
    }

    private func authenticator(_ said: ArraySlice<UInt8>, from role: Role, number: UInt64) -> HMAC<SHA256> {
        var code = HMAC<SHA256>(key: key)
        code.update(data: [role.rawValue] + Self.bigEndian(number))
        code.update(data: said)
        return code
    }

    private func code(_ said: ArraySlice<UInt8>, from role: Role, number: UInt64) -> [UInt8] {
        Array(authenticator(said, from: role, number: number).finalize())
    }

    /// Compared by the library, in the same time whatever differs.
    private func isCode(_ code: [UInt8], of said: ArraySlice<UInt8>, from role: Role, number: UInt64) -> Bool {
        authenticator(said, from: role, number: number).finalize() == code
    }

    static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
