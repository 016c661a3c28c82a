import Kernel

/// Reads pcap and pcapng of either byte order, plain or packed with gzip or zstd, with nanoseconds.
public final class CaptureFileReader {
    /// Which file it is, so that nobody writes over it.
    public let identity: FileIdentity?
    private let source: ByteSource
    private let form: Form
    private let path: String
    private let takesOtherLinkTypes: Bool

    private enum Form {
        case records(PcapRecords)
        case blocks(PcapngBlocks)
    }

    /// What one frame may have, 16 MiB: more than any interface carries, little enough to be read as a whole.
    public static let maximumRecordBytes = 16 << 20

    /// - Parameters:
    ///   - path: `-` reads standard input.
    ///   - takesOtherLinkTypes: whether frames that aren't Ethernet's are read too, or are an error.
    /// - Throws: `TraceError.unreadable`, `.notEthernet`.
    public convenience init(path: String, takesOtherLinkTypes: Bool = false) throws(TraceError) {
        let stream: FileStream
        do throws(SystemError) {
            stream = FileStream(try InputFile(path: path))
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        try self.init(stream, identity: stream.identity, path: path, takesOtherLinkTypes: takesOtherLinkTypes)
    }

    /// Reads a file that lies in memory, for as long as `body` runs.
    ///
    /// - Throws: `TraceError.unreadable`, `.notEthernet`.
    public static func read(
        _ bytes: [UInt8], takesOtherLinkTypes: Bool = false, _ body: (CaptureFileReader) throws(TraceError) -> Void
    ) throws(TraceError) {
        try body(
            try CaptureFileReader(MemoryStream(bytes), identity: nil, path: "in memory", takesOtherLinkTypes: takesOtherLinkTypes))
    }

    private init(_ stream: any ByteStream, identity: FileIdentity?, path: String, takesOtherLinkTypes: Bool) throws(TraceError) {
        self.path = path
        self.identity = identity
        self.takesOtherLinkTypes = takesOtherLinkTypes
        do throws(CaptureDamage) {
            source = try Self.unpacked(ByteSource(stream))
            if let records = try PcapRecords(source) {
                form = .records(records)
            } else if let blocks = try PcapngBlocks(source) {
                form = .blocks(blocks)
            } else {
                throw CaptureDamage(try source.peek(1).isEmpty ? "it is empty" : "unknown file format")
            }
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        if case .records(let records) = form { try check(records.interface.linkType) }
    }

    /// By what the bytes begin with, not by the file's name.
    private static func unpacked(_ source: ByteSource) throws(CaptureDamage) -> ByteSource {
        let start = try source.peek(4)
        if start.starts(with: GzipStream.magic) { return ByteSource(try GzipStream(source)) }
        if start == ZstdStream.magic { return ByteSource(try ZstdStream(source)) }
        return source
    }

    private func check(_ type: LinkType) throws(TraceError) {
        guard takesOtherLinkTypes || type == .ethernet else { throw .notEthernet(path: path, linkType: type.name) }
    }

    /// Those that the file has spoken of so far.
    public var interfaces: [CaptureInterface] {
        switch form {
        case .records(let records): [records.interface]
        case .blocks(let blocks): blocks.interfaces
        }
    }

    /// How many they are, which is cheaper to ask.
    public var interfaceCount: Int {
        if case .blocks(let blocks) = form { blocks.interfaces.count } else { 1 }
    }

    /// The next frame; nil at the end.
    ///
    /// - Throws: `TraceError.unreadable` where the file ends or goes wrong in the middle of a frame, `.notEthernet`.
    public func next() throws(TraceError) -> CapturedFrame? {
        let frame: CapturedFrame?
        do throws(CaptureDamage) {
            frame =
                switch form {
                case .records(let records): try records.next(source)
                case .blocks(let blocks): try blocks.next(source)
                }
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        if let frame, case .blocks(let blocks) = form { try check(blocks.interfaces[frame.interface].linkType) }
        return frame
    }
}
