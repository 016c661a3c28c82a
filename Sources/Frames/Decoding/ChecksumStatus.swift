/// What came of checking a checksum.
public enum ChecksumStatus: Equatable, Sendable {
    case correct
    case wrong(expected: UInt16)
    /// A checksum of 0 over IPv4 (RFC 768), or of a tunnel over IPv6 (RFC 6935).
    case absent
    /// The sender's kernel left it to the interface (TP_STATUS_CSUMNOTREADY): on a veth nobody fills it in.
    case left
    /// Not all bytes that it covers are here: the frame is a fragment, a quotation, or was cut.
    case unknown(String)

    var text: String {
        switch self {
        case .correct: "correct"
        case .wrong(let expected): "wrong, 0x\(Hexadecimal.text(UInt64(expected), digits: 4)) expected"
        case .absent: "not present"
        case .left: "left to the interface"
        case .unknown(let reason): "unverified, \(reason)"
        }
    }
}
