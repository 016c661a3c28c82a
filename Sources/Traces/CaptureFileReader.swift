import CPcap

/// Reads pcap and pcapng of either byte order, by libpcap, with nanoseconds.
public final class CaptureFileReader {
    private let handle: OpaquePointer
    private let path: String

    /// - Parameter path: `-` reads standard input.
    /// - Throws: `TraceError.unreadable`, `.notEthernet`.
    public convenience init(path: String) throws(TraceError) {
        var reason = PcapError()
        let handle = pcap_open_offline_with_tstamp_precision(path, UInt32(PCAP_TSTAMP_PRECISION_NANO), &reason.buffer)
        try self.init(handle, reason, path: path)
    }

    /// Reads a file that lies in memory, for as long as `body` runs.
    ///
    /// - Throws: `TraceError.unreadable`, `.notEthernet`.
    public static func read(_ bytes: [UInt8], _ body: (CaptureFileReader) throws(TraceError) -> Void) throws(TraceError) {
        var bytes = bytes
        var reason = PcapError()
        let count = bytes.count
        let result = bytes.withUnsafeMutableBytes { buffer -> Result<Void, TraceError> in
            // fmemopen(3) takes no empty buffer.
            guard let stream = fmemopen(buffer.baseAddress, max(count, 1), "r") else {
                return .failure(.unreadable(path: "in memory", reason: "it is empty"))
            }
            guard let handle = pcap_fopen_offline_with_tstamp_precision(stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &reason.buffer) else {
                fclose(stream)
                return .failure(.unreadable(path: "in memory", reason: reason.text))
            }
            return Result { () throws(TraceError) in try body(try CaptureFileReader(handle, reason, path: "in memory")) }
        }
        try result.get()
    }

    private init(_ handle: OpaquePointer?, _ reason: PcapError, path: String) throws(TraceError) {
        guard let handle else { throw .unreadable(path: path, reason: reason.text) }
        let type = pcap_datalink(handle)
        guard type == DLT_EN10MB else {
            let name = pcap_datalink_val_to_name(type).map { String(cString: $0) } ?? "\(type)"
            pcap_close(handle)
            throw .notEthernet(path: path, linkType: name)
        }
        self.handle = handle
        self.path = path
    }

    deinit { pcap_close(handle) }

    /// The next frame; nil at the end.
    ///
    /// - Throws: `TraceError.unreadable` where the file ends or goes wrong in the middle of a frame.
    public func next() throws(TraceError) -> CapturedFrame? {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        switch pcap_next_ex(handle, &header, &data) {
        case 1:
            guard let header = header?.pointee, let data else { return nil }
            // With nanosecond precision asked for, tv_usec holds nanoseconds.
            let seconds = UInt64(truncatingIfNeeded: header.ts.tv_sec)
            let timestamp = seconds &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: header.ts.tv_usec)
            return CapturedFrame(
                timestampNanoseconds: timestamp, bytes: Array(UnsafeBufferPointer(start: data, count: Int(header.caplen))),
                wireBytes: Int(header.len))
        case PCAP_ERROR_BREAK: return nil
        default: throw .unreadable(path: path, reason: String(cString: pcap_geterr(handle)))
        }
    }
}
