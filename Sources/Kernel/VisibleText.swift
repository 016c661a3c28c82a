extension StringProtocol {
    /// For a terminal: what would move its cursor, colour it, or turn its text around is written out, as `\x1b` or `\u{202e}`.
    ///
    /// Names of interfaces, namespaces, programs and the like are chosen by others, a container's root among them, and the kernel takes nearly
    /// any bytes. Control characters are C0, DEL and C1 (ECMA-48); the others are separators of lines and the marks of bidirectional text
    /// (Unicode standard annex 9). JSON has escapes of its own.
    public var visible: String {
        guard unicodeScalars.contains(where: { $0.isObeyed }) else { return String(self) }
        return unicodeScalars.reduce(into: "") { text, scalar in
            guard scalar.isObeyed else { return text.unicodeScalars.append(scalar) }
            let digits = String(scalar.value, radix: 16)
            text += scalar.value < 0x100 ? "\\x" + (digits.count < 2 ? "0" : "") + digits : "\\u{" + digits + "}"
        }
    }

    /// A point for each of them, as tshark writes the text of frames.
    public var dotted: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isObeyed ? "." : $0 }))
    }

    /// `visible` for several lines, whose ends stay.
    public var visibleLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map(\.visible).joined(separator: "\n")
    }
}

extension Unicode.Scalar {
    /// Whether a terminal would obey it instead of showing it.
    public var isObeyed: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
