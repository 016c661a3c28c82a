/// Walks over a capture made of blocks: draft-ietf-opsawg-pcapng. Sections may have either byte order, and each interfaces of its own.
final class PcapngBlocks {
    /// Of all sections so far: `CapturedFrame.interface` counts through them.
    private(set) var interfaces: [CaptureInterface] = []
    /// Where the section's own begin.
    private var firstOfSection = 0
    private var isBigEndian = false

    /// A section header's type reads the same in either byte order.
    private static let sectionHeader: UInt32 = 0x0A0D_0D0A
    private static let interfaceDescription: UInt32 = 1
    /// Obsolete, and still found.
    private static let packet: UInt32 = 2
    private static let simplePacket: UInt32 = 3
    private static let enhancedPacket: UInt32 = 6
    private static let byteOrderMagic: UInt32 = 0x1A2B_3C4D

    /// What one block may hold besides the frame: options have lengths of 16 bits, and nobody writes many.
    private static let overheadBytes = 1 << 20
    /// A small packed file can unfold into any number of descriptions; no host has so many interfaces.
    private static let maximumInterfaces = 65_536

    /// - Returns: nil if the source holds something else.
    init?(_ source: ByteSource) throws(CaptureDamage) {
        guard try source.peek(4) == [0x0A, 0x0D, 0x0D, 0x0A] else { return nil }
    }

    /// - Returns: nil at the end.
    func next(_ source: ByteSource) throws(CaptureDamage) -> CapturedFrame? {
        while true {
            let start = try source.peek(12)
            if start.isEmpty { return nil }
            guard start.count == 12 else {
                throw CaptureDamage("truncated pcapng dump file; tried to read 12 block header bytes, only got \(start.count)")
            }
            if FileBytes(start, isBigEndian: false).number32(0) == Self.sectionHeader { try beginSection(start) }
            let header = FileBytes(start, isBigEndian: isBigEndian)
            let type = header.number32(0)
            let length = Int(header.number32(4))
            guard length >= 12, length.isMultiple(of: 4) else { throw CaptureDamage("a pcapng block of \(length) bytes is malformed") }
            let isRead = [Self.sectionHeader, Self.interfaceDescription, Self.packet, Self.simplePacket, Self.enhancedPacket].contains(type)
            let body = try body(of: length, isRead: isRead, source)
            switch type {
            case Self.sectionHeader:
                // 1.2 is 1.0 with blocks that say their options' order (draft section 4.1); nothing else has been written yet.
                guard body.number16(4) == 1 else { throw CaptureDamage("unsupported pcapng savefile version \(body.number16(4))") }
            case Self.interfaceDescription: try describe(body)
            case Self.packet: return try frame(body, interface: Int(body.number16(0)))
            case Self.enhancedPacket: return try frame(body, interface: Int(body.number32(0)))
            case Self.simplePacket: return try simpleFrame(body)
            default: break
            }
        }
    }

    private func beginSection(_ start: [UInt8]) throws(CaptureDamage) {
        if FileBytes(start, isBigEndian: false).number32(8) == Self.byteOrderMagic {
            isBigEndian = false
        } else if FileBytes(start, isBigEndian: true).number32(8) == Self.byteOrderMagic {
            isBigEndian = true
        } else {
            throw CaptureDamage("a pcapng section header without its byte-order magic")
        }
        firstOfSection = interfaces.count
    }

    /// All between the two lengths; nothing of a block that nobody looks at.
    private func body(of length: Int, isRead: Bool, _ source: ByteSource) throws(CaptureDamage) -> FileBytes {
        let count = length - 12
        guard !isRead || count <= CaptureFileReader.maximumRecordBytes + Self.overheadBytes else {
            throw CaptureDamage("a pcapng block of \(length) bytes is beyond \(CaptureFileReader.maximumRecordBytes + Self.overheadBytes)")
        }
        _ = try source.skip(8)
        let bytes = isRead ? try source.read(count) : []
        let passed = isRead ? bytes.count : try source.skip(count)
        let trailer = FileBytes(try source.read(4), isBigEndian: isBigEndian)
        guard passed == count, trailer.bytes.count == 4 else {
            throw CaptureDamage(
                "truncated pcapng dump file; tried to read \(length) block bytes, only got \(8 + passed + trailer.bytes.count)")
        }
        guard trailer.number32(0) == UInt32(length) else { throw CaptureDamage("a pcapng block whose two lengths differ") }
        return FileBytes(bytes, isBigEndian: isBigEndian)
    }

    private func describe(_ body: FileBytes) throws(CaptureDamage) {
        guard body.bytes.count >= 8 else { throw CaptureDamage("a pcapng interface description of \(body.bytes.count) bytes") }
        guard interfaces.count < Self.maximumInterfaces else { throw CaptureDamage("more than \(Self.maximumInterfaces) interfaces") }
        var interface = CaptureInterface(snapBytes: Int(body.number32(4)))
        interface.linkType = LinkType(rawValue: body.number16(0))
        // Where nothing else is said (draft section 4.2).
        interface.resolution = .microseconds
        for option in PcapngOption.all(body, from: 8) {
            let value = FileBytes(option.bytes, isBigEndian: isBigEndian)
            switch option.code {
            case PcapngOption.interfaceName: interface.name = option.limited.text
            case PcapngOption.interfaceDescription: interface.description = option.limited.text
            case PcapngOption.resolution where option.bytes.count == 1:
                guard let resolution = TimeResolution(code: option.bytes[0]) else {
                    throw CaptureDamage("times in units that are too small (if_tsresol \(option.bytes[0]))")
                }
                interface.resolution = resolution
            case PcapngOption.timeOffset where option.bytes.count == 8:
                interface.offsetSeconds = Int64(bitPattern: value.number64(0))
            case let code where PcapngOption.keptOfInterfaces.contains(code): interface.otherOptions.append(option.limited)
            default: break
            }
        }
        interfaces.append(interface)
    }

    private func interface(_ number: Int) throws(CaptureDamage) -> Int {
        guard number < interfaces.count - firstOfSection else {
            throw CaptureDamage("a pcapng frame of interface \(number), of which the section says nothing")
        }
        return firstOfSection + number
    }

    /// An enhanced or an obsolete packet block: they differ in the first four bytes only.
    private func frame(_ body: FileBytes, interface number: Int) throws(CaptureDamage) -> CapturedFrame {
        let headerBytes = 20
        let captured = Int(body.number32(12))
        guard body.bytes.count >= headerBytes, captured <= body.bytes.count - headerBytes else {
            throw CaptureDamage("a pcapng block of \(body.bytes.count) bytes can't hold a frame of \(captured)")
        }
        let index = try interface(number)
        let units = UInt64(body.number32(4)) << 32 | UInt64(body.number32(8))
        let (resolution, offset) = (interfaces[index].resolution, interfaces[index].offsetSeconds)
        var frame = CapturedFrame(
            timestampNanoseconds: resolution.nanoseconds(units: units, offsetSeconds: offset),
            bytes: Array(body.bytes[headerBytes..<(headerBytes + captured)]), wireBytes: Int(body.number32(16)))
        frame.interface = index
        var commentBytes = 0
        for option in PcapngOption.all(body, from: headerBytes + (captured + 3) / 4 * 4) {
            switch option.code {
            case PcapngOption.comment where commentBytes <= PcapngOption.maximumCommentBytes:
                commentBytes += 4 + option.bytes.count
                frame.comments.append(option.text)
            case PcapngOption.frameFlags where option.bytes.count == 4:
                frame.flags = FileBytes(option.bytes, isBigEndian: isBigEndian).number32(0)
            default: break
            }
        }
        return frame
    }

    /// A length and bytes, no more: of the section's first interface, cut where that cuts (draft section 4.4).
    private func simpleFrame(_ body: FileBytes) throws(CaptureDamage) -> CapturedFrame {
        guard body.bytes.count >= 4 else { throw CaptureDamage("a simple pcapng packet block of \(body.bytes.count) bytes") }
        let index = try interface(0)
        let snapBytes = interfaces[index].snapBytes
        let wire = Int(body.number32(0))
        let captured = min(wire, body.bytes.count - 4, snapBytes > 0 ? snapBytes : .max)
        var frame = CapturedFrame(timestampNanoseconds: 0, bytes: Array(body.bytes[4..<(4 + captured)]), wireBytes: wire)
        frame.interface = index
        frame.hasTime = false
        return frame
    }
}

/// One option of a block: a code and bytes.
struct PcapngOption: Equatable, Sendable {
    var code: UInt16
    var bytes: [UInt8]

    static let comment: UInt16 = 1
    static let interfaceName: UInt16 = 2
    static let interfaceDescription: UInt16 = 3
    static let resolution: UInt16 = 9
    static let timeOffset: UInt16 = 14
    static let frameFlags: UInt16 = 2
    /// Remark, MAC and EUI addresses, operating system, hardware: bytes and texts, which have no byte order.
    static let keptOfInterfaces: Set<UInt16> = [comment, 6, 7, 12, 15]

    /// Interfaces stay in memory, so what they may say has an end.
    private static let maximumBytes = 1_024
    /// Of one frame: what has more isn't a remark.
    static let maximumCommentBytes = 64 << 10

    var limited: PcapngOption { PcapngOption(code: code, bytes: Array(bytes.prefix(Self.maximumBytes))) }

    /// Up to a NUL, which some writers leave behind.
    var text: String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

    /// Up to the first that doesn't fit its block: the frame in front of it is whole all the same.
    static func all(_ body: FileBytes, from start: Int) -> [PcapngOption] {
        var options: [PcapngOption] = []
        var offset = start
        while offset + 4 <= body.bytes.count {
            let code = body.number16(offset)
            let length = Int(body.number16(offset + 2))
            guard code != 0, offset + 4 + length <= body.bytes.count else { break }
            options.append(PcapngOption(code: code, bytes: Array(body.bytes[(offset + 4)..<(offset + 4 + length)])))
            offset += 4 + (length + 3) / 4 * 4
        }
        return options
    }
}
