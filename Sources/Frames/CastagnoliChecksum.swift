/// CRC-32C, the checksum of SCTP: RFC 9260 appendix A.
public enum CastagnoliChecksum {
    /// For each byte, what it does to the remainder; the polynomial 0x1EDC6F41 with its bits reversed.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    /// What stands in the header, read as it stands there: the remainder's lowest byte comes first.
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        (~bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }).byteSwapped
    }
}
