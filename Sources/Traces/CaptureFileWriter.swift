import Kernel

/// Writes pcap and pcapng, Ethernet, from a buffer of its own: a frame costs one copy, and the kernel hears of
/// a megabyte at a time.
public final class CaptureFileWriter {
    public let format: CaptureFormat
    public private(set) var frames: UInt64 = 0
    private let path: String
    private let file: OutputFile
    private let buffer: UnsafeMutableRawBufferPointer
    private var used = 0

    private static let bufferBytes = 1 << 20
    /// Blocks and headers around one frame, at most.
    private static let overheadBytes = 64
    private static let ethernet: UInt32 = 1

    /// - Parameters:
    ///   - path: `-` writes to standard output.
    ///   - snapBytes: what the file says its frames are cut to.
    /// - Throws: `TraceError.unwritable`.
    public init(path: String, format: CaptureFormat? = nil, snapBytes: Int = CaptureFilter.maximumBytes, interface: String? = nil)
        throws(TraceError)
    {
        self.path = path
        self.format = format ?? CaptureFormat(path: path)
        do throws(SystemError) {
            file = path == "-" ? try OutputFile.standardOutput() : try OutputFile(path: path)
        } catch {
            throw .unwritable(path: path, error)
        }
        buffer = .allocate(byteCount: Self.bufferBytes, alignment: 16)
        switch self.format.container {
        case .pcap: putFileHeader(snapBytes: snapBytes)
        case .pcapng: putSectionAndInterface(snapBytes: snapBytes, interface: interface)
        }
    }

    deinit { buffer.deallocate() }

    /// - Throws: `TraceError.unwritable`.
    public func write(_ frame: CapturedFrame) throws(TraceError) {
        let flags: UInt32? = frame.isOutgoing ? Self.outbound : nil
        try begin(frame.timestampNanoseconds, captured: frame.bytes.count, wire: frame.wireBytes, flags: flags)
        frame.bytes.withUnsafeBytes { put($0) }
        end(captured: frame.bytes.count, flags: flags)
    }

    /// Writes a frame that lies somewhere else, with the tag put back that the kernel took out of it.
    ///
    /// - Throws: `TraceError.unwritable`.
    public func write(
        _ bytes: UnsafeRawBufferPointer, wireBytes: Int, timestampNanoseconds: UInt64, strippedTag: UInt32?, isOutgoing: Bool
    ) throws(TraceError) {
        let hasTag = strippedTag != nil && bytes.count >= 12
        let captured = bytes.count + (hasTag ? 4 : 0)
        let flags: UInt32? = isOutgoing ? Self.outbound : nil
        try begin(timestampNanoseconds, captured: captured, wire: wireBytes + (hasTag ? 4 : 0), flags: flags)
        if hasTag, let strippedTag {
            put(UnsafeRawBufferPointer(rebasing: bytes[..<12]))
            buffer.storeBytes(of: strippedTag.bigEndian, toByteOffset: used, as: UInt32.self)
            used += 4
            put(UnsafeRawBufferPointer(rebasing: bytes[12...]))
        } else {
            put(bytes)
        }
        end(captured: captured, flags: flags)
    }

    /// Gives everything to the kernel, so that a reader sees it.
    ///
    /// - Throws: `TraceError.unwritable`.
    public func flush() throws(TraceError) {
        guard used > 0 else { return }
        do throws(SystemError) {
            try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<used]))
        } catch {
            throw .unwritable(path: path, error)
        }
        used = 0
    }

    /// Header of a record or block.
    private func begin(_ timestampNanoseconds: UInt64, captured: Int, wire: Int, flags: UInt32?) throws(TraceError) {
        precondition(captured <= CaptureFilter.maximumBytes)
        if buffer.count - used < captured + Self.overheadBytes { try flush() }
        frames += 1
        let units = format.precision == .nanoseconds ? timestampNanoseconds : timestampNanoseconds / 1_000
        if format.container == .pcap {
            let perSecond: UInt64 = format.precision == .nanoseconds ? 1_000_000_000 : 1_000_000
            put32(UInt32(truncatingIfNeeded: units / perSecond))
            put32(UInt32(units % perSecond))
        } else {
            put32(6)
            put32(UInt32(Self.blockBytes(captured: captured, flags: flags)))
            put32(0)
            put32(UInt32(units >> 32))
            put32(UInt32(truncatingIfNeeded: units))
        }
        put32(UInt32(captured))
        put32(UInt32(wire))
    }

    /// Padding, options and trailing length of an enhanced packet block.
    private func end(captured: Int, flags: UInt32?) {
        guard format.container == .pcapng else { return }
        for _ in 0..<((4 - captured % 4) % 4) {
            buffer[used] = 0
            used += 1
        }
        if let flags {
            put16(2)
            put16(4)
            put32(flags)
            put32(0)
        }
        put32(UInt32(Self.blockBytes(captured: captured, flags: flags)))
    }

    /// Option epb_flags, bits 0 and 1: outbound.
    private static let outbound: UInt32 = 2

    private static func blockBytes(captured: Int, flags: UInt32?) -> Int {
        32 + (captured + 3) / 4 * 4 + (flags == nil ? 0 : 12)
    }

    private func putFileHeader(snapBytes: Int) {
        put32(format.precision == .nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4)
        put16(2)
        put16(4)
        put32(0)
        put32(0)
        put32(UInt32(snapBytes))
        put32(Self.ethernet)
    }

    private func putSectionAndInterface(snapBytes: Int, interface: String?) {
        // Section header block.
        put32(0x0A0D_0D0A)
        put32(28)
        put32(0x1A2B_3C4D)
        put16(1)
        put16(0)
        put32(.max)
        put32(.max)
        put32(28)
        // Interface description block: if_name (2), if_tsresol (9).
        let name = Array((interface ?? "").utf8.prefix(64))
        let nameBytes = name.isEmpty ? 0 : 4 + (name.count + 3) / 4 * 4
        let length = UInt32(20 + nameBytes + 8 + 4)
        put32(1)
        put32(length)
        put16(UInt16(Self.ethernet))
        put16(0)
        put32(UInt32(snapBytes))
        if !name.isEmpty {
            put16(2)
            put16(UInt16(name.count))
            name.withUnsafeBytes { put($0) }
            for _ in 0..<((4 - name.count % 4) % 4) {
                buffer[used] = 0
                used += 1
            }
        }
        put16(9)
        put16(1)
        buffer.storeBytes(of: (format.precision == .nanoseconds ? 9 : 6) as UInt32, toByteOffset: used, as: UInt32.self)
        used += 4
        put32(0)
        put32(length)
    }

    private func put16(_ value: UInt16) {
        buffer.storeBytes(of: format.isBigEndian ? value.bigEndian : value.littleEndian, toByteOffset: used, as: UInt16.self)
        used += 2
    }

    private func put32(_ value: UInt32) {
        buffer.storeBytes(of: format.isBigEndian ? value.bigEndian : value.littleEndian, toByteOffset: used, as: UInt32.self)
        used += 4
    }

    private func put(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[used...]).copyMemory(from: bytes)
        used += bytes.count
    }
}
