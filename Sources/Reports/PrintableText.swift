extension String {
    /// With a point for every character that a terminal would obey instead of showing it: what stands in frames, files and interface names was
    /// written by others. C0 and C1 controls, line and paragraph separators, and those that turn the direction of what follows.
    public var printable: String {
        unicodeScalars.contains { $0.isObeyed } ? String(String.UnicodeScalarView(unicodeScalars.map { $0.isObeyed ? "." : $0 })) : self
    }
}

extension Unicode.Scalar {
    var isObeyed: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
