import Kernel
import Memory

/// Writes pcap and pcapng from a buffer of its own: a frame costs one copy, and the kernel hears of a megabyte at a time.
public final class CaptureFileWriter {
    public let format: CaptureFormat
    public private(set) var frames: UInt64 = 0
    /// Frames of which not all that was there found a place: other programs refuse records beyond `CaptureFilter.maximumBytes`.
    public private(set) var shortened: UInt64 = 0
    private let path: String
    private let file: OutputFile
    private let memory = OwnedTable<UInt8>(repeating: 0, count: bufferBytes)
    private var buffer: ByteWindow { memory.bytes }
    private var used = 0
    private var interfaces: [CaptureInterface]
    /// What the one header of the classic form says of all frames.
    private let snapBytes: Int
    /// Of these, how many the file knows of.
    private var described = 0
    private var hasHeader = false

    private static let bufferBytes = 1 << 20
    /// Blocks and headers around one frame, at most.
    private static let overheadBytes = 64

    /// For frames of one Ethernet interface. Everything else that may go wrong has to be tried before: from here on, what the file
    /// held is gone.
    ///
    /// - Parameters:
    ///   - path: `-` writes to standard output.
    ///   - snapBytes: what the file says its frames are cut to.
    ///   - input: the file that the frames come from, which must be another.
    /// - Throws: `TraceError.unwritable`, `.sameFile`.
    public convenience init(
        path: String, format: CaptureFormat? = nil, snapBytes: Int = CaptureFilter.maximumBytes, interface: String? = nil,
        apartFrom input: FileIdentity? = nil
    ) throws(TraceError) {
        let format = format ?? CaptureFormat(path: path)
        var only = CaptureInterface(name: interface, snapBytes: snapBytes)
        only.resolution = format.precision == .nanoseconds ? .nanoseconds : .microseconds
        try self.init(path: path, format: format, interfaces: [only], snapBytes: snapBytes, apartFrom: input)
    }

    /// For frames of several interfaces; further ones are told by `add`.
    ///
    /// - Throws: `TraceError.unwritable`, `.sameFile`.
    ///
    /// - Parameter snapBytes: programs cut frames to what the header of the classic form says, so it speaks for interfaces to come.
    public init(
        path: String, format: CaptureFormat? = nil, interfaces: [CaptureInterface], snapBytes: Int = CaptureFilter.maximumBytes,
        apartFrom input: FileIdentity? = nil
    ) throws(TraceError) {
        self.path = path
        self.snapBytes = snapBytes
        self.format = format ?? CaptureFormat(path: path)
        self.interfaces = interfaces
        do throws(SystemError) {
            file = try OutputFile(path: path)
        } catch {
            throw .unwritable(path: path, error)
        }
        if let input, file.identity == input { throw .sameFile(path: path) }
        do throws(SystemError) {
            try file.empty()
        } catch {
            throw .unwritable(path: path, error)
        }
    }

    /// Takes interfaces into the list that `CapturedFrame.interface` counts through.
    public func add(_ more: some Sequence<CaptureInterface>) { interfaces.append(contentsOf: more) }

    /// - Throws: `TraceError.unwritable`; `.timeOutOfRange` and `.mixedLinkTypes` for what the format can't hold.
    public func write(_ frame: CapturedFrame) throws(TraceError) {
        let captured = min(frame.bytes.count, CaptureFilter.maximumBytes)
        if captured < frame.bytes.count { shortened += 1 }
        let comments = format.container == .pcapng ? Self.limited(frame.comments) : []
        let commentBytes = comments.reduce(0) { $0 + Self.optionBytes($1.count) }
        try prepare(captured: captured, extra: commentBytes, interface: frame.interface)
        if format.container == .pcap, interfaces[frame.interface].linkType != linkType { throw .mixedLinkTypes(path: path) }
        if !frame.hasTime, isSimple(frame) { return putSimple(frame) }
        let blockBytes = Self.blockBytes(captured: captured, flags: frame.flags, commentBytes: commentBytes)
        try begin(
            units: try units(frame.timestampNanoseconds, interface: frame.interface), captured: captured, wire: frame.wireBytes,
            interface: frame.interface, blockBytes: blockBytes)
        frame.bytes.read { put($0.extracting(first: captured)) }
        if format.container == .pcapng {
            pad(captured)
            for comment in comments { putOption(PcapngOption.comment, comment) }
        }
        end(flags: frame.flags, hasComments: !comments.isEmpty, blockBytes: blockBytes)
    }

    /// As many remarks as fit the buffer beside a frame, and of each what fits an option, whose length has 16 bits.
    private static func limited(_ comments: [String]) -> [[UInt8]] {
        var kept: [[UInt8]] = []
        var room = 256 << 10
        for comment in comments {
            let bytes = Array(comment.utf8.prefix(Int(UInt16.max) - 3))
            room -= optionBytes(bytes.count)
            guard room >= 0 else { break }
            kept.append(bytes)
        }
        return kept
    }

    /// Of an option with its code, length and padding.
    private static func optionBytes(_ count: Int) -> Int { 4 + (count + 3) / 4 * 4 }

    /// Of an enhanced packet block: 32 around the frame, and the options with their end.
    private static func blockBytes(captured: Int, flags: UInt32, commentBytes: Int) -> Int {
        let options = commentBytes + (flags == 0 ? 0 : 8)
        return 32 + (captured + 3) / 4 * 4 + options + (options == 0 ? 0 : 4)
    }

    /// Whether a simple packet block says all of a frame that has no time: its interface is the file's first, and its length follows from
    /// that interface's limit.
    private func isSimple(_ frame: CapturedFrame) -> Bool {
        guard format.container == .pcapng, frame.interface == 0, frame.bytes.count <= CaptureFilter.maximumBytes else { return false }
        let snapBytes = interfaces[0].snapBytes
        return frame.bytes.count == min(frame.wireBytes, snapBytes > 0 ? snapBytes : .max)
    }

    private func putSimple(_ frame: CapturedFrame) {
        let length = UInt32(16 + (frame.bytes.count + 3) / 4 * 4)
        put32(3)
        put32(length)
        put32(UInt32(clamping: frame.wireBytes))
        put(frame.bytes)
        pad(frame.bytes.count)
        put32(length)
        frames += 1
    }

    /// Writes a frame of the only interface that lies somewhere else, with the tag put back that the kernel took out of it.
    ///
    /// - Throws: `TraceError.unwritable`, `.timeOutOfRange`.
    public func write(
        _ frame: RawSpan, wireBytes: Int, timestampNanoseconds: UInt64, strippedTag: UInt32?, isOutgoing: Bool
    ) throws(TraceError) {
        let tagBytes = strippedTag != nil && frame.byteCount >= 12 ? 4 : 0
        let captured = min(frame.byteCount + tagBytes, CaptureFilter.maximumBytes)
        if captured < frame.byteCount + tagBytes { shortened += 1 }
        let direction: CapturedFrame.Direction = isOutgoing ? .outgoing : .incoming
        let blockBytes = Self.blockBytes(captured: captured, flags: direction.flags, commentBytes: 0)
        try prepare(captured: captured, extra: 0, interface: 0)
        let units = format.precision == .nanoseconds ? timestampNanoseconds : timestampNanoseconds / 1_000
        try begin(units: units, captured: captured, wire: wireBytes + tagBytes, interface: 0, blockBytes: blockBytes)
        if tagBytes > 0, let strippedTag {
            put(frame.extracting(first: 12))
            buffer.store(strippedTag.bigEndian, at: used)
            used += 4
            put(frame.extracting(12..<(captured - tagBytes)))
        } else {
            put(frame.extracting(first: captured))
        }
        if format.container == .pcapng { pad(captured) }
        end(flags: direction.flags, hasComments: false, blockBytes: blockBytes)
    }

    /// Gives everything to the kernel, so that a reader sees it.
    ///
    /// - Throws: `TraceError.unwritable`.
    public func flush() throws(TraceError) {
        try describeInterfaces(first: interfaces.first?.linkType ?? .ethernet)
        try drain()
    }

    private func drain() throws(TraceError) {
        guard used > 0 else { return }
        do throws(SystemError) {
            try file.write(buffer.part(from: 0, count: used))
        } catch {
            throw .unwritable(path: path, error)
        }
        used = 0
    }

    /// What has to stand in front of a frame, and room for it.
    private func prepare(captured: Int, extra: Int, interface: Int) throws(TraceError) {
        if described < interfaces.count || !hasHeader { try describeInterfaces(first: interfaces[interface].linkType) }
        if buffer.byteCount - used < captured + extra + Self.overheadBytes { try drain() }
    }

    /// A file of the classic form has one link type: that of its first frame.
    private var linkType = LinkType.ethernet

    private func describeInterfaces(first type: LinkType) throws(TraceError) {
        if !hasHeader {
            hasHeader = true
            linkType = type
            switch format.container {
            case .pcap: putFileHeader()
            case .pcapng: putSection()
            }
        }
        while described < interfaces.count {
            let interface = interfaces[described]
            described += 1
            guard format.container == .pcapng else { continue }
            // A description holds some options of a kilobyte at most.
            if buffer.byteCount - used < 32 << 10 { try drain() }
            putInterface(interface)
        }
    }

    /// A time in the file's own units.
    private func units(_ nanoseconds: Int128, interface: Int) throws(TraceError) -> UInt64 {
        let units: UInt64?
        if format.container == .pcap {
            let perUnit: Int128 = format.precision == .nanoseconds ? 1 : 1_000
            units = nanoseconds < 0 ? nil : UInt64(exactly: nanoseconds / perUnit)
        } else {
            units = interfaces[interface].resolution.units(nanoseconds: nanoseconds, offsetSeconds: interfaces[interface].offsetSeconds)
        }
        guard let units else { throw .timeOutOfRange(path: path, isPcapng: format.container == .pcapng) }
        return units
    }

    /// Header of a record or block.
    private func begin(units: UInt64, captured: Int, wire: Int, interface: Int, blockBytes: Int) throws(TraceError) {
        if format.container == .pcap {
            let perSecond: UInt64 = format.precision == .nanoseconds ? 1_000_000_000 : 1_000_000
            // Unsigned, so until 2106.
            guard let seconds = UInt32(exactly: units / perSecond) else { throw .timeOutOfRange(path: path, isPcapng: false) }
            put32(seconds)
            put32(UInt32(units % perSecond))
        } else {
            put32(6)
            put32(UInt32(blockBytes))
            put32(UInt32(interface))
            put32(UInt32(units >> 32))
            put32(UInt32(truncatingIfNeeded: units))
        }
        frames += 1
        put32(UInt32(captured))
        put32(UInt32(clamping: wire))
    }

    /// The rest of the options and the trailing length of an enhanced packet block.
    private func end(flags: UInt32, hasComments: Bool, blockBytes: Int) {
        guard format.container == .pcapng else { return }
        if flags != 0 {
            put16(PcapngOption.frameFlags)
            put16(4)
            put32(flags)
        }
        if flags != 0 || hasComments { put32(0) }
        put32(UInt32(blockBytes))
    }

    private func putFileHeader() {
        put32(format.precision == .nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4)
        put16(2)
        put16(4)
        put32(0)
        put32(0)
        put32(UInt32(clamping: snapBytes))
        put32(UInt32(linkType.rawValue))
    }

    private func putSection() {
        put32(0x0A0D_0D0A)
        put32(28)
        put32(0x1A2B_3C4D)
        put16(1)
        put16(0)
        put32(.max)
        put32(.max)
        put32(28)
    }

    private func putInterface(_ interface: CaptureInterface) {
        var options: [PcapngOption] = []
        if let name = interface.name { options.append(PcapngOption(code: PcapngOption.interfaceName, bytes: Array(name.utf8)).limited) }
        if let description = interface.description {
            options.append(PcapngOption(code: PcapngOption.interfaceDescription, bytes: Array(description.utf8)).limited)
        }
        options += interface.otherOptions.prefix(16)
        options.append(PcapngOption(code: PcapngOption.resolution, bytes: [interface.resolution.code]))
        if interface.offsetSeconds != 0 {
            let value = UInt64(bitPattern: interface.offsetSeconds)
            let ordered = format.isBigEndian ? value.byteSwapped : value
            options.append(
                PcapngOption(code: PcapngOption.timeOffset, bytes: (0..<8).map { UInt8(truncatingIfNeeded: ordered >> ($0 * 8)) }))
        }
        let length = UInt32(20 + options.reduce(0) { $0 + Self.optionBytes($1.bytes.count) } + 4)
        put32(1)
        put32(length)
        put16(interface.linkType.rawValue)
        put16(0)
        put32(UInt32(clamping: interface.snapBytes))
        for option in options { putOption(option.code, option.bytes) }
        put32(0)
        put32(length)
    }

    private func putOption(_ code: UInt16, _ bytes: [UInt8]) {
        put16(code)
        put16(UInt16(bytes.count))
        put(bytes)
        pad(bytes.count)
    }

    private func pad(_ count: Int) {
        for _ in 0..<((4 - count % 4) % 4) {
            buffer.store(0 as UInt8, at: used)
            used += 1
        }
    }

    private func put16(_ value: UInt16) {
        buffer.store(format.isBigEndian ? value.bigEndian : value.littleEndian, at: used)
        used += 2
    }

    private func put32(_ value: UInt32) {
        buffer.store(format.isBigEndian ? value.bigEndian : value.littleEndian, at: used)
        used += 4
    }

    private func put(_ bytes: RawSpan) {
        buffer.copy(bytes, to: used)
        used += bytes.byteCount
    }

    private func put(_ bytes: [UInt8]) {
        buffer.copy(bytes, to: used)
        used += bytes.count
    }
}
