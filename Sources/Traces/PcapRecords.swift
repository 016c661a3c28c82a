/// Walks over a capture of the classic form: draft-ietf-opsawg-pcap, and what libpcap reads besides.
struct PcapRecords {
    let interface: CaptureInterface
    private let isBigEndian: Bool
    private let nanosecondsPerUnit: UInt64
    /// Of a record: 16, and 8 more in the form that a patch of 1999 wrote ("modified").
    private let headerBytes: Int
    private let version: (major: UInt16, minor: UInt16)

    private static let fileHeaderBytes = 24

    /// The magic number in the file's own byte order, and what it stands for.
    private static func form(_ magic: UInt32) -> (nanosecondsPerUnit: UInt64, headerBytes: Int)? {
        switch magic {
        case 0xA1B2_C3D4: (1_000, 16)
        case 0xA1B2_3C4D: (1, 16)
        case 0xA1B2_CD34: (1_000, 24)
        default: nil
        }
    }

    /// - Returns: nil if the source holds something else.
    init?(_ source: ByteSource) throws(CaptureDamage) {
        let start = FileBytes(try source.peek(4), isBigEndian: false)
        guard start.bytes.count == 4 else { return nil }
        let little = start.number32(0)
        guard let form = Self.form(little) ?? Self.form(little.byteSwapped) else { return nil }
        isBigEndian = Self.form(little) == nil
        nanosecondsPerUnit = form.nanosecondsPerUnit
        headerBytes = form.headerBytes
        let header = FileBytes(try source.read(Self.fileHeaderBytes), isBigEndian: isBigEndian)
        guard header.bytes.count == Self.fileHeaderBytes else {
            throw CaptureDamage(
                "truncated dump file; tried to read \(Self.fileHeaderBytes) file header bytes, only got \(header.bytes.count)")
        }
        version = (header.number16(4), header.number16(6))
        guard version.major == 2 || version.major == 543 else {
            throw CaptureDamage("unsupported pcap savefile version \(version.major).\(version.minor)")
        }
        var interface = CaptureInterface(snapBytes: Int(header.number32(16)))
        // The upper 16 bits tell of an FCS.
        interface.linkType = LinkType(rawValue: UInt16(truncatingIfNeeded: header.number32(20)))
        interface.resolution = form.nanosecondsPerUnit == 1 ? .nanoseconds : .microseconds
        self.interface = interface
    }

    /// - Returns: nil at the end.
    func next(_ source: ByteSource) throws(CaptureDamage) -> CapturedFrame? {
        let header = FileBytes(try source.read(headerBytes), isBigEndian: isBigEndian)
        if header.bytes.isEmpty { return nil }
        guard header.bytes.count == headerBytes else {
            throw CaptureDamage("truncated dump file; tried to read \(headerBytes) header bytes, only got \(header.bytes.count)")
        }
        var (captured, wire) = (Int(header.number32(8)), Int(header.number32(12)))
        // Before version 2.3 the lengths stood the other way round, and in 2.3 either way (sf-pcap.c).
        let isSwapped = version.major == 543 || version.minor < 3 || version.minor == 3 && captured > wire
        if isSwapped { swap(&captured, &wire) }
        guard captured <= CaptureFileReader.maximumRecordBytes else {
            throw CaptureDamage("a record of \(captured) bytes is beyond \(CaptureFileReader.maximumRecordBytes)")
        }
        let bytes = try source.read(captured)
        guard bytes.count == captured else {
            throw CaptureDamage("truncated dump file; tried to read \(captured) captured bytes, only got \(bytes.count)")
        }
        // Unsigned: good until 2106. libpcap 1.10 takes what comes after 2038 for a time before 1970.
        let time = UInt64(header.number32(0)) * 1_000_000_000 + UInt64(header.number32(4)) * nanosecondsPerUnit
        return CapturedFrame(timestampNanoseconds: time, bytes: bytes, wireBytes: wire)
    }
}

/// Numbers out of a file's bytes, in its own byte order; what isn't there is 0.
struct FileBytes {
    let bytes: [UInt8]
    let isBigEndian: Bool

    init(_ bytes: [UInt8], isBigEndian: Bool) {
        self.bytes = bytes
        self.isBigEndian = isBigEndian
    }

    func number16(_ offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(offset, 2)) }
    func number32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(offset, 4)) }
    func number64(_ offset: Int) -> UInt64 { number(offset, 8) }

    private func number(_ offset: Int, _ count: Int) -> UInt64 {
        guard offset >= 0, offset + count <= bytes.count else { return 0 }
        var value: UInt64 = 0
        for position in 0..<count { value = value << 8 | UInt64(bytes[offset + (isBigEndian ? position : count - 1 - position)]) }
        return value
    }
}
