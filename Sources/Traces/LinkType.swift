import CPcap

/// What a captured frame begins with: a number of tcpdump.org's list of link-layer header types.
public struct LinkType: RawRepresentable, Hashable, Sendable {
    // Unsafe: `header` lies still while the stream over it is read; handle and stream are closed once, and names copied at once.

    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let ethernet = LinkType(rawValue: 1)
    /// IPv4 or IPv6, as its first four bits say.
    public static let rawIP = LinkType(rawValue: 101)
    public static let ipv4 = LinkType(rawValue: 228)
    public static let ipv6 = LinkType(rawValue: 229)

    /// libpcap's short name, such as `EN10MB` or `RAW`; the number where it has none.
    public var name: String {
        unsafe withHandle(snapBytes: 0) { handle in
            let type = unsafe pcap_datalink(handle)
            return unsafe pcap_datalink_val_to_name(type).map { unsafe String(cString: $0) }
        }.flatMap { $0 } ?? "\(rawValue)"
    }

    /// A handle of libpcap's that is open on no frames of this type. Files have other numbers than the library has, and
    /// it tells nobody the difference, but it knows what to make of a file's header.
    ///
    /// - Returns: nil if there is no memory.
    func withHandle<Output>(snapBytes: Int, _ body: (OpaquePointer) -> Output) -> Output? {
        let snap = UInt32(clamping: snapBytes)
        // In the machine's own byte order: magic, version 2.4, zone, accuracy, snap length, type.
        var header: [UInt32] = [0xA1B2_3C4D, 0x0004_0002, 0, 0, snap, UInt32(rawValue)]
        let byteCount = header.count * MemoryLayout<UInt32>.size
        return unsafe header.withUnsafeMutableBytes { bytes -> Output? in
            var reason = PcapError()
            guard let stream = unsafe fmemopen(bytes.baseAddress, byteCount, "r") else { return nil }
            guard let handle = unsafe pcap_fopen_offline_with_tstamp_precision(stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &reason.buffer)
            else {
                unsafe fclose(stream)
                return nil
            }
            // Closes the stream as well.
            defer { unsafe pcap_close(handle) }
            return unsafe body(handle)
        }
    }
}
