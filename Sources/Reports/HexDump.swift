/// Bytes as offset, hexadecimal and text, sixteen a line, as `tcpdump -X` shows them.
public enum HexDump {
    public static func lines(_ bytes: [UInt8]) -> [String] {
        stride(from: 0, to: bytes.count, by: 16).map { start in
            let row = bytes[start..<min(start + 16, bytes.count)]
            var digits = ""
            for (position, byte) in row.enumerated() {
                digits += (byte < 16 ? "0" : "") + String(byte, radix: 16) + (position % 2 == 1 ? " " : "")
            }
            let text = row.map { (0x20...0x7E).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            let offset = String(start, radix: 16)
            return "0x" + String(repeating: "0", count: max(0, 4 - offset.count)) + offset + ":  "
                + digits + String(repeating: " ", count: max(0, 40 - digits.count)) + " " + text
        }
    }
}
